"""E9179."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.iam import levels
from stackgen.lint.kit import conditions, policies, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

PASS = "iam:PassRole"  # noqa: S105  an action


class PassRoleNamesService(rule.Rule):
    """Roles are named, and so is the service that they may be passed to."""

    id = "E9179"
    shortdesc = "A policy says to which service a role may be passed"
    why = "A role that may be passed to any service is what its holder needs to act as that role elsewhere."
    remedy = "Add the condition StringEquals iam:PassedToService with the service's name."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
    pillar = "security"
    guidelines = ("GDL-013",)
    passes = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: 'iam:PassRole'
                Resource: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/task'
                Condition: {StringEquals: {'iam:PassedToService': ecs-tasks.amazonaws.com}}
    """
    fails = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: 'iam:PassRole'
                Resource: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/task'
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each action that passes roles, where no condition names a service. On every role it is E9136's, too."""
        for each in policies.statements(view, policies.IDENTITY):
            if each.allows and not conditions.restricts(each, lambda key: "passedtoservice" in key):
                for said in each.actions:
                    if said.text not in ("*", "iam:*") and levels.matches(said.text, PASS):
                        message = (
                            f"{each.resource.title} may pass a role to any service; name it by iam:PassedToService"
                        )
                        yield rule.Found(said.path, message)
