"""The one door of the stand-in: every call of every client is noted here, may be made to fail, and is served.

A call is served by an operation of ours where there is one, else by ministack; what surrounds an operation may change
what goes in and what comes out.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Protocol

from stackgen.local import wire
from stackgen.local.errors import LocalError, ServiceError
from stackgen.local.wire import Call, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.clock import Clock
    from stackgen.local.embedded import Embedded
    from stackgen.local.faults import Faults
    from stackgen.local.task import Task

_CUSTOM_ANSWER = "/_ministack/cfn-response/"
_HANDING_OUT_SESSIONS = {"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetSessionToken"}
_OK, _REDIRECT = 200, 300

MOST_NOTES = 100_000
"""So many calls are remembered; the oldest go first."""


class Around(Protocol):
    """Something that stands around an operation of ministack's."""

    def __call__(self, call: Call, forward: Callable[[Call], Response]) -> Response: ...


@dataclass(frozen=True, slots=True)
class Note:
    """A call that was made: when, by whom, what, and the error that it met, if any."""

    at: float
    service: str
    operation: str
    account: str
    region: str
    error: str = ""


class Gateway:
    def __init__(self, clock: Clock, embedded: Embedded, faults: Faults) -> None:
        self.clock = clock
        self.embedded = embedded
        self.faults = faults
        self.notes: deque[Note] = deque(maxlen=MOST_NOTES)
        self.watchers: list[Callable[[Note], None]] = []
        #: Told of every call that took effect or was refused by its service, whether or not the caller hears of it.
        self.observers: list[Callable[[Call, Response], None]] = []
        self.sessions: dict[str, Task | None] = {}
        self._closed = False
        self._operations: dict[tuple[str, str], Callable[[Call], Mapping[str, Any] | None]] = {}
        self._around: dict[tuple[str, str], Around] = {}

    def serve(self, service: str, operations: Mapping[str, Callable[[Call], Mapping[str, Any] | None]]) -> None:
        """Let functions of ours answer operations of a service."""
        self._operations |= {(service, name): function for name, function in operations.items()}

    def surround(self, service: str, around: Mapping[str, Around]) -> None:
        """Let functions of ours stand around operations that ministack answers."""
        self._around |= {(service, name): function for name, function in around.items()}

    def close(self) -> None:
        """Answer nobody any more."""
        self._closed = True

    def handle(self, request: Request) -> Response:
        """Answer a request.

        :raises LostAnswer: when a fault takes the answer away; the connection breaks.
        :raises LocalError: when the stand-in is closed.
        """
        if self._closed:
            raise LocalError("the stand-in for AWS is closed")
        call = self._call(request)
        caller = self.clock.task() or self._task_of(request.headers.get("x-amz-security-token", ""))
        with self.clock.on_behalf_of(caller):
            if caller is None and self.faults and call.account and not self.clock.is_in_a_turn:
                # a fault may make it wait, and callers from outside wait side by side
                response: Response = self.clock.spawn(lambda: self._answered(call), str(call)).join()
            else:
                response = self._answered(call)
        if caller is not None and call.operation in _HANDING_OUT_SESSIONS and response.status == _OK:
            self.sessions[wire.read(call, response)["Credentials"]["SessionToken"]] = caller
        if caller is not None:
            caller.see_that_it_goes_on()
        self.clock.run_ready()
        dated = {**response.headers, "date": formatdate(self.clock.time(), usegmt=True)}  # AWS's clock is this one
        return replace(response, headers=dated)

    def _call(self, request: Request) -> Call:
        """What a request asks for; one that nobody signed is known by its method alone, or as a resource's answer."""
        signed = wire.signature(request)
        if signed is None:
            kind = ("custom-resource", "Answer") if _CUSTOM_ANSWER in request.path else ("unsigned", request.method)
            return Call(*kind, "", "", request)
        account = self.embedded.account_of(signed.access_key)
        return Call(signed.service, wire.operation_of(signed.service, request), account, signed.region, request)

    def _task_of(self, token: str) -> Task | None:
        """The task whose session a request carries, while it runs."""
        task = self.sessions.get(token)
        if task is not None and task.finished:
            del self.sessions[token]
            return None
        return task

    def _answered(self, call: Call) -> Response:
        error = ""
        try:
            response = self.faults.meet(call, lambda: self._served(call))
        except ServiceError as refused:
            error = refused.code
            response = _refused(call, refused)
        except BaseException as lost:
            self._note(call, type(lost).__name__)
            raise
        self._note(call, error or ("" if response.status < _REDIRECT else _code(response)))
        return response

    def met(self, call: Call, serve: Callable[[], Response]) -> None:
        """Let a call that took another way be noted, and meet its faults, like any other.

        :raises ServiceError: what the fault or the service refuses.
        """
        try:
            self.faults.meet(call, serve)
        except ServiceError as refused:
            self._note(call, refused.code)
            raise
        except BaseException as lost:
            self._note(call, type(lost).__name__)
            raise
        self._note(call, "")

    def _served(self, call: Call) -> Response:
        try:
            response = self._done(call)
        except ServiceError as refused:
            self._observe(call, _refused(call, refused))
            raise
        self._observe(call, response)
        return response

    def _observe(self, call: Call, response: Response) -> None:
        for observe in self.observers:
            observe(call, response)

    def _done(self, call: Call) -> Response:
        key = (call.service, call.operation)
        operation = self._operations.get(key)
        if operation is not None:
            wire.check(call)
            with self.clock.still():
                result = operation(call)
            return wire.answer(call, result)
        around = self._around.get(key)
        return around(call, self._forward) if around is not None else self._forward(call)

    def _forward(self, call: Call) -> Response:
        return self.embedded.handle(call.request)

    def _note(self, call: Call, error: str) -> None:
        note = Note(self.clock.time(), call.service, call.operation, call.account, call.region, error)
        self.notes.append(note)
        for watch in self.watchers:
            try:
                watch(note)
            except Exception:
                logging.getLogger(__name__).exception("a watcher of calls failed")


def _refused(call: Call, error: ServiceError) -> Response:
    """An error in the form of its service; as plain text where no service is known."""
    try:
        return wire.answer(call, error)
    except ServiceError:
        return Response(error.status, {"Content-Type": "text/plain"}, str(error).encode())


def _code(response: Response) -> str:
    """The code of an error, as far as it is easily found."""
    import re

    text = response.body[:2000].decode("utf-8", "replace")
    found = re.search(r"<Code>([^<]+)</Code>", text) or re.search(r'"(?:__type|code)"\s*:\s*"([^"]+)"', text)
    return found[1].rpartition("#")[2] if found else f"HTTP {response.status}"
