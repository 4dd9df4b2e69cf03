"""One deployment: the stack is made, its tree is watched while the time runs, and what came of it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import LocalError
from stackgen.local.formation import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.local.cloud import Cloud
    from stackgen.local.rehearsal.serving import Stopping
    from stackgen.local.rehearsal.telling import Teller

NESTED = "AWS::CloudFormation::Stack"
LONGEST = 3 * 86400.0
"""Seconds of virtual time after which a deployment counts as stuck."""
_CHILD = re.compile(r"(.+)-([A-Za-z0-9]+)-[A-Z0-9]{12}")
_NOT_THE_CAUSE = ("Resource creation cancelled", "Resource update cancelled")
ROLLED_BACK = 5
NEEDS_A_PERSON = 6
INTERRUPTED = 130


class Tree:
    """The names of nested stacks as paths: ``TapStack/Network`` for ``TapStack-Network-1A2B3C4D5E6F``."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}

    def path(self, event: Mapping[str, Any]) -> str:
        """Where an event's resource stands."""
        stack, title = event["StackName"], event["LogicalResourceId"]
        own = self._of(stack)
        return own if title == stack else f"{own}/{title}"

    def _of(self, stack: str) -> str:
        if stack not in self._paths:
            found = _CHILD.fullmatch(stack)
            is_child = found is not None and found[1] in self._paths
            self._paths[stack] = f"{self._paths[found[1]]}/{found[2]}" if found and is_child else stack
        return self._paths[stack]


@dataclass(frozen=True, slots=True)
class Failure:
    """A resource that failed, and why."""

    path: str
    type: str
    status: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} ({self.type}) {self.status}: {self.reason}"


@dataclass(slots=True)
class Outcome:
    """What came of a deployment."""

    name: str
    status: str
    reason: str
    stacks: int
    resources: int
    seconds: float
    outputs: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    not_undone: Failure | None = None
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        if self.interrupted:
            return INTERRUPTED
        return {"CREATE_COMPLETE": 0, "ROLLBACK_COMPLETE": ROLLED_BACK}.get(self.status, NEEDS_A_PERSON)


class Deployment:
    """Watches every stack of a stand-in; deploys one."""

    def __init__(self, cloud: Cloud, teller: Teller, account: str, region: str) -> None:
        self._cloud = cloud
        self._teller = teller
        self._account = account
        self._region = region
        self._tree = Tree()
        self._name = ""
        self._ours: list[tuple[str, dict[str, Any]]] = []
        cloud.formation.operations.watchers.append(self._watch)

    def _watch(self, event: dict[str, Any]) -> None:
        path = self._tree.path(event)
        self._teller.event(event, path)
        here = event["StackId"].split(":")[3:5] == [self._region, self._account]
        if here and path.partition("/")[0] == self._name:
            self._ours.append((path, event))

    def run(
        self,
        name: str,
        template: Mapping[str, str],
        parameters: Mapping[str, str],
        capabilities: Sequence[str],
        stopping: Stopping,
    ) -> Outcome:
        """Create the stack and let the time run until it is done. Raises LocalError where CloudFormation refuses it."""
        clock = self._cloud.clock
        start = clock.time()
        self._name = name
        stack = self._create(name, template, parameters, capabilities)
        clock.wait(lambda: bool(stopping) or not stack["StackStatus"].endswith("_IN_PROGRESS"), LONGEST, [])
        status: str = stack["StackStatus"]
        is_going_on = status.endswith("_IN_PROGRESS")
        made = {path: event["ResourceType"] for path, event in self._ours if _is_made(event)}
        shown = {each["OutputKey"]: str(each["OutputValue"]) for each in stack.get("Outputs", [])}
        return Outcome(
            name,
            status,
            str(stack.get("StackStatusReason") or ""),
            list(made.values()).count(NESTED),
            len([kind for kind in made.values() if kind != NESTED]),
            clock.time() - start,
            shown if status == "CREATE_COMPLETE" else {},
            self._failure("CREATE_FAILED", "UPDATE_FAILED"),
            self._failure("DELETE_FAILED"),
            interrupted=is_going_on and bool(stopping),
        )

    def _create(
        self, name: str, template: Mapping[str, str], parameters: Mapping[str, str], capabilities: Sequence[str]
    ) -> records.Stack:
        from botocore.exceptions import BotoCoreError, ClientError

        refusal = "it answered nothing"
        try:
            self._cloud.client("cloudformation", self._account, self._region).create_stack(
                StackName=name,
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Capabilities=list(capabilities),
                **template,
            )
        except ClientError as error:
            refusal = f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
        except BotoCoreError as error:
            refusal = str(error)
        with self._cloud.embedded.scope(self._account, self._region):
            stack = records.find(name)
        if stack is None:  # it may be there although its answer was lost
            raise LocalError(f"CloudFormation refuses {name}: {refusal}")
        return stack

    def _failure(self, *statuses: str) -> Failure | None:
        """The first that failed of those that stand deepest: what stands above it failed because of it."""
        failed = [
            (path, event)
            for path, event in self._ours
            if event["ResourceStatus"] in statuses
            and not str(event.get("ResourceStatusReason")).startswith(_NOT_THE_CAUSE)
        ]
        if not failed:
            return None
        path, event = max(failed, key=lambda each: each[0].count("/"))
        reason = self._teller.masked(str(event.get("ResourceStatusReason") or "no reason was given"))
        return Failure(path, event["ResourceType"], event["ResourceStatus"], reason)


def _is_made(event: Mapping[str, Any]) -> bool:
    """Whether an event ends the creation of something; a nested stack says so twice, under one path."""
    return bool(event["ResourceStatus"] == "CREATE_COMPLETE")
