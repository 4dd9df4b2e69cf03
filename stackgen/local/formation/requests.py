"""Asking ministack's CloudFormation from inside, in the current account and region, without a socket."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import unescape

from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    import contextvars
    from collections.abc import Iterator, Mapping

_NO_UPDATES = "No updates are to be performed."


def ask(action: str, wanted: Mapping[str, Any], *, unchanged_is_fine: bool = False) -> str:
    """Call an operation; what it answered, empty where there was nothing to update and that is fine.

    :raises ServiceError: what it refused.
    """
    from ministack.services import cloudformation

    status, _, body = cloudformation._ACTION_HANDLERS[action](_as_query(wanted))
    text: str = body.decode() if isinstance(body, bytes) else body
    if status < 300:  # noqa: PLR2004 - HTTP
        return text or action
    message = message_of(text)
    if unchanged_is_fine and message == _NO_UPDATES:
        return ""
    raise ServiceError(_between(text, "Code"), message, status)


def message_of(body: str | bytes) -> str:
    """What an error that ministack answered says."""
    text = body.decode() if isinstance(body, bytes) else body
    return unescape(_between(text, "Message"), {"&#x27;": "'", "&quot;": '"'})


def _as_query(wanted: Mapping[str, Any]) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for name, value in wanted.items():
        if isinstance(value, dict):
            words = ("ParameterKey", "ParameterValue") if name == "Parameters" else ("Key", "Value")
            for number, pair in enumerate(value.items(), 1):
                query |= {f"{name}.member.{number}.{word}": [text] for word, text in zip(words, pair, strict=True)}
        elif isinstance(value, list | tuple):
            query |= {f"{name}.member.{number}": [text] for number, text in enumerate(value, 1)}
        else:
            query[name] = [value]
    return query


def _between(text: str, tag: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return found[1] if found else text


@contextmanager
def setting(variable: contextvars.ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
