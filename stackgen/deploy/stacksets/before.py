"""What a StackSet was before a rollout: kept in S3 before anything changes, so that it can be taken back.

The record lies beside the templates until the rollout has ended well or was taken back. A run that is killed leaves
it, and the next one knows from it what was going on. Values that AWS does not tell are not in it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deploy import artifacts
from stackgen.deploy.actions import HIDDEN, Action
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.planning import CREATE, CURRENT, DEFINE, UPDATE
from stackgen.deployer.handlers.refusals import code_of

from .calls import is_of
from .errors import StackSetError
from .planning import SETTINGS
from .reading import SetState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .planner import Prepared
    from .planning import SetPlan
    from .reading import Ran

SCHEMA, VERSION = "stackgen/stackset-before", 1
_ABSENT = ("404", "NoSuchBucket", "NoSuchKey", "NotFound")
_CHANGING = ("CREATE", "UPDATE", "DELETE")


class Place(NamedTuple):
    """Where the record of a set is."""

    bucket: str
    key: str
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Before:
    """The definition of a set, and which of its cells were well with it."""

    set_id: str
    """Empty where it was about to be made."""
    newest: str
    """The newest operation of the set at that time."""
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    administration_role: str
    execution_role: str
    description: str
    well: Mapping[Pair, Mapping[str, str]]
    """The cells that were well, and what each overrode; none where nothing leads back."""
    touched: tuple[Pair, ...]
    """The cells that have been rolled out to since, or were about to be."""
    rollouts: tuple[str, ...] = ()
    """The fingerprints of what has been rolled out since, and not ended well."""
    back: tuple[Pair, ...] = field(default=())
    """The cells that are being taken back, where that has begun."""
    why: str = ""

    @property
    def hidden(self) -> frozenset[str]:
        """Parameters whose values AWS does not tell."""
        return frozenset(name for name, value in self.parameters.items() if value == HIDDEN)

    def with_rollout(self, fingerprint: str, touched: Iterable[Pair] = ()) -> Before:
        """The same, known to be what another rollout would be taken back to."""
        rollouts = tuple(dict.fromkeys((*self.rollouts, fingerprint)))
        return replace(self, rollouts=rollouts, touched=tuple(dict.fromkeys((*self.touched, *touched))))

    def holds(self, set_id: str, operations: Sequence[Ran]) -> bool:
        """Whether nothing but what it knows of has changed the set since; *operations* are those that AWS remembers."""
        names = [each.id for each in operations]
        if (self.set_id and self.set_id != set_id) or (self.newest and self.newest not in names):
            return False
        return all(self.knows(each, operations) for each in self.since(operations) if each.action in _CHANGING)

    def since(self, operations: Sequence[Ran]) -> list[Ran]:
        """Of the operations of the set, the newest first, those that began after it was kept."""
        return list(takewhile(lambda each: each.id != self.newest, operations))

    def knows(self, ran: Ran, operations: Sequence[Ran]) -> bool:
        """Whether an operation is one of its rollouts."""
        return any(is_of(ran, fingerprint, operations) for fingerprint in self.rollouts)

    def began(self, fingerprint: str, operations: Sequence[Ran]) -> float | None:
        """When one of its rollouts began; None where it has not."""
        found = [each.began for each in self.since(operations) if is_of(each, fingerprint, operations)]
        return min((moment.timestamp() for moment in found if moment), default=None)

    @property
    def text(self) -> str:
        """As it is kept."""
        said = asdict(self)
        said["well"] = [[*pair, dict(values)] for pair, values in self.well.items()]
        return json.dumps({"schema": SCHEMA, "version": VERSION, **said}, indent=2)


def touched(plan: SetPlan) -> tuple[Pair, ...]:
    """The cells that a plan rolls out to."""
    return tuple(plan.pairs(SETTINGS, DEFINE, UPDATE, CREATE))


def before(prepared: Prepared) -> Before | None:
    """What a plan can be taken back to; None where it only makes stacks, or where none that it changes was well."""
    plan = prepared.plan
    well = {each.pair: dict(each.overrides) for each in plan.instances if each.status == CURRENT}
    return _record(prepared, well) if well.keys() & set(plan.pairs(DEFINE, UPDATE)) else None


def first(prepared: Prepared) -> Before:
    """What says that a rollout has been begun from which nothing leads back, so that it is watched to its end."""
    return _record(prepared, {})


def _record(prepared: Prepared, well: Mapping[Pair, Mapping[str, str]]) -> Before:
    plan = prepared.plan
    state = plan.state or SetState("", plan.wanted.name, "")
    return Before(
        state.id,
        prepared.newest,
        state.template,
        dict(state.parameters),
        dict(state.tags),
        state.capabilities,
        state.administration_role,
        state.execution_role,
        state.description,
        well,
        touched(plan),
        (plan.wanted.fingerprint,),
    )


def key_of(name: str) -> str:
    """Where in its bucket the record of a set lies."""
    return f"stacksets/{name}/before.json"


def read(place: Place, s3: Any) -> Before | None:
    """The record of a rollout that has not ended; None where there is none. Raises StackSetError."""
    try:
        found = s3.get_object(Bucket=place.bucket, Key=place.key, ExpectedBucketOwner=place.account)["Body"].read()
    except ClientError as error:
        if code_of(error) in _ABSENT:
            return None
        if code_of(error) in ("403", "AccessDenied", "Forbidden"):
            raise StackSetError(
                f"s3://{place.bucket}/{place.key} may not be read, and without it nothing could be taken back",
                "take a role with s3:GetObject and s3:ListBucket; or --no-revert rolls out without a way back",
            ) from error
        raise
    try:
        return _parsed(json.loads(found))
    except (ValueError, KeyError, TypeError) as error:
        raise StackSetError(
            f"s3://{place.bucket}/{place.key} is no record of a rollout: {error}", "delete it, and look at the StackSet"
        ) from error


def kept(record: Before, place: Place, s3: Any) -> list[Action]:
    """What it takes that a record is in its place. Raises ArtifactError."""
    upload = artifacts.Upload("what the StackSet was before", place.bucket, place.key, record.text)
    made = artifacts.missing([upload], place.account, place.region, s3)
    return [*(each for each in made if each.operation != "put_object"), artifacts.put(upload, place.account)]


def forgotten(place: Place) -> Action:
    """Delete the record."""
    where = {"Bucket": place.bucket, "Key": place.key, "ExpectedBucketOwner": place.account}
    return Action("s3", "delete_object", where, "forget what the StackSet was before")


def _parsed(content: Mapping[str, Any]) -> Before:
    if (content["schema"], content["version"]) != (SCHEMA, VERSION):
        raise ValueError(f"schema {content['schema']} of version {content['version']}")
    said = {name: value for name, value in content.items() if name not in ("schema", "version")}
    return Before(
        **{
            **said,
            "well": {Pair(account, region): values for account, region, values in said["well"]},
            "touched": tuple(Pair(*each) for each in said["touched"]),
            "capabilities": tuple(said["capabilities"]),
            "rollouts": tuple(said["rollouts"]),
            "back": tuple(Pair(*each) for each in said["back"]),
        }
    )
