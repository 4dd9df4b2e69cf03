"""One run of the command ``local``: open a stand-in, deploy if that is wanted, serve, close."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.local.cloud import Cloud
from stackgen.local.errors import LocalError
from stackgen.local.fault_words import check_type
from stackgen.local.rehearsal import handlers, parameters
from stackgen.local.rehearsal.deployment import Deployment, Outcome
from stackgen.local.rehearsal.prerequisites import Prerequisites
from stackgen.local.rehearsal.remedies import remedy
from stackgen.local.rehearsal.serving import Stopping, serve
from stackgen.local.rehearsal.telling import Teller
from stackgen.local.rehearsal.templates import capabilities_of, tree_of
from stackgen.local.resources.emulator import provisioners
from stackgen.local.stacksets.accounts import Accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.console import Console
    from stackgen.local.faults import Fault
    from stackgen.local.rehearsal.words import Deploying, Wanted
    from stackgen.template import Template


class Built(NamedTuple):
    """What the project builds, by name, and which of it is deployed."""

    root: Template
    templates: Mapping[str, Template]


def rehearse(
    console: Console,
    wanted: Wanted,
    region: str,
    functions: Mapping[str, Callable[..., Any]],
    built: Built | None,
) -> int:
    """Run it until it is stopped, or until a deployment that is wanted once has ended; the exit code.

    :raises LocalError: where the stand-in cannot be opened, or its CloudFormation refuses what it is handed.
    """
    existing = Accounts(existing=wanted.accounts) if wanted.accounts else None
    stopping = Stopping()
    with (
        stopping.by_signals(),
        handlers.quiet(),
        Cloud(port=wanted.port, seed=wanted.seed, accounts=existing) as cloud,
    ):
        for pattern, function in functions.items():
            cloud.functions.register(pattern, function)
        return _Session(console, wanted, cloud, stopping, region).run(built)


class _Session:
    def __init__(self, console: Console, wanted: Wanted, cloud: Cloud, stopping: Stopping, region: str) -> None:
        self._wanted = wanted
        self._cloud = cloud
        self._stopping = stopping
        self._region = region
        self._teller = Teller(console, stopping.ask)
        self._began = time.monotonic(), cloud.clock.time()
        self._deployment = Deployment(cloud, self._teller, wanted.account, region)
        self._faults: list[tuple[str, Fault]] = []

    def run(self, built: Built | None) -> int:
        deploying = self._wanted.deploying
        code = 0
        if deploying is None or built is None:
            self._begin()
        else:
            outcome = self._deploy(deploying, built)
            code = outcome.exit_code
            if deploying.once or outcome.interrupted:
                self._end()
                return code
        self._teller.ready(self._cloud.url, self._wanted.account, self._region)
        serve(self._cloud.clock, self._wanted.speed, self._stopping)
        self._end()
        return code

    def _begin(self) -> None:
        """From here on calls are told, and may fail. Raises UsageError for a fault of a type that nobody makes."""
        known = provisioners()._RESOURCE_HANDLERS
        for fault in self._wanted.faults:
            check_type(fault, known)
        self._cloud.gateway.watchers.append(self._teller.call)
        self._faults = [(fault.words, fault.plant(self._cloud.faults)) for fault in self._wanted.faults]

    def _deploy(self, deploying: Deploying, built: Built) -> Outcome:
        root, given = built.root, deploying.parameters
        self._teller.keep_secret(parameters.secret_values(root, given))
        before = Prerequisites(self._cloud, self._teller, self._wanted.account, self._region)
        name = deploying.stack_name or root.file
        try:
            before.push(deploying.images)
            before.put(deploying.secrets)
            template = before.upload(root, built.templates, given)
        except (BotoCoreError, ClientError, ValueError) as error:
            raise LocalError(f"what {name} stands on cannot be made: {self._teller.masked(str(error))}") from error
        self._begin()
        capabilities = capabilities_of(tree_of(root, built.templates))
        outcome = self._deployment.run(name, template, given, capabilities, self._stopping)
        self._show(outcome)
        return outcome

    def _show(self, outcome: Outcome) -> None:
        failure = outcome.failure
        invocations = self._cloud.functions.invocations
        function = next((each for each in invocations if each.error_type or each.ended is None), None)
        advice = remedy(failure.reason, function, self._faults) if failure else ""
        outputs = {name: self._teller.masked(value) for name, value in outcome.outputs.items()}
        if self._teller.as_json:
            self._teller.data(
                "outcome",
                {
                    "verdict": _verdict(outcome),
                    "stack": outcome.name,
                    "status": "INTERRUPTED" if outcome.interrupted else outcome.status,
                    "exit_code": outcome.exit_code,
                    "stacks": outcome.stacks,
                    "resources": outcome.resources,
                    "seconds": outcome.seconds,
                    "outputs": outputs,
                    "failure": asdict(failure) if failure else None,
                    "not_undone": asdict(outcome.not_undone) if outcome.not_undone else None,
                    "remedy": self._teller.masked(advice),
                },
            )
            return
        self._teller.say(_verdict(outcome))
        if failure is not None:
            self._teller.say(f"  {failure}")
        elif outcome.exit_code and not outcome.interrupted:
            waiting = ", ".join(self._cloud.clock.waiting())
            self._teller.say(f"  {outcome.reason or f'it still waits: {waiting}'}")
        if advice:
            self._teller.say(f"  {self._teller.masked(advice)}")
        if outcome.not_undone is not None:
            self._teller.say(f"  not rolled back: {outcome.not_undone}")
        width = max(map(len, outputs), default=0)
        self._teller.say(*(f"  {name:<{width}}  {value}" for name, value in outputs.items()))

    def _end(self) -> None:
        for words, fault in self._faults:
            if not fault.met:
                self._teller.warn(f"--fault {words} was never met")
        real, virtual = time.monotonic() - self._began[0], self._cloud.clock.time() - self._began[1]
        calls = f"{_counted(self._teller.calls, 'call')}, {self._teller.refused:,} refused"
        functions = _counted(len(self._cloud.functions.invocations), "function invoked", "functions invoked")
        met = f", {_counted(sum(fault.met for _, fault in self._faults), 'fault')} met" if self._faults else ""
        lasted = f"{_duration(real)} ({_duration(virtual)} of virtual time)"
        self._teller.tell(f"ended after {lasted}: {calls}, {functions}{met}")


def _verdict(outcome: Outcome) -> str:
    status = f"interrupted in {outcome.status}" if outcome.interrupted else outcome.status
    made = f"{_counted(outcome.stacks, 'stack')}, {_counted(outcome.resources, 'resource')}"
    undone = "" if outcome.exit_code in (0, 130) else " made before it failed"
    return f"{outcome.name}: {status}, {made}{undone}, {_duration(outcome.seconds)} of virtual time"


def _counted(number: int, what: str, many: str = "") -> str:
    return f"{number:,} {what if number == 1 else many or what + 's'}"


def _duration(seconds: float) -> str:
    """``90 s``, ``12 min``, ``3.5 h``: as exact as a person reads it."""
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"
