"""Reads a StackSet and plans what makes it what it should be; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.deployer.handlers.definitions import MANAGER
from stackgen.deployer.handlers.operations import OVER

from . import reading
from .calls import is_of
from .comparing import automatic_difference, differences
from .errors import StackSetError
from .planning import planned
from .prerequisites import MOST_INSTANCES, notes
from .settings import OWNER
from .templates import templates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.deploy.actions import Action
    from stackgen.review.model import Build

    from .planning import SetPlan
    from .prerequisites import Client
    from .reading import Ran, SetState
    from .wanted import Wanted


MOST_REMEMBERED = 200
"""Operations among which that is looked for which a run that was cut off began with."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and what it takes to carry it out."""

    plan: SetPlan
    prepare: tuple[tuple[str, Action], ...]
    """What its templates lack in S3, each with its region."""
    url: str
    """Of the set's template, where a request cannot carry it."""
    notes: tuple[str, ...]
    operations: tuple[Ran, ...]
    """The newest operations of the set, the newest first."""

    @property
    def running(self) -> Ran | None:
        """What runs on the set, or waits to."""
        return next((each for each in self.operations if each.status not in OVER), None)

    @property
    def is_ours(self) -> bool:
        """Whether what runs was begun by a run for the very same thing, which was cut off."""
        running = self.running
        return running is not None and is_of(running, self.plan.wanted.fingerprint, self.operations)

    @property
    def newest(self) -> str:
        return self.operations[0].id if self.operations else ""


def plan(
    build: Build,
    wanted: Wanted,
    client: Client,
    *,
    prune: bool = False,
    adopt: bool = False,
    with_secrets: bool = False,
) -> Prepared:
    """The plan of one set. Raises StackSetError, ArtifactError, and what AWS refuses."""
    if len(wanted.cells) > MOST_INSTANCES:
        problem = f"{len(wanted.cells):,} stacks are wanted, and a StackSet has no more than {MOST_INSTANCES:,}"
        raise StackSetError(problem, "several StackSets, each with a part of them, are a way")
    if prune and len(wanted.chosen) < len(wanted.cells):
        raise StackSetError("--prune is about all accounts and regions of the set", "leave -e and -r away")
    caller = reading.Caller(client("cloudformation"), wanted.declared.text("call_as"))
    placed = templates(build, wanted, lambda region: client("s3", region))
    state = reading.find(wanted.name, caller)
    found: Sequence[reading.Instance] = ()
    operations: Sequence[Ran] = ()
    different: Sequence[Any] = ()
    if state is not None:
        check_owner(state, wanted, adopt=adopt)
        operations = reading.operations(wanted.name, caller, MOST_REMEMBERED)
        found = reading.with_overrides(wanted.name, reading.instances(wanted.name, caller), caller)
        different = differences(wanted, state, with_secrets=with_secrets)
    made = planned(wanted, state, found, different, prune=prune, with_secrets=with_secrets)
    told = notes(wanted, found, placed.buckets, client)
    automatic = automatic_difference(wanted, state) if state is not None else None
    if automatic is not None:
        told.append(
            f"{automatic.shown}; no rollout changes it, for AWS takes it only in a call that reaches every stack: "
            f"aws cloudformation update-stack-set --use-previous-template --auto-deployment ... is one"
        )
    return Prepared(made, placed.prepare, placed.url, tuple(told), tuple(operations))


def check_owner(state: SetState, wanted: Wanted, *, adopt: bool) -> None:
    """Refuse a set that this project has not made. Raises StackSetError."""
    if state.tags.get("ManagedBy") == MANAGER:
        raise StackSetError(
            f"the StackSet {state.name} belongs to the deployer", "multi plan is about it; give this one another name"
        )
    model = wanted.declared.text("permission_model") or "SELF_MANAGED"
    if state.permission_model != model:
        raise StackSetError(
            f"the StackSet {state.name} is {state.permission_model}, and the project says {model}",
            "AWS does not change that: give it another name, or delete the old one first",
        )
    is_ours = all(state.tags.get(tag) == wanted.tags[tag] for tag in (OWNER, "Project"))
    if not is_ours and not adopt:
        raise StackSetError(
            f"there is a StackSet {state.name} already, and this project has not made it",
            f"its tags are {', '.join(f'{key}={value}' for key, value in state.tags.items()) or 'none'}",
            "--adopt takes it over; or give yours another name",
        )
