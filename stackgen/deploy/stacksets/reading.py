"""StackSets as they are in AWS: the set, its instances, its operations; reading only, every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.parallel import each as side_by_side
from stackgen.deployer.handlers.planning import INOPERABLE
from stackgen.deployer.handlers.refusals import code_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

SKIPPED = "SKIPPED_SUSPENDED_ACCOUNT"


class Caller:
    """A client of CloudFormation whose calls say on whose behalf they are made, wherever the API asks for that.

    Every call of a set that a delegated administrator made needs it, the ones that only look too.
    """

    def __init__(self, client: Any, call_as: str) -> None:
        self._client = client
        self._call_as = call_as
        self.meta = client.meta

    @property
    def cloudformation(self) -> Caller:
        """Itself, by the name under which the deployer's functions ask for it."""
        return self

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)
        model = self.meta.service_model.operation_model(self.meta.method_to_api_mapping[name])
        if not self._call_as or "CallAs" not in model.input_shape.members:
            return operation
        return partial(operation, CallAs=self._call_as)


@dataclass(frozen=True, slots=True)
class SetState:
    """A set as DescribeStackSet tells it."""

    id: str
    name: str
    template: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    administration_role: str = ""
    execution_role: str = ""
    description: str = ""
    permission_model: str = "SELF_MANAGED"
    is_managed: bool = False
    auto_deployment: Mapping[str, bool] = field(default_factory=dict)


class Instance(NamedTuple):
    """One cell as it is."""

    pair: Pair
    status: str
    """CURRENT, OUTDATED or INOPERABLE."""
    detailed: str
    reason: str
    stack_id: str
    operation_id: str
    drift: str
    overrides: Mapping[str, str] = {}


class Ran(NamedTuple):
    """An operation in the list of them."""

    id: str
    action: str
    status: str
    began: datetime | None
    ended: datetime | None
    reason: str
    failed: int


def find(name: str, caller: Any) -> SetState | None:
    """A set; None where there is none, or where it has been deleted."""
    try:
        found = caller.describe_stack_set(StackSetName=name)["StackSet"]
    except ClientError as error:
        if code_of(error) == "StackSetNotFoundException":
            return None
        raise
    if found.get("Status") == "DELETED":
        return None
    return SetState(
        id=found["StackSetId"],
        name=found["StackSetName"],
        template=found.get("TemplateBody", ""),
        parameters={each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])},
        tags={each["Key"]: each["Value"] for each in found.get("Tags", [])},
        capabilities=tuple(found.get("Capabilities", [])),
        administration_role=found.get("AdministrationRoleARN", ""),
        execution_role=found.get("ExecutionRoleName", ""),
        description=found.get("Description", ""),
        permission_model=found.get("PermissionModel", "SELF_MANAGED"),
        is_managed=bool(found.get("ManagedExecution", {}).get("Active")),
        auto_deployment=found.get("AutoDeployment", {}),
    )


def instances(name: str, caller: Any) -> list[Instance]:
    """All cells of a set."""
    return [_instance(each) for each in _pages(caller.list_stack_instances, StackSetName=name)]


def with_overrides(name: str, found: Sequence[Instance], caller: Any) -> list[Instance]:
    """The same with what each cell overrides, which AWS tells of one cell at a time."""

    def described(instance: Instance) -> Instance:
        account, region = instance.pair
        try:
            answer = caller.describe_stack_instance(
                StackSetName=name, StackInstanceAccount=account, StackInstanceRegion=region
            )
        except ClientError as error:
            if code_of(error) == "StackInstanceNotFoundException":
                return instance
            raise
        own = answer["StackInstance"].get("ParameterOverrides", [])
        return instance._replace(overrides={each["ParameterKey"]: each.get("ParameterValue", "") for each in own})

    # the first in this thread, so that what AWS refuses is told as the call that it was
    return [described(each) for each in found[:1]] + side_by_side(described, found[1:])


def operations(name: str, caller: Any, most: int = 50) -> list[Ran]:
    """The newest operations of a set, the newest first."""
    found = []
    for each in _pages(caller.list_stack_set_operations, StackSetName=name):
        failed = int(each.get("StatusDetails", {}).get("FailedStackInstancesCount", 0))
        began, ended = each.get("CreationTimestamp"), each.get("EndTimestamp")
        reason = each.get("StatusReason", "")
        found.append(Ran(each["OperationId"], each["Action"], each["Status"], began, ended, reason, failed))
        if len(found) == most:
            break
    return found


def drifted_resources(name: str, pair: Pair, operation_id: str, caller: Any) -> list[str]:
    """What differs in one cell: ``Queue MODIFIED``."""
    where = {"StackSetName": name, "StackInstanceAccount": pair.account_id, "StackInstanceRegion": pair.region}
    return [
        f"{each['LogicalResourceId']} {each['StackResourceDriftStatus']}"
        for each in _pages(caller.list_stack_instance_resource_drifts, OperationId=operation_id, **where)
        if each["StackResourceDriftStatus"] != "IN_SYNC"
    ]


def _instance(found: Mapping[str, Any]) -> Instance:
    detailed = found.get("StackInstanceStatus", {}).get("DetailedStatus", "")
    return Instance(
        pair=Pair(found["Account"], found["Region"]),
        status=INOPERABLE if detailed == INOPERABLE else found["Status"],
        detailed=detailed,
        reason=found.get("StatusReason", ""),
        stack_id=found.get("StackId", ""),
        operation_id=found.get("LastOperationId", ""),
        drift=found.get("DriftStatus", ""),
    )


def _pages(operation: Any, **asked: Any) -> Iterator[dict[str, Any]]:
    more: dict[str, str] = {}
    while True:
        page = operation(MaxResults=100, **asked, **more)
        yield from page["Summaries"]
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}
