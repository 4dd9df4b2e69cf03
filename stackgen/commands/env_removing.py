"""How ``env destroy`` and ``env reap`` remove environments: what they show before, do, and say in the end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL, StackgenError

from .env_opening import minutes_of, running_of
from .numbers import seconds_of
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.environments.finding import Found
    from stackgen.deploy.environments.removing import Removal
    from stackgen.deploy.environments.tools import Outcome
    from stackgen.deploy.forecast import Forecast

    from .env_opening import Opened

    Told = dict[str, Any]


class Removing:
    """Removes environments one beside the other; one that fails does not stop the others."""

    def __init__(self, console: Console, what: Opened, options: argparse.Namespace) -> None:
        from stackgen.deploy.at_once import Stop

        self._console = console
        self._what = what
        self._seconds = minutes_of(options.wait)
        self._every = seconds_of(options.every)
        self._running = running_of(options.running)
        self._stop = Stop()
        self._speaking = threading.Lock()

    def forecast(self, found: Found) -> list[str]:
        """What goes and what stays, in lines; it is read, and nothing is done. Raises FindingsError."""
        from stackgen.deploy.environments.tools import forecast_of

        expected = [each for each in map(forecast_of, found.stacks) if each is not None]
        return [line for each in expected for line in _lines(each)]

    def run(self, found: Sequence[Found], due: Callable[[Found], str]) -> list[Told]:
        """What became of each, in their order. Raises CutOffError when somebody interrupts."""
        from stackgen.deploy.at_once import at_once
        from stackgen.deploy.errors import CutOffError

        told: dict[str, Told] = {}
        removal = self._removal()

        def one(each: Found) -> None:
            try:
                with self._what.sessions.telling():
                    told[each.name] = _told(removal.removed(each, due))
            except StackgenError as error:
                lines = [error.message, *error.hints]
                told[each.name] = _content(each.name, "not removed", error.exit_code, lines)

        try:
            at_once(one, found, self._stop)
        except KeyboardInterrupt:
            left = [each.name for each in found if each.name not in told]
            raise CutOffError(
                f"interrupted: {', '.join(left)} not removed; CloudFormation goes on with what was begun",
                "python -m stackgen env reap takes up what was begun",
            ) from None
        return [told[each.name] for each in found]

    def _removal(self) -> Removal:
        from stackgen.deploy.environments.removing import Removal
        from stackgen.deploy.environments.tools import Tools
        from stackgen.deploy.executor import Performer
        from stackgen.deploy.polling import Pace

        pace = Pace(sleep=self._stop.sleep, interval=self._every)
        tools = Tools(
            lambda place: Performer(place.client, lambda action: self._console.detail(f"{place.region}: {action.why}")),
            pace,
            self._tell,
            self._running,
            self._seconds,
        )
        return Removal(self._what.ephemeral, self._what.places, tools)

    def _tell(self, line: str) -> None:
        with self._speaking:
            self._console.tell(line)


def exit_code_of(told: Sequence[Told]) -> int:
    """0 where all went well, 8 where some did, else that of the first that did not."""
    bad = [each["exit_code"] for each in told if each["exit_code"]]
    return 0 if not bad else PARTIAL if len(bad) < len(told) else bad[0]


def say(console: Console, told: Sequence[Told]) -> None:
    """The verdict, then what did not go well before what did."""
    outcomes = [each["outcome"] for each in told]
    counts = ", ".join(f"{outcomes.count(word)} {word}" for word in dict.fromkeys(["removed", *outcomes]))
    console.say(f"{counted(len(told), 'environment')}: {counts}")
    for each in sorted(told, key=lambda each: not each["exit_code"]):
        console.say(f"{each['environment']}: {each['outcome']}")
        for line in each["lines"]:
            console.say(f"  {line}")


def _told(outcome: Outcome) -> Told:
    return _content(outcome.name, outcome.outcome, outcome.exit_code, outcome.lines)


def _content(name: str, outcome: str, code: int, lines: Sequence[str]) -> Told:
    return {"environment": name, "outcome": outcome, "exit_code": code, "lines": list(lines)}


def _lines(found: Forecast) -> Iterator[str]:
    from stackgen.deploy.forecast import DELETED, FAILS, RETAINED, SNAPSHOT

    yield f"{found.tree.state.name}: {counted(len(found.of(DELETED, FAILS)), 'resource')} deleted"
    for each in found.of(RETAINED, SNAPSHOT):
        yield f"  stays: {each.path} ({each.type}, {each.physical_id}): {each.why}"
    for each in found.of(FAILS):
        what = "emptied first" if each.content else "will fail"
        yield f"  {what}: {each.path} ({each.physical_id}): {each.why}"
    for name, importers in found.imports.items():
        yield f"  will fail: the export {name} is used by {', '.join(importers)}"
    if found.is_protected:
        yield "  will fail: it is protected from deletion"
