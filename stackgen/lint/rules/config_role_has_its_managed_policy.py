"""E9105."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

POLICY = "service-role/AWS_ConfigRole"


class ConfigRoleHasItsManagedPolicy(rule.OfResources):
    """Only what is certain: a role of the same template whose policies are all written out."""

    id = "E9105"
    shortdesc = "The role of AWS Config has the managed policy AWS_ConfigRole"
    why = "AWS keeps that policy in step with what Config records; with any other, Config misses resources."
    remedy = "Add arn:${AWS::Partition}:iam::aws:policy/service-role/AWS_ConfigRole, or use the service-linked role."
    source_url = "https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html"
    pillar = "security"
    guidelines = ("GDL-040", "TAP")
    public = ("Config.1",)
    types = ("AWS::Config::ConfigurationRecorder",)
    passes = """
    Resources:
      Recorder: {Type: AWS::Config::ConfigurationRecorder, Properties: {RoleARN: !GetAtt Role.Arn}}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWS_ConfigRole']
    """
    fails = """
    Resources:
      Recorder: {Type: AWS::Config::ConfigurationRecorder, Properties: {RoleARN: !GetAtt Role.Arn}}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSConfigRole']
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """The roles that the recorder may have."""
        for found in resource.values("RoleARN"):
            for name in values.references(found.value):
                role = view.resources.get(name)
                if role and role.type == "AWS::IAM::Role" and view.together(found.scenario, role.scenario):
                    yield from _missing(role, view)


def _missing(role: Resource, view: View) -> Iterator[rule.Found]:
    said = list(role.each("ManagedPolicyArns"))
    written = [str(one) for each in said for one in (values.texts(each.value), *view.literals(each.value))]
    unknown = any(values.function_of(each.value)[0] not in ("", "Fn::Sub", "Fn::Join") for each in said) or any(
        values.function_of(each.value)[0] for each in role.values("ManagedPolicyArns")
    )
    if not unknown and not any(POLICY in each for each in written):
        yield rule.Found(role.path, f"{role.title} is the role of AWS Config and lacks the policy {POLICY}")
