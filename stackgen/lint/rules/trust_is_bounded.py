"""E9138."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.lint.kit import conditions, pointers, policies, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.policies import Statement
    from stackgen.lint.kit.values import Branch
    from stackgen.lint.kit.view import Resource, View

NO_NARROWING = conditions.HOW | {"aws:currenttime", "kms:viaservice", "kms:grantisforawsresource"}
"""Conditions that do not say who."""
SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"})
FOR_EVERYBODY = frozenset({"AWS::ApiGateway::RestApi", "AWS::ECR::PublicRepository"})
"""What may be for everybody: who may call is said elsewhere."""
KEYS = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
"""A service uses a key for those alone who may use it themselves, and says what for in the encryption context."""
GITHUB = "token.actions.githubusercontent.com"
WIDE = re.compile(r"(repo:[^/*?]*|r?e?p?o?)[*?].*")
"""A subject that does not name the owner of the repository."""
BY_SOURCE = ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken", "FunctionUrlAuthType")
TAKING_ROLES = frozenset(
    f"{each}.amazonaws.com" for each in ("bedrock", "codebuild", "pipes", "scheduler", "states", "vpc-flow-logs")
)
"""They take on a role for whoever names it, and say for whom; AWS's pages ask for the condition in the trust policy."""
LOCAL = frozenset({"logs.amazonaws.com", "edgelambda.amazonaws.com"})


class TrustIsBounded(rule.Rule):
    """Trust and resource policies do not speak of everybody, and a service acts only for those that are named."""

    id = "E9138"
    shortdesc = "A policy says who is trusted, and a service for whom it may act"
    why = "A policy for everybody is for strangers too, and a service does for a stranger what it may do for us."
    remedy = "Name the principals; for a service add a condition on aws:SourceArn or aws:SourceAccount."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
    pillar = "security"
    guidelines = ("GDL-014", "GDL-152")
    public = ("Lambda.1", "SNS.4", "SQS.3", "KMS.5", "CKV_AWS_33", "CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_364")
    passes = """
    Resources:
      Topic: {Type: 'AWS::SNS::Topic'}
      Policy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Statement:
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: 'sns:Publish'
                Resource: !Ref Topic
                Condition: {StringEquals: {'aws:SourceAccount': !Ref 'AWS::AccountId'}}
              - {Effect: Deny, Principal: '*', Action: 'sns:Publish', Resource: !Ref Topic}
      Permission:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: a
          Action: lambda:InvokeFunction
          Principal: sns.amazonaws.com
          SourceArn: !Ref Topic
    """
    fails = """
    Resources:
      Topic: {Type: 'AWS::SNS::Topic'}
      Policy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Statement: [{Effect: Allow, Principal: '*', Action: 'sns:Publish', Resource: !Ref Topic}]
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each statement that trusts too many, and each permission of a function."""
        for each in policies.statements(view, policies.TRUST, policies.RESOURCE):
            if each.allows:
                yield from _everybody(each)
                yield from () if each.resource.type in KEYS else _deputies(each)
                yield from _workflows(each)
        for permission in view.of_type("AWS::Lambda::Permission"):
            yield from _permission(permission, view)


def _everybody(statement: Statement) -> Iterator[rule.Found]:
    title = statement.resource.title
    if "NotPrincipal" in statement.content:
        yield rule.Found(statement.at("NotPrincipal"), f"{title} allows everybody but some; name who is meant")
    if statement.resource.type in FOR_EVERYBODY or conditions.restricts(
        statement, lambda key: key not in NO_NARROWING, surely=True
    ):
        return
    for kind, said in statement.principals:
        if kind == "AWS" and said.text in ("*", "arn:aws:iam::*:root"):
            yield rule.Found(said.path, f"{title} allows everybody (Principal *); name principals or add a condition")


def _deputies(statement: Statement) -> Iterator[rule.Found]:
    if conditions.restricts(statement, SOURCES.__contains__):
        return
    is_trust = statement.kind == policies.TRUST
    for kind, said in statement.principals:
        service = _service(said.text)
        if kind == "Service" and service not in LOCAL and (not is_trust or service in TAKING_ROLES) and service:
            message = (
                f"{statement.resource.title} lets {service} act for anybody; add aws:SourceArn or aws:SourceAccount"
            )
            yield rule.Found(said.path, message)


def _workflows(statement: Statement) -> Iterator[rule.Found]:
    if not any(kind == "Federated" and GITHUB in said.text for kind, said in statement.principals):
        return
    title = statement.resource.title
    said = conditions.asked_of(statement, _is_subject)
    if not said and not conditions.restricts(statement, _is_subject):
        yield rule.Found(statement.path, f"{title} trusts every repository of GitHub; add a condition on the subject")
    for each in said:
        if "${" not in each and WIDE.fullmatch(each):
            yield rule.Found(statement.at("Condition"), f"{title} trusts the subject {each}; name the repository")


def _permission(permission: Resource, view: View) -> Iterator[rule.Found]:
    if any(all(map(_is_bound, permission.values(name))) for name in BY_SOURCE):
        return
    for found in permission.values("Principal"):
        for said in pointers.spellings(found.value, view):
            if said == "*" or _service(said):
                whose = "everybody" if said == "*" else _service(said)
                message = f"{permission.title} lets {whose} call the function for anybody; add SourceArn"
                yield rule.Found(found.path, message)


def _is_bound(found: Branch) -> bool:
    said = found.value
    return said is not values.ABSENT and not (isinstance(said, str) and conditions.is_anything(said))


def _service(text: str) -> str:
    """The service that it names, and empty for anybody else."""
    name = text.replace("${AWS::URLSuffix}", "amazonaws.com")
    return name if name.endswith(".amazonaws.com") else ""


def _is_subject(key: str) -> bool:
    return key.endswith(":sub")
