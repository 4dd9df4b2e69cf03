"""E9176."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class IamHasNoUsers(rule.OfResources):
    """Workloads and pipelines work by roles, people by federation."""

    id = "E9176"
    shortdesc = "A template makes no IAM user and no access key"
    why = "A key of a user works until somebody notices that it was stolen; credentials of a role end by themselves."
    remedy = "Use a role: of the service for workloads, by OIDC for pipelines, by IAM Identity Center for people."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles"
    pillar = "security"
    guidelines = ("GDL-010",)
    public = ("CKV_AWS_273",)
    types = ("AWS::IAM::User", "AWS::IAM::AccessKey")
    passes = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
    """
    fails = """
    Resources:
      Robot: {Type: 'AWS::IAM::User'}
      Key: {Type: 'AWS::IAM::AccessKey', Properties: {UserName: !Ref Robot}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002  the type is enough
        """Each of them."""
        what = "an IAM user" if resource.type == "AWS::IAM::User" else "an access key"
        yield rule.Found(resource.path, f"{resource.title} is {what}; use a role with temporary credentials")
