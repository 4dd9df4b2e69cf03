"""The records of targets: read, written, deleted, and followed from one environment to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deployer.handlers import items, keys
from stackgen.deployer.handlers.errors import TargetsInvalid
from stackgen.deployer.handlers.policy import Policy
from stackgen.deployer.handlers.refusals import code_of
from stackgen.deployer.handlers.targets import expanded
from stackgen.errors import StackgenError

from .installation import FIRST_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.deployer.handlers.inputs import Pair

    from .installation import Installation

ATTRIBUTES = ("targets", "downstream_env", "policy")


class TargetsExistError(StackgenError):
    """There is a record already, and nobody asked to overwrite it."""


class Record(NamedTuple):
    """Where a repository is deployed to in one environment."""

    repo: str
    env: str
    groups: tuple[dict[str, Any], ...]
    downstream: tuple[str, ...]
    policy: dict[str, Any]

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> Record:
        """From the table, whatever an older hand wrote there. Raises TargetsInvalid."""
        expanded(item)
        Policy.read(item.get("policy"))
        downstream = item.get("downstream_env") or ()
        return cls(
            str(item["PK"]).removeprefix("REPO#"),
            str(item["SK"]).removeprefix("ENV#"),
            tuple(item.get("targets", ())),
            (downstream,) if isinstance(downstream, str) else tuple(downstream),
            dict(item.get("policy") or {}),
        )

    @property
    def is_default(self) -> bool:
        """Whether it is that of every repository without one."""
        return self.repo == keys.DEFAULT_REPO

    @property
    def pairs(self) -> list[Pair]:
        return expanded({"targets": list(self.groups)})

    def attributes(self) -> dict[str, Any]:
        """As the table holds it."""
        return {"targets": list(self.groups), "downstream_env": list(self.downstream), "policy": self.policy}


class Initial(NamedTuple):
    """Where a release goes first, and who says so: ``repo``, ``default`` or ``built-in``."""

    env: str
    said_by: str


class Chain(NamedTuple):
    """Environments in the order of promotion, and where they come round again."""

    initial: Initial
    records: tuple[Record, ...]
    missing: str
    """An environment that the chain leads to and that has no targets."""
    cycle: tuple[str, ...]
    apart: tuple[Record, ...]
    """Records of environments that the chain does not reach."""


def find(installation: Installation, repo: str, env: str) -> Record | None:
    """The record of a repository, or of ``$`` alone. Raises TargetsInvalid."""
    key = {"PK": keys.targets(repo), "SK": keys.environment(env)}
    item = items.get(installation.clients.dynamodb, installation.table("targets"), key)
    return None if item is None else _read(item)


def effective(installation: Installation, repo: str, env: str) -> Record | None:
    """The record of a repository or, as the functions do it, the default one where that names no pair."""
    for name in dict.fromkeys((repo, keys.DEFAULT_REPO)):
        record = find(installation, name, env)
        if record is not None and record.pairs:
            return record
    return None


def initial(installation: Installation, repo: str) -> Initial:
    """The environment that a release of a repository goes to first."""
    for name, said_by in ((repo, "repo"), (keys.DEFAULT_REPO, "default")):
        key = {"PK": keys.targets(name), "SK": keys.CONFIG}
        item = items.get(installation.clients.dynamodb, installation.table("targets"), key)
        if item is not None and item.get("initial_env"):
            return Initial(str(item["initial_env"]), "default" if name == keys.DEFAULT_REPO else said_by)
    return Initial(FIRST_ENVIRONMENT, "built-in")


def chain(installation: Installation, repo: str) -> Chain:
    """Follow the first downstream environment of each record, from the initial one on."""
    first = initial(installation, repo)
    records: dict[str, Record] = {}
    env, missing = first.env, ""
    cycle: tuple[str, ...] = ()
    while env and not cycle:
        record = effective(installation, repo, env)
        if record is None:
            missing, env = env, ""
            continue
        records[env] = record
        env = record.downstream[0] if record.downstream else ""
        if env in records:
            cycle = (*list(records)[list(records).index(env) :], env)
    return Chain(first, tuple(records.values()), missing, cycle, tuple(_apart(installation, repo, records)))


def _apart(installation: Installation, repo: str, reached: Mapping[str, Record]) -> list[Record]:
    found: dict[str, Record] = {}
    for name in dict.fromkeys((repo, keys.DEFAULT_REPO)):
        table = installation.table("targets")
        for item in items.query(installation.clients.dynamodb, table, keys.targets(name), "ENV#"):
            record = _read(item)
            if record.env not in reached and record.pairs:
                found.setdefault(record.env, record)
    return [found[env] for env in sorted(found)]


def write(installation: Installation, record: Record, *, overwrite: bool) -> None:
    """Put a record; an existing one only with *overwrite*. Raises TargetsExistError."""
    item = {"PK": keys.targets(record.repo), "SK": keys.environment(record.env), **record.attributes()}
    only_new = {} if overwrite else {"ConditionExpression": "attribute_not_exists(PK)"}
    try:
        installation.clients.dynamodb.put_item(
            TableName=installation.table("targets"), Item=items.item(item), **only_new
        )
    except ClientError as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        there = find(installation, record.repo, record.env)
        if there != record:  # else an attempt whose answer was lost has written it
            raise exists(record, there) from error


def exists(wanted: Record, there: Record | None) -> TargetsExistError:
    """The error for a record that is there already."""
    count = f" with {len(there.pairs)} targets" if there else ""
    return TargetsExistError(
        f"{shown(wanted.repo)} has a record for {wanted.env} already{count}",
        "--overwrite replaces what is given, and keeps the rest",
    )


def delete(installation: Installation, record: Record) -> None:
    """Take a record away; one that is gone already is fine."""
    key = {"PK": keys.targets(record.repo), "SK": keys.environment(record.env)}
    installation.clients.dynamodb.delete_item(TableName=installation.table("targets"), Key=items.item(key))


def configure(installation: Installation, repo: str, env: str) -> None:
    """Say where releases of a repository, or of all others, go first."""
    key = {"PK": keys.targets(repo), "SK": keys.CONFIG}
    installation.clients.dynamodb.update_item(
        TableName=installation.table("targets"),
        Key=items.item(key),
        UpdateExpression="SET initial_env = :env",
        ExpressionAttributeValues={":env": items.value(env)},
    )


def doubts(record: Record, records: Sequence[Record]) -> list[str]:
    """What is allowed in a record and hardly meant."""
    policy = Policy.read(record.policy)
    accounts = {pair.account_id for pair in record.pairs}
    regions = {pair.region for pair in record.pairs}
    found = []
    strange = [account for wave in policy.waves for account in wave if account not in accounts]
    if strange:
        found.append(f"{', '.join(strange)} of the waves is no target, and will be left out")
    far = [region for region in policy.region_order if region not in regions]
    if far:
        found.append(f"{', '.join(far)} of the region order is in no target")
    if policy.bake_minutes and not policy.alarms:
        found.append("bake_minutes without alarms: there is nothing to watch, and nothing is waited for")
    unknown = [env for env in record.downstream if env not in {each.env for each in records}]
    if unknown:
        found.append(f"{', '.join(unknown)} is downstream and has no targets yet")
    return found


def shown(repo: str) -> str:
    """A repository as a person reads it."""
    return "the default" if repo == keys.DEFAULT_REPO else repo


def _read(item: Mapping[str, Any]) -> Record:
    try:
        return Record.read(item)
    except TargetsInvalid as error:
        where = f"{str(item['PK']).removeprefix('REPO#')} in {str(item['SK']).removeprefix('ENV#')}"
        raise TargetsInvalid(f"the record of targets of {where} cannot be used: {error}") from error
