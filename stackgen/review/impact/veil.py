"""Values as a reason shows them: one line, and no secret in it.

What a NoEcho parameter gives is hidden already when it is evaluated; here is hidden what only its name gives away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.review.diff.masking import MASK, is_secret
from stackgen.review.evaluation.symbols import Symbol, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMES = ("Name", "Key", "ParameterKey", "AttributeName")
_VALUES = ("Value", "ParameterValue", "Default")


def told_value(value: Any, path: Sequence[str], properties: Any) -> str:
    """A value at a path of a resource's properties; a reference stays readable, for it shows no secret."""
    return shown(_veiled(value, hidden=_is_hidden(path, properties)))


def _is_hidden(path: Sequence[str], properties: Any) -> bool:
    """Whether a key on the way says that it holds a secret, or the name beside a value does."""
    here = properties
    for step in path:
        if is_secret(step) or (step in _VALUES and _is_named_a_secret(here)):
            return True
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        else:
            here = None
    return False


def _is_named_a_secret(holder: Any) -> bool:
    return isinstance(holder, dict) and any(is_secret(str(holder.get(name, ""))) for name in _NAMES)


def _veiled(value: Any, *, hidden: bool) -> Any:
    if isinstance(value, dict):
        named = _is_named_a_secret(value)
        return {
            key: _veiled(each, hidden=hidden or is_secret(str(key)) or (named and key in _VALUES))
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_veiled(each, hidden=hidden) for each in value]
    is_plain = value is not None and not isinstance(value, bool | Symbol)
    return MASK if hidden and is_plain else value
