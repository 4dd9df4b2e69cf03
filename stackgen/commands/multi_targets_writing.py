"""``multi targets set``, ``rm`` and ``config``: what changes the records of targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import UsageError

from .asking import add_yes, confirm
from .forms import form_of
from .multi_policy import add_policy, add_targets, add_whose, groups_of, policy_of, whose_of
from .multi_targets import content, say_record, summary
from .multi_words import add_environment, installation_of, one_environment, parser_of
from .words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.operating.installation import Installation
    from stackgen.deployer.operating.targets import Record


class _Wanted(NamedTuple):
    """What the words ask for; None where they say nothing."""

    repo: str
    env: str
    groups: list[dict[str, Any]] | None
    downstream: tuple[str, ...] | None
    policy: dict[str, Any] | None
    overwrite: bool


def set_(console: Console, arguments: Sequence[str]) -> int:
    """Write a record."""
    parser = parser_of(
        "targets set",
        "Write where a repository is deployed to in an environment. A record that is there is refused, unless "
        "--overwrite; then what is not given stays as it is.",
        "(--repo REPO | --default) -e ENV",
    )
    add_whose(parser)
    add_environment(parser, "none: it must be said")
    parser.add_argument("--overwrite", action="store_true", help="replace what is given of a record that is there")
    parser.add_argument(
        "--downstream-env", metavar="ENV,ENV...", help="where a release is promoted to from here; '' for nowhere"
    )
    add_targets(parser)
    add_policy(parser)
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    repo, env = whose_of(options), _environment(console, "set")
    downstream = _downstream(options.downstream_env, env)
    wanted = _Wanted(repo, env, groups_of(options), downstream, policy_of(options), options.overwrite)
    with installation_of(console, options) as installation:
        return _set(console, installation, wanted)


def _environment(console: Console, word: str) -> str:
    env = one_environment(console)
    if env is None:
        raise UsageError(f"targets {word} needs -e ENV: the environment that is deployed to")
    return env


def _downstream(text: str | None, env: str) -> tuple[str, ...] | None:
    from stackgen.deployer.operating.installation import check_name

    if text is None:
        return None
    names = tuple(check_name(name, "--downstream-env") for name in listed(text, "--downstream-env")) if text else ()
    if env in names:
        raise UsageError(f"--downstream-env {text}: {env} would be promoted to itself")
    return names


def _set(console: Console, installation: Installation, wanted: _Wanted) -> int:
    from stackgen.deployer.operating import targets

    before = None
    if wanted.overwrite:
        before = targets.find(installation, wanted.repo, wanted.env)
    if before is None and wanted.groups is None:
        raise UsageError("targets set needs --accounts and --regions, or --targets-json: where to?")
    old = before or targets.Record(wanted.repo, wanted.env, (), (), {})
    record = _checked(
        old._replace(
            groups=old.groups if wanted.groups is None else tuple(wanted.groups),
            downstream=old.downstream if wanted.downstream is None else wanted.downstream,
            policy=old.policy if wanted.policy is None else wanted.policy,
        )
    )
    targets.write(installation, record, overwrite=wanted.overwrite)
    chain = targets.chain(installation, wanted.repo)
    records = [*chain.records, *chain.apart]
    for doubt in targets.doubts(record, records):
        console.warn(doubt)
    if chain.cycle:
        console.warn(f"promotion goes round in a circle: {' -> '.join(chain.cycle)}")
    verdict = f"{targets.shown(record.repo)} in {record.env}: {summary(record)}"
    added, removed = set(record.pairs) - set(old.pairs), set(old.pairs) - set(record.pairs)
    if before is not None:
        verdict += f"; {len(added):,} new, {len(removed):,} removed"
    if removed:
        console.warn(
            f"{counted(len(removed), 'stack')} of removed targets stay where they are until a release with --prune"
        )
    if console.form == "json":
        changed = {"added": sorted(map(str, added)), "removed": sorted(map(str, removed))}
        console.json("multi-targets-set", {"verdict": verdict, "repo": record.repo, **content(record), **changed})
        return 0
    console.say(verdict)
    say_record(console, record)
    return 0


def _checked(record: Record) -> Record:
    """A record that the functions will take. Raises UsageError."""
    from stackgen.deploy.session import check_region
    from stackgen.deployer.handlers.errors import TargetsInvalid
    from stackgen.deployer.handlers.policy import Policy

    try:
        pairs, policy = record.pairs, Policy.read(record.policy)
    except TargetsInvalid as error:
        raise UsageError(str(error)) from error
    if not pairs:
        raise UsageError("targets set was given no target: each group needs an account and a region")
    for account in (account for wave in policy.waves for account in wave):
        if len(account) != 12 or not account.isdecimal():  # noqa: PLR2004  the length of every account id
            raise UsageError(f"policy: account {account!r} of the waves is not a text of 12 digits")
    for region in dict.fromkeys([*(pair.region for pair in pairs), *policy.region_order]):
        check_region(region, "region")
    return record


def remove(console: Console, arguments: Sequence[str]) -> int:
    """Take a record away."""
    parser = parser_of(
        "targets rm",
        "Take a record of targets away, after asking. The stacks stay where they are; the default targets, if any, "
        "hold from then on. That there is no such record is fine.",
        "(--repo REPO | --default) -e ENV",
    )
    add_whose(parser)
    add_environment(parser, "none: it must be said")
    add_yes(parser)
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    repo, env = whose_of(options), _environment(console, "rm")
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating import targets

        record = targets.find(installation, repo, env)
        where = f"{targets.shown(repo)} in {env}"
        count = len(record.pairs) if record else 0
        if record is None:
            verdict = f"0 removed: {where} has no record of targets"
        else:
            console.tell(f"{where} has {counted(count, 'target')}; its stacks stay where they are")
            confirm(console, f"take the record of {where} with {counted(count, 'target')} away?", yes=options.yes)
            targets.delete(installation, record)
            verdict = f"1 removed: the record of {where} with {counted(count, 'target')}"
        if console.form == "json":
            removed = int(record is not None)
            console.json("multi-targets-rm", {"verdict": verdict, "removed": removed, "targets": count})
        else:
            console.say(verdict)
    return 0


def config(console: Console, arguments: Sequence[str]) -> int:
    """Read or write the initial environment."""
    parser = parser_of(
        "targets config",
        "Where releases of a repository, or by default of all, go first. With --initial-env it is written.",
        "[--repo REPO | --default]",
    )
    add_whose(parser)
    parser.add_argument("--initial-env", metavar="ENV", help="write it; without this it is read")
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    repo = whose_of(options, needed=options.initial_env is not None)
    if console.environments:
        raise UsageError("targets config takes no -e: --initial-env ENV says where releases go first")
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating import targets
        from stackgen.deployer.operating.installation import check_name

        if options.initial_env is not None:
            targets.configure(installation, repo, check_name(options.initial_env, "--initial-env"))
        found = targets.initial(installation, repo)
        if targets.effective(installation, repo, found.env) is None:
            console.warn(f"{found.env} has no targets for {targets.shown(repo)} yet; multi targets set writes them")
        said = {"repo": "its own setting", "default": "the default setting", "built-in": "nobody says else"}
        verdict = f"releases of {targets.shown(repo)} go to {found.env} first ({said[found.said_by]})"
        if console.form == "json":
            told = {"repo": repo, "initial_env": found.env, "said_by": found.said_by}
            console.json("multi-targets-config", {"verdict": verdict, **told})
        else:
            console.say(verdict)
    return 0
