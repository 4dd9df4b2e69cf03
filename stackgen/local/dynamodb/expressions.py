"""Expressions that AWS refuses as they stand, whatever the items are.

ministack reads some of them as conditions that do not hold, or lets the last word win: a mistake would look like a lock
that somebody holds.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from stackgen.local.dynamodb import bodies
from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.local.wire import Call, Response

_CONDITION = {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"}
FUNCTIONS = {
    "ConditionExpression": _CONDITION,
    "FilterExpression": _CONDITION,
    "KeyConditionExpression": {"begins_with"},
    "UpdateExpression": {"if_not_exists", "list_append"},
}
_WORDS = {"AND", "BETWEEN", "IN", "NOT", "OR"}
_CALLED = re.compile(r"(?<![:#\w.])([A-Za-z_]\w*)\s*\(")
_BEGINNING = re.compile(r"\bbegins_with\s*\([^,()]*,\s*(:\w+)\s*\)")
_NO_KEY_CONDITION = re.compile(r"<>|(?<![:#\w.])(?:OR|NOT|IN)(?!\w)", re.IGNORECASE)
_SECTION = re.compile(r"(?<![:#\w.])(SET|REMOVE|ADD|DELETE)\s", re.IGNORECASE)
_PATH = r"#?\w+(?:\s*\.\s*#?\w+|\s*\[\d+\])*"
_ACTION = {
    "SET": re.compile(rf"\s*{_PATH}\s*=.*\S.*", re.DOTALL),
    "REMOVE": re.compile(rf"\s*{_PATH}\s*"),
    "ADD": re.compile(rf"\s*{_PATH}\s+:\w+\s*"),
    "DELETE": re.compile(rf"\s*{_PATH}\s+:\w+\s*"),
}
_STEP = re.compile(r"#?\w+|\[\d+\]")

Path = tuple[str, ...]


def checked(call: Call, forward: Callable[[Call], Response]) -> Response:
    """Forward a call of which no expression is wrong in itself.

    :raises ServiceError: ValidationException.
    """
    asked = bodies.sent(call)
    for request in (asked, *_members(asked)):
        check(request)
    response = forward(call)
    _see_no_syntax_error_among_reasons(call, response)
    return response


def _see_no_syntax_error_among_reasons(call: Call, response: Response) -> None:
    """What is wrong with an expression itself refuses a transaction; only what is wrong with an item cancels it."""
    if call.operation == "TransactWriteItems" and response.status != bodies.OK:
        for reason in bodies.told(response).get("CancellationReasons") or []:
            message = reason.get("Message") or ""
            if re.match(r"Invalid \w+Expression: ", message):
                raise ServiceError("ValidationException", message)


def _members(asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a transaction asks for, one by one."""
    for member in asked.get("TransactItems") or []:
        yield from (action for action in member.values() if isinstance(action, dict))


def check(request: Mapping[str, Any]) -> None:
    for where, functions in FUNCTIONS.items():
        expression = request.get(where)
        if not isinstance(expression, str):
            continue
        for problem in _problems(where, expression, functions, request):
            raise ServiceError("ValidationException", f"Invalid {where}: {problem}")


def _problems(where: str, expression: str, functions: set[str], request: Mapping[str, Any]) -> Iterator[str]:
    for function in _CALLED.findall(expression):
        if function not in functions and function.upper() not in _WORDS:
            known = function in _CONDITION | FUNCTIONS["UpdateExpression"]
            reason = "The function is not allowed in this expression" if known else "Invalid function name"
            yield f"{reason}; function: {function}"
    values = request.get("ExpressionAttributeValues") or {}
    for name in _BEGINNING.findall(expression):
        (kind,) = values.get(name) or {"S"}
        if kind not in {"S", "B"}:
            reason = "Incorrect operand type for operator or function"
            yield f"{reason}; operator or function: begins_with, operand type: {kind}"
    if where == "KeyConditionExpression":
        yield from (f"Invalid operator used: {operator}" for operator in _NO_KEY_CONDITION.findall(expression))
    elif where == "UpdateExpression":
        yield from _update_problems(expression, request.get("ExpressionAttributeNames") or {})


def _update_problems(expression: str, names: Mapping[str, str]) -> Iterator[str]:
    _, *parts = _SECTION.split(expression)
    sections = [word.upper() for word in parts[::2]]
    for word in sorted(set(sections)):
        if sections.count(word) > 1:
            yield f'The "{word}" section can only be used once in an update expression;'
    actions = [
        (word, action) for word, section in zip(sections, parts[1::2], strict=True) for action in _actions(section)
    ]
    yield from (f'Syntax error; near: "{a.strip()}"' for word, a in actions if not _ACTION[word].fullmatch(a))
    paths = [_path(action, names) for _, action in actions]
    for one, two in combinations(paths, 2):
        if one[: len(two)] == two[: len(one)]:
            reason = "Two document paths overlap with each other; must remove or rewrite one of these paths"
            yield f"{reason}; path one: {_shown(one)}, path two: {_shown(two)}"


def _actions(section: str) -> Iterator[str]:
    """The parts between the commas that stand in no parentheses."""
    depth, begun = 0, 0
    for position, sign in enumerate(section):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            yield section[begun:position]
            begun = position + 1
    yield section[begun:]


def _path(action: str, names: Mapping[str, str]) -> Path:
    """What an action changes: all before its sign, or before its value."""
    target = re.split(r"=|\s:", action, maxsplit=1)[0]
    return tuple(names.get(step, step) for step in _STEP.findall(target))


def _shown(path: Path) -> str:
    return f"[{', '.join(path)}]"
