"""``stackgen COMMAND``: the table of commands, the switches that all share, and what an exit code means.

A command's module, its parser and all that it imports load only when it is chosen. An unchanged ``build`` is answered before that.

Exit codes: 0 ok, also when there is nothing to do; 1 error; 2 usage; 4 findings; 130 interrupted.
"""

from __future__ import annotations

import os
import sys

from .console import Console
from .errors import StackgenError, UsageError, likely

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

COMMANDS = {
    "build": "write the templates of the stacks to the build folder",
    "lint": "check the built templates with cfn-lint, in every region of the project",
    "list": "the stacks and the templates that they build",
}

HELP = """\
usage: python -m stackgen [options] COMMAND [arguments]

CloudFormation as typed Python classes, built into golden JSON.

commands:
{commands}

options, before or after the command:
  --config FILE        settings, instead of the nearest pyproject.toml or stackgen.toml
  -r, --region REGION  a region instead of the project's; may be repeated
  --format FORMAT      text or json (build --format yaml writes YAML)
  -o, --output FILE    write the data there instead of to standard output
  -q, --quiet          no narration
  -v, --verbose        more narration, and tracebacks behind errors
  --no-color           no colour; so does NO_COLOR
  --ci                 no progress, no colour; so does CI=true
  -h, --help           this help, or that of a command
  --version            the version

exit codes: 0 ok, 1 error, 2 usage, 4 findings, 130 interrupted
"""

_WITH_VALUE = {"--config": "config", "-r": "regions", "--region": "regions", "--format": "form", "-o": "output",
               "--output": "output"}  # fmt: skip
_SWITCHES = {"-q": "quiet", "--quiet": "quiet", "-v": "verbose", "--verbose": "verbose", "--no-color": "color",
             "--ci": "ci"}  # fmt: skip


def run() -> NoReturn:
    """Entry point of the installed command: ``main`` with the process's arguments."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every refusal is printed here, never a traceback without ``-v``."""
    if list(arguments) == ["build"]:
        from .inputs import summary_if_unchanged

        summary = summary_if_unchanged(os.getcwd())  # noqa: PTH109  pathlib would cost more than the answer
        if summary is not None:
            print(summary)
            return 0
    console = Console()
    try:
        options, rest = _shared(arguments)
        console = Console(**options)  # type: ignore[arg-type]  # one dict for all switches; _shared() fills it by kind
        code = _dispatch(console, rest)
        console.finish()
        sys.stdout.flush()
    except StackgenError as error:
        return _refused(console, error)
    except KeyboardInterrupt:
        console.tell("interrupted: every file is whole, old or new")
        return 130
    except BrokenPipeError:  # the reader, such as head, had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  the last resort: a bug must not show as a traceback
        hint = "this is a bug in stackgen; -v shows where" if not console.verbose else ""
        return _refused(console, StackgenError(f"unexpected {type(error).__name__}: {error}", hint, location=None), error)
    else:
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
    regions: list[str] = []
    rest: list[str] = []
    pending = list(arguments)
    while pending:
        word = pending.pop(0)
        if word == "--":
            rest += [word, *pending]
            break
        name, equals, value = word.partition("=")
        if name in _WITH_VALUE and (not equals or name.startswith("--")):
            if not equals:
                if not pending:
                    raise UsageError(f"{word} needs a value")
                value = pending.pop(0)
            if _WITH_VALUE[name] == "regions":
                regions.append(value)
            else:
                options[_WITH_VALUE[name]] = value
        elif word in _SWITCHES:
            options[_SWITCHES[word]] = word != "--no-color"
        else:
            rest.append(word)
    return {**options, "regions": tuple(regions)}, rest


def _dispatch(console: Console, rest: list[str]) -> int:
    if not rest or rest[0] in ("-h", "--help", "help"):
        commands = "\n".join(f"  {name:<8} {text}" for name, text in COMMANDS.items())
        text = HELP.format(commands=commands).rstrip("\n")
        if rest:
            console.say(text)
            return 0
        print(text, file=sys.stderr)
        return 2
    if rest[0] in ("--version", "-V"):
        from . import __version__

        console.say(f"stackgen {__version__}")
        return 0
    name = rest[0]
    if name.startswith("-"):
        raise UsageError(f"unknown option {name}", likely(name, [*_WITH_VALUE, *_SWITCHES, "--help", "--version"]))
    if name not in COMMANDS:
        raise UsageError(f"unknown command {name!r}", likely(name, COMMANDS), "python -m stackgen --help lists them")
    from importlib import import_module

    command = import_module(f".commands.{name}", __package__)
    code: int = command.run(console, rest[1:])
    return code
