"""What a role of the template may do, from all policies that the template gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.lint.iam import managed as aws
from stackgen.lint.iam.levels import matches
from stackgen.policy_documents import DOCUMENTS

from .managed import attached_to
from .pointers import VARIABLE, owner_of, pointer
from .policies import IDENTITY, Statement, statements

if TYPE_CHECKING:
    from .values import Path, Scenario
    from .view import Resource, View

ROLE = "AWS::IAM::Role"


class Need(NamedTuple):
    """An action that something does as a role: on what, as ``Fn::Sub`` would write it, and empty for anything."""

    role: Resource
    action: str
    target: str
    path: Path
    scenario: Scenario
    why: str


class Grants(NamedTuple):
    """``managed`` are the actions of AWS's policies; ``whole`` says that nothing else can be given to the role."""

    statements: list[Statement]
    managed: frozenset[str]
    whole: bool


def role_of(value: Any, view: View) -> Resource | None:
    """The role of the template that a property names."""
    owner = owner_of(pointer(value), view)
    return owner if owner is not None and owner.type == ROLE else None


def grants_of(role: Resource, view: View) -> Grants:
    """All that the template gives a role."""
    kept: dict[str, Grants] = view.kept.setdefault("grants", {})
    if role.title not in kept:
        kept[role.title] = _gathered(role, view)
    return kept[role.title]


def _gathered(role: Resource, view: View) -> Grants:
    given = {role.title}
    actions: set[str] = set()
    whole = not any(isinstance(each.value, str | dict) and _is_hidden(each.value) for each in role.each("Policies"))
    for each in attached_to(role, view):
        owner = owner_of(each.text, view)
        if owner is not None and owner.type == "AWS::IAM::ManagedPolicy":
            given.add(owner.title)
        elif each.is_sure and each.name in aws.ACTIONS:
            actions.update(aws.ACTIONS[each.name])
        else:
            whole = False
    given |= {each.title for each in view.of_type(*_HOLDERS) if _is_given(each, role, view)}
    found = [each for each in statements(view, IDENTITY) if each.resource.title in given and each.may_allow]
    return Grants(found, frozenset(actions), whole)


_HOLDERS = {
    kind: document.holders[0][0]
    for kind, documents in DOCUMENTS.items()
    for document in documents
    if document.holders and document.holders[0][1] == "Role"
}
"""The policies that name the roles that they are given to, and the property that does."""


def _is_given(policy: Resource, role: Resource, view: View) -> bool:
    name = pointer(role.properties.get("RoleName"))
    texts = [pointer(each.value) for each in policy.each(_HOLDERS[policy.type])]
    return any(owner_of(each, view) is role or (each == name and isinstance(each, str)) for each in texts)


def _is_hidden(value: Any) -> bool:
    return not isinstance(value, dict) or "PolicyDocument" not in value


def is_missing(need: Need, view: View) -> bool:
    """Whether a role cannot do what it needs, for sure."""
    grants = grants_of(need.role, view)
    if not grants.whole or need.action in grants.managed:
        return False
    return not any(
        view.together(each.scenario, need.scenario) and covers(each, need.action) and reaches(each, need.target, view)
        for each in grants.statements
    )


def covers(statement: Statement, action: str) -> bool:
    """Whether a statement may mean an action."""
    if statement.all_actions_but or "Action" in statement.unclear:
        return True
    return any("${" in each.symbol or matches(each.symbol, action) for each in statement.actions)


def reaches(statement: Statement, target: str, view: View) -> bool:
    """Whether a statement may mean a resource."""
    if not target or statement.all_resources_but or "Resource" in statement.unclear:
        return True
    return any(points_at(each.symbol, target, view) for each in statement.resources)


def points_at(granted: str, target: str, view: View) -> bool:
    """Whether a resource of a policy may be what is pointed at. What is not known may be anything."""
    wanted, held = owners(target, view), owners(granted, view)
    if wanted is None or held is None or granted == target:  # of None a part only AWS knows
        return True
    if not held and ("*" in granted or "?" in granted):
        return True
    if not wanted:
        return not held and plain_name(granted) == plain_name(target)
    if held:
        return bool(wanted & held) or any(title in _around(each, view) for each in wanted for title in held)
    return any(name in granted for each in wanted for name in _names(view.resources[each]))


def owners(text: str, view: View) -> set[str] | None:
    """The resources that a text names; None where it names something else that only AWS knows."""
    names = {each.partition(".")[0] for each in VARIABLE.findall(text) if not each.startswith("AWS::")}
    return names if names <= view.resources.keys() else None


def plain_name(text: str) -> str:
    """The last part of an ARN, or of the URL of a queue."""
    return text.rpartition(":")[2].rpartition("/")[2]


def _around(title: str, view: View) -> set[str]:
    """What a resource is made of: the function of an alias, the cluster of a service."""
    found = [pointer(each) for each in view.resources[title].properties.values()]
    return {name for each in found if isinstance(each, str) for name in owners(each, view) or ()}


def _names(resource: Resource) -> list[str]:
    found = [pointer(each) for name, each in resource.properties.items() if name.endswith(("Name", "Identifier"))]
    return [each for each in found if isinstance(each, str)]
