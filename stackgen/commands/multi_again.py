"""``multi redeploy``, ``promote`` and ``retry``: a release that was built before, once more or further on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import UsageError, likely

from .forms import form_of
from .multi_starting import add_starting, begin
from .multi_words import add_build, add_environment, add_repository, environment_of, installation_of, parser_of
from .numbers import seconds_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.operating.installation import Installation
    from stackgen.deployer.operating.starting import Wanted

HELP = {
    "redeploy": "Roll a release out once more, to all targets of its environment, after asking: a new build, of the "
    "very template of the old one. With --build of an older build it is the way back.",
    "promote": "Roll a release that succeeded out in the environments downstream of its own, after asking: one new "
    "build for each. multi targets set --downstream-env says which they are.",
    "retry": "Roll the release of a failed build out once more, after asking, to exactly the targets that failed in it "
    "or were not attempted. What succeeded is left alone.",
}


def run(console: Console, word: str, arguments: Sequence[str]) -> int:
    """Read a build, and start others like it."""
    parser = parser_of(word, HELP[word], "REPO --failed" if word == "retry" else "REPO")
    add_repository(parser)
    add_environment(parser)
    add_build(parser, "the last that succeeded" if word == "promote" else "the latest")
    if word == "retry":
        parser.add_argument("--failed", action="store_true", help="what failed: it must be said")
    if word == "promote":
        parser.add_argument("--to", metavar="ENV", help="only to this one of the downstream environments")
    if word == "redeploy":
        parser.add_argument("--prune", action="store_true", help="also delete the stacks of what is no target any more")
    add_starting(parser)
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    seconds_of(options.every)
    if word == "retry" and not options.failed:
        raise UsageError(
            "retry needs --failed: it goes to exactly the targets that failed", "multi redeploy goes to all of them"
        )
    with installation_of(console, options) as installation:
        env = environment_of(console, installation, options.repo)
        function = {"redeploy": _redeployed, "promote": _promoted, "retry": _retried}[word]
        how = {"redeploy": "roll out once more", "promote": "promote", "retry": "retry"}[word]
        return begin(console, installation, options, function(console, installation, options, env), how)


def _redeployed(console: Console, installation: Installation, options: argparse.Namespace, env: str) -> list[Wanted]:
    from stackgen.deployer.operating import builds, starting

    record = builds.chosen(installation, options.repo, env, options.build)
    console.tell(f"build {record['SK']} of {record.get('version')} is {record['status']}")
    return [starting.wanted(installation, env, record, prune=options.prune, redeploy_of=record["SK"])]


def _promoted(console: Console, installation: Installation, options: argparse.Namespace, env: str) -> list[Wanted]:
    from stackgen.deployer.operating import builds, starting

    if options.build is None:
        record = builds.good(installation, options.repo, env)
    else:
        record = builds.named(installation, options.repo, env, options.build)
    if record["status"] != "SUCCESS":
        raise UsageError(
            f"build {record['SK']} of {options.repo} in {env} is {record['status']}: "
            "only one that succeeded is promoted"
        )
    further = starting.downstream(installation, options.repo, env)
    if options.to is not None:
        if options.to not in further:
            raise UsageError(f"--to {options.to} is not downstream of {env}", likely(options.to, further))
        further = (options.to,)
    console.tell(f"build {record['SK']} of {env} is {record.get('version')}")
    return [starting.wanted(installation, each, record, promoted_from=record["SK"]) for each in further]


def _retried(console: Console, installation: Installation, options: argparse.Namespace, env: str) -> list[Wanted]:
    from stackgen.deployer.operating import builds, starting

    record = builds.chosen(installation, options.repo, env, options.build)
    failed = starting.failed_pairs(installation, record)
    newest = builds.latest(installation, options.repo, env)
    if newest["SK"] != record["SK"]:
        console.warn(
            f"build {newest['SK']} ({newest.get('version')}, {newest['status']}) is newer: "
            f"the failed targets would get {record.get('version')}"
        )
    wanted = starting.wanted(installation, env, record, retry_of=record["SK"])
    return [wanted._replace(targets=failed)]
