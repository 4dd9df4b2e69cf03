"""Names that people choose: which of them say for which environment they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .values import UNKNOWN, function_of, references

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .values import Branch, Scenario
    from .view import View

PARAMETERS = (
    "EnvironmentSuffix", "Environment", "EnvironmentName", "EnvironmentType", "Env", "EnvName", "EnvType", "Stage",
    "StageName", "Suffix", "NameSuffix", "NamePrefix", "ResourcePrefix", "StackName",
)  # fmt: skip
"""How templates call the parameter that tells environments apart."""

OPTION = {"parameters": {"default": list(PARAMETERS), "type": "list", "itemtype": "string"}}
"""The option of the rules about names."""

_PLACES = frozenset({"AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::URLSuffix"})
"""They are the same for all environments in one account and region."""

_TEXT = frozenset({"", "Ref", "Fn::Sub", "Fn::Join", "Fn::If", "Fn::FindInMap"})
"""What a name is made of; of other functions nobody knows what they give."""


def is_shared(found: Branch, view: View, parameters: Collection[str]) -> bool:
    """Whether a name is the same in all environments of an account and region, so that the second cannot have it."""
    value = found.value
    if not _is_known(value) or _is_settled(found.scenario, view, parameters):
        return False
    used = set(references(value))
    if used & {"AWS::StackName", "AWS::StackId", *parameters} or used & view.resources.keys():
        return False
    if function_of(value)[0] == "Ref" and not used <= _PLACES:
        return False  # whoever gives it chooses the name
    return used <= _PLACES or bool(view.parameters.keys() & set(parameters))


def _is_known(value: Any) -> bool:
    return isinstance(value, str | int | dict) and all(each in _TEXT for each in _functions(value))


def _functions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield function_of(value)[0]
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _functions(each)
    elif isinstance(value, str) and "{{resolve:" in value:
        yield "a dynamic reference"


def _is_settled(scenario: Scenario, view: View, parameters: Collection[str]) -> bool:
    """Whether the conditions that lead here hold for one environment only."""
    declared = view.section("Conditions")
    for name, holds in scenario.items():
        function, sides = function_of(declared.get(name))
        if holds and function == "Fn::Equals" and isinstance(sides, list):
            fixed = [each for each in sides if not isinstance(each, dict) and each is not UNKNOWN]
            if len(fixed) == 1 and set(references(sides)) & set(parameters):
                return True
    return False
