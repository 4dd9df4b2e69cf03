"""W9153."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

TOPIC, QUEUE = "AWS::SNS::Topic", "AWS::SQS::Queue"
AWS_OWNED = "alias/aws/sns"


class TopicsAndQueuesAreEncrypted(rule.OfResources):
    """SQS encrypts by itself, unless it is told not to; SNS stores on encrypted disks, whose key nobody can bar."""

    id = "W9153"
    shortdesc = "A topic or a queue is encrypted, by a key that its senders may use"
    why = (
        "Without a key of KMS nobody can say who reads the messages of a topic, or see who did; "
        "and with a key that a service may not use, alarms never arrive."
    )
    remedy = "Name a KMS key in KmsMasterKeyId whose policy lets the senders use it; leave SqsManagedSseEnabled on."
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html"
    pillar = "security"
    guidelines = ("GDL-020",)
    public = ("SNS.1", "SQS.1", "CKV_AWS_26", "CKV_AWS_27")
    types = (TOPIC, QUEUE)
    passes = """
    Resources:
      Topic: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref Key}}
      Queue: {Type: AWS::SQS::Queue}
    """
    fails = """
    Resources:
      Topic: {Type: AWS::SNS::Topic}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """The key of a topic, the switch of a queue."""
        for found in resource.values("KmsMasterKeyId"):
            if resource.type == QUEUE and found.value is values.ABSENT:
                for off in checks.unfit(resource, "SqsManagedSseEnabled", absent=True):
                    yield rule.Found(off.path, f"{resource.title} is not encrypted")
            elif found.value is values.ABSENT:
                yield rule.Found(found.path, f"{resource.title} is not encrypted with a key of KMS: KmsMasterKeyId")
            elif values.texts(found.value).endswith(AWS_OWNED):
                for alarm in _senders(resource, view):
                    yield rule.Found(found.path, f"{alarm} cannot send to {resource.title}: it may not use {AWS_OWNED}")


def _senders(topic: Resource, view: View) -> Iterator[str]:
    """The alarms that are told to send to it."""
    for alarm in view.of_type("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        actions = [alarm.properties.get(name) for name in ("AlarmActions", "OKActions", "InsufficientDataActions")]
        if topic.title in values.references(actions):
            yield alarm.title
