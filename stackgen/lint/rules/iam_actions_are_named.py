"""E9135."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.iam import reference
from stackgen.lint.kit import policies, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class IamActionsAreNamed(rule.Rule):
    """No statement allows all actions, all but some, or all of a service on everything."""

    id = "E9135"
    shortdesc = "A policy names the actions that it allows"
    why = "Who takes over one function with all permissions has the account, also services that come next year."
    remedy = "List the actions that are called, and the resources that they are called on."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    pillar = "security"
    guidelines = ("GDL-012",)
    public = ("IAM.1", "IAM.21", "CKV_AWS_62", "CKV_AWS_63")
    passes = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:eu-west-1:123456789012:orders'}
              - {Effect: Deny, Action: '*', Resource: '*'}
    """
    fails = """
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: '*', Resource: '*'}]
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each action that is no more than a wildcard."""
        for each in policies.statements(view, policies.IDENTITY):
            if not each.allows:
                continue
            everywhere = each.all_resources_but or any(one.text == "*" for one in each.resources)
            if each.all_actions_but:
                message = f"{each.resource.title} allows all actions but some (NotAction); name those that it needs"
                yield rule.Found(each.at("NotAction"), message)
            for said in each.actions:
                if said.text.strip("*") in ("", ":"):
                    message = f"{each.resource.title} allows all actions (*); name those that it needs"
                    yield rule.Found(said.path, message)
                elif everywhere and said.text.endswith(":*"):
                    wanted = "actions and resources" if reference.has_resources(said.text) else "its actions"
                    message = f"{each.resource.title} allows {said.text} on every resource; name {wanted}"
                    yield rule.Found(said.path, message)
