"""``multi rehearse``: break the deployer again and again in a stand-in for AWS, and see what is left behind."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError, likely

from .arguments import Parser
from .forms import form_of, in_help

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from stackgen.console import Console
    from stackgen.local.campaign.running import Violation
    from stackgen.local.campaign.told import Told

VIOLATED = 4
CASES = 1_000
RACES = 1_000
MOST = 1_000_000
_EXTRAS = {
    "boto3": "local", "ministack": "local", "moto": "local", "aws_lambda_powertools": "deployer",
}  # fmt: skip
_SHOWN = 10
"""Violations that are printed whole; the others by their cases."""


def run(console: Console, _: str, arguments: Sequence[str]) -> int:
    """Run what is asked for, and tell what did not hold."""
    options = _parser().parsed(arguments)
    form_of(console, "text", "json")
    for name in ("executions", "race", "targets", "seed", "jobs"):
        value = getattr(options, name)
        if value is not None:
            setattr(options, name, _number(name, value))
    _see_that_it_is_installed()
    from stackgen.local.campaign import told

    asked = told.Asked(
        cases=_wanted(options.executions, options, CASES),
        races=_wanted(options.race, options, RACES),
        targets=options.targets or 0,
        seed=options.seed or 0,
        jobs=options.jobs or 0,
        case=options.case or "",
        ways=_known("--fault", options.fault, told.ways()),
        scenarios=_known("--scenario", options.scenario, told.scenarios()),
        plants=_known("--plant", options.plant, told.defects()),
    )
    progress = _Progress(console)
    with told.quiet():
        outcome = told.rehearsed(asked, progress.show)
    progress.end()
    _tell(console, outcome)
    return VIOLATED if outcome.violations else 0


def _parser() -> Parser:
    parser = Parser(
        "multi rehearse",
        "Install the deployer in a stand-in for AWS and break it: every call of every function is throttled, refused, "
        "lost and late, executions are stopped in every state, builds race for one lock. After each execution what is "
        "really there is compared with what was asked for and with what the tables say, and the next build has to "
        "succeed. Needs no account, no project and no network; its time is virtual. Exits with 4 where anything did "
        "not hold." + in_help("text", "json"),
    )
    parser.usage = "python -m stackgen multi rehearse [options]"
    add = parser.add_argument
    add("--executions", metavar="N", help=f"disturbed executions; {CASES:,} by default")
    add("--race", metavar="N", help=f"races of 20 executions for one lock; {RACES:,} by default")
    add(
        "--targets",
        metavar="N",
        help="a rollout to so many targets, and what it costs; alone unless others are asked for",
    )
    add(
        "--fault",
        metavar="KIND",
        action="append",
        default=[],
        help="only this goes wrong, may be repeated: throttle, throttle-on, fail, fail-on, lose, lose-all, slow, late, "
        "unprocessed, conflict, or stop and expire for an execution",
    )
    add("--scenario", metavar="NAME", action="append", default=[], help="only this kind of rollout; may be repeated")
    add("--seed", metavar="S", help="which of all cases are taken; 0 by default")
    add("--case", metavar="ID", help="one case by itself, as a violation names it")
    add(
        "--plant",
        metavar="DEFECT",
        action="append",
        default=[],
        help="break the deployer on purpose, to see that it is noticed, such as unconditional-put; may be repeated",
    )
    add("--jobs", metavar="N", help="processes; as many as there are processors by default")
    return parser


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST):
        raise UsageError(f"--{name} is {text!r}, a whole number up to {MOST:,} was expected")
    return int(text)


def _wanted(asked: int | None, options: argparse.Namespace, default: int) -> int:
    """What nobody asked for is done by default, unless something else alone was asked for."""
    if options.case:
        return 0
    if asked is not None:
        return asked
    alone = any(getattr(options, name) is not None for name in ("executions", "race", "targets"))
    return 0 if alone else default


def _known(flag: str, given: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    names = tuple(known)
    for each in given:
        if each not in names:
            raise UsageError(f"{flag} {each}: there is no such", likely(each, names))
    return tuple(given)


def _see_that_it_is_installed() -> None:
    missing = [name for name in _EXTRAS if find_spec(name) is None]
    if missing:
        from stackgen.local.errors import LocalError

        extras = ",".join(sorted({_EXTRAS[name] for name in missing}))
        raise LocalError(
            f"a rehearsal needs {' and '.join(missing)}, which is not installed", f"pip install 'stackgen[{extras}]'"
        )


class _Progress:
    """One line that changes on a terminal; elsewhere a line at each tenth."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._changes = sys.stderr is not None and sys.stderr.isatty() and not console.ci and not console.quiet
        self._tenth = -1
        self._phase = ""
        self._width = 0

    def show(self, phase: str, done: int, of: int, further: str) -> None:
        line = f"{phase}: {done:,} of {of:,}{further}"
        if self._changes:
            sys.stderr.write(f"\r{line:<{self._width}}")
            sys.stderr.flush()
            self._width = len(line)
            return
        tenth = 10 * done // max(1, of)
        if (phase, tenth) != (self._phase, self._tenth):
            self._phase, self._tenth = phase, tenth
            self._console.tell(line)

    def end(self) -> None:
        if self._changes and self._width:
            sys.stderr.write(f"\r{'':<{self._width}}\r")
            sys.stderr.flush()


def _tell(console: Console, outcome: Told) -> None:
    if console.form == "json":
        console.json("multi-rehearsal", outcome.content())
        return
    console.say(outcome.verdict)
    for line in outcome.figures:
        console.say(f"  {line}")
    for violation in outcome.violations[:_SHOWN]:
        _show(console, violation)
    rest = sorted({each.case for each in outcome.violations[_SHOWN:]})
    if rest:
        console.say(
            f"  and in {', '.join(rest[:_SHOWN])}{f' and {len(rest) - _SHOWN} more' if len(rest) > _SHOWN else ''}"
        )
    if outcome.unmet:
        console.tell(f"{len(outcome.unmet)} faults were never met, such as {outcome.unmet[0]}")
    if outcome.violations:
        console.say(f"next: multi rehearse --case {outcome.violations[0].case}{outcome.again}")


def _show(console: Console, violation: Any | Violation) -> None:
    console.say(f"  {violation}")
    for line in violation.tail:
        console.detail(f"    {line}")
