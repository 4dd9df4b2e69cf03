"""CloudFormation of the stand-in as a whole, opened and closed with it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from stackgen.local.formation import changesets, comparison, evaluation, signals, templates
from stackgen.local.formation.answers import Answers
from stackgen.local.formation.continuing import Continuing
from stackgen.local.formation.custom import CustomResources
from stackgen.local.formation.deletion import Deletion
from stackgen.local.formation.monitoring import Monitoring
from stackgen.local.formation.nested import NestedStacks
from stackgen.local.formation.operation import CLOUDFORMATION_STACK
from stackgen.local.formation.operations import Operations
from stackgen.local.formation.port import EmbeddedStacks
from stackgen.local.formation.records import Store
from stackgen.local.formation.stackset_type import STACK_SET, StackSetType
from stackgen.local.formation.steps import Steps
from stackgen.local.formation.tokens import Tokens
from stackgen.local.formation.validation import Validation
from stackgen.local.stacksets.service import StackSets
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from stackgen.local.clock import Clock
    from stackgen.local.embedded import Embedded
    from stackgen.local.faults import Faults
    from stackgen.local.gateway import Gateway
    from stackgen.local.resources.resource_type import ResourceType
    from stackgen.local.stacksets.accounts import Accounts
    from stackgen.local.wire import Call


class Formation:
    def __init__(self, clock: Clock, embedded: Embedded, faults: Faults, accounts: Accounts | None = None) -> None:
        self._clock = clock
        self._faults = faults
        self._monitoring = Monitoring(clock)
        self.operations = Operations(clock, self._monitoring, Steps(clock, faults, self._monitoring))
        self._custom = CustomResources(clock, self._monitoring)
        self.nested = NestedStacks(self.operations)
        self.operations.steps.update_child = self.nested.update
        self.stack_sets = StackSets(clock, EmbeddedStacks(embedded, self.operations, faults), accounts=accounts)
        self._stack_set_type = StackSetType(clock, self.stack_sets.operations)
        self._validation = Validation(embedded, faults)
        self._change_sets = changesets.ChangeSets(embedded, self.nested, self._validation)
        self._answers = Answers(embedded, self._change_sets, faults)
        self._deletion = Deletion(embedded)
        self._continuing = Continuing(embedded)
        self._tokens = Tokens()

    def resource_types(self) -> Mapping[str, ResourceType]:
        return {
            CLOUDFORMATION_STACK: self.nested.resource_type(),
            STACK_SET: self._stack_set_type.resource_type(),
        }

    @contextmanager
    def mended(self, port: int) -> Iterator[None]:
        """Put all of it into ministack's CloudFormation; custom resources answer on *port*."""
        from ministack.services import cloudformation

        with ExitStack() as mended:
            stores = ("_stacks", "_stack_events", "_exports", "_change_sets")
            mended.enter_context(given(cloudformation, **{name: Store() for name in stores}))
            mended.enter_context(self.operations.mended())
            mended.enter_context(self._custom.mended(port))
            mended.enter_context(templates.readable(self._faults))
            mended.enter_context(evaluation.strict())
            mended.enter_context(comparison.effective())
            mended.enter_context(signals.on_the_clock(self._clock, self._monitoring))
            yield

    def join(self, gateway: Gateway) -> None:
        gateway.serve("cloudformation", {**self.stack_sets.operations(), "DescribeAccountLimits": _limits})
        around = {
            **self._answers.around(),
            **self._answers.remembering({"DeleteStack": self._deletion.around}),
            **self._answers.reading(self._change_sets.around()),
            **self._answers.remembering({"ContinueUpdateRollback": self._continuing.around}),
            **self._validation.around(),
            **dict.fromkeys(("ListStackResources", "DescribeStackResources"), self._continuing.listed),
        }
        gateway.surround("cloudformation", self._tokens.around(around))


#: What an account may have in a region. Source: CloudFormation User Guide, "Understand CloudFormation quotas".
LIMITS = {"StackLimit": 2_000, "StackOutputsLimit": 200, "ConcurrentResourcesLimit": 2_500}


def _limits(call: Call) -> dict[str, Any]:
    """API_DescribeAccountLimits; nothing here holds anybody to them."""
    del call
    return {"AccountLimits": [{"Name": name, "Value": value} for name, value in LIMITS.items()]}
