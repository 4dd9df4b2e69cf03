"""Whose credentials a set is reached with, and those that look into its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deploy.errors import WrongAccountError
from stackgen.deploy.resolving import Access
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.refusals import code_of

from .errors import StackSetError
from .wanted import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stackgen.deploy.sessions import Sessions
    from stackgen.project import Project

    from .settings import Declared


def home_of(project: Project, declared: Declared, profile: str | None, sessions: Sessions) -> Home:
    """Where the set is. Raises WrongAccountError, and what AWS refuses."""
    region = declared.text("region") or project.regions[0]
    access = Access(
        declared.key, region, "", profile or declared.text("profile"), declared.text("role_arn"),
        declared.text("external_id"),
    )  # fmt: skip
    account, said = sessions.account(access), declared.text("account")
    if said and said != account:
        raise WrongAccountError(
            f"{declared.place} is in account {said}, but the credentials are of account {account}",
            f"--profile NAME chooses others, and so do profile and role_arn in [tool.stackgen.{declared.place}]",
        )
    return Home(account, region, access.profile, access.role_arn, access.external_id)


def clients(home: Home, sessions: Sessions) -> Callable[..., Any]:
    """Makes clients with the set's own credentials: by service, and by region where it is another."""

    def client(service: str, region: str = "") -> Any:
        where = Access("", region or home.region, home.account, home.profile, home.role_arn, home.external_id)
        return sessions.of(where)(service)

    return client


def reader(
    declared: Declared, home: Home, sessions: Sessions, service: str = "cloudformation"
) -> Callable[[Pair], Any | None]:
    """Makes clients that read in cells: in the set's own account, and elsewhere by the reader role.

    None where no role is named.
    """

    def client(pair: Pair) -> Any | None:
        if pair.account_id == home.account:
            return clients(home, sessions)(service, pair.region)
        name = declared.text("reader_role")
        return _acting(name, declared, home, sessions, pair)(service) if name else None

    return client


def purger(declared: Declared, home: Home, sessions: Sessions, service: str = "s3") -> Callable[[Pair], Any | None]:
    """Makes clients that empty what a cell holds: by the role that is named for it, else as cells are read."""
    name = declared.text("purge_role")
    if not name:
        return reader(declared, home, sessions, service)
    return lambda pair: _acting(name, declared, home, sessions, pair)(service)


def _acting(name: str, declared: Declared, home: Home, sessions: Sessions, pair: Pair) -> Callable[[str], Any]:
    """Makes clients that act in a cell with a role of its account."""
    partition = "aws-cn" if pair.region.startswith("cn-") else "aws"
    partition = "aws-us-gov" if pair.region.startswith("us-gov-") else partition
    role = f"arn:{partition}:iam::{pair.account_id}:role/{name}"
    return sessions.of(Access(declared.key, pair.region, pair.account_id, home.profile, role))


def cells_of_units(declared: Declared, client: Any) -> Sequence[Pair]:
    """The cells of organizational units: every account in them and below, in every region. Raises StackSetError.

    The organization's management account is in none of them, as StackSets have it. *client* asks Organizations.
    """
    try:
        management = client.describe_organization()["Organization"].get("MasterAccountId", "")
        accounts: dict[str, None] = {}
        pending = list(declared.texts("organizational_units"))
        while pending:
            unit = pending.pop(0)
            for page in client.get_paginator("list_accounts_for_parent").paginate(ParentId=unit):
                accounts.update(dict.fromkeys(each["Id"] for each in page["Accounts"]))
            for page in client.get_paginator("list_organizational_units_for_parent").paginate(ParentId=unit):
                pending += [each["Id"] for each in page["OrganizationalUnits"]]
    except ClientError as error:
        if code_of(error) not in ("ParentNotFoundException", "AWSOrganizationsNotInUseException"):
            raise
        raise StackSetError(
            f"{declared.place}: {code_of(error)} where the accounts of its organizational units were looked for",
            "the organization's management account knows them, and so does a delegated administrator",
        ) from error
    named, way = declared.texts("accounts"), declared.text("account_filter")
    return [
        Pair(account, region)
        for region in declared.texts("regions")
        for account in accounts
        if account != management and (not named or (account in named) == (way == "INTERSECTION"))
    ]
