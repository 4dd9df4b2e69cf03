"""E9181."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.iam import escalation, levels
from stackgen.lint.kit import grants, policies, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.policies import Said, Statement
    from stackgen.lint.kit.view import Resource, View


class IamRolesStayAsTheyAre(rule.Rule):
    """No role without a boundary holds actions that let it give itself more."""

    id = "E9181"
    shortdesc = "A role cannot give itself more permissions"
    why = "Whoever takes over such a role is an administrator after one call more."
    remedy = "Name the roles and policies that it may change or pass, or bound the role by a permissions boundary."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
    pillar = "security"
    guidelines = ("GDL-012", "GDL-013", "GDL-015")
    public = ("CKV_AWS_110", "CKV_AWS_286")
    passes = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          Policies:
            - PolicyName: run
              PolicyDocument:
                Statement:
                  - {Effect: Allow, Action: 'ecs:RunTask', Resource: '*'}
                  - {Effect: Allow, Action: 'iam:PassRole', Resource: 'arn:aws:iam::123456789012:role/task'}
    """
    fails = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {}
          Policies:
            - PolicyName: run
              PolicyDocument:
                Statement:
                  - {Effect: Allow, Action: ['lambda:CreateFunction', 'lambda:InvokeFunction'], Resource: '*'}
                  - {Effect: Allow, Action: 'iam:PassRole', Resource: 'arn:aws:iam::123456789012:role/*'}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each way, told of the role, or of the policy where no role of the template has it."""
        told: set[str] = set()
        for role in view.of_type(grants.ROLE):
            held = [each for each in grants.grants_of(role, view).statements if each.allows]
            told |= {each.resource.title for each in held}
            if any(found.value is values.ABSENT for found in role.values("PermissionsBoundary")):
                yield from _ways(role, held)
        alone: dict[str, list[Statement]] = {}
        for each in policies.statements(view, policies.IDENTITY):
            if each.allows and each.resource.title not in told:
                alone.setdefault(each.resource.title, []).append(each)
        for title, held in alone.items():
            yield from _ways(view.resources[title], held)


def _ways(holder: Resource, held: list[Statement]) -> Iterator[rule.Found]:
    wide = [each for each in held if _is_wide(each)]
    for way in escalation.WAYS:
        steps = [_step(action, wide if action.startswith("iam:") else held) for action in way]
        first = steps[0]
        if first is not None and all(each is not None for each in steps):
            message = f"{holder.title} can give itself more permissions by {' and '.join(way)}; name what it may change"
            yield rule.Found(first.path, message)


def _step(action: str, held: list[Statement]) -> Said | None:
    said = (one for each in held for one in each.actions)
    return next((one for one in said if one.text not in ("*", "iam:*") and levels.matches(one.text, action)), None)


def _is_wide(statement: Statement) -> bool:
    """Whether it is about all roles, users or policies, with nothing that says which."""
    if not statement.may_be_unconditional:
        return False
    texts = [each.text for each in statement.resources]
    return statement.all_resources_but or any(each == "*" or each.endswith((":role/*", ":policy/*")) for each in texts)
