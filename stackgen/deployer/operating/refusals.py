"""What AWS refuses while the deployer is operated: beside what is refused anywhere, that it is not deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deploy import refusals
from stackgen.deploy.refusals import RefusedByAwsError
from stackgen.deployer.handlers.errors import DeployerError
from stackgen.deployer.handlers.refusals import code_of
from stackgen.errors import StackgenError, likely

from .installation import PREFIX

if TYPE_CHECKING:
    from stackgen.deploy.refusals import Asked

    from .installation import Installation

__all__ = ["NotDeployedError", "RefusedByAwsError", "told"]


class NotDeployedError(StackgenError):
    """The tables of the installation are not there."""


def told(error: BaseException, installation: Installation) -> StackgenError | None:
    """The error for a person; None where it is none of AWS's or of the handlers', but a mistake of ours."""
    asked = installation.clients.asked
    if isinstance(error, DeployerError):
        return RefusedByAwsError(str(error))
    if asked is not None and code_of(error) == "ResourceNotFoundException" and asked.subject.startswith("table "):
        return _not_deployed(asked, installation)
    return refusals.told(error, asked)


def _not_deployed(asked: Asked, installation: Installation) -> StackgenError:
    env = installation.settings.env
    try:
        where = f"{installation.account()}/{installation.region}"
        others = _installations(installation)
    except (ClientError, BotoCoreError):
        where, others = installation.region, []
    hint = f"there are others: {', '.join(others)}; " if others else ""
    close = likely(env, others) if others else ""
    return NotDeployedError(
        f"the installation {env} is not deployed in {where}: there is no {asked.subject}",
        close if close.startswith("did you mean") else hint + "--installation names another, -r another region",
        "python -m stackgen multi setup says what is deployed where",
    )


def _installations(installation: Installation) -> list[str]:
    """The installations whose tables are in this account and region."""
    end = installation.table("builds").removeprefix(installation.settings.env)
    pages = installation.clients.dynamodb.get_paginator("list_tables").paginate()
    names = [name for page in pages for name in page["TableNames"]]
    return sorted(name.removesuffix(end) for name in names if name.endswith(end) and PREFIX in end)
