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
    from collections.abc import Iterable, Iterator, Sequence

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
    """What may be allowed, and what is denied without a condition.

    ``managed`` are the actions of AWS's policies; ``whole`` says that nothing else can be given to the role.
    """

    statements: list[Statement]
    denied: list[Statement]
    managed: dict[str, list[Scenario]]
    whole: bool


def role_of(value: Any, view: View) -> Resource | None:
    """The role of the template that a property names."""
    owner = owner_of(pointer(value), view)
    return owner if owner is not None and owner.type == ROLE else None


def roles_of(resource: Resource, names: Sequence[str], view: View) -> Iterator[tuple[Resource, Scenario]]:
    """The roles of the template that a property may name, and when."""
    for found in resource.values(*names):
        role = role_of(found.value, view)
        if role is not None:
            yield role, found.scenario


def within(scenario: Scenario, needs: Iterable[Need], view: View) -> Iterator[Need]:
    """What is needed in a scenario."""
    for each in needs:
        if view.together(each.scenario, scenario):
            yield each._replace(scenario={**each.scenario, **scenario})


def grants_of(role: Resource, view: View) -> Grants:
    """All that the template gives a role."""
    kept: dict[str, Grants] = view.kept.setdefault("grants", {})
    if role.title not in kept:
        kept[role.title] = _gathered(role, view)
    return kept[role.title]


def _gathered(role: Resource, view: View) -> Grants:
    given = {role.title}
    actions: dict[str, list[Scenario]] = {}
    whole = not any(isinstance(each.value, str | dict) and _is_hidden(each.value) for each in role.each("Policies"))
    for each in attached_to(role, view):
        owner = owner_of(each.text, view)
        if owner is not None and owner.type == "AWS::IAM::ManagedPolicy":
            given.add(owner.title)
        elif each.is_sure and each.name in aws.ACTIONS:
            for action in aws.ACTIONS[each.name]:
                actions.setdefault(action, []).append(each.scenario)
        else:
            whole = False
    given |= {each.title for each in view.of_type(*_HOLDERS) if _is_given(each, role, view)}
    found = [each for each in statements(view, IDENTITY) if each.resource.title in given]
    denied = [each for each in found if each.denies and "Condition" not in each.content]
    return Grants([each for each in found if each.may_allow], denied, actions, whole)


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
    """Whether a role cannot do what it needs, for sure, in one scenario at least."""
    scenario = {**need.role.scenario, **need.scenario}
    if not view.can_be(scenario):
        return False
    grants = grants_of(need.role, view)
    if any(view.together(scenario, each) for one in grants.denied for each in _denying(one, need)):
        return True
    allowed = [*grants.managed.get(need.action, ())]
    allowed += (each for one in grants.statements for each in _allowing(one, need, view))
    return grants.whole and view.uncovered(scenario, allowed)


def _allowing(statement: Statement, need: Need, view: View) -> Iterator[Scenario]:
    """The scenarios in which a statement may allow it."""
    if covers(statement, need.action) and reaches(statement, need.target, view):
        is_open = statement.all_actions_but or "Action" in statement.unclear
        on_any = not need.target or statement.all_resources_but or "Resource" in statement.unclear
        actions = [each.scenario for each in statement.actions if is_action(each.symbol, need.action)]
        resources = [each.scenario for each in statement.resources if points_at(each.symbol, need.target, view)]
        for action in [statement.scenario] if is_open else actions:
            for resource in [statement.scenario] if on_any else resources:
                if view.together(action, resource):
                    yield {**action, **resource}


def _denying(statement: Statement, need: Need) -> Iterator[Scenario]:
    """The scenarios in which a statement denies it for sure."""
    for action in statement.actions:
        if "${" not in action.symbol and matches(action.symbol, need.action):
            for resource in statement.resources:
                if resource.symbol in ("*", need.target):
                    yield {**action.scenario, **resource.scenario}


def covers(statement: Statement, action: str) -> bool:
    """Whether a statement may mean an action."""
    if statement.all_actions_but or "Action" in statement.unclear:
        return True
    return any(is_action(each.symbol, action) for each in statement.actions)


def is_action(granted: object, action: str) -> bool:
    """Whether a text of a policy may mean an action."""
    return not isinstance(granted, str) or "${" in granted or matches(granted, action)


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
        return any(held & around(view.resources[each], view) for each in wanted)
    return any(name in granted for each in wanted for name in _names(view.resources[each]))


def owners(text: str, view: View) -> set[str] | None:
    """The resources that a text names; None where it names something else that only AWS knows."""
    names = {each.partition(".")[0] for each in VARIABLE.findall(text) if not each.startswith("AWS::")}
    return names if names <= view.resources.keys() else None


def plain_name(text: str) -> str:
    """The last part of an ARN, or of the URL of a queue."""
    return text.rpartition(":")[2].rpartition("/")[2]


def around(resource: Resource, view: View) -> frozenset[str]:
    """It and what its properties name: the function of an alias, the topic of a subscription."""
    kept: dict[str, frozenset[str]] = view.kept.setdefault("around", {})
    if resource.title not in kept:
        texts = [pointer(each) for each in resource.properties.values()]
        named = {name for each in texts if isinstance(each, str) for name in owners(each, view) or ()}
        kept[resource.title] = frozenset({resource.title, *named})
    return kept[resource.title]


def _names(resource: Resource) -> list[str]:
    found = [pointer(each) for name, each in resource.properties.items() if name.endswith(("Name", "Identifier"))]
    return [each for each in found if isinstance(each, str)]
