"""The plan of a build, kept in the deployments table before anything is started.

Whatever is interrupted goes on from it: a function that runs twice, an execution that continues another. The header is
written last and once; without it there is no plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from . import items, keys, moments, records
from .planning import Batch
from .policy import Policy
from .rectangles import Rectangle
from .refusals import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .clients import Clients
    from .inputs import Build
    from .settings import Settings

ROLLOUT, REVERT = "", "REVERT"


class Header(NamedTuple):
    """What a plan says beside its batches."""

    batch_count: int
    release: Mapping[str, str]
    """Which build's files a changed definition is made of: ``sk``, ``s3_bucket``, ``s3_key``."""
    policy: Mapping[str, Any]
    """As the record of targets has it."""
    started: int = -1
    """The highest batch that was begun."""
    wave_began: str = ""
    """When the wave at hand began, where alarms are watched."""
    wave_ended: str = ""
    """When the wave that alarms are watched for ended."""
    looks: int = 0
    """How often a part of the places was looked at for alarms."""
    revert_reason: str = ""
    began: str = ""
    operation: str = ""
    """CREATE or UPDATE: what became of the StackSet."""
    orphans: int = 0
    good_build_id: str = ""
    """Of a way back: where it leads."""
    outcome: str = ""
    """Of a way back: how it ended."""

    @property
    def rules(self) -> Policy:
        """The policy, read."""
        return Policy.read(self.policy)


def save(
    build: Build, batches: Sequence[Batch], header: Header, clients: Clients, settings: Settings, *, kind: str = ROLLOUT
) -> Header:
    """Keep a plan, unless there is one: the one that is kept."""
    partition = keys.builds(build.env, build.repo)
    new = [
        {
            "PK": partition,
            "SK": keys.batch(build.sk, index, kind),
            "action": batch.action,
            "wave": batch.wave,
            "accounts": list(batch.rectangle.accounts),
            "regions": list(batch.rectangle.regions),
        }
        for index, batch in enumerate(batches)
    ]
    records.write_all(new, clients, settings)
    whole = {**header._asdict(), "began": moments.stamp()}
    try:
        clients.dynamodb.put_item(
            TableName=settings.table("deployments"),
            Item=items.item({"PK": partition, "SK": keys.plan(build.sk, kind), **whole}),
            ConditionExpression="attribute_not_exists(PK)",
        )
    except ClientError as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
    found = find(build, clients, settings, kind)
    assert found is not None  # noqa: S101 - it was written, or was there
    return found


def find(build: Build, clients: Clients, settings: Settings, kind: str = ROLLOUT) -> Header | None:
    """The header of a plan; None where there is none."""
    key = {"PK": keys.builds(build.env, build.repo), "SK": keys.plan(build.sk, kind)}
    found = items.get(clients.dynamodb, settings.table("deployments"), key)
    return None if found is None else Header(**{name: found[name] for name in Header._fields if name in found})


def batch(build: Build, index: int, clients: Clients, settings: Settings, kind: str = ROLLOUT) -> Batch:
    """One batch of a plan that is there."""
    key = {"PK": keys.builds(build.env, build.repo), "SK": keys.batch(build.sk, index, kind)}
    found = items.get(clients.dynamodb, settings.table("deployments"), key) or {}
    return Batch(found["action"], found["wave"], Rectangle(tuple(found["accounts"]), tuple(found["regions"])))


def note(build: Build, clients: Clients, settings: Settings, kind: str = ROLLOUT, **attributes: object) -> None:
    """Change attributes of the header."""
    names = {f"#{name}": name for name in attributes}
    values = {f":{name}": items.value(each) for name, each in attributes.items()}
    clients.dynamodb.update_item(
        TableName=settings.table("deployments"),
        Key=items.item({"PK": keys.builds(build.env, build.repo), "SK": keys.plan(build.sk, kind)}),
        UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in attributes)}",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )
