"""W9180."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.iam import levels
from stackgen.lint.kit import conditions, policies, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

CREATE, BOUNDARY = "iam:CreateRole", "iam:permissionsboundary"


class IamDelegatesWithinBoundaries(rule.Rule):
    """Whoever may make roles has to bound them, or is bounded."""

    id = "W9180"
    shortdesc = "Who may create roles creates them with a permissions boundary"
    why = "A pipeline that makes roles can make one that may do everything, and use it."
    remedy = "Add the condition StringEquals iam:PermissionsBoundary with the ARN of a policy."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate"
    pillar = "security"
    guidelines = ("GDL-015",)
    passes = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: 'iam:CreateRole'
                Resource: 'arn:aws:iam::123456789012:role/shop-*'
                Condition: {StringEquals: {'iam:PermissionsBoundary': 'arn:aws:iam::123456789012:policy/bounds'}}
    """
    fails = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement: [{Effect: Allow, Action: 'iam:CreateRole', Resource: 'arn:aws:iam::123456789012:role/shop-*'}]
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each statement that allows to make roles as one likes."""
        for each in policies.statements(view, policies.IDENTITY):
            if not each.allows or _is_bounded(each.resource) or conditions.restricts(each, BOUNDARY.__eq__):
                continue
            for said in each.actions:
                if said.text not in ("*", "iam:*") and levels.matches(said.text, CREATE):
                    message = f"{each.resource.title} may create roles without a permissions boundary; ask for one"
                    yield rule.Found(said.path, message)


def _is_bounded(holder: Resource) -> bool:
    found = list(holder.values("PermissionsBoundary")) if holder.type == "AWS::IAM::Role" else []
    return bool(found) and all(each.value is not values.ABSENT for each in found)
