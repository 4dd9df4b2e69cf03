"""E9138."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import policies, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.policies import Statement
    from stackgen.lint.kit.view import Resource, View

NO_NARROWING = frozenset(
    {"aws:securetransport", "aws:requestedregion", "aws:multifactorauthpresent", "aws:currenttime"}
)
"""Conditions that do not say who."""
SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"})
FOR_EVERYBODY = frozenset({"AWS::ApiGateway::RestApi", "AWS::ECR::PublicRepository"})
"""What may be for everybody: who may call is said elsewhere."""
KEYS = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
"""A service uses a key for those alone who may use it themselves, and says what for in the encryption context."""
GITHUB = "token.actions.githubusercontent.com"
WIDE = ("*", "repo:*", "repo:*/*", "repo:*:*", "repo:*/*:*")
BY_SOURCE = ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken", "FunctionUrlAuthType")
TAKING_ROLES = frozenset(
    f"{each}.amazonaws.com" for each in ("bedrock", "pipes", "scheduler", "states", "vpc-flow-logs")
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
    if statement.resource.type in FOR_EVERYBODY or not _is_unbounded(statement, NO_NARROWING):
        return
    for kind, said in statement.principals:
        if kind == "AWS" and said.text in ("*", "arn:aws:iam::*:root"):
            yield rule.Found(said.path, f"{title} allows everybody (Principal *); name principals or add a condition")


def _deputies(statement: Statement) -> Iterator[rule.Found]:
    if _names_source(statement):
        return
    is_trust = statement.kind == policies.TRUST
    for kind, said in statement.principals:
        is_asked = said.text in TAKING_ROLES if is_trust else said.text.endswith(".amazonaws.com")
        if kind == "Service" and is_asked and said.text not in LOCAL:
            message = (
                f"{statement.resource.title} lets {said.text} act for anybody; add aws:SourceArn or aws:SourceAccount"
            )
            yield rule.Found(said.path, message)


def _workflows(statement: Statement) -> Iterator[rule.Found]:
    if not any(kind == "Federated" and GITHUB in said.text for kind, said in statement.principals):
        return
    asked = [one for key, one in statement.conditions().items() if key.endswith(":sub")]
    said = [each.value for values_ in asked for one in values_ for each in values.elements(one)]
    title = statement.resource.title
    if not asked:
        yield rule.Found(statement.path, f"{title} trusts every repository of GitHub; add a condition on the subject")
    for each in said:
        if each in WIDE:
            yield rule.Found(statement.at("Condition"), f"{title} trusts the subject {each}; name the repository")


def _permission(permission: Resource, view: View) -> Iterator[rule.Found]:
    bounds = [list(permission.values(name)) for name in BY_SOURCE]
    if any(all(found.value is not values.ABSENT for found in each) for each in bounds):
        return
    for found in permission.values("Principal"):
        for said in view.literals(found.value):
            if said == "*" or (isinstance(said, str) and said.endswith(".amazonaws.com")):
                whose = "everybody" if said == "*" else said
                message = f"{permission.title} lets {whose} call the function for anybody; add SourceArn"
                yield rule.Found(found.path, message)


def _names_source(statement: Statement) -> bool:
    return bool(statement.conditions().keys() & SOURCES) and not statement.may_be_unconditional


def _is_unbounded(statement: Statement, idle: frozenset[str]) -> bool:
    return statement.may_be_unconditional or statement.conditions().keys() <= idle
