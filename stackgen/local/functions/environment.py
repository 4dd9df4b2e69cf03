"""A function's own environment: what it reads from ``os.environ`` and boto3 no other function sees."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.functions.crew import Crew


@dataclass(frozen=True, slots=True)
class Inside:
    """What surrounds a handler while it runs: its variables, the boto3 session that acts with its role, its threads."""

    variables: dict[str, str]
    session: Callable[[], Any]
    crew: Crew


_inside: contextvars.ContextVar[Inside | None] = contextvars.ContextVar("inside", default=None)


class _Environment(MutableMapping[str, str]):
    """``os.environ`` as each thread should see it."""

    def __init__(self, outside: Any) -> None:
        self._outside = outside

    def _here(self) -> Any:
        here = _inside.get()
        return self._outside if here is None else here.variables

    def __getitem__(self, name: str) -> str:
        return str(self._here()[name])

    def __setitem__(self, name: str, value: str) -> None:
        for text in (name, value):
            if not isinstance(text, str):
                raise TypeError(f"str expected, not {type(text).__name__}")
        self._here()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._here()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._here()))

    def __len__(self) -> int:
        return len(self._here())

    def __or__(self, other: object) -> dict[str, str]:
        return {**self, **other} if isinstance(other, Mapping) else NotImplemented

    def __ror__(self, other: object) -> dict[str, str]:
        return {**other, **self} if isinstance(other, Mapping) else NotImplemented

    def __ior__(self, other: Any) -> Self:  # type: ignore[misc] # | gives a dict, as with the real one
        self.update(other)
        return self

    def __repr__(self) -> str:
        return f"environ({{{', '.join(f'{name!r}: {value!r}' for name, value in self.items())}}})"

    def copy(self) -> dict[str, str]:
        return dict(self._here())

    def __getattr__(self, name: str) -> Any:  # what subprocess and others ask of the real one
        return getattr(self._outside, name)


@contextmanager
def separated() -> Iterator[None]:
    """Let handlers have environments and default sessions of their own, while this is open."""
    import boto3

    def default_session() -> Any:
        here = _inside.get()
        return outside() if here is None else here.session()

    outside = boto3._get_default_session
    with given(os, environ=_Environment(os.environ)), given(boto3, _get_default_session=default_session):
        yield


@contextmanager
def within(here: Inside) -> Iterator[None]:
    token = _inside.set(here)
    try:
        yield
    finally:
        _inside.reset(token)
