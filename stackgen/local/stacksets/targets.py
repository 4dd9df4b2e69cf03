"""Which accounts and regions a request means: lists of accounts, or organisational units and a filter on them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import errors
from stackgen.local.stacksets.instances import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stackgen.local.stacksets.accounts import Accounts
    from stackgen.local.stacksets.sets import StackSet

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")


def created(stack_set: StackSet, parameters: Mapping[str, Any], accounts: Accounts) -> tuple[Target, ...]:
    """Every region in every account that CreateStackInstances names.

    :raises ServiceError: for targets that do not fit the set.
    """
    places = _places(stack_set, parameters)
    if stack_set.definition.is_service_managed:
        given = places.get("DeploymentTargets") or {}
        if not given.get("OrganizationalUnitIds"):
            raise errors.invalid("OrganizationalUnitIds are required for stack sets with SERVICE_MANAGED permissions")
        if given.get("Accounts") and not given.get("AccountFilterType"):
            raise errors.invalid("AccountFilterType is required where OrganizationalUnitIds and Accounts are given")
        if given.get("AccountFilterType") == "UNION":
            raise errors.invalid("AccountFilterType UNION is not supported for CreateStackInstances")
    chosen = _accounts(stack_set, places, accounts)
    return tuple(Target(account, region, unit) for account, unit in chosen.items() for region in places["Regions"])


def existing(stack_set: StackSet, parameters: Mapping[str, Any], accounts: Accounts) -> tuple[Target, ...]:
    """The instances that an update names; with organisational units, those that are there.

    :raises ServiceError: StackInstanceNotFoundException for the first pair without one (API_UpdateStackInstances).
    """
    places = _places(stack_set, parameters)
    chosen = _accounts(stack_set, places, accounts)
    found = []
    for account, unit in chosen.items():
        for region in places["Regions"]:
            if stack_set.instances.get(account, region) is not None:
                found.append(Target(account, region, unit))
            elif not stack_set.definition.is_service_managed:
                raise errors.instance_not_found(stack_set.id, account, region)
    return tuple(found)


def deleted(stack_set: StackSet, parameters: Mapping[str, Any], accounts: Accounts) -> tuple[Target, ...]:
    """The instances that DeleteStackInstances names.

    assumed: pairs without an instance are passed over, for API_DeleteStackInstances lists no error for them.

    :raises ServiceError: for targets that do not fit the set.
    """
    places = _places(stack_set, parameters)
    chosen = _accounts(stack_set, places, accounts)
    return tuple(
        Target(account, region, unit)
        for account, unit in chosen.items()
        for region in places["Regions"]
        if stack_set.instances.get(account, region) is not None
    )


def are_given(parameters: Mapping[str, Any]) -> bool:
    """Whether UpdateStackSet says where; else it goes everywhere."""
    return any(parameters.get(key) for key in ("Accounts", "Regions", "DeploymentTargets"))


def check_regions(regions: Iterable[str]) -> None:
    """Refuse what has not the form of a region. assumed: the form, of all that there are, and the wording.

    :raises ServiceError: ValidationError.
    """
    wrong = [region for region in regions if not _REGION.fullmatch(region)]
    if wrong:
        raise errors.invalid(f"Invalid region(s): {', '.join(wrong)}")


def _places(stack_set: StackSet, parameters: Mapping[str, Any]) -> dict[str, Any]:
    given = parameters.get("DeploymentTargets") or {}
    listed = parameters.get("Accounts") or []
    regions = list(dict.fromkeys(parameters.get("Regions") or []))
    if listed and given:
        raise errors.invalid("You can specify Accounts or DeploymentTargets, but not both")
    if given.get("AccountsUrl"):
        raise errors.invalid("AccountsUrl is not read by this stand-in; list the accounts")
    if not listed and not given.get("Accounts") and not given.get("OrganizationalUnitIds"):
        raise errors.invalid("At least one account or organizational unit must be specified")
    if not regions:
        raise errors.invalid("At least one region must be specified")
    check_regions(regions)
    if stack_set.definition.is_service_managed and listed:
        raise errors.invalid("Use DeploymentTargets for stack sets with SERVICE_MANAGED permissions")
    if not stack_set.definition.is_service_managed and given.get("OrganizationalUnitIds"):
        raise errors.invalid("OrganizationalUnitIds are only for stack sets with SERVICE_MANAGED permissions")
    return {"Accounts": listed, "DeploymentTargets": given, "Regions": regions}


def _accounts(stack_set: StackSet, places: Mapping[str, Any], accounts: Accounts) -> dict[str, str]:
    """The accounts, each with the unit for whose sake it is one.

    API_DeploymentTargets: units contain the units below them, but never the organisation's management account. assumed:
    that is the account that administers the set.
    """
    given = places["DeploymentTargets"]
    listed = dict.fromkeys(given.get("Accounts") or places["Accounts"], "")
    units = given.get("OrganizationalUnitIds") or []
    if not units:
        return listed
    unknown = [unit for unit in units if not accounts.has_unit(unit)]
    if unknown:
        raise errors.invalid(f"Organizational units not found: {', '.join(unknown)}")
    members: dict[str, str] = {}
    for unit in units:
        for account in accounts.members(unit):
            members.setdefault(account, unit)
    members.pop(stack_set.account, None)
    match given.get("AccountFilterType", "UNION"):
        case "INTERSECTION":
            return {account: unit for account, unit in members.items() if account in listed}
        case "DIFFERENCE":
            return {account: unit for account, unit in members.items() if account not in listed}
        case "NONE":
            return members
        case _:
            return {**listed, **members}
