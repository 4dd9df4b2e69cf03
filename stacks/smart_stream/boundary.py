"""The most that a role of an environment may do, for one class of environments alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import dynamodb, ecr, logs, s3
from troposphere import Sub

from stackgen import allow

from .scopes import LOGS, SCOPES

if TYPE_CHECKING:
    from awacs.aws import Statement

BOUNDARY = "yoto-smart-stream-boundary-${Class}"


def bounds(images: object) -> list[Statement]:
    """What function, listener and backup need, on what the class has; a role that asks for more gets nothing of it."""
    (table,) = SCOPES["dynamodb"]
    streams = [Sub(f"{LOGS[stem]}:*") for stem in ("function", "listener")]
    return [
        allow(
            dynamodb.BatchGetItem, dynamodb.BatchWriteItem, dynamodb.CreateBackup, dynamodb.DeleteBackup,
            dynamodb.DeleteItem, dynamodb.DescribeBackup, dynamodb.DescribeTable, dynamodb.GetItem,
            dynamodb.ListTagsOfResource, dynamodb.PutItem, dynamodb.Query, dynamodb.UpdateItem,
            on=[Sub(table), Sub(f"{table}/backup/*")],
        ),
        allow(
            s3.DeleteObject, s3.GetObject, s3.ListBucket, s3.PutObject,
            on=[Sub(each) for each in SCOPES["s3"]],
        ),
        allow(logs.CreateLogStream, logs.PutLogEvents, on=streams),
        allow(ecr.GetAuthorizationToken, on=["*"]),
        allow(ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer, on=[images]),
    ]  # fmt: skip
