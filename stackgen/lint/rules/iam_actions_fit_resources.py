"""E9137."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.lint.iam import levels, reference
from stackgen.lint.kit import grants, policies, reach, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.policies import Statement
    from stackgen.lint.kit.view import View

SEEN_BY_CFN_LINT = frozenset({
    "AWS::IAM::Group", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User",
    "AWS::SSO::PermissionSet", "AWS::IAM::UserPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::GroupPolicy",
    "AWS::KMS::Key", "AWS::OpenSearchService::Domain", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy", "AWS::ECR::Repository",
})  # fmt: skip
"""Of their actions W3037 tells, unless the document is a text in a function or the template is one of SAM."""
RENAMED = frozenset({"codeconnections", "codestar-connections"})
"""Actions of each go with ARNs of the other."""
_SERVICE = re.compile(r"[a-z0-9-]+")
SERVICES = {
    "DynamoDB": "dynamodb", "ECR": "ecr", "ECS": "ecs", "Events": "events", "KMS": "kms", "Kinesis": "kinesis",
    "Lambda": "lambda", "Logs": "logs", "S3": "s3", "SNS": "sns", "SQS": "sqs", "SecretsManager": "secretsmanager",
    "StepFunctions": "states",
}  # fmt: skip
"""Whose ARNs the resources of a namespace have."""


class IamActionsFitResources(rule.Rule):
    """Each action is one that AWS has, and acts on at least one of the statement's resources."""

    id = "E9137"
    shortdesc = "The actions of a policy exist, and fit the resources beside them"
    why = "IAM takes a statement that allows nothing, and the first call fails with AccessDenied."
    remedy = "Correct the action; objects of a bucket are its ARN with /* behind it, the bucket itself is without."
    source_url = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    pillar = "security"
    guidelines = ("GDL-012",)
    passes = """
    Resources:
      Bucket: {Type: 'AWS::S3::Bucket'}
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: ['s3:GetObject'], Resource: !Sub '${Bucket.Arn}/*'}
              - {Effect: Allow, Action: ['s3:ListBucket'], Resource: !GetAtt Bucket.Arn}
    """
    fails = """
    Resources:
      Bucket: {Type: 'AWS::S3::Bucket'}
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: ['s3:GetObject'], Resource: !GetAtt Bucket.Arn}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """First what there is not, then what does not fit."""
        is_sam = view.cfn.has_serverless_transform()
        for each in policies.statements(view):
            is_told = each.resource.type in SEEN_BY_CFN_LINT and not each.is_text and not is_sam
            for said in each.actions:
                name = said.text
                if ":" not in name or "${" in name or name.endswith(":*") or name.startswith("*"):
                    continue
                if not is_told and not reference.has(name):
                    message = f"{each.resource.title} has the action {name}, which there is not"
                    yield rule.Found(said.path, message)
                elif "*" not in name and "?" not in name and not _fits(each, name.lower(), view):
                    what = " or ".join(reference.resources_of(name))
                    message = f"{each.resource.title} has {name} on none of its resources; it acts on: {what}"
                    yield rule.Found(said.path, message)


def _fits(statement: Statement, action: str, view: View) -> bool:
    """AWS's reference is large: it is read only where something does not fit at the first look."""
    if not statement.resources or "Resource" in statement.unclear:
        return True
    if any(_may_fit(each.symbol, action, view) for each in statement.resources):
        return True
    homes = reference.homes_of(action)
    held = {_home(each.symbol, view) for each in statement.resources}
    return not homes or (bool(held & homes) and not action.startswith("s3:"))


def _may_fit(text: str, action: str, view: View) -> bool:
    home = _home(text, view)
    if not home:
        return True
    if not action.startswith(f"{home}:"):
        return False
    return home != "s3" or _may_fit_in_s3(text, action, view)


def _may_fit_in_s3(text: str, action: str, view: View) -> bool:
    """Whether it is an object for what acts on objects, and a bucket for what acts on buckets."""
    fields = reach.fields_of(text)
    if fields and (fields[3] or fields[4]):
        return True  # an access point, or another kind
    name = fields[-1] if fields else text
    is_on_objects = action in levels.on_objects()
    if "/" in name:
        return is_on_objects or "bucket" not in action or name.startswith("*")
    is_known = "*" not in name and "?" not in name and "{{" not in name and grants.owners(name, view) is not None
    return not is_on_objects or not is_known


def _home(text: str, view: View) -> str:
    """The service of what it names: a resource by its attribute, or an ARN; empty where only AWS knows."""
    fields = reach.fields_of(text)
    if fields:
        return fields[2] if _SERVICE.fullmatch(fields[2]) and fields[2] not in RENAMED else ""
    if not text.startswith("${") or not grants.owners(text, view):
        return ""
    owner = view.resources[text[2:].partition("}")[0].partition(".")[0]]
    return SERVICES.get(owner.type.split("::")[1], "") if owner.type.startswith("AWS::") else ""
