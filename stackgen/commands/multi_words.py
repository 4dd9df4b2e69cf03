"""What the words of ``multi`` share: their options, the installation that they mean, and how they ask."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from stackgen.errors import DeclinedError, MissingExtraError, UsageError, likely

from .arguments import Parser
from .forms import in_help

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deployer.operating.installation import Installation

DEFAULT_INSTALLATION = "dev"


def dispatch(
    console: Console,
    parser: Parser,
    words: Mapping[str, str],
    arguments: Sequence[str],
    run: Callable[[Console, str, str, Sequence[str]], int],
) -> int:
    """Run what the first word means; without one its help goes to stderr. Raises UsageError for another word."""
    word, further = (arguments[0], arguments[1:]) if arguments else ("", ())
    if word in ("-h", "--help"):
        parser.print_help()
        return 0
    name = parser.prog.removeprefix("python -m stackgen ")
    if word in words:
        return run(console, words[word], word, further)
    if word:
        raise UsageError(f"{name}: unknown word {word!r}", likely(word, words), f"{parser.prog} --help lists them")
    parser.print_help(sys.stderr)
    return 2


def parser_of(word: str, description: str, words: str, *forms: str) -> Parser:
    """A parser of one word, with the options that all words share."""
    parser = Parser(f"multi {word}", description + in_help(*(forms or ("text", "json"))), f"{words} ...".strip())
    add_shared(parser)
    return parser


def add_shared(parser: Parser) -> None:
    group = parser.add_argument_group("which deployer, beside -r REGION and --profile PROFILE")
    group.add_argument(
        "--installation",
        metavar="ENV",
        default=DEFAULT_INSTALLATION,
        help=f"the deployer's own environment, the parameter Env of its stack; {DEFAULT_INSTALLATION} by default",
    )
    group.add_argument(
        "--double-hyphen",
        action="store_true",
        help="its tables' names have two hyphens before the last word: the parameter TableNameSeparator of its stack",
    )


def add_environment(parser: Parser, default: str = "where releases of the repository go first") -> None:
    """Show ``-e``, which all commands share, where it means something of its own; it never arrives here."""
    group = parser.add_argument_group("which environment")
    group.add_argument("-e", "--env", metavar="ENV", help=f"the environment that is deployed to; by default {default}")


def add_repository(parser: Parser, text: str = "the repository, by its last name: shop of acme/shop") -> None:
    parser.add_argument("repo", metavar="REPO", help=text)


def add_build(parser: Parser, default: str) -> None:
    parser.add_argument("--build", metavar="SK", help=f"the 27 characters that name a build; by default {default}")


def add_yes(parser: Parser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask; without a terminal nothing is done else")


def one_environment(console: Console) -> str | None:
    """What ``-e`` says, if anything. Raises UsageError for several."""
    from stackgen.deployer.operating.installation import check_name

    if len(console.environments) > 1:
        raise UsageError(f"multi takes one -e, and was given {' and '.join(console.environments)}")
    return check_name(console.environments[0], "-e") if console.environments else None


def environment_of(console: Console, installation: Installation, repo: str) -> str:
    """The environment that ``-e`` says, or where releases of the repository go first; the latter is told."""
    from stackgen.deployer.operating.installation import check_name
    from stackgen.deployer.operating.targets import initial

    check_name(repo, "REPO")
    env = one_environment(console)
    if env is None:
        env = initial(installation, repo).env
        console.detail(f"no -e: {env}, where releases of {repo} go first")
    return env


@contextmanager
def installation_of(console: Console, options: argparse.Namespace) -> Iterator[Installation]:
    """The installation that the options mean; what AWS refuses inside is told as an error of ours."""
    if find_spec("boto3") is None:
        raise MissingExtraError(
            "talking to AWS needs boto3", "install the extra deploy: pip install 'stackgen[deploy]'"
        )
    from stackgen.deploy.session import check_region, client
    from stackgen.deployer.operating.installation import Installation, check_name
    from stackgen.deployer.operating.refusals import told

    check_name(options.installation, "--installation")
    if len(console.regions) > 1:
        raise UsageError(f"multi takes one -r, and was given {' and '.join(console.regions)}")
    region = console.regions[0] if console.regions else None
    if region is not None:
        check_region(region, "-r")

    def connect(service: str, region: str | None, credentials: Mapping[str, str] | None = None) -> Any:
        return client(service, region, console.profile, credentials)

    installation = Installation.of(options.installation, "--" if options.double_hyphen else "-", connect, region)
    try:
        yield installation
    except Exception as error:
        ours = told(error, installation)
        if ours is None:
            raise
        raise ours from error


def confirm(console: Console, question: str, *, yes: bool) -> None:
    """Go on if somebody says yes. Raises DeclinedError, also where there is nobody to ask."""
    if yes:
        return
    if console.ci or sys.stdin is None or not sys.stdin.isatty():
        raise DeclinedError(f"nobody to ask: {question}", "--yes answers it")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip().casefold()
    if answer not in ("y", "yes"):
        raise DeclinedError("nothing was done")


def counted(number: int, noun: str) -> str:
    """``1 target``, ``1,200 targets``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def span(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3 h 5 min``, ``2 days``."""
    minutes, hours = int(seconds) // 60, int(seconds) // 3600
    if minutes < 1:
        return f"{max(int(seconds), 0)} s"
    if hours < 1:
        return f"{minutes} min"
    if hours < 48:  # noqa: PLR2004  two days
        return f"{hours} h {minutes % 60} min"
    return f"{hours // 24} days"


def table(console: Console, rows: Sequence[Sequence[str]], indent: str = "  ") -> None:
    """Rows whose columns stand below each other."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        console.say(f"{indent}{line}".rstrip())


def listed(text: str, what: str) -> list[str]:
    """The parts of ``a,b``. Raises UsageError where one is empty."""
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise UsageError(f"{what} {text!r}: names with commas between them were expected")
    return parts
