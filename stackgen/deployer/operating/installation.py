"""One installation of the deployer: its tables, what is configured in it, and how its refusals are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deployer.handlers import items, keys
from stackgen.deployer.handlers.settings import Settings
from stackgen.errors import StackgenError, UsageError, likely

from .clients import Clients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .clients import Connect

FIRST_ENVIRONMENT = "dev"
"""Where a release goes first, where nobody says else; the same as that of the function S3Trigger."""

PREFIX = "aws-deployer"


class Installation(NamedTuple):
    """The deployer of one environment in one account and region."""

    settings: Settings
    clients: Clients

    @classmethod
    def of(cls, env: str, separator: str, connect: Connect, region: str | None) -> Installation:
        return cls(Settings(env, separator), Clients(connect, region))

    @property
    def region(self) -> str:
        return self.clients.region

    def table(self, name: str) -> str:
        return self.settings.table(name)

    def account(self) -> str:
        """Whose credentials these are."""
        return str(self.clients.own("sts").get_caller_identity()["Account"])

    def caller(self) -> str:
        """Who acts; empty where AWS does not say."""
        try:
            return str(self.clients.own("sts").get_caller_identity()["Arn"])
        except (ClientError, BotoCoreError):
            return ""

    def setting(self, name: str) -> str:
        """What the deployer's stack keeps under ``/{env}/aws-deployer/``; empty where it keeps nothing."""
        store = self.clients.own("ssm")
        try:
            return str(store.get_parameter(Name=f"/{self.settings.env}/{PREFIX}/{name}")["Parameter"]["Value"])
        except store.exceptions.ParameterNotFound:
            return ""

    def scanned(self, table: str) -> Iterator[dict[str, Any]]:
        """Every item of a small table."""
        pages = self.clients.dynamodb.get_paginator("scan").paginate(TableName=self.table(table), ConsistentRead=True)
        for page in pages:
            yield from map(items.plain, page["Items"])


class Known(NamedTuple):
    """What there is to choose from: environments of each repository; ``$`` stands for all others."""

    environments: dict[str, set[str]]

    @property
    def repositories(self) -> list[str]:
        return sorted(set(self.environments) - {keys.DEFAULT_REPO})

    def of(self, repo: str) -> list[str]:
        """The environments that a repository may be deployed to."""
        return sorted(self.environments.get(repo, set()) | self.environments.get(keys.DEFAULT_REPO, set()))


def known(installation: Installation, *environments: str) -> Known:
    """Read all records of targets, and the newest builds of their environments and of those named."""
    found: dict[str, set[str]] = {}
    for record in installation.scanned("targets"):
        repo = str(record["PK"]).removeprefix("REPO#")
        of_repo = found.setdefault(repo, set())
        if str(record["SK"]).startswith("ENV#"):
            of_repo.add(str(record["SK"]).removeprefix("ENV#"))
    clients, table = installation.clients, installation.table("builds")
    for env in {FIRST_ENVIRONMENT, *environments, *(env for each in found.values() for env in each)}:
        for record in items.query(clients.dynamodb, table, keys.latest(env)):
            found.setdefault(str(record["SK"]).removeprefix("REPO#"), set()).add(env)
    return Known(found)


def no_such(installation: Installation, repo: str, env: str, what: str) -> StackgenError:
    """The error for a repository without *what* in an environment: a word that was misspelt, or nothing yet."""
    there = known(installation, env)
    if repo not in there.repositories:
        if not there.repositories:
            return UsageError(f"{repo} has no {what} in {env}", "no repository has targets or builds here yet")
        return UsageError(f"{repo} has no {what} in {env}: no such repository", likely(repo, there.repositories))
    if env not in there.of(repo):
        return UsageError(f"{repo} has no {what} in {env}: no such environment", likely(env, there.of(repo)))
    hint = f"multi apply {repo} -e {env} starts one" if what == "build" else f"it knows {', '.join(there.of(repo))}"
    return UsageError(f"{repo} has no {what} in {env} yet", hint)


def check_name(word: str, what: str) -> str:
    """A word that is part of a key: no ``#``, no ``/``, no blank. Raises UsageError."""
    if word.strip() != word or not word or any(sign in word for sign in "#/ \t\n"):
        raise UsageError(f"{what} {word!r}: a name without '#', '/' and blanks was expected")
    return word
