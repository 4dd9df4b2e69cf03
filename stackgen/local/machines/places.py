"""Where the interpreter keeps its parts, and how one is replaced for a while."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_ROOT = "moto.stepfunctions.parser.asl."


def module(name: str) -> ModuleType:
    """A module of the interpreter; imported when it is first asked for, for that takes a second."""
    return import_module(_ROOT + name)


def part(name: str, attribute: str) -> Any:
    return getattr(module(name), attribute)


@contextmanager
def replaced(place: Any, names: dict[str, Any]) -> Iterator[None]:
    """As ``given``, and for classes too, which are left as they were: what they inherited they inherit again."""
    if not isinstance(place, type):
        with given(place, **names):
            yield
        return
    own = {name: vars(place)[name] for name in names if name in vars(place)}
    for name in names:
        getattr(place, name)  # another version than the one that is mended has no such method
    try:
        for name, value in names.items():
            setattr(place, name, value)
        yield
    finally:
        for name in names:
            if name in own:
                setattr(place, name, own[name])
            else:
                delattr(place, name)
