"""The environments of a repository as they are in AWS: by the tags of stacks, by records, by what is left over.

Reads only. A stack is one of theirs where its tags say all of it: that it may be removed, which environment it is,
which repository it belongs to. What lacks one of them is never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy import stacks
from stackgen.deploy.settings import OWNER

from . import records
from .remains import is_gone
from .settings import AUTO_DELETE, PERSON, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stackgen.deploy.resolving import Access
    from stackgen.deploy.stacks import StackState

    from .records import Record
    from .settings import Ephemeral

_STACK_ID = "aws:cloudformation:stack-id"


class Place(NamedTuple):
    """A region where environments are, and the clients there."""

    access: Access
    client: Callable[[str], Any]

    @property
    def region(self) -> str:
        return self.access.region


class Deployed(NamedTuple):
    """A stack of an environment."""

    place: Place
    state: StackState


class Left(NamedTuple):
    """What has the tags of an environment, and is in no stack any more."""

    place: Place
    arn: str


@dataclass(frozen=True, slots=True)
class Found:
    """One environment."""

    name: str
    number: int
    home: Place
    """Where its record is."""
    record: Record | None = None
    stacks: tuple[Deployed, ...] = ()
    left: tuple[Left, ...] = ()
    agreed: bool | None = None
    """Whether its removal was agreed to go to its end; None where it was not begun."""

    @property
    def is_alive(self) -> bool:
        """Whether there is more of it than what was left over."""
        return bool(self.stacks) or self.record is not None or self.is_leaving

    @property
    def is_leaving(self) -> bool:
        """Whether somebody removes it, or did so when they were cut off."""
        return self.agreed is not None

    @property
    def owner(self) -> str:
        """As the record says, or the tags of a stack."""
        if self.record is not None:
            return self.record.owner
        return next((each.state.tags[PERSON] for each in self.stacks if PERSON in each.state.tags), "")

    @property
    def created(self) -> float:
        """Seconds since the epoch."""
        if self.record is not None:
            return self.record.created
        return min((each.state.created.timestamp() for each in self.stacks if each.state.created), default=0.0)

    def expires(self, ephemeral: Ephemeral) -> float:
        """When its time ends; what has lost its record lives as long as one that nobody has extended."""
        return self.record.expires if self.record is not None else self.created + ephemeral.ttl


def is_theirs(tags: Mapping[str, str], ephemeral: Ephemeral) -> bool:
    """Whether tags are those of an environment of this repository that may be removed."""
    return (
        tags.get(AUTO_DELETE) == "true"
        and tags.get(REPOSITORY) == ephemeral.repository
        and ephemeral.number_of(tags.get(OWNER, "")) is not None
    )


def find_all(ephemeral: Ephemeral, places: Sequence[Place]) -> dict[str, Found]:
    """All environments by name; the records are in the first of the places."""
    ssm = places[0].client("ssm")
    leaving = records.leaving(ephemeral.repository, ssm)
    remembered = records.read(ephemeral.repository, ssm)
    found: dict[str, list[Deployed]] = {}
    left: dict[str, list[Left]] = {}
    for place in places:
        states, over = _standing_and_left(ephemeral, place)
        for state in states:
            if is_theirs(state.tags, ephemeral) and not state.parent_id:
                found.setdefault(state.tags[OWNER], []).append(Deployed(place, state))
        for name, each in over:
            left.setdefault(name, []).append(each)
    numbers = {each: ephemeral.number_of(each) or 0 for each in {*found, *left, *leaving, *remembered}}
    return {
        name: Found(
            name, numbers[name], places[0], remembered.get(name), _newest_first(found.get(name, ())),
            tuple(left.get(name, ())), leaving.get(name),
        )
        for name in sorted(numbers, key=numbers.__getitem__)
        if numbers[name]
    }  # fmt: skip


def again(found: Found, ephemeral: Ephemeral, places: Sequence[Place]) -> Found:
    """The same environment a moment later."""
    ssm = found.home.client("ssm")
    return replace(
        found,
        record=records.one(found.name, ephemeral.repository, ssm),
        stacks=standing(found.name, ephemeral, places),
        agreed=records.sign(found.name, ephemeral.repository, ssm),
    )


def standing(name: str, ephemeral: Ephemeral, places: Iterable[Place]) -> tuple[Deployed, ...]:
    """The stacks of one environment, in the order of their deletion."""
    return _newest_first(
        Deployed(place, state)
        for place in places
        for state in _stacks(place.client("cloudformation"))
        if is_theirs(state.tags, ephemeral) and state.tags[OWNER] == name and not state.parent_id
    )


def left_over(name: str, ephemeral: Ephemeral, place: Place) -> list[Left]:
    """What has the tags of an environment, and is in no stack of anybody."""
    return [each for owner, each in _standing_and_left(ephemeral, place)[1] if owner == name]


def _standing_and_left(ephemeral: Ephemeral, place: Place) -> tuple[list[StackState], list[tuple[str, Left]]]:
    """All stacks of a place, and what of the environments is in none; tags first: what a stack makes now is in it."""
    tagged = _tagged(ephemeral, place)
    states = _stacks(place.client("cloudformation"))
    ids = {state.id for state in states}
    over = [(tags[OWNER], arn) for arn, tags in tagged if tags.get(_STACK_ID, "") not in ids]
    return states, [(name, Left(place, arn)) for name, arn in over if not is_gone(arn, place.client)]


def _tagged(ephemeral: Ephemeral, place: Place) -> list[tuple[str, dict[str, str]]]:
    """What has the tags of an environment of theirs: ARNs with all tags, through all pages."""
    filters = [
        {"Key": AUTO_DELETE, "Values": ["true"]},
        {"Key": REPOSITORY, "Values": [ephemeral.repository]},
        {"Key": OWNER},
    ]
    pages = place.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(TagFilters=filters)
    both = [
        (each["ResourceARN"], {tag["Key"]: tag["Value"] for tag in each["Tags"]})
        for page in pages
        for each in page["ResourceTagMappingList"]
    ]
    return [(arn, tags) for arn, tags in both if is_theirs(tags, ephemeral) and ":stack/" not in arn]


def _stacks(cloudformation: Any) -> list[StackState]:
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    states = [stacks.state_of(each) for page in pages for each in page["Stacks"]]
    return [each for each in states if each.status != "DELETE_COMPLETE"]


def _newest_first(found: Iterable[Deployed]) -> tuple[Deployed, ...]:
    """In the order of their deletion: what was made last may use what was made before."""

    def made(each: Deployed) -> float:
        return each.state.created.timestamp() if each.state.created else 0.0

    return tuple(sorted(found, key=made, reverse=True))
