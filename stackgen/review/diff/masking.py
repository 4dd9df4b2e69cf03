"""What a diff must not show: values of NoEcho parameters, in a template and for its children, and written passwords."""

from __future__ import annotations

from .canonical import function_of, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .paths import Path

MASK = "****"
SECRET_ENDS = (
    "authtoken",
    "clientsecret",
    "passphrase",
    "password",
    "privatekey",
    "secretaccesskey",
    "secretstring",
)
"""How the keys end whose texts are secrets, in small letters."""

_OF_PARAMETERS = ("AllowedPattern", "AllowedValues", "Default")
_HARMLESS = ("Ref", "Condition", "Fn::GetAtt", "Fn::ImportValue", "Fn::FindInMap")
_DYNAMIC = "{{resolve:"


class Veil:
    """Masks the values of one template; ``children`` gives the NoEcho parameters of a nested stack's template."""

    __slots__ = ("_children", "_parameters")

    def __init__(self, parameters: frozenset[str], children: Callable[[str], frozenset[str]]) -> None:
        self._parameters = parameters
        self._children = children

    def over(self, section: str, logical_id: str, path: Path, value: Any, *, nests: bool = False) -> Any:
        """A value as it may be shown, where it stands; ``nests`` says that it belongs to a nested stack or StackSet."""
        if section == "Parameters":
            if logical_id not in self._parameters:
                return value
            if path:
                return _masked(value, hidden=path[0] in _OF_PARAMETERS)
            if not isinstance(value, dict):
                return value
            return {key: _masked(each, hidden=key in _OF_PARAMETERS) for key, each in value.items()}
        keys = [element for element in path if isinstance(element, str)]
        nests = nests and ("Properties", "Parameters")[: len(keys)] == tuple(keys[:2])
        names = self._children(logical_id) if nests else frozenset()
        hidden = any(map(is_secret, keys))
        if names and len(path) > 2:  # noqa: PLR2004  below Parameters
            element = path[2]
            hidden = hidden or (element[1] if isinstance(element, tuple) else element) in names
        key = keys[-1] if keys and path[-1] == keys[-1] else ""
        return _masked(value, key, names, hidden=hidden)


def no_echo(parameters: Any) -> frozenset[str]:
    """The parameters of a template that must not be shown, of its section Parameters."""
    if not isinstance(parameters, dict):
        return frozenset()
    entries = ((name, entry.get("NoEcho")) for name, entry in parameters.items() if isinstance(entry, dict))
    return frozenset(name for name, said in entries if said is not None and str(said).lower() == "true")


def is_secret(key: str) -> bool:
    """Whether what stands under a key is a secret by its name."""
    return key.lower().endswith(SECRET_ENDS)


def _masked(value: Any, key: str = "", names: frozenset[str] = frozenset(), *, hidden: bool = False) -> Any:
    if isinstance(value, dict):
        function = function_of(value)
        if function and hidden:
            return _masked_function(function, value)
        if names and "ParameterKey" in value:
            hidden = hidden or value["ParameterKey"] in names
            known = {"ParameterKey": value["ParameterKey"]}
            return {**{each: _masked(item, hidden=hidden) for each, item in value.items()}, **known}
        inner = names if key == "Parameters" else frozenset()
        return {
            each: _masked(item, each, names, hidden=hidden or is_secret(each) or each in inner)
            for each, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(item, key, names, hidden=hidden) for item in value]
    if not hidden or isinstance(value, bool) or value is None or str(value).lower() in ("true", "false"):
        return value
    return value if _DYNAMIC in str(value) else MASK


def _masked_function(function: str, value: dict[str, Any]) -> Any:
    """A function where a secret belongs: a reference shows nothing, a text that it makes might."""
    data = value[function]
    if function in _HARMLESS or _DYNAMIC in text_of(value):
        return value
    if function == "Fn::If" and isinstance(data, list):
        return {function: [*data[:1], *(_masked(each, hidden=True) for each in data[1:])]}
    return {function: MASK}
