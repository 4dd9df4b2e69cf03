"""The states of a machine as they are written, and the machine that is made of them."""

from __future__ import annotations

import json
from dataclasses import KW_ONLY, dataclass, fields
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from stackgen.deployer.asl.checks import LONGEST_RETRY, problems
from stackgen.errors import DuplicateError, MachineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stackgen.deployer.asl.holding import Holding


class Null(Enum):
    """``null`` where it means something else than leaving a field out."""

    DISCARD = None


DISCARD: Final = Null.DISCARD
"""As ``ResultPath``: the result is thrown away. As ``InputPath`` or ``OutputPath``: nothing goes in or out."""

Path = str | Null | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrier:
    """When to try again, and how often; :func:`stackgen.asl.errors.total_wait` adds up how long that takes."""

    ErrorEquals: Sequence[str]
    IntervalSeconds: int | None = None
    MaxAttempts: int | None = None
    BackoffRate: float | None = None
    MaxDelaySeconds: int | None = None
    JitterStrategy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catcher:
    """Where errors lead, and where in the state's input they are written."""

    ErrorEquals: Sequence[str]
    Next: str
    ResultPath: Path = None


@dataclass(frozen=True, slots=True)
class When:
    """A rule of a Choice: a condition, such as :func:`is_true` answers, and the state that follows when it holds."""

    condition: Mapping[str, Any]
    _: KW_ONLY
    Next: str


@dataclass(frozen=True, slots=True)
class State:
    """What all states have; ``name`` is their key in the definition."""

    name: str
    _: KW_ONLY
    Comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(State):
    """Work that somebody else does."""

    Resource: str
    InputPath: Path = None
    Parameters: Mapping[str, Any] | None = None
    ResultSelector: Mapping[str, Any] | None = None
    ResultPath: Path = None
    OutputPath: Path = None
    TimeoutSeconds: int | None = None
    HeartbeatSeconds: int | None = None
    Retry: Sequence[Retrier] | None = None
    Catch: Sequence[Catcher] | None = None
    Next: str | None = None
    End: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(State):
    """A branch: the first rule that holds, or the default."""

    Choices: Sequence[When]
    Default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(State):
    """A pause."""

    Seconds: int | None = None
    SecondsPath: str | None = None
    Timestamp: str | None = None
    TimestampPath: str | None = None
    Next: str | None = None
    End: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass(State):
    """Values put where the next states look for them."""

    InputPath: Path = None
    Parameters: Mapping[str, Any] | None = None
    Result: Any = None
    ResultPath: Path = None
    OutputPath: Path = None
    Next: str | None = None
    End: bool | None = None


@dataclass(frozen=True, slots=True)
class Succeed(State):
    """A good end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail(State):
    """A bad end."""

    Error: str | None = None
    Cause: str | None = None


class Scope:
    """States and the first of them: a whole machine, a branch, or what a Map does with each item."""

    def __init__(self, *states: State, StartAt: str, **more: Any) -> None:
        self.states = states
        names = [state.name for state in states]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DuplicateError(f"two states are called {twice[0]}", "the later one would hide the other")
        self.definition: dict[str, Any] = {
            **_plain(more),
            "StartAt": StartAt,
            "States": {state.name: _plain(state) for state in states},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Map(State):
    """The same work for each item of a list."""

    ItemProcessor: Scope
    ItemsPath: str | None = None
    ItemSelector: Mapping[str, Any] | None = None
    MaxConcurrency: int | None = None
    ResultSelector: Mapping[str, Any] | None = None
    ResultPath: Path = None
    Retry: Sequence[Retrier] | None = None
    Catch: Sequence[Catcher] | None = None
    Next: str | None = None
    End: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel(State):
    """Several machines at once, all with the same input."""

    Branches: Sequence[Scope]
    Parameters: Mapping[str, Any] | None = None
    ResultSelector: Mapping[str, Any] | None = None
    ResultPath: Path = None
    Retry: Sequence[Retrier] | None = None
    Catch: Sequence[Catcher] | None = None
    Next: str | None = None
    End: bool | None = None


class Machine(Scope):
    """A whole machine.

    :param inputs: the fields that its input is sure to have; None where nothing is known of it.
    :param answers: for a Task by its name, the fields of what it is answered; of an invoked function those of its
        ``Payload``. Of a Task that is not named, any field may be read.
    :param holdings: what it takes hold of, and must not keep.
    :param longest_retry: how many seconds the waits of one Retry may add up to.
    :raises MachineError: for what would get it stuck, and DuplicateError for two states of one name.
    """

    def __init__(
        self,
        *states: State,
        StartAt: str,
        Comment: str | None = None,
        TimeoutSeconds: int | None = None,
        inputs: Iterable[str] | None = None,
        answers: Mapping[str, Iterable[str]] = MappingProxyType({}),
        holdings: Iterable[Holding] = (),
        longest_retry: float = LONGEST_RETRY,
    ) -> None:
        super().__init__(*states, StartAt=StartAt, **_present(Comment=Comment, TimeoutSeconds=TimeoutSeconds))
        found = problems(
            self.definition, inputs=inputs, answers=answers, holdings=holdings, longest_retry=longest_retry
        )
        if found:
            others = f"and {len(found) - 1} more: {found[1].message}" if found[1:] else ""
            raise MachineError(found[0].message, found[0].hint, others)

    @property
    def text(self) -> str:
        """The definition as people read it."""
        return json.dumps(self.definition, indent=2) + "\n"


# Conditions of a Choice


def is_true(Variable: str) -> dict[str, Any]:
    return {"Variable": Variable, "BooleanEquals": True}


def equals(Variable: str, StringEquals: str) -> dict[str, Any]:
    return {"Variable": Variable, "StringEquals": StringEquals}


def is_present(Variable: str) -> dict[str, Any]:
    return {"Variable": Variable, "IsPresent": True}


def all_of(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    return {"And": [dict(each) for each in conditions]}


def any_of(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    return {"Or": [dict(each) for each in conditions]}


def negated(condition: Mapping[str, Any]) -> dict[str, Any]:
    return {"Not": dict(condition)}


# Rendering


def _present(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    """Dictionaries, lists and scalars alone; fields that are not given are left out."""
    if isinstance(value, State | Retrier | Catcher | When):
        return _fields(value)
    if isinstance(value, dict | MappingProxyType):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.definition if isinstance(value, Scope) else None if isinstance(value, Null) else value


def _fields(value: State | Retrier | Catcher | When) -> dict[str, Any]:
    kind = {"Type": type(value).__name__} if isinstance(value, State) else {}
    said = dict(value.condition) if isinstance(value, When) else {}
    names = [each.name for each in fields(value) if each.name not in {"name", "condition"}]
    given = _present(**{name: getattr(value, name) for name in names})
    return {**kind, **said, **{name: _plain(each) for name, each in given.items()}}
