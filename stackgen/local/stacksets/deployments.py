"""Automatic deployments: accounts that join or leave an organisational unit that a set is deployed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.local.stacksets.attempts import unique
from stackgen.local.stacksets.instances import Target
from stackgen.local.stacksets.operations import Plan, Work
from stackgen.local.stacksets.preferences import Preferences

if TYPE_CHECKING:
    from stackgen.local.stacksets.accounts import Accounts
    from stackgen.local.stacksets.engine import Engine
    from stackgen.local.stacksets.sets import Shelves, StackSet


class Deployments:
    """Follows the organisation, on behalf of the sets with AutoDeployment.

    API_AutoDeployment: stacks are deployed to accounts that join in the set's regions, and deleted from those that
    leave unless they are to be retained. API_StackSetOperationPreferences: preferences do not apply.
    API_StackSetOperation: such an operation is QUEUED where it has to wait. assumed: DependsOn changes nothing here.
    """

    def __init__(self, shelves: Shelves, engine: Engine, accounts: Accounts) -> None:
        self._shelves = shelves
        self._engine = engine
        self._accounts = accounts
        accounts.subscribe(self.follow)

    def follow(self, account: str, units: tuple[str, ...], joined: bool) -> None:  # noqa: FBT001 - a Listener
        """Do what an account's coming into, or going from, units asks for."""
        for shelf in self._shelves:
            for stack_set in shelf.active.values():
                if (stack_set.definition.auto_deployment or {}).get("Enabled") and account != stack_set.account:
                    self._move(stack_set, account, units, joined=joined)

    def _move(self, stack_set: StackSet, account: str, units: tuple[str, ...], *, joined: bool) -> None:
        wanted = {
            region: unit
            for unit, regions in stack_set.units.items()
            if account in self._accounts.members(unit)
            for region in regions
        }
        affected = {region: unit for unit in units for region in stack_set.units.get(unit, ())}
        targets = tuple(
            Target(account, region, unit)
            for region, unit in affected.items()
            if (region in wanted) is joined and (stack_set.instances.get(account, region) is None) is joined
        )
        if not targets:
            return
        settings = stack_set.definition.auto_deployment or {}
        newest = next(stack_set.operations.before(None), None)
        plan = Plan(
            operation_id=unique("automatic", stack_set.arn, 0 if newest is None else newest.number),
            work=Work.CREATE if joined else Work.DELETE,
            preferences=Preferences(),
            targets=targets,
            retains=bool(settings.get("RetainStacksOnAccountRemoval")),
            deployment_targets={"OrganizationalUnitIds": list(dict.fromkeys(target.unit for target in targets))},
        )
        self._engine.submit(stack_set, plan)
