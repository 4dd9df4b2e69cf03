"""Updates that calculate: numbers keep their 38 digits, take their one form, and are not added to what is no number.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from decimal import Context, localcontext
from typing import TYPE_CHECKING, Any

from stackgen.local.dynamodb import bodies
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.wire import Call, Response

Tokens = list[tuple[str, str]]

_EXACT = Context(prec=300)
"""Room for every sum of two numbers, from 1E-130 to 9.9E+125; what has too many digits is refused, not rounded."""


@contextmanager
def exact() -> Iterator[None]:
    """Let update expressions calculate so."""
    from ministack.services import dynamodb

    apply, evaluate = dynamodb._apply_update_expression, dynamodb._eval_set_value

    def evaluated(tokens: Tokens, *args: Any) -> Any:
        for operand, kind in _operands(tokens):
            value = evaluated(operand, *args)
            if value is not None and kind not in value:
                raise ValueError("An operand in the update expression has an incorrect data type")
        return evaluate(tokens, *args)

    def applied(item: dict[str, Any], *args: Any) -> tuple[dict[str, Any], set[Any]]:
        with localcontext(_EXACT):
            after, updated = apply(item, *args)
        for name in {path[0] if isinstance(path, tuple) else path for path in updated} & after.keys():
            problem = dynamodb._validate_attribute_value(name, after[name])
            if problem is not None:
                raise ValueError(json.loads(problem[2])["message"])
        return after, updated

    with given(dynamodb, _apply_update_expression=applied, _eval_set_value=evaluated):
        yield


def _operands(tokens: Tokens) -> Iterator[tuple[Tokens, str]]:
    """What a value is calculated from at first, and of which type that must be."""
    from ministack.services import dynamodb

    depth = 0
    for position, (kind, text) in enumerate(tokens):
        depth += (kind == "LPAREN") - (kind == "RPAREN")
        if kind in {"PLUS", "MINUS"} and position and not depth:
            yield from ((tokens[:position], "N"), (tokens[position + 1 :], "N"))
            return
        if not position and text == "list_append":
            end = dynamodb._find_matching_paren(tokens, 1)
            yield from ((part, "L") for part in dynamodb._split_by_comma(tokens[2:end]))
            return


def in_one_form(call: Call, forward: Callable[[Call], Response]) -> Response:
    """Forward a call with its numbers as they will be stored, so that sets know them and a repetition is recognised."""
    asked = bodies.sent(call)
    normal = _normal(asked)
    if normal == asked:
        return forward(call)
    with bodies.asking(call, normal):
        return forward(call)


def _normal(value: Any) -> Any:
    match value:
        case {"N": str(number), **rest} if not rest:
            return {"N": _written(number)}
        case {"NS": list(numbers), **rest} if not rest:
            return {"NS": [_written(number) for number in numbers]}
        case dict():
            return {name: _normal(inner) for name, inner in value.items()}
        case list():
            return [_normal(inner) for inner in value]
    return value


def _written(number: str) -> str:
    """A number as DynamoDB writes it; as it is where it is none, which will be refused."""
    from ministack.services import dynamodb

    return str(dynamodb._ddb_canonicalize_number(number) or number)
