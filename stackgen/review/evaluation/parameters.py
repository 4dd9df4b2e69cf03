"""The value of every parameter of a stack: what it is given, else its default, else a symbol."""

from __future__ import annotations

from .functions import split
from .symbols import Hidden, Live, Symbol, canonical, shown, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from stackgen.review.model import Template

    from .symbols import Path

SSM_VALUE = "AWS::SSM::Parameter::Value<"
_LISTS = ("CommaDelimitedList", "List<")  # what stackgen.parameter_types tells too, but slow to load
_HIDING = (True, "true", "True")


def effective(template: Template, given: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Every declared parameter by name. What is given and not declared is left to lint and to CloudFormation."""
    return {
        name: _value(name, declared, given.get(name, declared.get("Default")), path)
        for name, declared in template.section("Parameters").items()
    }


def required(template: Template) -> list[str]:
    """The parameters that somebody must give: those without a default."""
    return [name for name, declared in template.section("Parameters").items() if "Default" not in declared]


def _value(name: str, declared: dict[str, Any], value: Any, path: Path) -> Any:
    kind = str(declared.get("Type", "String"))
    if value is None:
        return Live("parameter", f"{'/'.join([path[0].rsplit('/', 1)[-1], *path[1:]])}.{name}")
    if kind.startswith(SSM_VALUE):
        return Live("SSM parameter", shown(value, 500), canonical(value))
    if declared.get("NoEcho") in _HIDING and not isinstance(value, Symbol):
        return Hidden(name, text_of(value))
    if kind.startswith(_LISTS):
        return _listed(value)
    return value if isinstance(value, Symbol | list | dict) else text_of(value)


def _listed(value: Any) -> Any:
    if isinstance(value, list):
        return value
    parts = split(",", value if isinstance(value, Symbol) else text_of(value))
    return [part.strip() if isinstance(part, str) else part for part in parts] if isinstance(parts, list) else parts
