"""E9181."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.iam import escalation, levels
from stackgen.lint.kit import conditions, grants, pointers, policies, reach, rule, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.lint.kit.policies import Said, Statement
    from stackgen.lint.kit.view import Resource, View

    _Own = Callable[[str], bool]


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
                yield from _ways(role, held, _own_names(role, held, view))
        alone: dict[str, list[Statement]] = {}
        for each in policies.statements(view, policies.IDENTITY):
            if each.allows and each.resource.title not in told:
                alone.setdefault(each.resource.title, []).append(each)
        for title, held in alone.items():
            yield from _ways(view.resources[title], held)


def _own_names(role: Resource, held: list[Statement], view: View) -> _Own:
    """How a text may name the role itself, or a managed policy that it has."""
    given = {each.resource.title for each in held if each.resource.type == "AWS::IAM::ManagedPolicy"}
    name = pointers.pointer(role.properties.get("RoleName"))

    def is_own(text: str) -> bool:
        owner = pointers.owner_of(text, view)
        if owner is not None:
            return owner is role or owner.title in given
        return isinstance(name, str) and text.startswith("arn:") and reach.means(text, "iam", f"role/{name}")

    return is_own


def _ways(holder: Resource, held: list[Statement], is_own: _Own = lambda text: False) -> Iterator[rule.Found]:  # noqa: ARG005  of no role
    for way in escalation.WAYS:
        steps = [_step(action, held, is_own) for action in way]
        first = steps[0]
        if first is not None and all(each is not None for each in steps):
            message = f"{holder.title} can give itself more permissions by {' and '.join(way)}; name what it may change"
            yield rule.Found(first.path, message)


def _step(action: str, held: list[Statement], is_own: _Own) -> Said | None:
    found = (
        said
        for each in held
        for said in each.actions
        if levels.matches(said.text, action) and not _is_told(said.text, each) and _takes_over(action, each, is_own)
    )
    return next(found, None)


def _is_told(text: str, statement: Statement) -> bool:
    """Whether it is a finding of E9135."""
    everywhere = statement.all_resources_but or any(each.text == "*" for each in statement.resources)
    return text == "*" or (text.endswith(":*") and everywhere)


def _takes_over(action: str, statement: Statement, is_own: _Own) -> bool:
    """Whether it is about all roles, users or policies, or the one that has it, with nothing that says which."""
    kind = escalation.CHANGED.get(action)
    if kind is None:
        return True
    if conditions.restricts(statement, _says_which):
        return False
    is_oneself = action in escalation.OF_ONESELF
    texts = [each.text for each in statement.resources]
    return statement.all_resources_but or any(
        reach.means_any(each, *kind) or (is_oneself and is_own(each)) for each in texts
    )


def _says_which(key: str) -> bool:
    return key not in conditions.HOW and "passedtoservice" not in key
