"""Values that cross a stack's boundary: as an output to the parent, or as an argument to a child.

There everything is a string and a list is joined by commas. What may cross is decided here, once, for both directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .declaration import Declaration, Reference
from .errors import DeclarationError, OutputError, ParameterError
from .output import Output
from .parameter_types import RESOURCE_OF, STRING, accepts, element_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import Location


def leaving(target: Reference[Any], value: object, resources: Mapping[str, str], where: Location) -> object:
    """A value on its way across a stack's boundary, its type checked against ``target`` and Python lists joined.

    A ``Ref`` must point at a resource of the type's own kind; a ``GetAtt`` is left to the linter; any other bare intrinsic counts as
    ``String``. Raises OutputError or ParameterError, by what ``target`` is.
    """
    if isinstance(value, Reference):
        if not accepts(target.type, value.kind):
            raise _mismatch(target, f"{value.label} is {value.kind}", where)
        return value
    if target.is_list:
        if not isinstance(value, list | tuple):
            hint = "give it the list itself, which is joined for you" if "Fn::Join" in _data(value) else ""
            raise _mismatch(target, f"{_words(value)} is one value, not a list", where, hint)
        element: Reference[Any] = Reference(element_of(target.type))
        element.name, element.owner = f"{target.name}[]", target.owner
        return {"Fn::Join": [",", [leaving(element, part, resources, where) for part in value]]}
    if isinstance(value, list | tuple | dict) and not _data(value):
        raise _mismatch(target, f"{_words(value)} is not one value", where)
    if value is None or isinstance(value, Declaration):
        raise _mismatch(target, f"{value!r} has no value", where)
    return _checked_intrinsic(target, value, resources, where)


def _checked_intrinsic(target: Reference[Any], value: object, resources: Mapping[str, str], where: Location) -> object:
    expected = RESOURCE_OF.get(target.type)
    data = _data(value)
    if target.type == STRING or "Fn::GetAtt" in data:
        return value
    if "Ref" in data and resources.get(str(data["Ref"])) == expected is not None:
        return value
    if "Ref" in data and str(data["Ref"]) in resources and expected:
        found = resources[str(data["Ref"])]
        raise _mismatch(target, f"{data['Ref']} is a resource of type {found}, not {expected}", where)
    if "Fn::If" in data:
        for branch in data["Fn::If"][1:]:
            if _data(branch) != {"Ref": "AWS::NoValue"}:
                leaving(target, branch, resources, where)
        return value
    if data:
        raise _mismatch(target, f"{_words(value)} counts as String", where, f"vouch for it: typed({target.type}, ...)")
    return value


def _data(value: object) -> dict[str, Any]:
    data = getattr(value, "data", value)
    return data if isinstance(data, dict) and len(data) == 1 else {}


def _words(value: object) -> str:
    data = _data(value)
    return next(iter(data)) if data else repr(value)


def _mismatch(target: Reference[Any], found: str, where: Location, hint: str = "") -> DeclarationError:
    error = OutputError if isinstance(target, Output) else ParameterError
    return error(f"{target.label} is {target.type}, but {found}", hint, location=where)
