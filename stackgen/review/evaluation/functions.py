"""CloudFormation's intrinsic functions over values that may be symbols. One table; nothing raises."""

from __future__ import annotations

from .symbols import ABSENT, Choice, Computed, Live, Mixed, Symbol, canonical, shown, symbols_in, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .scope import Scope

_DYNAMIC = "{{resolve:"
_PAIR = 2
_MOST_SUBNETS = 256
_BETWEEN_ITEMS = ",;|"
"""Delimiters of lists, beside space, which names, IDs and ARNs do not hold."""


def evaluated(value: Any, scope: Scope) -> Any:
    """The value with every function computed as far as it can be; ``ABSENT`` for ``AWS::NoValue``."""
    if not isinstance(value, dict):
        if isinstance(value, str):
            return Live("dynamic reference", value) if _DYNAMIC in value else value
        if isinstance(value, list):
            return [each for item in value if (each := evaluated(item, scope)) is not ABSENT]
        return value
    if len(value) == 1:
        [(function, data)] = value.items()
        compute = FUNCTIONS.get(function)
        if compute is not None:
            return compute(data, scope)
        if isinstance(function, str) and function.startswith(("Fn::ForEach", "Fn::Transform")):
            return Live("transform", shown(value, 500), canonical(value))
    result = {}
    for key, item in value.items():
        each = item if type(item) is str and _DYNAMIC not in item else evaluated(item, scope)
        if each is not ABSENT:
            result[str(key)] = each
    return result


def joined(parts: list[Any]) -> Any:
    """A text of parts, known where all of them are."""
    flat: list[str | Symbol] = []
    text, is_dynamic = "", False  # the text is what is known since the last symbol
    for part in parts:
        if not isinstance(part, Symbol):
            text += part if type(part) is str else text_of(part)
            continue
        for piece in part.parts if isinstance(part, Mixed) else (part,):
            if isinstance(piece, str):
                text += piece
                continue
            if text:
                is_dynamic = is_dynamic or _DYNAMIC in text
                flat.append(text)
                text = ""
            flat.append(piece)
    is_dynamic = is_dynamic or _DYNAMIC in text
    if not flat:
        return Live("dynamic reference", text) if is_dynamic else text
    if text:
        flat.append(text)
    if is_dynamic:
        return Live("dynamic reference", str(Mixed(tuple(flat))))
    return flat[0] if len(flat) == 1 else Mixed(tuple(flat))


def split(delimiter: str, text: Any) -> Any:
    """A text's parts; a list where it is known, or made of known parts and what surely holds no delimiter."""
    if isinstance(text, Mixed) and delimiter and all(each in _BETWEEN_ITEMS or each.isspace() for each in delimiter):
        pieces: list[list[Any]] = [[]]
        for part in text.parts:
            if isinstance(part, str):
                first, *others = part.split(delimiter)
                pieces[-1].append(first)
                pieces += [[each] for each in others]
            else:
                pieces[-1].append(part)
        return [joined(piece) for piece in pieces]
    if isinstance(text, Symbol | dict | list) or not delimiter:
        return text if isinstance(text, list) else Computed("Fn::Split", delimiter, text)
    return text_of(text).split(delimiter)


def _ref(data: Any, scope: Scope) -> Any:
    return scope.ref(data) if isinstance(data, str) else Computed("Ref", data)


def _get_att(data: Any, scope: Scope) -> Any:
    parts = data.split(".", 1) if isinstance(data, str) else data
    if not isinstance(parts, list) or len(parts) < _PAIR or not isinstance(parts[0], str):
        return Computed("Fn::GetAtt", evaluated(data, scope))
    known = all(isinstance(part, str) for part in parts)
    attribute = ".".join(parts[1:]) if known else joined(evaluated(parts[1:], scope))
    if not isinstance(attribute, str):
        return Computed("Fn::GetAtt", parts[0], attribute)
    return scope.attribute(parts[0], attribute)


def _if(data: Any, scope: Scope) -> Any:
    if not isinstance(data, list) or len(data) != 3 or not isinstance(data[0], str):  # noqa: PLR2004  condition and two branches
        return Computed("Fn::If", evaluated(data, scope))
    verdict = scope.condition(data[0])
    if isinstance(verdict, bool):
        return evaluated(data[1] if verdict else data[2], scope)
    with scope.supposing():
        then, otherwise = evaluated(data[1], scope), evaluated(data[2], scope)
    same = then is otherwise or (ABSENT not in (then, otherwise) and canonical(then) == canonical(otherwise))
    return then if same else Choice(verdict, _or_none(then), _or_none(otherwise))


def _or_none(value: Any) -> Any:
    return None if value is ABSENT else value


def _sub(data: Any, scope: Scope) -> Any:
    text, given = (data[0], data[1]) if isinstance(data, list) and len(data) == _PAIR else (data, {})
    if not isinstance(text, str) or not isinstance(given, dict):
        return Computed("Fn::Sub", evaluated(data, scope))
    parts: list[Any] = []
    end = 0
    while (start := text.find("${", end)) >= 0 and (stop := text.find("}", start)) >= 0:
        parts.append(text[end:start])
        end = stop + 1
        name = text[start + 2 : stop].strip()
        if name.startswith("!"):
            parts.append("${" + name[1:] + "}")
        elif name in given:
            parts.append(_scalar(evaluated(given[name], scope)))
        else:
            owner, _, attribute = name.partition(".")
            part = scope.attribute(owner, attribute) if attribute else scope.ref(owner)
            parts.append(part if type(part) is str else _scalar(part))
    return joined([*parts, text[end:]])


def _scalar(value: Any) -> Any:
    """A list or object inside a text is an error of the template; here it stays visible and compares well."""
    if value is ABSENT:
        return ""
    return Computed("text of", value) if isinstance(value, dict | list) else value


def _join(data: Any, scope: Scope) -> Any:
    if not isinstance(data, list) or len(data) != _PAIR:
        return Computed("Fn::Join", evaluated(data, scope))
    delimiter, items = evaluated(data[0], scope), evaluated(data[1], scope)
    if not isinstance(items, list) or not isinstance(delimiter, str):
        return Computed("Fn::Join", delimiter, _or_none(items))
    parts: list[Any] = []
    for item in items:
        if isinstance(item, list):
            return Computed("Fn::Join", delimiter, items)
        parts += [delimiter, _scalar(item)] if parts else [_scalar(item)]
    return joined(parts)


def _split(data: Any, scope: Scope) -> Any:
    if not isinstance(data, list) or len(data) != _PAIR:
        return Computed("Fn::Split", evaluated(data, scope))
    delimiter, text = evaluated(data[0], scope), evaluated(data[1], scope)
    return split(delimiter, text) if isinstance(delimiter, str) else Computed("Fn::Split", delimiter, text)


def _select(data: Any, scope: Scope) -> Any:
    if not isinstance(data, list) or len(data) != _PAIR:
        return Computed("Fn::Select", evaluated(data, scope))
    index, items = evaluated(data[0], scope), evaluated(data[1], scope)
    if isinstance(items, Choice):
        return Choice(items.condition, selected(index, items.then), selected(index, items.otherwise))
    return selected(index, items)


def selected(index: Any, items: Any) -> Any:
    """The item of a list, where both are known."""
    try:
        number = int(index)
    except (TypeError, ValueError, OverflowError):
        return Computed("Fn::Select", _or_none(index), _or_none(items))
    if isinstance(items, list) and 0 <= number < len(items):
        return items[number]
    return Computed("Fn::Select", number, _or_none(items))


def _find_in_map(data: Any, scope: Scope) -> Any:
    if not isinstance(data, list) or len(data) < 3:  # noqa: PLR2004  map and two keys
        return Computed("Fn::FindInMap", evaluated(data, scope))
    keys = [evaluated(each, scope) for each in data[:3]]
    default = data[3].get("DefaultValue", ABSENT) if len(data) > 3 and isinstance(data[3], dict) else ABSENT  # noqa: PLR2004
    if any(isinstance(each, Symbol | dict | list) for each in keys):
        further = [] if default is ABSENT else [evaluated(default, scope)]
        return Computed("Fn::FindInMap", *keys, *further, scope.reachable(*keys))
    found = scope.mapped(*(text_of(each) for each in keys))
    if found is not None:
        return found
    if default is not ABSENT:
        return evaluated(default, scope)
    if scope.maps_all(text_of(keys[0])):
        scope.fault(f"mapping {keys[0]} has no {keys[1]}.{keys[2]}")
    return Computed("Fn::FindInMap", *keys)


def _cidr(data: Any, scope: Scope) -> Any:
    arguments = evaluated(data, scope)
    if not isinstance(arguments, list) or not arguments or any(isinstance(each, Symbol) for each in arguments):
        return Computed("Fn::Cidr", arguments)
    import ipaddress  # slow to load, and few templates cut networks

    try:
        network = ipaddress.ip_network(str(arguments[0]), strict=False)
        count = min(int(arguments[1]), _MOST_SUBNETS)
        bits = int(arguments[2]) if len(arguments) > 2 else 8 if network.version == 4 else 64  # noqa: PLR2004  CloudFormation's defaults
        subnets = network.subnets(new_prefix=network.max_prefixlen - bits)
        return [str(next(subnets)) for _ in range(count)]
    except (ValueError, IndexError, TypeError, OverflowError, StopIteration):
        return Computed("Fn::Cidr", arguments)


def _zones(data: Any, scope: Scope) -> Any:
    region = evaluated(data, scope)
    return Computed("Fn::GetAZs", scope.ref("AWS::Region") if region == "" else _or_none(region))


def _import(data: Any, scope: Scope) -> Any:
    name = _or_none(evaluated(data, scope))
    return Live("import", shown(name, 500), canonical(name))


def _stack_output(data: Any, scope: Scope) -> Any:
    output = _or_none(evaluated(data, scope))
    return Live("output of another stack", shown(output, 500), canonical(output))


def _base64(data: Any, scope: Scope) -> Any:
    inner = evaluated(data, scope)
    return ABSENT if inner is ABSENT else {"Fn::Base64": inner}


def _length(data: Any, scope: Scope) -> Any:
    items = evaluated(data, scope)
    return len(items) if isinstance(items, list) else Computed("Fn::Length", _or_none(items))


def _to_json(data: Any, scope: Scope) -> Any:
    inner = evaluated(data, scope)
    if inner is ABSENT or any(symbols_in(inner)):
        return Computed("Fn::ToJsonString", _or_none(inner))
    import json

    return json.dumps(inner, separators=(",", ":"))


def _transform(data: Any, scope: Scope) -> Any:
    asked = _or_none(evaluated(data, scope))
    return Live("transform", shown(asked, 500), canonical(asked))


FUNCTIONS: dict[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::FindInMap": _find_in_map,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _zones,
    "Fn::ImportValue": _import,
    "Fn::GetStackOutput": _stack_output,
    "Fn::Base64": _base64,
    "Fn::Length": _length,
    "Fn::ToJsonString": _to_json,
    "Fn::Transform": _transform,
}
