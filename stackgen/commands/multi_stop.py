"""``multi stop``: end a rollout that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .asking import add_yes, confirm
from .forms import form_of
from .multi_words import add_build, add_environment, add_repository, environment_of, installation_of, parser_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

CLEAN_UP = (
    "clean-up now stops the StackSet operation, writes what became of each target and of the build, and gives the lock "
    "back; what was rolled out stays"
)


def run(console: Console, _: str, arguments: Sequence[str]) -> int:
    """Stop the execution of a build, after asking."""
    parser = parser_of(
        "stop",
        "End a rollout that runs, after asking. Targets that are being changed finish; the others are left as they "
        "are. The build has failed then, unless nothing was left, and multi retry --failed goes on with the rest.",
        "REPO",
    )
    add_repository(parser)
    add_environment(parser)
    add_build(parser, "the latest")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why; it is kept as the cause of the execution")
    add_yes(parser)
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating import builds, status

        env = environment_of(console, installation, options.repo)
        record = builds.chosen(installation, options.repo, env, options.build)
        name = f"build {record['SK']} of {record['repo']} in {env}"
        arn = status.execution_arn(installation, record)
        if builds.is_over(record) or not arn:
            why = f"has ended: {record['status']}" if builds.is_over(record) else "has no execution yet"
            stopped, verdict = False, f"0 stopped: {name} {why}"
        else:
            confirm(console, f"stop {name}? Targets that are being changed finish first", yes=options.yes)
            cause = f"stopped by {installation.caller() or 'an operator'}: {options.reason or 'no reason was given'}"
            stopped = status.stop(installation, arn, cause)
            verdict = f"1 stopped: {name}" if stopped else f"0 stopped: the execution of {name} had ended already"
    if console.form == "json":
        console.json("multi-stop", {"verdict": verdict, "stopped": int(stopped), "build": record["SK"]})
        return 0
    console.say(verdict)
    if stopped:
        console.say(f"  {CLEAN_UP}")
        console.say(f"next: multi status {record['repo']} -e {env} --build {record['SK']} --watch")
    return 0
