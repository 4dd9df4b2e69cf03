"""One spelling for each meaning: values that CloudFormation takes for the same become equal.

Only what can be proved from the template: ``"A.B"`` and ``["A", "B"]`` of GetAtt, 1 and "1", a Join with its Sub, one
IAM action and a list of one, the order of tags. What might differ stays different.
"""

from __future__ import annotations

from stackgen.jsontext import compact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO_VALUE = {"Ref": "AWS::NoValue"}
FREE = frozenset(("Body", "Content", "Definition", "EventPattern", "FilterPolicy", "Metadata"))
"""Properties that hold JSON of another language, in which 1 and "1" differ."""

ORDERLESS = {
    "Dimensions": "Name",
    "Environment": "Name",
    "EnvironmentVariables": "Name",
    "FileSystemTags": "Key",
    "HostedZoneTags": "Key",
    "Secrets": "Name",
    "TagList": "Key",
    "Tags": "Key",
}
"""Lists whose order means nothing, and what tells their items apart."""

HERE, BELOW, DEEPER = 1, 2, 3
"""How far below a value its sets lie: the value is one, its values are, or theirs."""

STATEMENT = {
    "Action": HERE,
    "NotAction": HERE,
    "Resource": HERE,
    "NotResource": HERE,
    "Principal": BELOW,
    "NotPrincipal": BELOW,
    "Condition": DEEPER,
}
"""Where an IAM statement holds sets: one item may stand without its list, and order means nothing."""


def canonical(value: Any, key: str = "", *, exact: bool = False, depth: int = 0) -> Any:
    """The one spelling of a value; ``key`` is what it stands under, ``exact`` that numbers differ from their texts."""
    if depth == HERE:
        value = as_list(value)
    if isinstance(value, dict):
        function = function_of(value)
        if function:
            return _function(function, value[function], key, exact=exact, depth=depth)
        return _object(value, exact=exact, depth=depth)
    if isinstance(value, list):
        items = [canonical(each, exact=exact) for each in value]
        return _sorted(items, key, depth) if not exact else items
    if exact or isinstance(value, str) or value is None:
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def text_of(value: Any, key: str = "", *, exact: bool = False, depth: int = 0) -> str:
    """A text that two values share exactly if they mean the same."""
    return compact(canonical(value, key, exact=exact, depth=depth), sort_keys=True)


def function_of(value: Any) -> str:
    """The intrinsic function that a value calls; empty for any other value."""
    if isinstance(value, dict) and len(value) == 1:
        name: str = next(iter(value))
        if name == "Ref" or name.startswith("Fn::") or (name == "Condition" and isinstance(value[name], str)):
            return name
    return ""


def members(value: dict[str, Any], *, exact: bool) -> dict[str, Any]:
    """What an object holds: a property of AWS::NoValue is not there, and the one statement of a policy is a list."""
    found = {key: each for key, each in value.items() if each != NO_VALUE}
    statement = found.get("Statement")
    if not exact and isinstance(statement, dict) and not function_of(statement):
        found["Statement"] = [statement]
    return found


def is_statement(value: dict[str, Any]) -> bool:
    """Whether an object is a statement of an IAM policy."""
    return value.get("Effect") in ("Allow", "Deny")


def as_list(value: Any) -> Any:
    """One item of a set as the list of it; a function only where it surely gives a text."""
    if isinstance(value, str):
        return [value]
    function = function_of(value)
    if function in ("Fn::Sub", "Fn::Join"):
        return [value]
    if function == "Fn::GetAtt":
        name = _get_att(value[function])
        return [value] if isinstance(name, list) and name[-1:] == ["Arn"] else value
    return value


def identities(items: list[Any], key: str, *, exact: bool) -> list[str] | None:
    """What tells the items of a list apart, when ``key`` does; None where it does not."""
    found = []
    for item in items:
        if not isinstance(item, dict) or key not in item or isinstance(item[key], list):
            return None
        value = item[key]
        if isinstance(value, dict) and not function_of(value):
            return None
        found.append(text_of(value, exact=exact))
    return found if len(set(found)) == len(found) else None


def sub_parts(text: str) -> list[tuple[str, bool]]:
    """The parts of a text of Fn::Sub: each a literal, or (with True) the name between its braces."""
    head, *others = text.split("${")
    parts = [(head, False)]
    for each in others:
        name, brace, tail = each.partition("}")
        if not brace:
            parts.append(("${" + each, False))
        elif name.startswith("!"):
            parts.append(("${" + name[1:] + "}" + tail, False))
        else:
            parts += [(name, True), (tail, False)]
    return parts


def joined(parts: list[tuple[str, bool]]) -> Any:
    """The parts as one text, or as the Fn::Sub of one."""
    if not any(is_name for _, is_name in parts):
        return "".join(text for text, _ in parts)
    literal = ""
    texts = []
    for text, is_name in parts:
        if is_name:
            texts += [literal.replace("${", "${!"), "${" + text + "}"]
            literal = ""
        else:
            literal += text
    return {"Fn::Sub": "".join([*texts, literal.replace("${", "${!")])}


def _object(value: dict[str, Any], *, exact: bool, depth: int) -> dict[str, Any]:
    depths = STATEMENT if not exact and is_statement(value) else {}
    below = depth - 1 if depth > HERE else 0
    return {
        key: canonical(each, key, exact=exact or key in FREE, depth=depths.get(key, below))
        for key, each in members(value, exact=exact).items()
    }


def _sorted(items: list[Any], key: str, depth: int) -> list[Any]:
    if depth == HERE:
        unique = {compact(item, sort_keys=True): item for item in items}
        return [unique[text] for text in sorted(unique)]
    if key in ORDERLESS:
        found = identities(items, ORDERLESS[key], exact=True)
        if found is not None:
            return [item for _, item in sorted(zip(found, items, strict=True), key=lambda pair: pair[0])]
    return items


def _function(function: str, data: Any, key: str, *, exact: bool, depth: int) -> Any:
    if function == "Fn::GetAtt":
        return {function: _get_att(data)}
    if function == "Fn::Sub":
        return _sub(data)
    if function == "Fn::If" and isinstance(data, list) and len(data) == 3:  # noqa: PLR2004  condition and two branches
        branches = [canonical(each, key, exact=exact, depth=depth) for each in data[1:]]
        return {function: [data[0], *branches]}
    arguments = canonical(data, exact=exact)
    found = _join(arguments) if function == "Fn::Join" else None
    return {function: arguments} if found is None else found


def _get_att(data: Any) -> Any:
    if isinstance(data, str) and "." in data:
        return data.split(".", 1)
    if isinstance(data, list) and len(data) > 2 and all(isinstance(each, str) for each in data):  # noqa: PLR2004  name and attribute
        return [data[0], ".".join(data[1:])]
    return canonical(data)


def _sub(data: Any) -> Any:
    if isinstance(data, str):
        return joined(sub_parts(data))
    if not isinstance(data, list) or len(data) != 2 or not isinstance(data[0], str) or not isinstance(data[1], dict):  # noqa: PLR2004  text and variables
        return {"Fn::Sub": canonical(data)}
    given = {name: canonical(each) for name, each in data[1].items()}
    parts: list[tuple[str, bool]] = []
    for text, is_name in sub_parts(data[0]):
        value = _parts_of(given[text]) if is_name and text in given else [(text, is_name)]
        if value is None:
            return {"Fn::Sub": [data[0], given]}
        parts += value
    return joined(parts)


def _join(data: Any) -> Any:
    """The text or Sub that a canonical Join is the same as; None where that cannot be proved."""
    if not isinstance(data, list) or len(data) != 2 or not isinstance(data[0], str) or not isinstance(data[1], list):  # noqa: PLR2004  delimiter and list
        return None
    parts: list[tuple[str, bool]] = []
    for number, item in enumerate(data[1]):
        found = _parts_of(item)
        if found is None:
            return None
        parts += [(data[0], False), *found] if number else found
    return joined(parts)


def _parts_of(value: Any) -> list[tuple[str, bool]] | None:
    """A canonical text, Ref, GetAtt or Sub as the parts of a Sub; None for anything else."""
    if isinstance(value, str):
        return [(value, False)]
    function = function_of(value)
    data = value[function] if function else None
    if function == "Ref" and isinstance(data, str) and value != NO_VALUE:
        return [(data, True)]
    if function == "Fn::GetAtt" and isinstance(data, list) and all(isinstance(each, str) for each in data):
        return [(".".join(data), True)]
    return sub_parts(data) if function == "Fn::Sub" and isinstance(data, str) else None
