"""``stackgen COMMAND``: the table of commands, the switches that all share, and what an exit code means.

A command's module, its parser and all that it imports load only when it is chosen. An unchanged ``build``
or ``lint`` is answered before that.

Exit codes: 0 ok, also when there is nothing to do; 1 error; 2 usage; 3 changes, where they were asked for, or nobody
said yes; 4 findings; 5 failed and rolled back; 6 failed and needs a person; 7 locked; 8 partial success over many
targets; 130 interrupted.
"""

from __future__ import annotations

import os
import sys

from .console import SWITCHES, WITH_VALUE, Console
from .errors import FindingsError, OutputFileError, StackgenError, UsageError, likely

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

COMMANDS = {
    "apply": "carry a saved plan out, exactly so or not at all",
    "artifacts": "the buckets of templates that deployments made; deletes them",
    "backup": "back up what stacks hold; list, show and restore backups",
    "build": "write the templates of the stacks to the build folder",
    "config": "what holds for each deployment, and who said so",
    "cost": "USD a month of every resource, and what a change adds",
    "deploy": "plan, ask, carry out and follow a deployment",
    "destroy": "delete stacks, after a forecast of what goes and what stays",
    "diagnose": "why a stack's last operation failed, and what to do",
    "diff": "what changed between two builds, by resource and property",
    "drift": "what somebody changed beside the templates, in nested stacks too",
    "env": "environments of pull requests: make, list, extend, remove",
    "events": "what happened to a stack: as a list, a tree, a chart, or live",
    "explain": "what a code such as V201 means, and what to do",
    "graph": "a picture of the stacks, as Mermaid, DOT or SVG",
    "images": "container images that stacks need: built and pushed",
    "impact": "what a change replaces, loses, opens; where it will fail",
    "lint": "cfn-lint over the built templates, in every region",
    "list": "the stacks and the templates that they build",
    "local": "a stand-in for AWS on this machine, and deployments into it",
    "multi": "releases to many accounts and regions, and their deployer",
    "outputs": "what deployed stacks give out, one value for a script",
    "params": "the parameters of a deployment against its template",
    "permissions": "the actions that the deploying role needs, as policies",
    "plan": "what a deployment would change, by AWS and offline",
    "pr": "what workflows do with pull requests: gate, comments",
    "publish": "packages before a deployment, pages after it",
    "release": "what was deployed and works: recorded, listed",
    "report": "a change on one page for its reviewers, as Markdown or HTML",
    "rollback": "bring a stack back after a failure, or to an older version",
    "secrets": "passwords that stacks need: make them, renew them, delete them",
    "snapshots": "final snapshots of deleted databases, and those too old",
    "stackset": "one template in many accounts and regions, from here",
    "status": "how the deployed stacks stand, and whether they are up to date",
    "time": "how long a deployment takes, and what it waits for",
    "verify": "whether what is deployed works, by reading or by trying it",
}

HELP = """\
usage: python -m stackgen [options] COMMAND [arguments]

CloudFormation as typed Python classes, built into golden JSON.

commands:
{commands}

options, before or after the command:
  --config FILE        settings, instead of those of the nearest project
  -e, --env ENV        an environment of the project, or all; may be repeated
                       multi: what is deployed to, such as dev or prod
  -r, --region REGION  a region instead of the project's; may be repeated
                       local: where it deploys, instead of the project's first
                       multi: where the deployer is
  --profile PROFILE    of ~/.aws: whose credentials AWS is asked with
  --format FORMAT      text or json; reviews: md; report: html; lint: sarif,
                       junit; graph: mermaid, dot, svg; build --out: yaml
  -o, --output FILE    write the data there instead of to standard output
  -q, --quiet          no narration
  -v, --verbose        more narration, and tracebacks behind errors
  --no-color           no colour; so does NO_COLOR
  --ci                 no progress, no colour; so does CI=true
  -h, --help           this help, or that of a command
  --version            the version

exit codes: 0 ok, 1 error, 2 usage,
            3 changes (diff or plan --exit-code), or nobody said yes,
            4 findings, 5 failed and rolled back, 6 failed and needs a person,
            7 locked, 8 partial success over many targets, 130 interrupted
"""

_HELP = ("-h", "--help", "help")
_LOOKING = ("diagnose", "drift", "events", "outputs", "status", "verify")
_WITH_PROFILE = (
    "apply", "artifacts", "backup", "config", "cost", "deploy", "destroy", "env", "images", "multi", "params",
    "plan", "pr", "publish", "release", "rollback", "secrets", "snapshots", "stackset", "time", *_LOOKING,
)  # fmt: skip
_WITH_ENVIRONMENTS = (*_WITH_PROFILE, "graph", "impact", "permissions", "report")
_WITH_REGIONS = ("lint", "local", *_WITH_ENVIRONMENTS)
_STAND_IN = {"local", "rehearse"}
"""Words of the commands whose AWS runs here and ends with them."""


def run() -> NoReturn:
    """Entry point of the installed command: ``main`` with the process's arguments.

    The process ends at once: freeing a large build's memory piece by piece takes longer than comparing two.
    ``main`` has flushed the data, and whatever must be closed is closed by then.
    """
    code = main(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # it is None where the caller closed it
                stream.flush()
        except OSError:
            pass
    os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every refusal is printed here, its traceback with ``-v``."""
    console = Console()
    try:
        code = _repeated(arguments) if "build" in arguments or "lint" in arguments else None
        if code is None:
            options, rest = _shared(arguments)
            console = Console(**options)  # type: ignore[arg-type]  # one dict, filled by kind
            code = _answered(console, rest)
        code = _flushed(code)
    except StackgenError as error:
        code = _refused(console, error)
    except KeyboardInterrupt:
        is_online = "boto3" in sys.modules and _STAND_IN.isdisjoint(arguments)
        there = "; what was begun in AWS goes on there, and python -m stackgen status tells how it stands"
        console.tell(f"interrupted; no file is left half-written{there if is_online else ''}")
        code = 130
    except BrokenPipeError:  # the reader, such as head, had enough
        code = _unread(0)
    except SystemExit as left:  # argparse has printed the help of a command
        code = _flushed(int(left.code or 0))
    except PermissionError as error:
        where = (str(error.filename), 0) if error.filename else None
        code = _refused(console, OutputFileError(f"{error.strerror}", location=where), error)
    except Exception as error:  # noqa: BLE001  the last resort: a bug must not show as a traceback
        hint = "" if console.verbose else "this is a bug in stackgen; -v shows where"
        code = _refused(console, StackgenError(f"unexpected {type(error).__name__}: {error}", hint), error)
    return code


def _repeated(arguments: Sequence[str]) -> int | None:
    from .commands.unchanged import repeated

    return repeated(arguments)


def _answered(console: Console, rest: list[str]) -> int:
    """Run the command and write what it says, also where it then raises FindingsError."""
    try:
        code = _dispatch(console, rest)
    except FindingsError:
        if console.said:
            console.finish()
        raise
    console.finish()
    return code


def _flushed(code: int) -> int:
    """The exit code, when the data have reached their reader. Raises OutputFileError."""
    try:
        if sys.stdout is not None:  # it is None where the caller closed it
            sys.stdout.flush()
    except BrokenPipeError:
        return _unread(code)
    except OSError as error:
        _unread(code)
        raise OutputFileError(f"standard output cannot be written: {error.strerror}") from error
    return code


def _unread(code: int) -> int:
    """Let what is still buffered go nowhere, or Python would complain about it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _refused(console: Console, error: StackgenError, cause: BaseException | None = None) -> int:
    console.error(error)
    if console.verbose:
        import traceback

        traceback.print_exception(cause or error)
    return error.exit_code


def _shared(arguments: Sequence[str]) -> tuple[dict[str, object], list[str]]:
    """The switches that every command knows, and what is left; after ``--`` nothing is ours."""
    options: dict[str, object] = {}
    several: dict[str, list[str]] = {"regions": [], "environments": []}
    rest: list[str] = []
    pending = list(arguments)
    while pending:
        word = pending.pop(0)
        if word == "--":
            rest += [word, *pending]
            break
        name, equals, value = word.partition("=")
        if name in WITH_VALUE and (not equals or name.startswith("--")):
            if not equals:
                value = pending.pop(0) if pending else ""
            if not value or (value.startswith("-") and value != "-"):
                raise UsageError(f"{name} needs a value")
            if WITH_VALUE[name] in several:
                several[WITH_VALUE[name]].append(value)
            else:
                options[WITH_VALUE[name]] = value
        elif word in SWITCHES:
            options[SWITCHES[word]] = word != "--no-color"
        else:
            rest.append(word)
    return {**options, **{name: tuple(values) for name, values in several.items() if values}}, rest


def _dispatch(console: Console, rest: list[str]) -> int:
    word, further = rest[0] if rest else "", rest[1:]
    if word in _HELP and further:
        name = _known(further[0])
        _nothing(further[1:], f"{word} {name}")
        return _run(console, name, ["--help"])
    if not rest or word in _HELP:
        commands = "\n".join(f"  {name:<11} {text}" for name, text in COMMANDS.items())
        text = HELP.format(commands=commands).rstrip("\n")
        if rest:
            console.say(text)
            return 0
        print(text, file=sys.stderr)
        return 2
    if word in ("--version", "-V"):
        from . import __version__

        _nothing(further, word)
        console.say(f"stackgen {__version__}")
        return 0
    name = _known(word)
    if console.regions and name not in _WITH_REGIONS:
        takers = ", ".join(_WITH_REGIONS)
        raise UsageError(f"{name} takes no -r: it does the same for every region", f"these take -r: {takers}")
    if console.environments and name not in _WITH_ENVIRONMENTS:
        takers = ", ".join(sorted(_WITH_ENVIRONMENTS))
        raise UsageError(f"{name} takes no -e: it does the same for every environment", f"these take -e: {takers}")
    if console.profile is not None and name not in _WITH_PROFILE:
        takers = ", ".join(sorted(_WITH_PROFILE))
        raise UsageError(f"{name} takes no --profile: it asks AWS nothing", f"these take --profile: {takers}")
    return _run(console, name, further)


def _known(name: str) -> str:
    """The name of a command. Raises UsageError for any other word."""
    if name.startswith("-"):
        options = [*WITH_VALUE, *SWITCHES, "--help", "--version"]
        raise UsageError(f"unknown option {name}", likely(name.partition("=")[0], options))
    if name not in COMMANDS:
        raise UsageError(f"unknown command {name!r}", likely(name, COMMANDS), "python -m stackgen --help lists them")
    return name


def _nothing(further: list[str], word: str) -> None:
    if further:
        raise UsageError(f"{word} takes nothing further, and was given {' '.join(further)}")


def _run(console: Console, name: str, arguments: list[str]) -> int:
    from importlib import import_module

    command = import_module(f".commands.{name}", __package__)
    code: int = command.run(console, arguments)
    return code
