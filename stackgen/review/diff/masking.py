"""What a review must not show: values of NoEcho parameters, in a template and for its children, and written passwords.

A value is hidden by where it stands, so that whoever shows it says where: the section, the entry, the path in it.
"""

from __future__ import annotations

from stackgen.jsontext import parsed
from stackgen.review.nested import KINDS

from .canonical import canonical, function_of
from .secret_names import DYNAMIC, MASK, is_named, is_open, is_pointer, is_secret, may_hold, scrubbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .paths import Element, Path

    Where = tuple[str, ...]

__all__ = ["MASK", "Mask", "Veil", "is_secret", "no_echo", "no_echo_inline"]

_OF_PARAMETERS = ("AllowedPattern", "AllowedValues", "Default")
_OF_TYPES = {"AWS::ApiGateway::ApiKey": "Value"}
"""Properties that hold a secret and have no name that says so."""

_HARMLESS = ("Ref", "Condition", "Fn::GetAtt", "Fn::ImportValue", "Fn::FindInMap")
_COMPARING = ("Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::Equals")
_BODY = "TemplateBody"
_ITEM = ""
"""In a place: an item of a list."""


class Veil:
    """Masks the values of one template; ``children`` gives the NoEcho parameters of a nested stack's template."""

    __slots__ = ("_children", "_parameters")

    def __init__(self, parameters: frozenset[str], children: Callable[[str], frozenset[str]]) -> None:
        self._parameters = parameters
        self._children = children

    def over(self, section: str, logical_id: str, path: Path, value: Any, entries: tuple[Any, Any]) -> Any:
        """A value as it may be shown; ``entries`` are what holds it before and after, or the same twice."""
        nests = section == "Resources" and any(_type_of(entry) in KINDS for entry in entries)
        names = self._children(logical_id) if nests else frozenset()
        places = frozenset[tuple[str, ...]]()
        for entry in (each for each in entries if each is not None):
            places |= self._places(section, logical_id, entry)
            names |= no_echo_inline(entry) if nests else frozenset()
        return Mask(names, places, self._parameters).at(path, value, entries)

    def _places(self, section: str, logical_id: str, entry: Any) -> frozenset[Where]:
        """The places in an entry that only its section, its own name or its type tells to be secret."""
        if section == "Parameters":
            of_store = isinstance(entry, dict) and str(entry.get("Type")).startswith("AWS::SSM::")
            hidden = logical_id in self._parameters or (is_secret(logical_id) and not of_store)
            return frozenset((each,) for each in _OF_PARAMETERS) if hidden else frozenset()
        if section == "Resources":
            return places_of(_type_of(entry))
        if section == "Outputs":
            return frozenset([("Value",)]) if is_secret(logical_id) else frozenset()
        if section == "Mappings" and is_secret(logical_id):
            return frozenset([()])
        return frozenset()


class Mask:
    """Hides what is secret below one entry.

    ``names`` are NoEcho parameters of the entry's child, ``places`` what is secret without a name that says so, and
    ``parameters`` the NoEcho parameters that functions may refer to.
    """

    def __init__(
        self,
        names: frozenset[str] = frozenset(),
        places: frozenset[Where] = frozenset(),
        parameters: frozenset[str] = frozenset(),
    ) -> None:
        self._names = names
        self._places = places | {("Properties", "Parameters", name) for name in names}
        self._parameters = parameters

    def at(self, path: Path, value: Any, entries: tuple[Any, Any]) -> Any:
        """A value that stands at a path of the entries."""
        where: Where = ()
        hidden = () in self._places
        holders = entries
        for number, element in enumerate(path):
            if isinstance(element, str) and not element.isdecimal():
                hidden = any(self._hides(holder, element, where, above=hidden) for holder in holders)
                where = where if element.startswith("Fn::") else (*where, element)
                if element == _BODY and path[number + 1 :]:
                    return _in_body(path[number + 1 :], value, holders)
            elif not (number and path[number - 1] == "Fn::If"):
                where = (*where, _ITEM)
            holders = (_step(holders[0], element, 0), _step(holders[1], element, 1))
        return self.over(value, where, hidden=hidden)

    def over(self, value: Any, where: Where = (), *, hidden: bool = False) -> Any:
        """A value as it may be shown, where it stands."""
        if isinstance(value, dict):
            function = function_of(value)
            if function:
                return self._hidden(function, value, where) if hidden else self._function(function, value, where)
            if where[-1:] == (_BODY,):
                return masked_template(value)
            return {
                key: self.over(each, (*where, str(key)), hidden=self._hides(value, str(key), where, above=hidden))
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [self.over(each, (*where, _ITEM), hidden=hidden) for each in value]
        return self.leaf(value, hidden=hidden)

    def leaf(self, value: Any, *, hidden: bool) -> Any:
        """A text, a number, a switch."""
        if value is None or isinstance(value, bool):
            return value
        if hidden and not is_open(str(value)):
            return MASK
        return masked_text(value) if isinstance(value, str) else value

    def _hides(self, holder: Any, key: str, where: Where, *, above: bool) -> bool:
        if above:
            return not is_pointer(key)
        return is_secret(key) or (*where, key) in self._places or is_named(holder, key, self._names)

    def _function(self, function: str, value: dict[str, Any], where: Where) -> Any:
        data = value[function]
        if function == "Fn::If" and isinstance(data, list):
            return {function: [*data[:1], *(self.over(each, where) for each in data[1:])]}
        if function == "Fn::Join" and isinstance(data, list) and _is_written(data):
            made = canonical(value)
            text = made if isinstance(made, str) else made.get("Fn::Sub")
            if isinstance(text, str) and masked_text(text) != text:
                return masked_text(text) if made is text else {"Fn::Sub": masked_text(text)}
        if function in _COMPARING and isinstance(data, list) and any(map(self._is_secret_parameter, data)):
            return {function: [self.over(each, hidden=True) for each in data]}
        return value if function in _HARMLESS else {function: self.over(data, (*where, _ITEM))}

    def _hidden(self, function: str, value: dict[str, Any], where: Where) -> Any:
        """A function where a secret belongs: a reference shows nothing, a text that it makes might."""
        data = value[function]
        if function in _HARMLESS:
            return value
        if function == "Fn::If" and isinstance(data, list):
            return {function: [*data[:1], *(self.over(each, where, hidden=True) for each in data[1:])]}
        if function == "Fn::Sub" and isinstance(data, list) and data and is_open(str(data[0])):
            return {function: [data[0], *(self.over(each, where, hidden=True) for each in data[1:])]}
        if DYNAMIC in str(data) or (function == "Fn::Sub" and isinstance(data, str) and is_open(data)):
            return {function: self.over(data, (*where, _ITEM))}
        return {function: MASK}

    def _is_secret_parameter(self, value: Any) -> bool:
        name = value.get("Ref") if isinstance(value, dict) else None
        return isinstance(name, str) and (name in self._parameters or is_secret(name))


def places_of(kind: str) -> frozenset[Where]:
    """The places in a resource of a type that are secret without a name that says so."""
    return frozenset([("Properties", _OF_TYPES[kind])]) if kind in _OF_TYPES else frozenset()


def no_echo(parameters: Any) -> frozenset[str]:
    """The parameters of a template that must not be shown, of its section Parameters."""
    if not isinstance(parameters, dict):
        return frozenset()
    entries = ((name, entry.get("NoEcho")) for name, entry in parameters.items() if isinstance(entry, dict))
    return frozenset(name for name, said in entries if said is not None and str(said).lower() == "true")


def no_echo_inline(definition: Any) -> frozenset[str]:
    """The same of the template that a StackSet holds itself, as a text or as an object."""
    properties = definition.get("Properties") if isinstance(definition, dict) else None
    body = properties.get(_BODY) if isinstance(properties, dict) else None
    made = body.get("Fn::Sub") if isinstance(body, dict) else None
    body = made if isinstance(made, str) else body
    if isinstance(body, str) and "NoEcho" not in body:
        return frozenset()
    template = _template_in(body) if isinstance(body, str) else body
    return no_echo(template.get("Parameters")) if isinstance(template, dict) else frozenset()


def masked_template(content: dict[str, Any]) -> dict[str, Any]:
    """A whole template as it may be shown; what its children hide is told by names alone."""
    veil = Veil(no_echo(content.get("Parameters")), lambda _: frozenset())
    shown = {}
    for section, entries in content.items():
        if isinstance(entries, dict):
            shown[section] = {
                title: veil.over(section, title, (), each, (each, each)) for title, each in entries.items()
            }
        else:
            shown[section] = veil.over(section, "", (), entries, (entries, entries))
    return shown


def masked_text(text: str) -> str:
    """A text as it may be shown: JSON in it, or a template, without its secrets, and no password in a URL."""
    if text.lstrip()[:1] in ("{", "["):
        content = _json(text)
        if content is not None:
            is_template = isinstance(content, dict) and isinstance(content.get("Resources"), dict)
            shown = masked_template(content) if is_template else Mask().over(content)
            return text if shown == content else _written(shown)
    elif "\nResources:" in f"\n{text}" and may_hold(text):
        template = _template_in(text)
        shown = masked_template(template) if template is not None else None
        if shown != template:
            return _written(shown)
        if template is None and "NoEcho" in text:
            return MASK
    return scrubbed(text)


def _template_in(text: str) -> dict[str, Any] | None:
    """The template that a text holds, as JSON or YAML."""
    content = _json(text) if text.lstrip()[:1] == "{" else _yaml(text)
    return content if isinstance(content, dict) and isinstance(content.get("Resources"), dict) else None


def _written(value: Any) -> str:
    import json  # texts of JSON are few, and fewer hold a secret

    return json.dumps(value, ensure_ascii=False)


def _json(text: str) -> Any:
    try:
        return parsed(text)
    except (ValueError, RecursionError):
        return None


def _yaml(text: str) -> Any:
    from stackgen.errors import StackgenError
    from stackgen.review.yaml import parse_yaml

    try:
        return parse_yaml(text, "")
    except StackgenError:
        return None


def _in_body(path: Path, value: Any, holders: tuple[Any, Any]) -> Any:
    """A value inside the template that a StackSet holds as an object."""
    bodies = [holder.get(_BODY) if isinstance(holder, dict) else None for holder in holders]
    templates = [each if isinstance(each, dict) else {} for each in bodies]
    hidden = frozenset[str]().union(*(no_echo(each.get("Parameters")) for each in templates))
    veil = Veil(hidden, lambda _: frozenset())
    section, title = str(path[0]), str(path[1]) if len(path) > 1 else ""
    if not title and isinstance(value, dict):
        return {each: veil.over(section, each, (), entry, (entry, entry)) for each, entry in value.items()}
    sections = [each.get(section) for each in templates]
    first, second = (each.get(title) if isinstance(each, dict) else None for each in sections)
    return veil.over(section, title, path[2:], value, (first, second))


def _step(holder: Any, element: Element, side: int) -> Any:
    """What stands at an element of a path, as far as that is known."""
    if isinstance(element, str) and isinstance(holder, dict):
        return holder.get(element)
    if isinstance(element, tuple) and isinstance(element[0], str):
        key, name = element[:2]
        items: Iterable[Any] = holder if isinstance(holder, list) else ()
        named = [item for item in items if isinstance(item, dict) and item.get(key) == name]
        return named[0] if named else {key: name}
    if not isinstance(holder, list):
        return None
    place = element[side] if isinstance(element, tuple) else int(element) if str(element).isdecimal() else -1
    return holder[place] if 0 <= place < len(holder) else None


def _is_written(data: list[Any]) -> bool:
    return len(data) > 1 and isinstance(data[1], list) and any(isinstance(each, str) for each in data[1])


def _type_of(definition: Any) -> str:
    return str(definition.get("Type")) if isinstance(definition, dict) else ""
