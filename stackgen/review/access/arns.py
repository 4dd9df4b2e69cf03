"""ARNs of resources in the form that AWS documents, so that ``${Bucket.Arn}`` and ``arn:aws:s3:::${Bucket}`` are one.

Only forms without a part that AWS makes up are here; a secret's ARN, which ends with random letters, is not. Sources:
"Return values" of each type's page in the template reference,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/, and the resource types of each service in
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import PSEUDO, Live, Mixed, Symbol, text_of

from .patterns import Named, Unknown, literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from stackgen.review.evaluation.environment import Environment
    from stackgen.review.evaluation.tree import Resource

    from .patterns import Token

__all__ = ["Spelling", "partition", "spelling"]

_PARTITION = "AWS::Partition"
_PLACE = "{AWS::Region}:{AWS::AccountId}"


class _Form(NamedTuple):
    """``arn`` is what follows the partition; ``given`` is the property of the name.

    ``arns`` and ``names`` are the attributes that are the ARN and the name; an empty one is ``Ref``.
    """

    arn: str
    given: str
    arns: tuple[str, ...] = ("Arn",)
    names: tuple[str, ...] = ("",)


_FORMS = {
    "AWS::DynamoDB::GlobalTable": _Form(f"dynamodb:{_PLACE}:table/{{name}}", "TableName"),
    "AWS::DynamoDB::Table": _Form(f"dynamodb:{_PLACE}:table/{{name}}", "TableName"),
    "AWS::ECR::Repository": _Form(f"ecr:{_PLACE}:repository/{{name}}", "RepositoryName"),
    "AWS::Events::EventBus": _Form(f"events:{_PLACE}:event-bus/{{name}}", "Name", names=("", "Name")),
    "AWS::IAM::Group": _Form("iam::{AWS::AccountId}:group{Path}{name}", "GroupName"),
    "AWS::IAM::Role": _Form("iam::{AWS::AccountId}:role{Path}{name}", "RoleName"),
    "AWS::IAM::User": _Form("iam::{AWS::AccountId}:user{Path}{name}", "UserName"),
    "AWS::KMS::Key": _Form(f"kms:{_PLACE}:key/{{name}}", "", names=("", "KeyId")),
    "AWS::Kinesis::Stream": _Form(f"kinesis:{_PLACE}:stream/{{name}}", "Name"),
    "AWS::Lambda::Function": _Form(f"lambda:{_PLACE}:function:{{name}}", "FunctionName"),
    "AWS::Logs::LogGroup": _Form(f"logs:{_PLACE}:log-group:{{name}}:*", "LogGroupName"),
    "AWS::S3::Bucket": _Form("s3:::{name}", "BucketName"),
    "AWS::SNS::Topic": _Form(f"sns:{_PLACE}:{{name}}", "TopicName", ("", "TopicArn"), ("TopicName",)),
    "AWS::SQS::Queue": _Form(f"sqs:{_PLACE}:{{name}}", "QueueName", names=("QueueName",)),
    "AWS::StepFunctions::StateMachine": _Form(
        f"states:{_PLACE}:stateMachine:{{name}}", "StateMachineName", ("", "Arn"), ("Name",)
    ),
}


class Spelling:
    """How the name and the ARN of one resource are written."""

    def __init__(self, form: _Form, name: Named, pseudo: Callable[[str], Any], path: Any) -> None:
        self._form = form
        self._name = name
        self._pseudo = pseudo
        self._path = path

    @property
    def facts(self) -> tuple[object, ...]:
        """All of it that the template says."""
        return self._name.text, self._path

    def tokens(self, attribute: str, *, wildcards: bool) -> tuple[Token, ...] | None:
        """The attribute in full; None where it is neither the name nor the ARN."""
        if attribute in self._form.names:
            return (self._name,)
        if attribute not in self._form.arns:
            return None
        found: list[Token] = [*"arn:", *_plain(self._pseudo(_PARTITION)), ":"]
        for number, piece in enumerate(self._form.arn.replace("{", "}").split("}")):  # text, name, text ...
            if number % 2 == 0:
                found += literal(piece, wildcards=wildcards)
            elif piece == "name":
                found.append(self._name)
            else:
                found += _plain(self._path if piece == "Path" else self._pseudo(piece))
        return tuple(found)


def spelling(resource: Resource, place: tuple[tuple[str, ...], str], environment: Environment) -> Spelling | None:
    """The spelling of a resource whose type has a documented form."""
    form = _FORMS.get(resource.type)
    if form is None:
        return None
    given = resource.value(form.given)
    text = _plain(given) if isinstance(given, str | Symbol) else ()

    def pseudo(name: str) -> Any:
        return environment.pseudo(name) or Live(PSEUDO, name)

    path = resource.value("Path")
    return Spelling(form, Named(*place, form.names[0], text), pseudo, "/" if path is None else path)


def partition(value: Any) -> bool:
    """Whether it is the partition, and not known."""
    return isinstance(value, Live) and value.kind == PSEUDO and value.text == _PARTITION


def _plain(value: Any) -> tuple[Token, ...]:
    """A part of an ARN; a partition that is not known is read as ``aws``, for an ARN of another one names nothing."""
    if partition(value):
        return tuple("aws")
    if isinstance(value, Mixed):
        return tuple(token for part in value.parts for token in _plain(part))
    return (Unknown(value),) if isinstance(value, Symbol) else tuple(text_of(value))
