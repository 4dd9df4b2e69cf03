"""Who makes which call, and the one that is made to fail.

A call of a function is known by the function, its invocation in this case, the operation and how often that invocation
made it before: ``acquire_lock#1/dynamodb:PutItem#1``. Virtual time makes a case take the same turns each time, so what
an undisturbed run shows can be struck in the next one.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.local.fault_words import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.clock import Clock
    from stackgen.local.cloud import Cloud
    from stackgen.local.faults import Kind
    from stackgen.local.wire import Call, Response

MACHINE = "machine"
"""Stands for a function where the state machine itself calls a service."""
INVOKE = "lambda:Invoke"
ATTEMPTS = 5
"""How often a client of the state machine tries a call: botocore's default."""


class Site(NamedTuple):
    """One call of one invocation; of Lambda itself, the invocation."""

    function: str
    invocation: int
    operation: str
    occurrence: int

    def __str__(self) -> str:
        return f"{self.function}#{self.invocation}/{self.operation}#{self.occurrence}"


@dataclass(slots=True)
class Invocation:
    """A function that runs, and what it has called so far."""

    function: str
    number: int
    build: str
    calls: Counter[str] = field(default_factory=Counter)


class Strike(NamedTuple):
    """What goes wrong and where: at a site once, in the rest of its invocation, or whenever its function calls that."""

    site: Site
    kind: Kind
    reach: str = "once"


running: ContextVar[Invocation | None] = ContextVar("running", default=None)


class Wire:
    """Stands at the gateway of a cloud; ``seen`` are the sites of the case so far."""

    def __init__(self, cloud: Cloud) -> None:
        self._clock = cloud.clock
        self._guard = threading.Lock()
        self._strike: Strike | None = None
        self._invocations: Counter[str] = Counter()
        self._invokes: Counter[str] = Counter()
        self._machine = Invocation(MACHINE, 1, "")
        self.names: dict[str, str] = {}
        self.listening = False
        self.seen: list[Site] = []
        self.met = 0
        cloud.faults.add("*", self._meet, times=None, when=self._is_struck)

    def begin(self, strike: Strike | None) -> None:
        """A case begins."""
        self._strike = strike
        self._invocations.clear()
        self._invokes.clear()
        self._machine = Invocation(MACHINE, 1, "")
        self.seen = []
        self.met = 0
        self.listening = True

    def end(self) -> None:
        """What follows is undisturbed, and belongs to no case."""
        self.listening = False
        self._strike = None

    @contextmanager
    def within(self, function: str, build: str) -> Iterator[None]:
        """A function runs on behalf of a build."""
        self._invocations[function] += 1
        token = running.set(Invocation(function, self._invocations[function], build))
        try:
            yield
        finally:
            running.reset(token)

    def caller(self) -> Invocation | None:
        """Who makes the call that is being served: a function, the state machine, or nobody of the deployer."""
        task = self._clock.task()
        if task is None:
            return None
        if task.name.startswith("function "):
            return running.get()
        return self._machine if task.name.startswith("execution ") else None

    def _is_struck(self, call: Call) -> bool:
        if not self.listening or call.service in VERBS:
            return False
        site = self._site(call)
        if site is None:
            return False
        self.seen.append(site)
        struck = self._strike is not None and _reaches(self._strike, site)
        self.met += struck
        return struck

    def _site(self, call: Call) -> Site | None:
        operation = str(call)
        if operation == INVOKE:
            function = self.names.get(str(call.parameters["FunctionName"]).rpartition(":")[2], "")
            if not function:
                return None
            self._invokes[function] += 1
            return Site(function, self._invokes[function], INVOKE, 1)
        caller = self.caller()
        if caller is None or not call.request.headers:  # without: a service calls another one
            return None
        with self._guard:
            caller.calls[operation] += 1
            return Site(caller.function, caller.number, operation, caller.calls[operation])

    def _meet(self, call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
        assert self._strike is not None  # noqa: S101 - it was struck
        return self._strike.kind(call, serve, clock)


def _reaches(strike: Strike, site: Site) -> bool:
    wanted = strike.site
    if (site.function, site.operation) != (wanted.function, wanted.operation):
        return False
    if strike.reach == "always":
        return (site.invocation, site.occurrence) >= (wanted.invocation, wanted.occurrence)
    if site.invocation != wanted.invocation:
        return False
    if site.function == MACHINE and wanted.occurrence + ATTEMPTS <= site.occurrence:
        return False  # the state's next attempt
    return site.occurrence == wanted.occurrence or (
        strike.reach == "invocation" and site.occurrence > wanted.occurrence
    )


def build_of(event: Any) -> str:
    """The build that an event is about, whoever sends it: the machine, a queue, a stream."""
    if not isinstance(event, dict):
        return ""
    if "sk" in event:
        return str(event["sk"])
    for record in event.get("Records", []):
        if "dynamodb" in record:
            return str(record["dynamodb"].get("Keys", {}).get("SK", {}).get("S", ""))
        if "body" in record:
            detail = json.loads(record["body"]).get("detail", {})
            return build_of(json.loads(detail.get("input") or "{}"))
    return ""
