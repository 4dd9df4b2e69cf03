"""``verify``: whether what is deployed works: by reading, and with ``--invoke`` by trying it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import UsageError, likely

from .arguments import Parser
from .deploying import add_values
from .forms import form_of, in_help
from .looking import add_looked, looking
from .numbers import seconds
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deploy.polling import Pace
    from stackgen.deploy.verifying.checked import Checked
    from stackgen.project import Project

    from .looking import Looked

FORMS = ("text", "json")
FINDINGS = 4
WAIT = 120
DESCRIPTION = """\
Whether what is deployed works: the stacks are well, functions active, databases, tables and services there and ready,
alarms there and quiet, also those that roll deployments back. What is still being worked on is waited for.

This reads only. With --invoke what the project's settings name is tried too: functions are invoked, with items put into
tables before and objects looked for after, which are deleted again; addresses are asked, and requests in their order.

Exits with 4 where something is not as it should be.
"""


class Verified(NamedTuple):
    """One stack, and what came out."""

    looked: Looked
    checks: Sequence[Checked]
    left: Sequence[str]
    """What a trial could not take away again."""

    @property
    def wrong(self) -> list[Checked]:
        return [each for each in self.checks if not each.is_right]


def run(console: Console, arguments: Sequence[str]) -> int:
    """Check each stack in each region, and print what is wrong."""
    options = _parser().parsed(arguments)
    form = checked_form(console, options)
    with looking(console, options) as what:
        if options.base_url and len(what.looked) > 1:
            raise UsageError(
                f"--base-url is of one stack, and {len(what.looked)} are meant", "name one, with -e and -r"
            )
        told = [verified(console, what.project, each, options) for each in what.looked]
    return tell(console, form, told, options)


def checked_form(console: Console, options: argparse.Namespace) -> str:
    """How it is told. Raises UsageError, also for options that do not go together."""
    if (options.groups or options.base_url) and not options.invoke:
        raise UsageError("--group and --base-url say what is tried", "--invoke tries it")
    return form_of(console, *FORMS)


def tell(console: Console, form: str, told: Sequence[Verified], options: argparse.Namespace, of: str = "") -> int:
    """Print what came out; the exit code. *of* is the command whose word verify is."""
    first = _verdict(told)
    if form == "json":
        content = {"verdict": first, "invoked": options.invoke, "stacks": [_content(each) for each in told]}
        console.json(f"{of}verify", content)
    else:
        console.say(first)
        for each in told:
            for line in _lines(each, every=options.every):
                console.say(line)
    return FINDINGS if any(each.wrong for each in told) else 0


def _parser() -> Parser:
    parser = Parser("verify", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_looked(parser)
    add_checks(parser)
    return parser


def add_checks(parser: Parser) -> None:
    """The options that say what is checked and how it is shown."""
    add_values(parser)
    add = parser.add_argument
    add("--invoke", action="store_true", help="also try what the settings name: functions, addresses, requests")
    text = "with --invoke: the requests of this group too; may be repeated"
    add("--group", dest="groups", metavar="NAME", action="append", default=[], help=text)
    add(
        "--base-url",
        metavar="URL",
        default="",
        help="with --invoke: where requests go, instead of the settings' base_url",
    )
    add("--all", dest="every", action="store_true", help="show what is right too")
    text = f"how long to wait for what is being worked on; {WAIT} by default"
    add("--wait", metavar="SECONDS", type=seconds, default=WAIT, help=text)


def verified(console: Console, project: Project, looked: Looked, options: argparse.Namespace) -> Verified:
    """Check one stack, and try what the settings name if that is asked for."""
    from stackgen.deploy import stacks
    from stackgen.deploy.verifying.looking import checked, missing

    cloudformation = looked.client("cloudformation")
    state = stacks.find(looked.target.stack_name, cloudformation)
    if state is None:
        return Verified(looked, [missing(looked.target)], [])
    pace = _pace(options)
    tree = stacks.tree(state, cloudformation)
    checks = checked(tree, looked.target, looked.client, pace, options.wait)
    left: list[str] = []
    if options.invoke:
        found = _tried(console, project, looked, {**state.parameters, **state.outputs}, options)
        checks += found.checks
        left += found.left
    return Verified(looked, checks, left)


def _tried(
    console: Console, project: Project, looked: Looked, words: Mapping[str, str], options: argparse.Namespace
) -> Verified:
    """What the settings want to see done with one stack; functions that tidy up come last, whatever was before."""
    from secrets import token_hex
    from uuid import uuid4

    from stackgen.deploy.executor import Performer
    from stackgen.deploy.verifying.addresses import asked
    from stackgen.deploy.verifying.requests import Requests
    from stackgen.deploy.verifying.settings import trials_of
    from stackgen.deploy.verifying.trying import Trying

    target, pace = looked.target, _pace(options)
    own = {"env": target.env, "region": target.region, "account": target.account, "id": uuid4().hex,
           "secret": token_hex(16), "in_an_hour": str(int(pace.now()) + 3_600)}  # fmt: skip
    trials = trials_of(project, target.template, {**words, **own}, options.base_url)
    if not any(trials):
        console.warn(f"{target.place}: the settings name nothing to try, [tool.stackgen.stack.NAME.verify] does")
    known = {each.group for each in trials.requests if each.group}
    if unknown := [each for each in options.groups if each not in known]:
        raise UsageError(f"no request of {target.template} is in the group {unknown[0]!r}", likely(unknown[0], known))
    performer = Performer(looked.client, lambda action: console.detail(f"{target.region}: {action.why}"))
    trying = Trying(looked.client, performer, looked.hiding, pace)
    requests = Requests(pace, {own["secret"]})
    checks: list[Checked] = []
    try:
        checks += [check for each in trials.invocations if not each.after for check in trying.tried(each)]
        checks += [asked(each) for each in trials.addresses]
        checks += [requests.asked(each) for each in trials.requests if each.group in ("", *options.groups)]
    finally:
        checks += [check for each in trials.invocations if each.after for check in trying.tried(each)]
    return Verified(looked, checks, trying.left)


def _pace(options: argparse.Namespace) -> Pace:
    from stackgen.deploy.polling import Pace

    return Pace(interval=min(5.0, max(options.wait / 10, 0.1)))


def _verdict(told: Sequence[Verified]) -> str:
    """``2 stacks: 84 checks, 83 right, 1 wrong``."""
    total, wrong = sum(len(each.checks) for each in told), sum(len(each.wrong) for each in told)
    return f"{counted(len(told), 'stack')}: {counted(total, 'check')}, {total - wrong:,} right, {wrong:,} wrong"


def _lines(each: Verified, *, every: bool) -> Iterator[str]:
    total, wrong = len(each.checks), len(each.wrong)
    yield ""
    yield f"{each.looked.target.place}: " + (f"{wrong:,} of {total:,} checks wrong" if wrong else f"{total:,} right")
    for check in each.checks:
        if every or not check.is_right:
            word, kind = "right" if check.is_right else "WRONG", check.type.removeprefix("AWS::")
            yield f"  {word}  {check.path} ({kind}): {each.looked.hiding.text(check.said)}"
        if check.remedy:
            yield f"         next: {check.remedy}"
    for line in each.left:
        yield f"  {line}"


def _content(each: Verified) -> dict[str, Any]:
    target = each.looked.target
    return {
        "stack": target.stack_name,
        "account": target.account,
        "region": target.region,
        "environment": target.env,
        "right": not each.wrong,
        "checks": [
            {
                "path": check.path,
                "type": check.type,
                "right": check.is_right,
                "said": each.looked.hiding.text(check.said),
                "next_step": check.remedy,
            }
            for check in each.checks
        ],
        "left": list(each.left),
    }
