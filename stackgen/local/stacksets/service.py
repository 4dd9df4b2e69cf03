"""StackSets for the whole stand-in: every operation of the API, on a virtual clock.

What AWS documents is followed, and comments name the page; what had to be guessed is marked ``assumed:``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.local.stacksets.accounts import Accounts
from stackgen.local.stacksets.attempts import Attempts
from stackgen.local.stacksets.deployments import Deployments
from stackgen.local.stacksets.engine import Engine
from stackgen.local.stacksets.reading import Reading
from stackgen.local.stacksets.sets import Quotas, Shelves
from stackgen.local.stacksets.stacks import Durations
from stackgen.local.stacksets.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from stackgen.local.clock import Clock
    from stackgen.local.stacksets.stacks import Stacks
    from stackgen.local.wire import Call

    Handler = Callable[[Call], dict[str, Any] | None]


class StackSets:
    """The sets of every administrator account and region, and the operations that run on them.

    Give the handlers calls that :func:`~stackgen.local.wire.check` let pass. They answer at once; operations run in
    tasks when the clock is driven.
    """

    def __init__(
        self,
        clock: Clock,
        stacks: Stacks,
        *,
        accounts: Accounts | None = None,
        durations: Durations | None = None,
        quotas: Quotas | None = None,
    ) -> None:
        self.accounts = accounts or Accounts()
        self._trusted = True
        durations = durations or Durations()
        shelves = Shelves()
        engine = Engine(clock, Attempts(clock, stacks, self.accounts, durations), durations)
        self._reading = Reading(shelves)
        self._writing = Writing(shelves, engine, stacks, self.accounts, quotas or Quotas())
        self._deployments = Deployments(shelves, engine, self.accounts)

    def operations(self) -> Mapping[str, Handler]:
        """A handler for each operation of the API, by its name."""
        reading, writing = self._reading, self._writing
        return {
            "ActivateOrganizationsAccess": self._activate,
            "CreateStackInstances": writing.create_stack_instances,
            "CreateStackSet": writing.create_stack_set,
            "DeactivateOrganizationsAccess": self._deactivate,
            "DeleteStackInstances": writing.delete_stack_instances,
            "DescribeOrganizationsAccess": self._organizations_access,
            "DeleteStackSet": writing.delete_stack_set,
            "DescribeStackInstance": reading.describe_stack_instance,
            "DescribeStackSet": reading.describe_stack_set,
            "DescribeStackSetOperation": reading.describe_stack_set_operation,
            "DetectStackSetDrift": writing.detect_stack_set_drift,
            "ImportStacksToStackSet": writing.import_stacks_to_stack_set,
            "ListStackInstanceResourceDrifts": reading.list_stack_instance_resource_drifts,
            "ListStackInstances": reading.list_stack_instances,
            "ListStackSetAutoDeploymentTargets": reading.list_stack_set_auto_deployment_targets,
            "ListStackSetOperationResults": reading.list_stack_set_operation_results,
            "ListStackSetOperations": reading.list_stack_set_operations,
            "ListStackSets": reading.list_stack_sets,
            "StopStackSetOperation": writing.stop_stack_set_operation,
            "UpdateStackInstances": writing.update_stack_instances,
            "UpdateStackSet": writing.update_stack_set,
        }

    def _activate(self, call: Call) -> None:
        del call
        self._trusted = True

    def _deactivate(self, call: Call) -> None:
        del call
        self._trusted = False

    def _organizations_access(self, call: Call) -> dict[str, Any]:
        """Whether sets may be service-managed; told, and not asked for when one is made."""
        del call
        return {"Status": "ENABLED" if self._trusted else "DISABLED"}
