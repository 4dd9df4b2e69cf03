"""W9171."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

QUEUE, READER = "AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"
STREAMS = ("AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
SOURCES = (
    "RedrivePolicy",
    "DeadLetterConfig",
    "DeadLetterQueue",
    "DestinationConfig",
    "OnFailure",
    "DeadLetterTargetArn",
)
"""Properties that name a queue for what could not be delivered elsewhere."""


class QueueHasDeadLetters(rule.OfResources):
    """What cannot be worked on is put aside, and not tried until it expires."""

    id = "W9171"
    shortdesc = "A queue, and who reads a stream, puts aside what cannot be worked on"
    why = (
        "What always fails is tried until it expires, and then lost; in a stream nothing behind it is read until then."
    )
    remedy = (
        "Add a RedrivePolicy, to who reads a stream an OnFailure destination and BisectBatchOnFunctionError, "
        "and to who reads a queue FunctionResponseTypes: [ReportBatchItemFailures]."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
    )
    pillar = "reliability"
    guidelines = ("GDL-170", "GDL-110")
    types = (QUEUE, READER)
    passes = """
    Resources:
      Work:
        Type: AWS::SQS::Queue
        Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Aside.Arn, maxReceiveCount: 5}}
      Aside: {Type: AWS::SQS::Queue}
    """
    fails = """
    Resources:
      Work: {Type: AWS::SQS::Queue}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A queue that has no other, and is not the other of anything; a reader of a stream that puts nothing aside."""
        if resource.type == READER:
            yield from _reader(resource, view)
            return
        if resource.title not in _asides(view) and "RedriveAllowPolicy" not in resource.properties:
            for found in resource.values("RedrivePolicy"):
                if found.value is values.ABSENT:
                    yield rule.Found(found.path, f"{resource.title} has no RedrivePolicy: what always fails is lost")


def _reader(reader: Resource, view: View) -> Iterator[rule.Found]:
    source = view.resource_of(reader.properties.get("EventSourceArn"))
    if source is not None and source.type == QUEUE and not _is_whole(reader):
        for found in reader.values("FunctionResponseTypes"):
            if found.value is values.ABSENT or found.value == []:
                message = f"{reader.title} takes a whole batch back for one message: FunctionResponseTypes"
                yield rule.Found(found.path, message)
    if source is not None and source.type in STREAMS:
        for found in reader.values("DestinationConfig", "OnFailure"):
            if found.value is values.ABSENT:
                message = (
                    f"{reader.title} stops at what always fails in {source.title}: it has no OnFailure destination"
                )
                yield rule.Found(found.path, message)


def _is_whole(reader: Resource) -> bool:
    """Whether a function takes one message at a time, of which there is no part."""
    return any(values.number(each.value) == 1 for each in reader.said("BatchSize"))


def _asides(view: View) -> set[str]:
    """The queues that take what others could not deliver."""
    found: set[str] = set()
    pending: list[object] = [each.properties for each in view.resources.values()]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in SOURCES:
                    found.update(values.references(inner))
                else:
                    pending.append(inner)
        elif isinstance(value, list):
            pending.extend(value)
    return found
