# ruff: noqa: ARG001 - a handler has the parameters that Lambda gives it
"""Queues and streams call functions, in virtual time."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest

from stackgen.local.cloud import Cloud

DAY = 86400.0


def make(cloud: Cloud, handler: Any, **more: Any) -> Any:
    cloud.functions.join(cloud.gateway)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "")
    client = cloud.client("lambda")
    client.create_function(
        FunctionName="fn", Runtime="python3.13", Handler="app.handler", Code={"ZipFile": archive.getvalue()},
        Role="arn:aws:iam::111111111111:role/r", **more,
    )  # fmt: skip
    cloud.functions.register("fn", handler)
    return client


def table(cloud: Cloud) -> str:
    made = cloud.client("dynamodb").create_table(
        TableName="table",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return str(made["TableDescription"]["LatestStreamArn"])


def put(cloud: Cloud, name: str) -> None:
    cloud.client("dynamodb").put_item(TableName="table", Item={"id": {"S": name}})


def queue(cloud: Cloud, **attributes: str) -> tuple[str, str]:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


@pytest.mark.parametrize("turn", [1, 2])
def test_an_item_that_is_put_reaches_the_function_of_its_stream(turn: int) -> None:
    for _ in range(2):  # each stand-in of a process has its own
        seen: list[Any] = []
        with Cloud() as cloud:
            client = make(cloud, lambda event, _, seen=seen: seen.append(event))
            mapping = {"EventSourceArn": table(cloud), "FunctionName": "fn", "StartingPosition": "TRIM_HORIZON"}
            client.create_event_source_mapping(**mapping)
            put(cloud, "one")
            cloud.clock.advance(3)
            put(cloud, "two")
            cloud.clock.advance(3)
            cloud.clock.settle()
        records = [record for event in seen for record in event["Records"]]
        assert [record["dynamodb"]["NewImage"]["id"]["S"] for record in records] == ["one", "two"]
        assert {(record["eventSource"], record["eventName"]) for record in records} == {("aws:dynamodb", "INSERT")}


def test_a_batch_that_fails_is_tried_again_in_virtual_time(cloud: Cloud) -> None:
    tried: list[float] = []

    def handler(event: Any, context: Any) -> None:
        tried.append(cloud.clock.time())
        if len(tried) < 4:
            raise ConnectionError("not yet")

    client = make(cloud, handler)
    client.create_event_source_mapping(EventSourceArn=table(cloud), FunctionName="fn", StartingPosition="LATEST")
    put(cloud, "one")
    cloud.clock.advance(600)
    assert [moment - tried[0] for moment in tried] == [0, 1, 3, 7]


def test_a_batch_that_always_fails_does_not_cost_the_day(cloud: Cloud) -> None:
    tried: list[float] = []

    def handler(event: Any, context: Any) -> None:
        tried.append(cloud.clock.time())
        raise ValueError("poison")

    client = make(cloud, handler)
    client.create_event_source_mapping(EventSourceArn=table(cloud), FunctionName="fn", StartingPosition="LATEST")
    put(cloud, "one")
    cloud.clock.advance(7200)
    assert 100 < len(tried) < 150


def test_a_message_reaches_the_function_of_its_queue_and_is_gone(cloud: Cloud) -> None:
    seen: list[Any] = []
    client = make(cloud, lambda event, _: seen.extend(event["Records"]))
    url, arn = queue(cloud)
    client.create_event_source_mapping(EventSourceArn=arn, FunctionName="fn")
    entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(3)]
    cloud.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    cloud.clock.advance(3)
    assert [(record["body"], record["eventSource"]) for record in seen] == [(str(n), "aws:sqs") for n in range(3)]
    cloud.clock.advance(600)
    assert len(seen) == 3


def test_a_message_whose_function_fails_comes_back_and_goes_to_the_dead_letters(cloud: Cloud) -> None:
    tried: list[float] = []

    def handler(event: Any, context: Any) -> None:
        tried.append(cloud.clock.time())
        raise ValueError("poison")

    client = make(cloud, handler)
    sqs = cloud.client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3})
    url, arn = queue(cloud, VisibilityTimeout="40", RedrivePolicy=redrive)
    client.create_event_source_mapping(EventSourceArn=arn, FunctionName="fn")
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    cloud.clock.advance(600)
    assert [moment - tried[0] for moment in tried] == [0, 40, 80]
    assert sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "poison"


def test_only_the_items_of_a_batch_that_failed_come_back(cloud: Cloud) -> None:
    seen: list[list[str]] = []

    def handler(event: Any, context: Any) -> Any:
        seen.append([record["body"] for record in event["Records"]])
        bad = [record["messageId"] for record in event["Records"] if record["body"] == "bad" and len(seen) == 1]
        return {"batchItemFailures": [{"itemIdentifier": name} for name in bad]}

    client = make(cloud, handler)
    url, arn = queue(cloud)
    client.create_event_source_mapping(
        EventSourceArn=arn, FunctionName="fn", FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    entries = [{"Id": name, "MessageBody": name} for name in ("good", "bad")]
    cloud.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    cloud.clock.advance(60)
    assert seen == [["good", "bad"], ["bad"]]


def test_a_disabled_mapping_sleeps_until_it_is_enabled(cloud: Cloud) -> None:
    seen: list[Any] = []
    client = make(cloud, lambda event, _: seen.append(event))
    url, arn = queue(cloud)
    mapping = client.create_event_source_mapping(EventSourceArn=arn, FunctionName="fn", Enabled=False)
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    cloud.clock.advance(60)
    assert seen == []
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    assert len(seen) == 1


def test_a_mapping_does_not_keep_the_time_going_and_costs_little(cloud: Cloud) -> None:
    client = make(cloud, lambda *_: None)
    client.create_event_source_mapping(EventSourceArn=queue(cloud)[1], FunctionName="fn")
    before, began = cloud.clock.time(), time.perf_counter()
    cloud.clock.settle()
    assert cloud.clock.time() - before < 60
    cloud.clock.advance(10 * DAY)
    assert time.perf_counter() - began < 4.0


def test_who_waits_for_a_message_waits_in_virtual_time(cloud: Cloud) -> None:
    cloud.functions.join(cloud.gateway)
    url, _ = queue(cloud)
    before, began = cloud.clock.time(), time.perf_counter()
    assert "Messages" not in cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert cloud.clock.time() - before == 20
    assert time.perf_counter() - began < 5.0


def test_a_rule_of_eventbridge_invokes_its_function_again_where_it_fails(cloud: Cloud) -> None:
    tried: list[Any] = []

    def handler(event: Any, context: Any) -> None:
        tried.append(event["detail"])
        raise ValueError("again")

    make(cloud, handler)
    events = cloud.client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["mine"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "f", "Arn": "arn:aws:lambda:us-east-1:111111111111:function:fn"}])
    events.put_events(Entries=[{"Source": "mine", "DetailType": "t", "Detail": '{"n": 1}'}])
    cloud.clock.advance(600)
    assert tried == [{"n": 1}] * 3


def test_a_stream_goes_on_at_the_first_record_that_a_function_says_failed(cloud: Cloud) -> None:
    seen: list[list[str]] = []

    def handler(event: Any, context: Any) -> Any:
        names = [record["dynamodb"]["NewImage"]["id"]["S"] for record in event["Records"]]
        seen.append(names)
        failed = event["Records"][1:2] if len(seen) == 1 else []
        return {"batchItemFailures": [{"itemIdentifier": one["dynamodb"]["SequenceNumber"]} for one in failed]}

    client = make(cloud, handler)
    for name in ("one", "two", "three"):
        if name == "one":
            stream = table(cloud)
        put(cloud, name)
    client.create_event_source_mapping(
        EventSourceArn=stream, FunctionName="fn", StartingPosition="TRIM_HORIZON", BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )  # fmt: skip
    cloud.clock.advance(60)
    assert seen == [["one", "two", "three"], ["two", "three"]]


@pytest.mark.parametrize(("bisects", "left"), [(True, ["two"]), (False, [])])
def test_a_batch_of_a_stream_is_left_behind_when_its_attempts_are_used_up(
    cloud: Cloud, bisects: bool, left: list[str]
) -> None:
    seen: list[list[str]] = []

    def handler(event: Any, context: Any) -> None:
        seen.append([record["dynamodb"]["NewImage"]["id"]["S"] for record in event["Records"]])
        if "one" in seen[-1]:
            raise ValueError("one is bad")

    url, arn = queue(cloud)
    client = make(cloud, handler)
    stream = table(cloud)
    for name in ("one", "two"):
        put(cloud, name)
    client.create_event_source_mapping(
        EventSourceArn=stream, FunctionName="fn", StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=2,
        BisectBatchOnFunctionError=bisects, DestinationConfig={"OnFailure": {"Destination": arn}},
    )  # fmt: skip
    cloud.clock.advance(600)
    assert seen == [["one", "two"]] * 3 + ([left] if left else [])
    (told,) = cloud.client("sqs").receive_message(QueueUrl=url)["Messages"]
    body = json.loads(told["Body"])
    assert body["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert body["DDBStreamBatchInfo"]["batchSize"] == (1 if bisects else 2)


def test_a_function_hears_of_an_object_before_the_clock_has_settled(cloud: Cloud) -> None:
    seen: list[str] = []
    client = make(cloud, lambda event, _: seen.append(event["Records"][0]["s3"]["object"]["key"]))
    arn = client.get_function(FunctionName="fn")["Configuration"]["FunctionArn"]
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    configuration = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"LambdaFunctionConfigurations": [configuration]}
    )
    for number in range(5):
        s3.put_object(Bucket="bucket", Key=f"{number}", Body=b"")
        cloud.clock.settle()
    assert seen == ["0", "1", "2", "3", "4"]
