"""A template's Rules against the values of a deployment: what CloudFormation would refuse once it was asked.

A rule is decided as far as its values are known. What only AWS knows, such as the value behind a name in Parameter
Store, decides nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.review.evaluation.environment import Environment
    from stackgen.review.model import Template

    from .parameters import Decided

_LOOKED_UP = "AWS::SSM::Parameter::Value<"
_PAIR = 2


class _Unknown(Exception):
    """What a function needs is not known before the deployment."""


def broken(
    template: Template, values: Mapping[str, Decided], place: Environment, config: str, table: str
) -> Iterator[ProjectError]:
    """Each assertion that does not hold, with the parameters that it is about. ``table`` is the environment's."""
    known = _known(template, values, place)
    for rule in template.section("Rules").values():
        if _decided(rule.get("RuleCondition", True), known) is not True:
            continue
        for each in rule.get("Assertions", ()):
            if _decided(each.get("Assert"), known) is False:
                about = [name for name in _refs(each["Assert"]) if name in template.section("Parameters")]
                said = each.get("AssertDescription") or f"a rule about {', '.join(about)} does not hold"
                found = next((values[name].location for name in about if name in values), None)
                yield ProjectError(
                    f"{template.name}: {said}",
                    f"in [tool.stackgen.{table}.parameters], in a file of parameters, "
                    + " ".join(f"-p {name}=... or STACKGEN_PARAM_{name}" for name in about[:1]),
                    location=found or (config, 0),
                )


def _known(template: Template, values: Mapping[str, Decided], place: Environment) -> dict[str, Any]:
    """What a Ref gives, as far as it is known: a list is one."""
    found: dict[str, Any] = {}
    for name, said in template.section("Parameters").items():
        kind = str(said.get("Type", ""))
        if name in values and not values[name].is_open and not kind.startswith(_LOOKED_UP):
            text = values[name].value.text
            found[name] = text.split(",") if kind.startswith(("List<", "CommaDelimitedList")) else text
    for name in ("AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::URLSuffix"):
        if place.pseudo(name):
            found[name] = place.pseudo(name)
    return found


def _decided(condition: Any, known: Mapping[str, Any]) -> bool | None:
    """Whether it holds; None where that is not known."""
    try:
        return _holds(condition, known)
    except _Unknown:
        return None


def _holds(condition: Any, known: Mapping[str, Any]) -> bool:
    if isinstance(condition, bool):
        return condition
    function, data = _function(condition)
    if function not in _FUNCTIONS:
        raise _Unknown
    return _FUNCTIONS[function](data, known)


def _function(node: Any) -> tuple[str, Any]:
    if not isinstance(node, dict) or len(node) != 1:
        raise _Unknown
    ((function, data),) = node.items()
    return function, data


def _combined(data: Any, known: Mapping[str, Any], *, decides: bool) -> bool:
    """One that decides settles it, whatever is unknown beside it."""
    verdicts = [_decided(each, known) for each in data]
    if decides in verdicts:
        return decides
    if None in verdicts:
        raise _Unknown
    return not decides


def _valued(node: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_valued(each, known) for each in node]
    if not isinstance(node, dict):
        return str(node)
    function, name = _function(node)
    if function != "Ref" or name not in known:
        raise _Unknown
    return known[name]


def _pair(data: Any, known: Mapping[str, Any]) -> tuple[Any, Any]:
    if not isinstance(data, list) or len(data) != _PAIR:
        raise _Unknown
    return _valued(data[0], known), _valued(data[1], known)


def _equals(data: Any, known: Mapping[str, Any]) -> bool:
    first, second = _pair(data, known)
    return bool(first == second)


def _contains(data: Any, known: Mapping[str, Any]) -> bool:
    among, one = _pair(data, known)
    return one in among


def _each_member_in(data: Any, known: Mapping[str, Any]) -> bool:
    members, among = _pair(data, known)
    return set(members) <= set(among)


def _each_member_equals(data: Any, known: Mapping[str, Any]) -> bool:
    members, one = _pair(data, known)
    return all(each == one for each in members)


def _refs(node: Any) -> Iterator[str]:
    """The names that an expression refers to, each once, in their order."""
    found: dict[str, None] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, dict):
            found |= {name: None for key, name in each.items() if key == "Ref" and isinstance(name, str)}
            waiting += [inner for key, inner in each.items() if key != "Ref"]
        elif isinstance(each, list):
            waiting += each
    yield from found


_FUNCTIONS: dict[str, Callable[[Any, Mapping[str, Any]], bool]] = {
    "Fn::And": lambda data, known: _combined(data, known, decides=False),
    "Fn::Or": lambda data, known: _combined(data, known, decides=True),
    "Fn::Not": lambda data, known: not _holds(data[0], known),
    "Fn::Equals": _equals,
    "Fn::Contains": _contains,
    "Fn::EachMemberIn": _each_member_in,
    "Fn::EachMemberEquals": _each_member_equals,
}
"""Rule-specific functions. Source: User Guide, rules; Fn::RefAll and Fn::ValueOf ask AWS."""
