"""What the words of ``multi`` that start builds share: asking, writing them, following them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .asking import add_yes, confirm
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.operating.installation import Installation
    from stackgen.deployer.operating.starting import Wanted

    from .arguments import Parser


def add_starting(parser: Parser) -> None:
    """The options that all of them have."""
    parser.add_argument("--queue", action="store_true", help="also while another build runs; it waits for the lock")
    parser.add_argument("--follow", action="store_true", help="watch it until it ends, and exit as it ended")
    parser.add_argument("--every", metavar="SECONDS", default="5", help="how often --follow looks; 5 by default")
    add_yes(parser)


def begin(
    console: Console, installation: Installation, options: argparse.Namespace, wanted: Sequence[Wanted], how: str
) -> int:
    """Ask once, write all builds or none that may not start, and follow them if that is wanted."""
    from stackgen.deployer.operating import starting

    if not options.queue:
        for each in wanted:
            starting.see_that_none_runs(installation, str(each.record["repo"]), each.env)
    confirm(console, f"{how} {' and '.join(map(_shown, wanted))}?", yes=options.yes)
    started = [starting.start(installation, each) for each in wanted]
    return tell(console, installation, options, started, [each.targets for each in wanted])


def _shown(wanted: Wanted) -> str:
    record = wanted.record
    prunes = ", and delete what is no target any more," if record.get("prune") else ""
    return f"{record['version']} of {record['repo']}{prunes} to {counted(wanted.targets, 'target')} in {record['env']}"


def tell(
    console: Console,
    installation: Installation,
    options: argparse.Namespace,
    started: Sequence[dict[str, Any]],
    targets: Sequence[int],
) -> int:
    """Say what was started; with ``--follow`` how it ended."""
    from .multi_status import shown, watched
    from .numbers import seconds_of

    verdict = f"{counted(len(started), 'build')} started: " + ", ".join(
        f"{record['SK']} of {record['repo']} to {counted(count, 'target')} in {record['env']}"
        for record, count in zip(started, targets, strict=True)
    )
    if options.follow:
        from stackgen.deployer.operating.status import read

        console.tell(verdict)
        every = seconds_of(options.every)
        return max(shown(console, watched(console, installation, read(installation, each), every)) for each in started)
    if console.form == "json":
        told = [
            {name: each for name, each in {"sk": record["SK"], **record}.items() if name not in ("PK", "SK")}
            for record in started
        ]
        console.json("multi-started", {"verdict": verdict, "builds": told})
        return 0
    console.say(verdict)
    for record in started:
        console.say(f"next: multi status {record['repo']} -e {record['env']} --build {record['SK']} --watch")
    return 0
