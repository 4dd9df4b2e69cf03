"""W9188."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.lint.kit import policies, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

ACCOUNT = re.compile(r"(?:arn:[^:]*:(?:iam|sts)::)?(\d{12}|\$\{[A-Za-z0-9]+\})(?::.*)?")


class CrossAccountRolesAreDescribed(rule.Rule):
    """A role that another account may take on says what for."""

    id = "W9188"
    shortdesc = "A role for another account says in its Description what it is for"
    why = "Years later nobody dares to remove a role of which nobody knows who takes it on, and why."
    remedy = "Add a Description: who takes it on, and for what."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_cross-account-with-roles.html"
    pillar = "security"
    guidelines = ("GDL-150",)
    passes = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          Description: Read by the billing account for the monthly report
          AssumeRolePolicyDocument:
            Statement: [{Effect: Allow, Principal: {AWS: '123456789012'}, Action: 'sts:AssumeRole'}]
    """
    fails = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement: [{Effect: Allow, Principal: {AWS: '123456789012'}, Action: 'sts:AssumeRole'}]
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each such role without a description."""
        for each in policies.statements(view, policies.TRUST):
            role = each.resource
            if not each.allows or role.type != "AWS::IAM::Role" or not _is_for_others(each, view):
                continue
            for found in role.values("Description"):
                if found.value in (values.ABSENT, ""):
                    yield rule.Found(found.path, f"{role.title} is for another account and has no Description")


def _is_for_others(statement: policies.Statement, view: View) -> bool:
    for kind, said in statement.principals:
        account = ACCOUNT.fullmatch(said.text)
        if kind == "AWS" and account and account[1].strip("${}") not in view.resources:
            return True
    return False
