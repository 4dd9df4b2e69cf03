"""What a rollout would do: wanted minus actual pairs, its operations in order, and how far it gets before it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deployer.handlers import artifacts, definitions, keys, operations, planning, targets
from stackgen.deployer.handlers.errors import TargetsNotConfigured
from stackgen.deployer.handlers.inputs import Build
from stackgen.deployer.handlers.planning import CREATE, DEFINE, DELETE, UPDATE

from .installation import no_such
from .steps import step_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.deployer.handlers.policy import Policy
    from stackgen.deployer.handlers.targets import Configured

    from .installation import Installation
    from .steps import Step

ASSUMED, COMPARED, SAID = "assumed", "compared", "said"

PLANNED_ROLE = "arn:aws:iam::000000000000:role/unknown"
"""Stands for the administration role where there is no StackSet to compare with."""


class Rollout(NamedTuple):
    """A plan, and what it is made of."""

    configured: Configured
    plan: planning.Plan
    is_new: bool
    """Whether there is no StackSet yet."""
    is_changed: bool
    basis: str
    """Whether the definition was compared with a release, or is assumed to change, or said not to."""
    steps: tuple[Step, ...]

    @property
    def most(self) -> int:
        """Pairs that may be touched before it stops, if every one fails."""
        total = 0
        for step in self.steps:
            total += step.most
            if step.stops and self.configured.policy.stops_at_failure:
                break
        return total

    def pairs(self, *actions: str) -> list[Pair]:
        """The pairs that operations of these kinds reach."""
        return [pair for step in self.steps if step.batch.action in actions for pair in step.batch.rectangle.pairs()]


def planned(
    installation: Installation,
    repo: str,
    env: str,
    release: Mapping[str, Any] | None = None,
    *,
    is_same: bool = False,
    prunes: bool = False,
) -> Rollout:
    """The rollout of a release or, without one, of any whose definition differs, or is the same. Reads only.

    Raises UsageError for a repository without targets, OnlyOrphansLeft.
    """
    clients, settings = installation.clients, installation.settings
    try:
        configured = targets.configured(env, repo, clients.dynamodb, settings)
    except TargetsNotConfigured as error:
        refused = no_such(installation, repo, env, "targets")
        refused.hints.append(f"multi targets set --repo {repo} -e {env} says where to")
        raise refused from error
    name = keys.stack_set_name(env, repo)
    found = definitions.find(name, repo, clients)
    existing = operations.existing(name, clients) if found is not None else []
    is_changed, basis = (False, SAID) if is_same else (found is not None, ASSUMED)
    if release is not None:
        is_changed, basis = _is_changed(installation, Build(env, repo, ""), release, found, configured.policy), COMPARED
    plan = planning.planned(configured.pairs, existing, configured.policy, is_changed=is_changed, prunes=prunes)
    steps = tuple(step_of(batch, configured.policy, settings) for batch in plan.batches)
    return Rollout(configured, plan, found is None, is_changed, basis, steps)


def _is_changed(
    installation: Installation, build: Build, release: Mapping[str, Any], found: dict[str, Any] | None, policy: Policy
) -> bool:
    """Whether a release makes another StackSet of the one that is there; reading it finds what is wrong with it."""
    clients = installation.clients
    place = artifacts.Place(str(release["s3_bucket"]), str(release["s3_key"]))
    wants = definitions.released(build, release, place, policy, clients)
    if found is None:
        return False
    settings = installation.settings._replace(
        administration_role_arn=str(found.get("AdministrationRoleARN") or PLANNED_ROLE),
        execution_role_name=str(found.get("ExecutionRoleName") or installation.settings.execution_role_name),
    )
    return definitions.is_changed(found, wants, definitions.request(wants, policy, settings))


def counts(rollout: Rollout) -> dict[str, int]:
    """How many pairs of each kind."""
    plan = rollout.plan
    return {
        "create": len(rollout.pairs(CREATE)),
        "update": len(rollout.pairs(DEFINE, UPDATE)),
        "delete": len(rollout.pairs(DELETE)),
        "skip": len(plan.skipped),
        "inoperable": len(plan.inoperable),
        "orphans": len(plan.orphans),
    }


def by_wave(steps: Sequence[Step]) -> dict[int, list[Step]]:
    """Operations by wave, in the order in which they run."""
    found: dict[int, list[Step]] = {}
    for step in steps:
        found.setdefault(step.batch.wave, []).append(step)
    return found
