"""What a policy of a built template allows: IAM's evaluation of the statements that this system has, and no more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.smart_stream.deployment import ACCOUNT, REGION
from tests.smart_stream.translation import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Context = Mapping[str, str]

BASE = "yoto-smart-stream-artifacts"
VIA = {"aws:CalledVia": "cloudformation.amazonaws.com"}
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
GITHUB = {"prod": "production", "dev": "develop", "pr": "pr-*"}


@dataclass(frozen=True)
class Rights:
    """The statements of one policy or of several, with all their values."""

    statements: list[dict[str, Any]]

    def may(self, action: str, resource: str, context: Context | None = None) -> bool:
        """Whether a request is allowed: some statement allows it, and none denies it."""
        found = {each["Effect"] for each in self.statements if _applies(each, action, resource, context or {})}
        return "Allow" in found and "Deny" not in found

    @property
    def actions(self) -> set[str]:
        return {action for each in self.statements if each["Effect"] == "Allow" for action in each["Action"]}


def parameters(name: str) -> dict[str, str]:
    """What the shared stack gives the deploy role of a class."""
    images = "yoto-mqtt-pr" if name == "pr" else "yoto-mqtt"
    return {
        "Class": name,
        "Names": "pr-*" if name == "pr" else name,
        "GitHubEnvironment": GITHUB[name],
        "Repository": "acme/stream",
        "ProviderArn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
        "ImagesArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{images}",
        "ArtifactsBucketName": f"{BASE}-{name}",
    }


def of_deploy_role(name: str) -> Rights:
    """What the deploy role of a class may do."""
    resources = written("deploy-role-stack")["Resources"]
    policies = [resources[each["Ref"]] for each in resources["DeployRole"]["Properties"]["ManagedPolicyArns"]]
    return _rights([each["Properties"]["PolicyDocument"] for each in policies], _values(name))


def of_boundary(name: str) -> Rights:
    """The most that a role of an environment of a class may do."""
    return _rights(
        [written("deploy-role-stack")["Resources"]["Boundary"]["Properties"]["PolicyDocument"]], _values(name)
    )


def of_environment(environment: str) -> dict[str, Rights]:
    """What each role of an environment may do, by its logical ID."""
    resources = written()["Resources"]
    values = {"Environment": environment, **PSEUDO}
    names = {
        "DynamoDBTable": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/yoto-smart-stream-{environment}",
        "AudioBucket": f"arn:aws:s3:::yoto-audio-{environment}-{ACCOUNT}",
        "UIBucket": f"arn:aws:s3:::yoto-ui-{environment}-{ACCOUNT}",
        "ApiFunctionLogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/yoto-api-{environment}:*",
        "MQTTLogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/yoto-mqtt-{environment}:*",
    }
    values |= {f"{title}.Arn": arn for title, arn in names.items()}
    documents: dict[str, list[Any]] = {
        title: [policy["PolicyDocument"] for policy in each["Properties"].get("Policies", [])]
        for title, each in resources.items()
        if each["Type"] == "AWS::IAM::Role"
    }
    documents["MQTTTaskRole"].append(resources["MQTTTaskPolicy"]["Properties"]["PolicyDocument"])
    return {title: _rights(found, values) for title, found in documents.items()}


def boundary_of(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/yoto-smart-stream-boundary-{name}"


def _values(name: str) -> dict[str, str]:
    given = parameters(name)
    bucket = f"arn:aws:s3:::{given['ArtifactsBucketName']}"
    return {**PSEUDO, **given, "ArtifactsBucket.Arn": bucket, "Boundary": boundary_of(name)}


def _rights(documents: list[Any], values: Mapping[str, str]) -> Rights:
    return Rights([each for document in documents for each in _filled(document, values)["Statement"]])


def _filled(node: Any, values: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_filled(each, values) for each in node]
    if not isinstance(node, dict):
        return node
    if "Ref" in node:
        return values[node["Ref"]]
    if "Fn::GetAtt" in node:
        return values[".".join(node["Fn::GetAtt"])]
    if "Fn::Sub" in node:
        return re.sub(r"\$\{([^}]+)\}", lambda found: values[found[1]], node["Fn::Sub"])
    return {key: _filled(each, values) for key, each in node.items()}


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _like(action, statement["Action"])
        and _like(resource, statement["Resource"])
        and all(
            _TESTS[operator](context.get(key), value)
            for operator, keys in statement.get("Condition", {}).items()
            for key, value in keys.items()
        )
    )


def _like(value: str | None, patterns: str | list[str]) -> bool:
    """As IAM matches: ``*`` is anything, ``?`` one character. What is not in the context matches nothing."""
    if value is None:
        return False
    wanted = [patterns] if isinstance(patterns, str) else patterns
    found = ["".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern) for pattern in wanted]
    return any(re.fullmatch(each, value, re.DOTALL) for each in found)


def _equal(value: str | None, wanted: str | list[str]) -> bool:
    return value in ([wanted] if isinstance(wanted, str) else wanted)


_TESTS: dict[str, Callable[[str | None, Any], bool]] = {
    "StringLike": _like,
    "StringEquals": _equal,
    "ForAnyValue:StringEquals": _equal,
    "StringNotLike": lambda value, patterns: not _like(value, patterns),
    "StringNotEquals": lambda value, wanted: not _equal(value, wanted),
    "Null": lambda value, wanted: (value is None) is (wanted == "true"),
}
