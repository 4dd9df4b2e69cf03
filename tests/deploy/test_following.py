"""Operations followed to their end: what AWS answers may be a moment old, and now and then it does not answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from stackgen.deploy.actions import Action
from stackgen.deploy.applying import Applying
from stackgen.deploy.errors import NeedsPersonError
from stackgen.deploy.executor import Performer
from stackgen.deploy.following import carried_out
from stackgen.deploy.planner import Planner
from stackgen.deploy.stacks import find

from .deployed import NAME, TABLE, Deployed, named, target

if TYPE_CHECKING:
    from stackgen.deploy.events import Event
    from stackgen.deploy.targets import Target

TOKEN = "a-token"  # noqa: S105  that of an operation
POLICY = json.dumps({"Statement": [
    {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
    {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*", "Resource": "*",
     "Condition": {"StringEquals": {"ResourceType": ["AWS::DynamoDB::Table"]}}},
]})  # fmt: skip
LOST = EndpointConnectionError(endpoint_url="https://cloudformation.us-east-1.amazonaws.com/")
LATE = ReadTimeoutError(endpoint_url="https://cloudformation.us-east-1.amazonaws.com/")
THROTTLED = ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}, "DescribeStacks")
EXPIRED = ClientError({"Error": {"Code": "ExpiredToken", "Message": "it has expired"}}, "DescribeStacks")


@dataclass
class Behind:
    """CloudFormation, whose answers on stacks are of before the call that began it for *old* looks, or errors."""

    real: Any
    begins: str
    old: int = 0
    errors: tuple[Exception, ...] = ()
    before: Any = None
    looks: int = 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.real, name)

        def begun(**asked: Any) -> Any:
            self.before = self.real.describe_stacks(StackName=NAME)
            return call(**asked)

        def described(**asked: Any) -> Any:
            if self.before is None:
                return call(**asked)
            self.looks += 1
            if self.looks <= len(self.errors):
                raise self.errors[self.looks - 1]
            return self.before if self.looks <= self.old + len(self.errors) else call(**asked)

        return {self.begins: begun, "describe_stacks": described}.get(name, call)


def behind(shop: Deployed, begins: str = "execute_change_set", **more: Any) -> tuple[Applying, list[Action]]:
    """What deploys with such answers, and what it performs."""
    slow = Behind(shop.client("cloudformation"), begins, **more)
    done: list[Action] = []

    def client(service: str) -> Any:
        return slow if service == "cloudformation" else shop.client(service)

    planner = Planner(shop.build, client, shop.cloud.clock.time)
    return Applying(planner, Performer(client, done.append), client, shop.pace), done


@pytest.mark.requirement("PP-33")
def test_a_status_that_is_a_moment_old_ends_no_update(shop: Deployed) -> None:
    """The command says that all went well before CloudFormation has begun."""
    shop.deploy()
    shop.cloud.formation.operations.steps.durations["*"] = 60
    applying, _ = behind(shop, old=3)
    ended = applying.apply(applying.prepare(target(Delay="9")))
    assert ended is not None
    own = [each.status for each in ended.events if each.path == NAME]
    assert own == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert shop.stack()["StackStatus"] == "UPDATE_COMPLETE"


def test_a_shell_that_is_a_moment_old_ends_no_creation(shop: Deployed) -> None:
    shop.cloud.formation.operations.steps.durations["*"] = 60
    applying, _ = behind(shop, old=3)
    ended = applying.apply(applying.prepare(target()))
    assert ended is not None
    assert ended.state.status == "CREATE_COMPLETE"


@pytest.mark.parametrize("errors", [(LOST,), (LATE, LATE), (THROTTLED,) * 5], ids=["lost", "late", "throttled"])
@pytest.mark.requirement("PP-33")
def test_an_answer_that_does_not_come_ends_nothing(shop: Deployed, errors: tuple[Exception, ...]) -> None:
    """A lost connection ends the command with 1 while CloudFormation goes on."""
    shop.deploy()
    applying, _ = behind(shop, errors=errors)
    ended = applying.apply(applying.prepare(target(Delay="9")))
    assert ended is not None
    assert (ended.state.status, ended.exit_code) == ("UPDATE_COMPLETE", 0)


def test_what_cannot_pass_ends_the_command(shop: Deployed) -> None:
    shop.deploy()
    applying, _ = behind(shop, errors=(EXPIRED,))
    with pytest.raises(ClientError, match="it has expired"):
        applying.apply(applying.prepare(target(Delay="9")))


def test_nobody_waits_for_ever_for_an_answer(shop: Deployed) -> None:
    shop.deploy()
    applying, _ = behind(shop, errors=(LOST,) * 10_000)
    plan = applying.prepare(target(Delay="9"))
    began = shop.cloud.clock.time()
    with pytest.raises(EndpointConnectionError):
        applying.apply(plan)
    assert 900 <= shop.cloud.clock.time() - began < 1000


def protected(shop: Deployed) -> tuple[Deployed, Target]:
    """The shop with a table of its own, which its policy protects, and what replaces it."""
    own = shop.with_build(root={"Own": TABLE})
    own.deploy(named(target(), stack_policy=POLICY))
    return own, named(target(Key="other"), stack_policy=POLICY)


@pytest.mark.requirement("PP-27")
def test_a_policy_is_set_back_only_after_the_end_of_its_update_was_seen(shop: Deployed) -> None:
    """The stack policy comes back in the midst of the update that it was set aside for, and makes it fail."""
    own, wanted = protected(shop)
    shop.cloud.formation.operations.steps.durations["*"] = 600
    applying, done = behind(own, errors=(EXPIRED,))
    plan = applying.prepare(wanted)
    assert [each.operation for each in plan.execute] == ["set_stack_policy", "execute_change_set", "set_stack_policy"]
    with pytest.raises(ClientError):
        applying.apply(plan)
    assert [each.operation for each in done][-2:] == ["set_stack_policy", "execute_change_set"]
    shop.cloud.clock.settle()
    again = own.again()
    assert again.stack()["StackStatus"] == "UPDATE_COMPLETE"
    again.applying.repair(wanted)
    assert json.loads(policy(again)) == json.loads(POLICY)


def policy(shop: Deployed) -> str:
    return str(shop.client("cloudformation").get_stack_policy(StackName=NAME)["StackPolicyBody"])


@pytest.mark.requirement("PP-27")
def test_a_policy_that_was_set_by_hand_is_never_set_aside(shop: Deployed) -> None:
    """A run that is cut off loses it: the project does not say what it was, so no other run can set it back."""
    own = shop.with_build(root={"Own": TABLE})
    own.deploy()
    own.client("cloudformation").set_stack_policy(StackName=NAME, StackPolicyBody=POLICY)
    again = own.again()
    plan = again.plan(target(Key="other"))
    assert f"{NAME}/Own" in {each.path for each in plan.risks}
    assert [each.operation for each in plan.execute] == ["execute_change_set"]
    ended = again.applying.apply(plan)
    assert ended is not None
    assert (ended.state.status, ended.exit_code) == ("UPDATE_ROLLBACK_COMPLETE", 5)
    assert any("denied by stack policy" in each.reason.lower() for each in ended.events)
    assert json.loads(policy(again)) == json.loads(POLICY)


def test_a_policy_is_set_back_where_aws_refused_the_update(shop: Deployed) -> None:
    own, wanted = protected(shop)
    plan = own.again().plan(wanted)
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "planted"}}, "ExecuteChangeSet")

    class Refusing(Deployed):
        def perform(self, action: Action) -> dict[str, Any]:
            if action.operation == "execute_change_set":
                raise refused
            return super().perform(action)

    again = Refusing(own.cloud, own.build)
    with pytest.raises(ClientError, match="planted"):
        again.applying.apply(plan)
    assert json.loads(policy(again)) == json.loads(POLICY)


def test_an_update_whose_answer_was_lost_is_followed(shop: Deployed) -> None:
    shop.deploy()

    class Losing(Deployed):
        def perform(self, action: Action) -> dict[str, Any]:
            answer = super().perform(action)
            if action.operation == "execute_change_set":
                raise LOST
            return answer

    again = Losing(shop.cloud, shop.build)
    ended = again.deploy(target(Delay="9"))
    assert ended is not None
    assert (ended.state.status, ended.exit_code) == ("UPDATE_COMPLETE", 0)


def deletion(stack_id: str) -> Action:
    return Action("cloudformation", "delete_stack", {"StackName": stack_id, "ClientRequestToken": TOKEN}, "delete it")


@pytest.mark.parametrize("more", [{"old": 3}, {"errors": (LOST, THROTTLED)}], ids=["old", "lost"])
def test_a_deletion_is_followed_in_the_same_way(shop: Deployed, more: dict[str, Any]) -> None:
    """destroy and rollback say how it ended before it began, or end where a connection is lost."""
    shop.deploy()
    slow = Behind(shop.client("cloudformation"), "delete_stack", **more)
    state = find(NAME, slow)
    assert state is not None
    shop.cloud.formation.operations.steps.durations["*"] = 60
    heard: list[Event] = []
    ended = carried_out(deletion(state.id), state, Performer(lambda _: slow), slow, shop.pace, heard.append)
    assert ended.state.status == "DELETE_COMPLETE"
    assert tuple(heard) == ended.events


def test_a_deletion_that_fails_as_the_one_before_has_ended(shop: Deployed) -> None:
    """The stack is what it was, and only its events say that something happened."""
    shop.deploy()
    own = shop.with_build(root={"Kept": {"Type": "AWS::S3::Bucket"}})
    own.deploy()
    name = own.client("cloudformation").describe_stack_resource(StackName=NAME, LogicalResourceId="Kept")
    bucket = name["StackResourceDetail"]["PhysicalResourceId"]
    own.client("s3").put_object(Bucket=bucket, Key="a", Body=b"a")
    statuses = []
    for number in range(2):
        state = find(own.stack()["StackId"], own.client("cloudformation"))
        assert state is not None
        action = deletion(state.id)
        action = Action(action.service, action.operation, {**action.parameters, "ClientRequestToken": f"t{number}"}, "")
        ended = carried_out(action, state, own, own.client("cloudformation"), own.pace, own.events.append)
        statuses.append(ended.state.status)
    assert statuses == ["DELETE_FAILED", "DELETE_FAILED"]


def test_what_never_begins_is_told(shop: Deployed) -> None:
    """A command that waits for ever, or says that it went well."""
    shop.deploy()
    state = find(NAME, shop.client("cloudformation"))
    assert state is not None

    class Idle:
        def perform(self, action: Action) -> dict[str, Any]:
            del action
            return {}

    with pytest.raises(NeedsPersonError, match="shows nothing of it: it is CREATE_COMPLETE"):
        carried_out(
            deletion(state.id), state, Idle(), shop.client("cloudformation"), shop.pace, shop.events.append
        )  # fmt: skip


def test_events_that_were_read_when_a_call_failed_come_with_the_next(shop: Deployed) -> None:
    from stackgen.deploy.events import Follower

    shop.deploy()
    stack_id = shop.stack()["StackId"]
    cloudformation = shop.client("cloudformation")
    whole = Follower(stack_id, NAME, cloudformation).new()

    class Failing:
        """Fails at each of its first calls for another stack."""

        def __init__(self) -> None:
            self.asked: set[str] = set()

        def describe_stack_events(self, **asked: Any) -> Any:
            name = asked["StackName"]
            if name != stack_id and name not in self.asked:
                self.asked.add(name)
                raise THROTTLED
            return cloudformation.describe_stack_events(**asked)

    failing = Failing()
    follower, found = Follower(stack_id, NAME, failing), []
    for _ in range(9):
        try:
            found += follower.new()
        except ClientError:
            continue
    assert [each.id for each in found] == [each.id for each in whole]
    assert failing.asked
