"""W9178."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import managed, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class IamAttachesNoFullAccess(rule.Rule):
    """Managed policies of AWS are for basic execution; those with full access to a service are not."""

    id = "W9178"
    shortdesc = "Nobody is given a managed policy with full access to a service"
    why = "Full access is to every resource of the service in the account, and grows when AWS changes the policy."
    remedy = "Write a policy of the actions and resources that are needed."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"
    pillar = "security"
    guidelines = ("GDL-012",)
    passes = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore']
    """
    fails = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess']
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each attachment of one of them; that of IAM is E9177's."""
        for each in managed.attached(view):
            name = each.name.rpartition("/")[2]
            if "FullAccess" in name and name != "IAMFullAccess":
                yield rule.Found(each.path, f"{each.holder.title} is given {name}; allow the actions that it needs")
