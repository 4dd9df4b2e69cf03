"""E9177."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import managed, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class IamAttachesNoAdministrators(rule.Rule):
    """No role, user or group has one of AWS's policies for administrators."""

    id = "E9177"
    shortdesc = "Nobody is given a managed policy of an administrator"
    why = "Whoever takes over such a role has the whole account."
    remedy = "Write a policy of the actions that are needed; bound what must make roles by a permissions boundary."
    source_url = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html"
    pillar = "security"
    guidelines = ("GDL-017", "GDL-012")
    public = ("IAM.1", "CKV_AWS_274")
    options = {  # noqa: RUF012  as cfn-lint declares it
        "policies": {
            "default": [
                "AdministratorAccess", "AdministratorAccess-Amplify", "AdministratorAccess-AWSElasticBeanstalk",
                "IAMFullAccess", "PowerUserAccess", "job-function/SystemAdministrator",
            ],
            "type": "list",
            "itemtype": "string",
        }
    }  # fmt: skip
    passes = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']
    """
    fails = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each attachment of one of them."""
        named: list[Any] = self.config["policies"]
        for each in managed.attached(view):
            if each.name in named:
                yield rule.Found(each.path, f"{each.holder.title} is given {each.name}; allow what it needs")
