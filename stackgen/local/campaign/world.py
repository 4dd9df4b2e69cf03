"""The world of a rehearsal: a stand-in for AWS with the deployer in it, whose functions are the real ones."""

from __future__ import annotations

import json
import random
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

from stackgen.local.campaign.installing import ACCOUNT, FUNCTIONS, REGION, Installed, install
from stackgen.local.campaign.journal import Journal
from stackgen.local.campaign.wire import Wire, build_of
from stackgen.local.cloud import Cloud
from stackgen.local.stacksets import paging
from stackgen.local.stacksets.accounts import Accounts
from stackgen.local.stacksets.stacks import Durations
from stackgen.local.virtual import Time, given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stackgen.local.campaign.defects import Defect
    from stackgen.local.campaign.wire import Strike
    from stackgen.local.machines.executions import Execution

    Handler = Callable[[Any, Any], Any]

HANDLERS = "stackgen.deployer.handlers"
STEP = 300.0
"""Seconds of virtual time between two looks whether everything has come to rest."""
LONGEST = 4 * 86400.0
"""Seconds after which what still goes on counts as endless."""
PAGE = 2
"""Entries of a page of a listing of StackSets, so that nothing is found on the first page alone."""


class World:
    """Close it, or use it as a context manager. A process holds one at a time.

    :param defects: what is broken in the deployer, on purpose.
    :param page: entries of a page of a listing of StackSets.
    """

    def __init__(self, *, defects: Iterable[Defect] = (), page: int = PAGE) -> None:
        self.accounts = Accounts()
        self.enters: list[Callable[[str, int, str], None]] = []
        self._entered: dict[tuple[str, str], int] = {}
        self._numbers = 0
        with ExitStack() as opening:
            opening.enter_context(_without_logs())
            self.cloud = opening.enter_context(Cloud(accounts=self.accounts))
            self.clock = self.cloud.clock
            opening.enter_context(given(paging, PAGE=page))
            opening.enter_context(_lean_clients())
            _hasten(self.cloud)
            opening.enter_context(self._on_its_clock())
            defects = tuple(defects)
            for defect in defects:
                opening.enter_context(defect.planted())
            self.installed: Installed = install(self.cloud)
            for defect in defects:
                self._change_machine(defect.of_machine)
            self.wire = Wire(self.cloud)
            self.wire.names = {name: module for module, name in self.installed.functions.items()}
            self.journal = Journal(self.cloud, self.wire, self.installed.tables["locks"])
            opening.enter_context(self._listening())
            self._register()
            self._closing = opening.pop_all()

    @contextmanager
    def _on_its_clock(self) -> Iterator[None]:
        moments = import_module(f"{HANDLERS}.moments")
        entry = import_module(f"{HANDLERS}.entry")
        clients = import_module(f"{HANDLERS}.clients")
        parallel = import_module(f"{HANDLERS}.parallel")
        with (
            given(moments, time=Time(self.clock)),
            given(entry, _clients=clients.Clients()),
            given(parallel, each=_one_after_the_other),
        ):
            yield

    @contextmanager
    def _listening(self) -> Iterator[None]:
        from stackgen.local.machines.history import History

        add_event, machines = History.add_event, self.cloud.machines
        announce = machines._on_status

        def added(history: Any, context: Any, event_type: Any, *args: Any, **kwargs: Any) -> int:
            number = add_event(history, context, event_type, *args, **kwargs)
            if str(getattr(event_type, "value", event_type)).endswith("StateEntered"):
                self._enter(history)
            return number

        def changed(detail: dict[str, Any]) -> None:
            if detail["status"] != "RUNNING":
                self.journal.ended(detail["executionArn"], detail["status"])
            if announce is not None:
                announce(detail)

        with given(History, add_event=added), given(machines, _on_status=changed):
            yield

    def _enter(self, history: Any) -> None:
        execution: Execution = history._on_full.__self__
        state = history.events[-1]["stateEnteredEventDetails"]["name"]
        key = (execution.arn, state)
        self._entered[key] = self._entered.get(key, 0) + 1
        for enter in tuple(self.enters):
            enter(state, self._entered[key], execution.arn)

    def _register(self) -> None:
        for module in FUNCTIONS.values():
            handler: Handler = import_module(f"{HANDLERS}.{module}").handler
            self.cloud.functions.register(self.installed.functions[module], self._attributed(module, handler))

    def _attributed(self, module: str, handler: Handler) -> Handler:
        entry = import_module(f"{HANDLERS}.entry")

        def handled(event: Any, context: Any) -> Any:
            with self.wire.within(module, build_of(event)):
                try:
                    return handler(event, context)
                finally:
                    entry._clients._made.clear()  # they belong to the invocation's credentials

        return handled

    def _change_machine(self, change: Callable[[dict[str, Any]], dict[str, Any]] | None) -> None:
        if change is None:
            return
        client, arn = self.cloud.client("stepfunctions"), self.installed.machine
        found = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
        client.update_state_machine(stateMachineArn=arn, definition=json.dumps(change(found)))

    # A case

    def begin(self, strike: Strike | None = None, seed: int = 0) -> None:
        """A case begins; what happened before is forgotten."""
        from stackgen.local.machines.places import module

        random.seed(seed)
        module("component.common.retry.jitter_strategy_decl").random.seed(seed)
        self.journal.begin()
        self._entered.clear()
        self.cloud.functions.invocations.clear()
        self.cloud.gateway.notes.clear()
        for queue in self.installed.unsettled:
            self._messages(queue).clear()
        self.wire.begin(strike)

    def end(self) -> None:
        """The case is over: nothing is struck, every account is well, nobody listens."""
        self.wire.end()
        self.enters.clear()
        self.cloud.faults._faults[1:] = []  # the first is the wire
        self.accounts.suspended.clear()
        self.accounts.lacks_execution_role.clear()

    def settle(self) -> bool:
        """Let the time run until nothing is going on, nor comes back; whether it came to that."""
        from stackgen.local.task import TaskNotFinished

        until = self.clock.time() + LONGEST
        while self.clock.time() < until:
            try:
                self.clock.settle(until - self.clock.time())
            except TaskNotFinished:
                return False
            served = len(self.cloud.functions.invocations)
            self.clock.advance(STEP)
            if self.is_at_rest() and served == len(self.cloud.functions.invocations):
                return True
        return False

    def is_at_rest(self) -> bool:
        """Whether no message waits for the clean-up, and no new build for its trigger."""
        return not self._messages(self.installed.queue) and not self._backlog()

    def is_told(self) -> bool:
        """Whether something was put where only a person takes it away, which an alarm tells."""
        return any(self._messages(queue) for queue in self.installed.unsettled)

    def _messages(self, arn: str) -> list[Any]:
        from ministack.services import sqs

        (queue,) = (each for each in sqs._queues._data.values() if each["attributes"].get("QueueArn") == arn)
        messages: list[Any] = queue["messages"]
        return messages

    def _backlog(self) -> bool:
        from ministack.services import dynamodb, lambda_svc

        with self.cloud.embedded.scope(ACCOUNT, REGION):
            positions = lambda_svc._dynamodb_stream_positions
            end = dynamodb.stream_end_position(self.installed.tables["builds"])
            return any(positions[name] < end for name in positions)

    def next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def executions(self) -> dict[str, Execution]:
        """All executions of the deployer's machine by their ARN."""
        records = self.cloud.machines._store.records
        return {run.arn: run for run in records[self.installed.machine].executions.values()}

    def close(self) -> None:
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _one_after_the_other(function: Callable[[Any], Any], things: Iterable[Any]) -> list[Any]:
    """What threads would do side by side, in an order that stays the same. The first error waits for the rest."""
    answers, first = [], None
    for thing in things:
        try:
            answers.append(function(thing))
        except Exception as error:  # noqa: BLE001 - raised when all have ended
            first = first or error
    if first is not None:
        raise first
    return answers


@contextmanager
def _without_logs() -> Iterator[None]:
    """The functions' logs would drown what the rehearsal tells."""
    log = import_module(f"{HANDLERS}.entry").log
    level = log.log_level
    log.setLevel("CRITICAL")
    try:
        yield
    finally:
        log.setLevel(level)


@contextmanager
def _lean_clients() -> Iterator[None]:
    """Half of what a call costs here is what nobody reads: a signature, and who the client is.

    And clients live longer than a function's on AWS: what one case used up of their retries is none of the next.
    """
    from botocore.auth import SigV4Auth
    from botocore.retries.quota import RetryQuota
    from botocore.useragent import UserAgentString

    def signed(auth: Any, request: Any) -> None:
        scope = f"{auth.credentials.access_key}/20260101/{auth._region_name}/{auth._service_name}/aws4_request"
        for name in ("Authorization", "X-Amz-Security-Token"):
            if name in request.headers:
                del request.headers[name]
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"
        if auth.credentials.token:
            request.headers["X-Amz-Security-Token"] = auth.credentials.token

    with (
        given(RetryQuota, acquire=lambda _, amount: amount >= 0),
        given(SigV4Auth, add_auth=signed),
        given(UserAgentString, to_string=lambda _: "rehearsal"),
    ):
        yield


def _hasten(cloud: Cloud) -> None:
    """Stacks that are made within two looks, so that every phase is seen and none is seen often."""
    engine = cloud.formation.stack_sets._writing._engine
    engine._durations = engine._attempts._durations = Durations(create=20.0, update=20.0, delete=10.0)
