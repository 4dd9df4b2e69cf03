"""The record of a backup that a command was told, and the account and region that it is of."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError

from .backup_make import folder_of
from .context import project_of
from .deploying import deployment_at, needs_boto3

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stackgen.console import Console
    from stackgen.deploy.backup_records import Record


def record_of(console: Console, options: argparse.Namespace) -> tuple[Path, Record]:
    """The record that is meant, and its file. Raises UsageError where -e or -r say another place than it does."""
    needs_boto3()
    from stackgen.deploy.backup_records import found, read

    path = found(options.record, folder_of(project_of(console), options.folder))
    record = read(path)
    for flag, asked, said in (
        ("-e", console.environments, record.environment),
        ("-r", console.regions, record.region),
    ):
        if any(each != said for each in asked):
            problem = f"{flag} {' '.join(asked)}: the record is of {record.place}, and belongs there"
            raise UsageError(problem, f"without {flag}, or with the record of another stack")
    return path, record


@contextmanager
def clients_of(console: Console, record: Record) -> Iterator[Callable[[str], Any]]:
    """Clients of its account and region. Raises WrongAccountError for the credentials of another account."""
    from stackgen.deploy.errors import WrongAccountError

    with deployment_at(console, record.template, record.environment, record.region) as deployment:
        (target,) = deployment.targets
        if target.account != record.account:
            problem = f"the record is of account {record.account}, and {target.env} is {target.account}"
            raise WrongAccountError(problem, "--profile NAME chooses other credentials")
        yield deployment.sessions.of(target)
