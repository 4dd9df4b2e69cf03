"""What the stream of the table tells."""

from __future__ import annotations

from typing import Any

from tests.local.dynamodb.store import TABLE, Store


def stream(store: Store, view: str = "NEW_AND_OLD_IMAGES") -> str:
    """Enable the stream; its name."""
    specification = {"StreamEnabled": True, "StreamViewType": view}
    description = store.db.update_table(TableName=TABLE, StreamSpecification=specification)["TableDescription"]
    return str(description["LatestStreamArn"])


def iterator(store: Store, arn: str, kind: str = "TRIM_HORIZON", **more: str) -> str:
    streams = _client(store, arn)
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    found = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType=kind, **more)
    return str(found["ShardIterator"])


def read(store: Store, arn: str, position: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = _client(store, arn).get_records(ShardIterator=position, **more)
    return answer


def records(store: Store, arn: str) -> list[dict[str, Any]]:
    """Everything that the stream still holds."""
    found: list[dict[str, Any]] = read(store, arn, iterator(store, arn))["Records"]
    return found


def _client(store: Store, arn: str) -> Any:
    region, account = arn.split(":")[3:5]
    return store.cloud.client("dynamodbstreams", account, region)
