"""``destroy``: delete stacks, after a forecast of what goes, what stays and what would fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL, DeclinedError

from .arguments import Parser
from .asking import add_yes
from .backup import add_folder
from .deploying import add_stacks, deployment_of
from .forms import form_of, in_help
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.targets import Target

DESCRIPTION = """\
Delete stacks with all stacks nested in them. First it is said what goes, what stays because of its DeletionPolicy, of
what a last snapshot is taken, and what would make the deletion fail: where something would, nothing is begun. Tables
and databases that go are backed up. Then the name of the stack has to be typed. The secrets that secrets put has made
for it stay, and are named; --purge-data deletes them when it is gone.

Exit codes: 0 it is gone, or was already; 4 it would fail, nothing was begun; 6 it failed half-way; 7 an operation runs.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Each stack after the other, up to the first that fails; 8 where some are gone and one is not."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json")
    told: list[dict[str, Any]] = []
    with deployment_of(console, options, as_it_stands=True) as deployment:
        from .destroy_one import Destroying, refuse_protected

        if not options.forecast and not options.unprotect:
            refuse_protected(deployment)
        for target in deployment.targets:
            try:
                told.append(Destroying(console, deployment, target, options).run())
            except DeclinedError as error:
                if not told:
                    raise
                told.append(_declined(target, error))
            if told[-1]["exit_code"]:
                break
        left = len(deployment.targets) - len(told)
    if form == "json":
        console.json("destroy", {"forecast_only": options.forecast, "stacks": told, "not_begun": left})
    else:
        _print(console, told, left, is_forecast=options.forecast)
    code: int = told[-1]["exit_code"]
    return PARTIAL if code and len(told) > 1 else code


def _parser() -> Parser:
    parser = Parser("destroy", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_stacks(parser)
    add = parser.add_argument
    add("--forecast", action="store_true", help="only say what would happen")
    text = "empty buckets and repositories that go, with every version and image, and delete its secrets, for good"
    add("--purge-data", action="store_true", help=text)
    add("--no-backup", action="store_true", help="make no backup of the tables and databases that go")
    add("--unprotect", action="store_true", help="take the termination protection away before")
    text = "what could not be deleted and is left behind, outside of any stack; may be repeated"
    add("--leave", action="append", default=[], metavar="PATH", help=text)
    add_folder(parser)
    add_yes(parser)
    return parser


def _declined(target: Target, error: DeclinedError) -> dict[str, Any]:
    """What was not begun, after others are gone."""
    return {
        "stack": target.stack_name, "account": target.account, "region": target.region,
        "outcome": f"not deleted: {error.message}", "exit_code": error.exit_code, "lines": error.hints,
    }  # fmt: skip


def _print(console: Console, told: Sequence[dict[str, Any]], left: int, *, is_forecast: bool) -> None:
    if is_forecast:
        resources = [each for stack in told for each in stack.get("resources", [])]
        fates = [each["fate"] for each in resources if each["type"] != "AWS::CloudFormation::Stack"]
        counts = ", ".join(f"{fates.count(fate):,} {fate}" for fate in ("deleted", "retained", "snapshot", "will fail"))
        protected = sum(bool(stack.get("protected")) for stack in told)
        refused = f", {counted(protected, 'stack')} protected from deletion" if protected else ""
        console.say(f"{counted(len(told) - protected, 'stack')} would be deleted{refused}: {counts}")
    else:
        gone = sum(not each["exit_code"] for each in told)
        console.say(f"{counted(gone, 'stack')} gone, {len(told) - gone} not, {left} not begun")
    for each in told:
        console.say(f"{each['stack']} in {each['account']}/{each['region']}: {each['outcome']}")
        for line in each["lines"]:
            console.say(f"  {line}")
