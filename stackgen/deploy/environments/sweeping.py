"""What outlives the stacks of an environment: log groups that AWS made, tags of images, what was retained. Reads only.

Log groups are those that the project names, those of functions that were in the stacks, and those of functions that
CloudFormation has named after a stack. One whose tags say that it is of another environment or repository is left.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deploy.actions import Action
from stackgen.deploy.settings import OWNER
from stackgen.deployer.handlers.refusals import code_of

from .settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from stackgen.deploy.stacks import Tree

    from .settings import Ephemeral

FUNCTION = "AWS::Lambda::Function"
_OF_FUNCTIONS = "/aws/lambda/"
_WILD = "*?["
_MOST_IMAGES = 100
GONE = frozenset({
    "NoSuchBucket", "RepositoryNotFoundException", "ResourceNotFoundException", "ParameterNotFound", "NotFound",
    "NotFoundException", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue",
})  # fmt: skip
"""How services say that there is nothing to be deleted: somebody else was first."""


class Traces(NamedTuple):
    """What the stacks of an environment had in one region, as long as they were there."""

    stack_names: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    retained: frozenset[str] = frozenset()
    """Physical IDs of what a template keeps on purpose."""


def functions_of(tree: Tree) -> set[str]:
    """The names of the functions in a tree of stacks."""
    return {each.physical_id for each in tree.all_resources() if each.type == FUNCTION and each.physical_id}


def log_groups(name: str, ephemeral: Ephemeral, traces: Traces, logs: Any) -> Iterator[Action]:
    """The calls that delete the log groups of an environment."""
    wanted = [each.replace("{env}", name) for each in ephemeral.log_groups]
    wanted += [f"{_OF_FUNCTIONS}{each}-*" for each in sorted(traces.stack_names)]
    wanted += [f"{_OF_FUNCTIONS}{each}" for each in sorted(traces.functions)]
    found: dict[str, str] = {}
    for start in _starts(wanted):
        for page in logs.get_paginator("describe_log_groups").paginate(
            **({"logGroupNamePrefix": start} if start else {})
        ):
            found |= {each["logGroupName"]: each["arn"].removesuffix(":*") for each in page["logGroups"]}
    for group, arn in sorted(found.items()):
        is_wanted = any(fnmatchcase(group, pattern) for pattern in wanted)
        if is_wanted and group not in traces.retained and not _is_anothers(arn, name, ephemeral, logs):
            yield Action("logs", "delete_log_group", {"logGroupName": group}, f"delete the log group {group}")


def images(name: str, ephemeral: Ephemeral, account: str, ecr: Any) -> Iterator[Action]:
    """The calls that take the tags of an environment off its images; ECR deletes an image with its last tag."""
    for each in ephemeral.images:
        repository, _, pattern = each.replace("{env}", name).partition(":")
        tags = sorted(tag for tag in _tags(repository, account, ecr) if fnmatchcase(tag, pattern))
        for first in range(0, len(tags), _MOST_IMAGES):
            ids = [{"imageTag": tag} for tag in tags[first : first + _MOST_IMAGES]]
            asked = {"repositoryName": repository, "registryId": account, "imageIds": ids}
            yield Action("ecr", "batch_delete_image", asked, f"delete {len(ids)} tags of {repository}")


def _queue(arn: str, client: Callable[[str], Any]) -> dict[str, str]:
    return {"QueueUrl": client("sqs").get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]}


_KINDS: dict[str, tuple[str, str, Callable[[str, Callable[[str], Any]], dict[str, Any]]]] = {
    "dynamodb:table/": ("dynamodb", "delete_table", lambda arn, _: {"TableName": arn.rpartition("/")[2]}),
    "logs:log-group:": ("logs", "delete_log_group", lambda arn, _: {"logGroupName": arn.split(":log-group:")[1]}),
    "sns:": ("sns", "delete_topic", lambda arn, _: {"TopicArn": arn}),
    "sqs:": ("sqs", "delete_queue", _queue),
    "s3:": ("s3", "delete_bucket", lambda arn, _: {"Bucket": arn.rpartition(":")[2]}),
}
"""What is left over and can be deleted by one call, by the beginning of service and resource in its ARN."""


def is_bucket(arn: str) -> bool:
    """Whether it has to be emptied before."""
    return arn.split(":")[2] == "s3"


def leftover(arn: str, account: str, client: Callable[[str], Any]) -> Action | None:
    """The call that deletes something left over; None for what is deleted by hand, or is gone."""
    parts = arn.split(":", 5)
    for start, (service, operation, asked) in _KINDS.items():
        if f"{parts[2]}:{parts[5]}".startswith(start):
            try:
                more = {"ExpectedBucketOwner": account} if service == "s3" else {}
                return Action(service, operation, {**asked(arn, client), **more}, f"delete {arn}, which was left over")
            except ClientError as error:
                if code_of(error) not in GONE:
                    raise
                return None
    return None


def can_be_deleted(arn: str) -> bool:
    """Whether ``leftover`` knows how."""
    parts = arn.split(":", 5)
    return any(f"{parts[2]}:{parts[5]}".startswith(start) for start in _KINDS)


def _starts(patterns: Iterable[str]) -> list[str]:
    """What the patterns begin with; one that begins like another is in it."""
    starts = sorted({pattern[: min([pattern.find(each) for each in _WILD if each in pattern], default=len(pattern))]
                     for pattern in patterns})  # fmt: skip
    return [each for each in starts if not any(each != other and each.startswith(other) for other in starts)]


def _is_anothers(arn: str, name: str, ephemeral: Ephemeral, logs: Any) -> bool:
    try:
        tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
    except ClientError as error:
        if code_of(error) not in GONE:
            raise
        return True
    is_other = tags.get(OWNER, name) != name
    return bool(is_other or tags.get(REPOSITORY, ephemeral.repository) != ephemeral.repository)


def _tags(repository: str, account: str, ecr: Any) -> Collection[str]:
    asked = {"repositoryName": repository, "registryId": account, "filter": {"tagStatus": "TAGGED"}}
    try:
        pages = ecr.get_paginator("list_images").paginate(**asked)
        return {each["imageTag"] for page in pages for each in page["imageIds"] if "imageTag" in each}
    except ClientError as error:
        if code_of(error) not in GONE:
            raise
        return ()
