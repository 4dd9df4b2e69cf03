"""What the words of ``multi`` share: their options, the installation that they mean, and how they ask."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from stackgen.errors import MissingExtraError, UsageError

from .arguments import Parser
from .forms import in_help

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from stackgen.console import Console
    from stackgen.deployer.operating.installation import Installation

DEFAULT_INSTALLATION = "dev"


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
