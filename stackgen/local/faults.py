"""Faults: what goes wrong in a rehearsal, where, and how often.

cloud.faults.add("dynamodb:PutItem", Throttle(), times=2)
cloud.faults.add("cloudformation:*", LoseAnswer(), account="111111111111", probability=0.1)

What CloudFormation makes of a resource is no call of a service here: plant it for ``create:``, ``update:`` or
``delete:`` and the type instead. A replacement is an update. ``validate:`` and ``hook:`` are what looks at it before.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock
    from stackgen.local.wire import Call, Response


class LostAnswer(Exception):
    """The connection broke before the answer came; whether the call took effect, the caller cannot know."""


class TimedOut(LostAnswer):
    """No answer came within the time that the client waits."""


class Kind(Protocol):
    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response: ...


@dataclass(frozen=True, slots=True)
class Throttle:
    """The service refuses because it is asked too often; nothing happens."""

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        del serve, clock
        code, status = _THROTTLING.get(call.service, ("ThrottlingException", 400))
        raise ServiceError(code, "Rate exceeded", status)


#: What services answer when they throttle, where it is not ThrottlingException; from their API references' error lists.
_THROTTLING = {
    "cloudformation": ("Throttling", 400),
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "iam": ("Throttling", 400),
    "lambda": ("TooManyRequestsException", 429),
    "s3": ("SlowDown", 503),
    "sts": ("Throttling", 400),
}


@dataclass(frozen=True, slots=True)
class Fail:
    """The service refuses with an error of its own; nothing happens."""

    code: str
    message: str = "planted by a rehearsal"
    status: int = 400

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        del call, serve, clock
        raise ServiceError(self.code, self.message, self.status)


@dataclass(frozen=True, slots=True)
class LoseAnswer:
    """The call takes effect, and its answer is lost."""

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        del clock
        serve()
        raise LostAnswer(f"the answer of {call} was lost")


@dataclass(frozen=True, slots=True)
class TimeOut:
    """The call never reaches the service; the client gives up after so many seconds of virtual time."""

    seconds: float = 60.0

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        del serve
        clock.sleep(self.seconds)
        raise TimedOut(f"{call} did not answer within {self.seconds:g} seconds")


@dataclass(frozen=True, slots=True)
class Delay:
    """The service answers so many seconds of virtual time late."""

    seconds: float

    def __call__(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        del call
        clock.sleep(self.seconds)
        return serve()


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong; ``met`` counts how often it did."""

    calls: str
    kind: Kind
    account: str = "*"
    region: str = "*"
    times: int | None = 1
    probability: float = 1.0
    when: Callable[[Call], bool] | None = None
    met: int = field(default=0, init=False)

    def matches(self, call: Call, chance: random.Random) -> bool:
        return (
            (self.times is None or self.met < self.times)
            and fnmatchcase(str(call), self.calls)
            and fnmatchcase(call.account, self.account)
            and fnmatchcase(call.region, self.region)
            and (self.when is None or self.when(call))
            and (self.probability >= 1.0 or chance.random() < self.probability)
        )


class Faults:
    """The faults of a rehearsal; the same *seed* meets the same calls."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self._clock = clock
        self._chance = random.Random(seed)  # noqa: S311 - a rehearsal repeats itself
        self._faults: list[Fault] = []

    def add(
        self,
        calls: str,
        kind: Kind,
        *,
        account: str = "*",
        region: str = "*",
        times: int | None = 1,
        probability: float = 1.0,
        when: Callable[[Call], bool] | None = None,
    ) -> Fault:
        """Let calls fail.

        *calls* is a pattern over ``service:Operation`` in boto3's names, such as ``dynamodb:*``; *account* and
        *region* are patterns too. The fault is met *times* times, without end where that is None, and each time with a
        *probability*. *when* looks at the call itself, its parameters for instance.
        """
        fault = Fault(calls, kind, account, region, times, probability, when)
        self._faults.append(fault)
        return fault

    def __bool__(self) -> bool:
        """Whether anything can go wrong."""
        return bool(self._faults)

    def clear(self) -> None:
        self._faults.clear()

    def meet(self, call: Call, serve: Callable[[], Response]) -> Response:
        """Serve a call as the first fault that matches it wants, or as it is."""
        for fault in self._faults:
            if fault.matches(call, self._chance):
                fault.met += 1
                return fault.kind(call, serve, self._clock)
        return serve()
