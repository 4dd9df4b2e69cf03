"""``multi apply``: start the rollout of a release, from the artifact bucket or from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError

from .asking import confirm
from .forms import form_of
from .multi_starting import add_starting, begin, tell
from .multi_words import add_environment, add_repository, environment_of, installation_of, parser_of
from .numbers import seconds_of
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.operating.installation import Installation


def run(console: Console, _: str, arguments: Sequence[str]) -> int:
    """Write the record of a build, or upload a release whose arrival makes one."""
    parser = parser_of(
        "apply",
        "Start the rollout of a release, after asking. Targets must be configured, and no build may be running. "
        "--s3-key names a release that is in the artifact bucket: only the record of a build is written. --folder "
        "uploads one, cloudformation-params.json last, whose arrival makes the build.",
        "REPO (--s3-key KEY | --folder DIR)",
    )
    add_repository(parser)
    add_environment(parser)
    add = parser.add_argument_group("the release").add_argument
    add("--s3-key", metavar="KEY", help="where it is in the bucket: REPO/BRANCH/N.HASH")
    add("--folder", metavar="DIR", help="a folder with cloudformation.template, and files of parameters if any")
    add("--version", metavar="N.HASH", help="number of the CI build and commit; of --s3-key unless given")
    add("--branch", metavar="B", help="its branch; of --s3-key unless given")
    add("--bucket", metavar="NAME", help="the artifact bucket; by default that of the installation")
    add("--prune", action="store_true", help="also delete the stacks of what is no target any more")
    add_starting(parser)
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    seconds_of(options.every)
    if (options.s3_key is None) == (options.folder is None):
        raise UsageError("apply needs one of --s3-key KEY and --folder DIR: which release?")
    if options.folder is not None and options.prune:
        raise UsageError(
            "--prune goes with --s3-key: with --folder the arrival of the release starts the build, without it",
            "multi redeploy --prune deletes what is no target any more afterwards",
        )
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating.uploading import bucket_of, release_of

        env = environment_of(console, installation, options.repo)
        release = release_of(options.repo, options.s3_key, options.version, options.branch)
        whole = {**release, "s3_bucket": bucket_of(installation, options.bucket)}
        if options.folder is not None:
            return _uploaded(console, installation, options, env, whole)
        return _recorded(console, installation, options, env, whole)


def _recorded(
    console: Console, installation: Installation, options: argparse.Namespace, env: str, release: dict[str, Any]
) -> int:
    from stackgen.deployer.operating.starting import wanted
    from stackgen.deployer.operating.uploading import see_that_it_is_there

    new = wanted(installation, env, release, prune=options.prune)
    see_that_it_is_there(installation, release["s3_bucket"], release["s3_key"])
    return begin(console, installation, options, [new], "roll out")


def _uploaded(
    console: Console, installation: Installation, options: argparse.Namespace, env: str, release: dict[str, Any]
) -> int:
    from stackgen.deployer.handlers.releases import MARKER
    from stackgen.deployer.operating import builds, starting, uploading
    from stackgen.deployer.operating.targets import initial

    first = initial(installation, options.repo).env
    if env != first:
        raise UsageError(
            f"-e {env}: a release that arrives goes to {first} first",
            f"leave -e away, and then: multi promote {options.repo} -e {first}",
            "or upload it, and name it with --s3-key",
        )
    new = starting.wanted(installation, env, release)
    folder = uploading.folder_of(Path(options.folder))
    if folder.marker is None:
        console.tell(f"no {MARKER} in {options.folder}: an empty one is uploaded, which starts the build")
    if not options.queue:
        starting.see_that_none_runs(installation, options.repo, env)
    count = counted(len(folder.files) + 1, "file")
    where = f"s3://{release['s3_bucket']}/{release['s3_key']}/"
    question = f"upload {count} to {where}, and roll them out to {counted(new.targets, 'target')} in {env}?"
    confirm(console, question, yes=options.yes)
    newest = builds.recent(installation, options.repo, env, 1)
    uploading.upload(installation, release["s3_bucket"], release["s3_key"], folder)
    console.tell(f"uploaded {count} to {where}; waiting for the build")
    record = uploading.appeared(
        installation, options.repo, env, release["s3_key"], str(newest[0]["SK"]) if newest else ""
    )
    return tell(console, installation, options, [record], [new.targets])
