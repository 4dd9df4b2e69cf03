"""W9154."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class LogGroupsUseTheKey(rule.Rule):
    """CloudWatch encrypts every log group; this is about a key that was made for it."""

    id = "W9154"
    shortdesc = "Where a key is meant for logs, each log group uses it"
    why = "A key whose policy lets CloudWatch Logs use it protects nothing of what is logged without it."
    remedy = "Set KmsKeyId of the log group to the key's ARN."
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
    pillar = "security"
    guidelines = ("GDL-020", "GDL-022")
    public = ("CKV_AWS_158",)
    passes = """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy: {Statement: [{Effect: Allow, Principal: {Service: !Sub 'logs.${AWS::Region}.amazonaws.com'}}]}
      Group: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: !GetAtt Key.Arn}}
    """
    fails = """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy: {Statement: [{Effect: Allow, Principal: {Service: logs.amazonaws.com}}]}
      Group: {Type: AWS::Logs::LogGroup}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each log group without a key, in a template whose key is for logs."""
        key = next((each.title for each in view.of_type("AWS::KMS::Key") if _is_for_logs(each)), None)
        for group in view.of_type("AWS::Logs::LogGroup") if key else ():
            for found in group.values("KmsKeyId"):
                if found.value is values.ABSENT:
                    yield rule.Found(found.path, f"{group.title} does not use {key}, which is for logs")


def _is_for_logs(key: Resource) -> bool:
    return any(
        values.texts(each.value).startswith("logs.")
        for each in key.each("KeyPolicy", "Statement", "Principal", "Service")
    )
