"""``multi targets``: where repositories are deployed to, and in which order of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError, likely

from .arguments import Parser
from .forms import form_of, in_help
from .multi_policy import add_whose, whose_of
from .multi_words import add_environment, installation_of, one_environment, parser_of
from .words import counted, dispatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.operating.installation import Installation
    from stackgen.deployer.operating.targets import Chain, Record

MOST_SHOWN = 20
"""Targets that are printed one by one, unless -v asks for all."""

WORDS = {
    "list": "the targets of a repository: in one environment, or from the first to the last",
    "set": "write a record of targets",
    "rm": "take a record away",
    "config": "read or say where releases go first",
}


def run(console: Console, _: str, arguments: Sequence[str]) -> int:
    """Hand on to the function of the second word."""
    parser = Parser(
        "multi targets",
        "Where repositories are deployed to. A record is for one repository, or with --default for every one that has "
        "none of its own, and for one environment (-e)." + in_help("text", "json"),
        "WORD ...",
    )
    names = parser.add_argument_group("words; each has a --help of its own")
    for name, text in WORDS.items():
        names.add_argument(name, nargs="?", help=text)
    known = dict(zip(WORDS, WORDS, strict=True))

    def chosen(console: Console, name: str, _: str, further: Sequence[str]) -> int:
        if name == "list":
            return _list(console, further)
        from . import multi_targets_writing as writing

        return {"set": writing.set_, "rm": writing.remove, "config": writing.config}[name](console, further)

    return dispatch(console, parser, known, arguments, chosen)


def _list(console: Console, arguments: Sequence[str]) -> int:
    parser = parser_of(
        "targets list",
        "The targets of a repository, its own or the default ones; without a repository the default ones. Without -e "
        "all environments, in the order in which releases are promoted.",
        "[REPO]",
    )
    parser.add_argument("word", metavar="REPO", nargs="?", help="the same as --repo REPO")
    add_whose(parser)
    add_environment(parser, "every one")
    options = parser.parsed(arguments)
    if options.word is not None and options.repo is None:
        options.repo = options.word
    form_of(console, "text", "json")
    repo, env = whose_of(options, needed=False), one_environment(console)
    with installation_of(console, options) as installation:
        if env is None:
            return _print_chain(console, installation, repo)
        return _print_one(console, installation, repo, env)


def _print_one(console: Console, installation: Installation, repo: str, env: str) -> int:
    from stackgen.deployer.handlers.keys import DEFAULT_REPO
    from stackgen.deployer.operating.installation import known
    from stackgen.deployer.operating.targets import effective, shown

    record = effective(installation, repo, env)
    if record is None:
        names = known(installation, env).of(repo)
        hint = likely(env, names) if names else ""
        raise UsageError(f"no targets for {shown(repo)} in {env}", hint, "multi targets set writes them")
    verdict = f"{shown(repo)} in {env}: {summary(record)}"
    if record.is_default and repo != DEFAULT_REPO:
        verdict += f"; these are the default ones, {repo} has none of its own"
    if console.form == "json":
        console.json("multi-targets", {"verdict": verdict, "repo": repo, "environments": [content(record)]})
        return 0
    console.say(verdict)
    say_record(console, record)
    return 0


def _print_chain(console: Console, installation: Installation, repo: str) -> int:
    from stackgen.deployer.handlers.keys import DEFAULT_REPO
    from stackgen.deployer.operating.targets import chain, shown

    found = chain(installation, repo)
    _warn_of(console, found)
    records = [*found.records, *found.apart]
    total = sum(len(record.pairs) for record in records)
    verdict = f"{shown(repo)}: {counted(total, 'target')} in {counted(len(records), 'environment')}"
    verdict += f"; releases go to {found.initial.env} first"
    if repo != DEFAULT_REPO and records and all(record.is_default for record in records):
        verdict += f"; all are default ones, {repo} has none of its own"
    if console.form == "json":
        console.json(
            "multi-targets",
            {
                "verdict": verdict,
                "repo": repo,
                "initial_env": found.initial.env,
                "initial_env_said_by": found.initial.said_by,
                "environments": [content(record) for record in records],
                "promotion": [record.env for record in found.records],
                "cycle": list(found.cycle),
                "missing": found.missing,
            },
        )
        return 0
    console.say(verdict)
    for record in records:
        whose = " (default)" if record.is_default and repo != DEFAULT_REPO else ""
        apart = "" if record in found.records else "; no environment leads here"
        console.say()
        console.say(f"{record.env}{whose}: {summary(record)}{apart}")
        say_record(console, record)
    return 0


def _warn_of(console: Console, found: Chain) -> None:
    if found.cycle:
        console.warn(f"promotion goes round in a circle: {' -> '.join(found.cycle)}")
    if found.missing and found.records:
        console.warn(f"{found.records[-1].env} leads to {found.missing}, which has no targets")
    elif found.missing:
        console.warn(f"releases go to {found.missing} first ({found.initial.said_by}), which has no targets")


def summary(record: Record) -> str:
    """How many pairs, and where a release goes from here."""
    accounts = {pair.account_id for pair in record.pairs}
    regions = {pair.region for pair in record.pairs}
    where = f"{counted(len(accounts), 'account')}, {counted(len(regions), 'region')}"
    text = f"{counted(len(record.pairs), 'target')} in {where}"
    return f"{text}; then {', '.join(record.downstream)}" if record.downstream else text


def say_record(console: Console, record: Record) -> None:
    """The pairs and the policy of a record, line by line."""
    pairs = record.pairs if console.verbose else record.pairs[:MOST_SHOWN]
    for pair in pairs:
        console.say(f"  {pair}")
    if len(record.pairs) > len(pairs):
        console.say(f"  ... {len(record.pairs) - len(pairs):,} more; -v shows all")
    for key, value in sorted(record.policy.items()):
        console.say(f"  policy {key}: {value}")


def content(record: Record) -> dict[str, Any]:
    """For programs."""
    return {
        "env": record.env,
        "is_default": record.is_default,
        "count": len(record.pairs),
        "targets": [pair.shown() for pair in record.pairs],
        "groups": list(record.groups),
        "downstream_env": list(record.downstream),
        "policy": record.policy,
    }
