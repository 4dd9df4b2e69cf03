"""StackSets on a real clock, with stacks that exist only in memory; calls take the way over the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import pytest

from stackgen.local import wire
from stackgen.local.clock import Clock
from stackgen.local.errors import ServiceError
from stackgen.local.stacksets import Accounts, Durations, Outcome, Quotas, StackRequest, StackSets

ADMIN = "999999999999"
HOME = "us-east-1"
REGIONS = ["us-east-1", "eu-west-1", "ap-south-1"]
TEMPLATE = json.dumps(
    {
        "Parameters": {"Env": {"Type": "String", "Default": "dev"}, "Size": {"Type": "String", "Default": "small"}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    }
)
OTHER_TEMPLATE = TEMPLATE.replace("AWS::SNS::Topic", "AWS::SQS::Queue")

Place = tuple[str, str]


def accounts(number: int) -> list[str]:
    return [str(100_000_000_001 + index) for index in range(number)]


@dataclass
class Made:
    """A stack as it is, and how often it was worked on."""

    place: Place
    name: str
    request: StackRequest
    status: str
    updates: int = 0


@dataclass
class MemoryStacks:
    """Stacks that take as long as told, and fail where and with what they are told."""

    clock: Clock
    made: dict[str, Made] = field(default_factory=dict)
    failing: dict[Place, str] = field(default_factory=dict)
    undeletable: dict[Place, str] = field(default_factory=dict)
    slow: dict[Place, float] = field(default_factory=dict)
    drifted: set[Place] = field(default_factory=set)
    #: What CloudFormation answers there, by the call and the place.
    refusing: dict[tuple[str, Place], ServiceError] = field(default_factory=dict)
    finished: list[tuple[float, str, Place]] = field(default_factory=list)

    def create(self, account: str, region: str, name: str, request: StackRequest) -> Outcome:
        place = self._work("create", account, region)
        if "AWS::IAM::" in request.template and not request.capabilities:
            raise ServiceError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
        stack_id = f"arn:aws:cloudformation:{region}:{account}:stack/{name}/1"
        failed = self.failing.get(place)
        self.made[stack_id] = Made(place, name, request, "ROLLBACK_COMPLETE" if failed else "CREATE_COMPLETE")
        return Outcome(stack_id, self.made[stack_id].status, failed or "")

    def update(self, account: str, region: str, stack_id: str, request: StackRequest) -> Outcome:
        place = self._work("update", account, region)
        made = self.made[stack_id]
        if place in self.failing:
            made.status = "UPDATE_ROLLBACK_COMPLETE"
            return Outcome(stack_id, made.status, self.failing[place])
        made.request, made.status, made.updates = request, "UPDATE_COMPLETE", made.updates + 1
        return Outcome(stack_id, made.status)

    def delete(self, account: str, region: str, stack_id: str) -> Outcome:
        place = self._work("delete", account, region)
        made = self.made[stack_id]
        made.status = "DELETE_FAILED" if place in self.undeletable else "DELETE_COMPLETE"
        return Outcome(stack_id, made.status, self.undeletable.get(place, ""))

    def describe(self, account: str, region: str, stack_id: str) -> Outcome | None:
        self._refuse("describe", (account, region))
        made = self.made.get(stack_id)
        assert made is None or made.place == (account, region)
        return None if made is None else Outcome(stack_id, made.status)

    def drift(self, account: str, region: str, stack_id: str) -> str:
        self._refuse("drift", (account, region))
        assert stack_id in self.made
        return "DRIFTED" if (account, region) in self.drifted else "IN_SYNC"

    def template(self, call: wire.Call) -> str:
        body = call.parameters.get("TemplateBody")
        if body is None:
            raise ServiceError("ValidationError", "Either Template URL or Template Body must be specified.")
        return str(body)

    def _work(self, what: str, account: str, region: str) -> Place:
        place = account, region
        self._refuse(what, place)
        if place in self.slow:
            self.clock.sleep(self.slow[place])
        self.finished.append((self.clock.time(), what, place))
        return place

    def _refuse(self, what: str, place: Place) -> None:
        if (what, place) in self.refusing:
            raise self.refusing[what, place]

    # What tests look at

    def there(self) -> dict[Place, Made]:
        """The stacks that exist, by account and region; two in one place would be a mistake."""
        alive = [made for made in self.made.values() if made.status != "DELETE_COMPLETE"]
        found = {made.place: made for made in alive}
        assert len(found) == len(alive)
        return found


class Rehearsal:
    """One administrator who calls StackSets as boto3 does."""

    def __init__(
        self,
        accounts: Accounts | None = None,
        *,
        durations: Durations | None = None,
        quotas: Quotas | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.stacks = MemoryStacks(self.clock)
        self.accounts = accounts or Accounts()
        sets = StackSets(self.clock, self.stacks, accounts=self.accounts, durations=durations, quotas=quotas)
        self._handlers = sets.operations()

    def call(self, operation: str, *, region: str = HOME, **parameters: Any) -> dict[str, Any]:
        """Send a call through the wire's own reading, checks and answers."""
        model = wire.model_of("cloudformation", operation)
        body = urlencode(_serializer().serialize_to_request(parameters, model)["body"])
        headers = {"content-type": "application/x-www-form-urlencoded", "host": "cloudformation.amazonaws.com"}
        request = wire.Request("POST", "/", "", headers, body.encode())
        call = wire.Call("cloudformation", operation, ADMIN, region, request)
        try:
            wire.check(call)
            answer = wire.answer(call, self._handlers[operation](call))
        except ServiceError as error:
            answer = wire.answer(call, error)
        return wire.read(call, answer)

    # What most tests begin with, in a word

    def create_set(self, name: str = "app", **parameters: Any) -> str:
        given = {"TemplateBody": TEMPLATE, **parameters}
        return str(self.call("CreateStackSet", StackSetName=name, **given)["StackSetId"])

    def create(self, accounts: Iterable[str], regions: Iterable[str] = (HOME,), **parameters: Any) -> str:
        """Ask for instances; the id of the operation."""
        return self._targeted("CreateStackInstances", accounts, regions, parameters)

    def update(self, accounts: Iterable[str], regions: Iterable[str] = (HOME,), **parameters: Any) -> str:
        return self._targeted("UpdateStackInstances", accounts, regions, parameters)

    def delete(self, accounts: Iterable[str], regions: Iterable[str] = (HOME,), **parameters: Any) -> str:
        return self._targeted("DeleteStackInstances", accounts, regions, {"RetainStacks": False, **parameters})

    def _targeted(
        self, operation: str, accounts: Iterable[str], regions: Iterable[str], parameters: dict[str, Any]
    ) -> str:
        given = {"StackSetName": "app", "Accounts": list(accounts), "Regions": list(regions), **parameters}
        return str(self.call(operation, **given)["OperationId"])

    def update_set(self, **parameters: Any) -> str:
        return str(self.call("UpdateStackSet", **{"StackSetName": "app", **parameters})["OperationId"])

    def deployed(self, accounts: Iterable[str], regions: Iterable[str] = (HOME,), **parameters: Any) -> None:
        """A set with instances whose stacks are there."""
        self.create_set(**parameters)
        self.create(accounts, regions, OperationPreferences=ALL_AT_ONCE)
        self.clock.settle()

    def operation(self, operation_id: str) -> dict[str, Any]:
        found = self.call("DescribeStackSetOperation", StackSetName="app", OperationId=operation_id)
        return dict(found["StackSetOperation"])

    def status(self, operation_id: str) -> str:
        return str(self.operation(operation_id)["Status"])

    def results(self, operation_id: str) -> dict[Place, str]:
        return {place: each["Status"] for place, each in self.all_results(operation_id).items()}

    def all_results(self, operation_id: str) -> dict[Place, dict[str, Any]]:
        listed = self.listed("ListStackSetOperationResults", StackSetName="app", OperationId=operation_id)
        return {(each["Account"], each["Region"]): each for each in listed}

    def instance(self, account: str, region: str = HOME) -> dict[str, Any]:
        found = self.call(
            "DescribeStackInstance", StackSetName="app", StackInstanceAccount=account, StackInstanceRegion=region
        )
        return dict(found["StackInstance"])

    def statuses(self) -> dict[Place, tuple[str, str]]:
        """Status and detailed status of every instance."""
        return {
            (each["Account"], each["Region"]): (each["Status"], each["StackInstanceStatus"]["DetailedStatus"])
            for each in self.listed("ListStackInstances", StackSetName="app")
        }

    def listed(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Everything that a listing has, page by page."""
        token: dict[str, str] = {}
        while True:
            page = self.call(operation, **parameters, **token)
            yield from page["Summaries"]
            if "NextToken" not in page:
                return
            token = {"NextToken": page["NextToken"]}


ALL_AT_ONCE = {
    "MaxConcurrentPercentage": 100,
    "FailureTolerancePercentage": 100,
    "RegionConcurrencyType": "PARALLEL",
}


@lru_cache(maxsize=1)
def _serializer() -> Any:
    from botocore.serialize import create_serializer

    return create_serializer("query")


def refused(code: str, call: Callable[[], object]) -> ServiceError:
    """The error of a call that is refused with a code."""
    with pytest.raises(ServiceError) as caught:
        call()
    assert caught.value.code == code
    return caught.value
