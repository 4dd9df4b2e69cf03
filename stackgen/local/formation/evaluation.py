"""What CloudFormation makes of a template before it touches a resource: parameters, conditions, references.

ministack takes parameters that no template has and references that lead nowhere, and its conditions know few functions.
"""

from __future__ import annotations

import copy
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.formation import checks
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""In place of a value that only the execution of a change set will know; AWS writes the same where it shows values."""

_BLOCKS = ("Resources", "Outputs")


@contextmanager
def strict() -> Iterator[None]:
    """Refuse what CloudFormation refuses, and evaluate conditions as it does."""
    from ministack.services.cloudformation import changesets, handlers, stacks

    with ExitStack() as mended:
        for module in (changesets, handlers, stacks):
            mended.enter_context(given(module, _evaluate_conditions=conditions))
        for module in (changesets, handlers):
            mended.enter_context(
                given(
                    module,
                    _resolve_parameters=_complete(handlers._resolve_parameters),
                    validate_template_support=_leading_somewhere(handlers.validate_template_support),
                )
            )
        yield


def _complete(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def resolved(template: dict[str, Any], given_: list[dict[str, Any]], previous: dict[str, Any] | None = None) -> Any:
        declared = template.get("Parameters") or {}
        names = {each["Key"] for each in given_}
        if surplus := sorted(names - declared.keys()):
            raise ValueError(f"Parameters: [{', '.join(surplus)}] do not exist in the template")
        if missing := sorted(name for name in declared.keys() - names if "Default" not in declared[name]):
            raise ValueError(f"Parameters: [{', '.join(missing)}] must have values")
        said_here = {each["Key"]: each.get("Value", "") for each in given_ if not each.get("UsePreviousValue")}
        checks.see_that_nothing_is_secure(
            {
                name: str(said_here.get(name) or said.get("Default") or "")
                for name, said in declared.items()
                if str(said.get("Type", "")).startswith("AWS::SSM::Parameter::Value<")
            }
        )
        unknown = {each["Key"]: declared[each["Key"]] for each in given_ if each.get("Value") == UNKNOWN}
        known = {**template, "Parameters": {name: said for name, said in declared.items() if name not in unknown}}
        values = resolve(known, [each for each in given_ if each["Key"] not in unknown], previous or {})
        nothing_known = {
            name: {"Value": UNKNOWN, "NoEcho": False, "Type": said["Type"]} for name, said in unknown.items()
        }
        return {name: {**values, **nothing_known}[name] for name in declared}

    return resolved


def _leading_somewhere(validate: Callable[..., None]) -> Callable[..., None]:
    def validated(template: dict[str, Any], evaluated: dict[str, bool], **more: Any) -> None:
        if "params" in more:  # a template that is only looked at keeps its macros
            checks.see_that_its_macros_exist(template)
        validate(template, evaluated, **more)
        checks.check(template, evaluated)
        if template.get("Transform"):
            return
        for block in _BLOCKS:
            if lost := sorted(set(_lost(template, block))):
                names = ", ".join(lost)
                message = f"Unresolved resource dependencies [{names}] in the {block} block of the template"
                raise ValueError(f"Template format error: {message}")

    return validated


def _lost(template: dict[str, Any], block: str) -> Iterator[str]:
    """Names that something refers to and the template does not have."""
    from ministack.services.cloudformation import engine

    known = {*(template.get("Parameters") or {}), *template.get("Resources", {})}
    for part in (template.get(block) or {}).values():
        for name, _ in engine._intrinsic_references(part):
            if name not in known and not name.startswith("AWS::"):
                yield name
        depends_on = part.get("DependsOn", []) if isinstance(part, dict) else []
        for name in [depends_on] if isinstance(depends_on, str) else depends_on:
            if name not in template["Resources"]:
                yield name


def conditions(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, bool]:
    """Every condition of a template, evaluated with all functions that a condition may use.

    Source: conditions-section-structure.html, intrinsic-function-reference-conditions.html.
    """
    return _Conditions(template, parameters).all()


class _Conditions:
    def __init__(self, template: dict[str, Any], parameters: dict[str, Any]) -> None:
        self._defined: dict[str, Any] = template.get("Conditions") or {}
        self._mappings = template.get("Mappings") or {}
        self._parameters = parameters
        self._evaluated: dict[str, bool] = {}

    def all(self) -> dict[str, bool]:
        return {name: self._named(name) for name in self._defined}

    def _named(self, name: str) -> bool:
        if name not in self._defined:
            raise ValueError(f"Template format error: Unresolved condition dependency {name} in the Conditions block")
        if name not in self._evaluated:
            self._evaluated[name] = self._holds(self._defined[name])
        return self._evaluated[name]

    def _holds(self, said: Any) -> bool:
        if not isinstance(said, dict) or len(said) != 1:
            return str(said).lower() == "true"
        (function, operands), *_ = said.items()
        if function == "Condition":
            return self._named(operands)
        if function == "Fn::Equals":
            left, right = operands
            return bool(self._value(left) == self._value(right))
        if function == "Fn::Not":
            return not self._holds(operands[0])
        if function in {"Fn::And", "Fn::Or"}:
            return (all if function == "Fn::And" else any)([self._holds(operand) for operand in operands])
        return bool(self._value(said) == "true")

    def _value(self, said: Any) -> Any:
        from ministack.services.cloudformation import engine

        if isinstance(said, dict) and said.keys() & {"Condition", "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or"}:
            return _text(self._holds(said))
        value = engine._resolve_refs(copy.deepcopy(said), {}, self._parameters, self._evaluated, self._mappings, "", "")
        return _text(value)


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, list | dict) else str(value)
