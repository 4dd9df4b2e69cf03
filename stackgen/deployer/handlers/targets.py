"""Where a repository is deployed to: the record of targets, read, checked and expanded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from . import items, keys
from .errors import TargetsInvalid, TargetsNotConfigured
from .inputs import Pair
from .policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .inputs import Build
    from .settings import Settings

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")


class Configured(NamedTuple):
    """The targets of a repository in an environment."""

    pairs: list[Pair]
    policy: Policy
    is_default: bool
    """Whether they are those of every repository without a record of its own."""


def configured(env: str, repo: str, dynamodb: Any, settings: Settings) -> Configured:
    """The repository's own targets, or the default ones. Raises TargetsNotConfigured and TargetsInvalid."""
    for name in (repo, keys.DEFAULT_REPO):
        key = {"PK": keys.targets(name), "SK": keys.environment(env)}
        record = items.get(dynamodb, settings.table("targets"), key)
        if record is not None:
            pairs = expanded(record)
            if pairs:
                return Configured(pairs, Policy.read(record.get("policy")), name == keys.DEFAULT_REPO)
    raise TargetsNotConfigured(f"no deployment targets configured for {repo} in {env}, nor a default for {env}")


def of_build(build: Build, record: Mapping[str, Any] | None, dynamodb: Any, settings: Settings) -> Configured:
    """The targets of one build: those configured or, of a retry, exactly the pairs that failed before."""
    found = configured(build.env, build.repo, dynamodb, settings)
    retried = str((record or {}).get("retry_of", ""))
    if not retried:
        return found
    partition, begin = keys.builds(build.env, build.repo), keys.deployments(retried)
    columns = ("account_id", "region", "status")
    before = items.query(dynamodb, settings.table("deployments"), partition, begin, columns=columns)
    failed = [Pair(each["account_id"], each["region"]) for each in before if each["status"] == "FAILED"]
    if not failed:
        raise TargetsNotConfigured(f"no deployment targets configured: none of build {retried} failed")
    return found._replace(pairs=failed)


def expanded(record: Mapping[str, Any]) -> list[Pair]:
    """Accounts times regions of each group by itself; the first of equal pairs stays. Raises TargetsInvalid."""
    groups = record.get("targets", [])
    if not isinstance(groups, list):
        raise TargetsInvalid(f"targets is {groups!r}, but a list of groups was expected")
    found: dict[Pair, None] = {}
    for group in groups:
        if not isinstance(group, dict):
            raise TargetsInvalid(f"a group of targets is {group!r}, but account_ids and regions were expected")
        accounts = _texts(group, "account_ids" if "account_ids" in group else "account_id")
        regions = _texts(group, "regions")
        for account in accounts:
            if not isinstance(account, str) or not _ACCOUNT.fullmatch(account):
                raise TargetsInvalid(f"account {account!r} of the targets is not a text of 12 digits")
            for region in regions:
                if not isinstance(region, str) or not _REGION.fullmatch(region):
                    raise TargetsInvalid(f"region {region!r} of the targets is not the name of a region")
                found[Pair(account, region)] = None
    return list(found)


def _texts(group: Mapping[str, Any], name: str) -> list[Any]:
    """A list, or the one text that stands in its place."""
    found = group.get(name, [])
    if not isinstance(found, list | str):
        raise TargetsInvalid(f"{name} is {found!r}, but a list was expected")
    return [found] if isinstance(found, str) else found
