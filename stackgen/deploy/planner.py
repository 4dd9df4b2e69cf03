"""Reads AWS and decides what to do; nothing here changes anything.

A plan is made in two steps, because AWS gives its verdict on a change set alone: ``planned`` says what must be
prepared, the executor prepares it, and ``completed`` reads the verdict and says what will be executed.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import changesets, stacks
from .actions import Action
from .artifacts import digest_of, missing, uploads, url_of
from .errors import BusyError, NeedsPersonError, RefusedChangeError
from .events import last_operation
from .hiding import Hiding
from .keeping import alarm_of
from .next_steps import command_for, next_step, words_of
from .overriding import is_lifted, lifted
from .owners import see_that_it_is_ours
from .plans import CREATE, NOTHING, RECREATE, UPDATE, Plan, digest_of_resolved, digests_of, id_of, risks_of, what_of
from .validations import findings
from .verdicts import deployed, differences, offline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.review.model import Build

    from .artifacts import Upload
    from .changesets import ChangeSet
    from .stacks import StackState
    from .targets import Target


class Planner:
    """Plans deployments of one build with clients that only read."""

    def __init__(self, build: Build, client: Callable[[str], Any], now: Callable[[], float] = time.time) -> None:
        self._build = build
        self._client = client
        self._now = now

    def running(self, target: Target) -> StackState | None:
        """The stack, where an earlier run of this very deployment has begun what runs on it now.

        Raises BusyError where another deployment of ours runs, NeedsPersonError for another environment's stack.
        """
        cloudformation = self._client("cloudformation")
        state = stacks.find(target.stack_name, cloudformation)
        if state is None or not state.is_going_on:
            return None
        see_that_it_is_ours(state, target)
        plan = changesets.plan_of(_mark_of(state, cloudformation))
        if not plan:
            return None
        if not plan.startswith(what_of(digests_of(target, uploads(self._build, target), None))):
            raise _busy(target, state, "a deployment of something else runs")
        return state

    def repairs(self, target: Target) -> list[Action]:
        """What sets back what a run that was cut off has set aside. Raises NeedsPersonError."""
        cloudformation = self._client("cloudformation")
        state = stacks.find(target.stack_name, cloudformation) if target.stack_policy else None
        if state is None or state.is_going_on:
            return []
        see_that_it_is_ours(state, target)
        found = self._policy_of(state)
        if not found or not is_lifted(found, target.stack_policy):
            return []
        why = "set the stack policy back, which an earlier run had set aside"
        return [_set_policy(target, target.stack_policy, why)]

    def planned(self, target: Target) -> Plan:
        """What must be prepared. Raises BusyError, NeedsPersonError, ArtifactError."""
        cloudformation = self._client("cloudformation")
        state = stacks.find(target.stack_name, cloudformation)
        kind = _kind(target, state)
        places = tuple(uploads(self._build, target))
        digests = digests_of(target, places, state)
        plan_id = id_of(digests)
        left = [] if state is None or kind == RECREATE else changesets.ours(target.stack_name, cloudformation)
        left = [each for each in left if each.plan == plan_id and not each.is_begun]
        found = next((each for each in left if each.is_executable or each.is_empty or not each.is_over), None)
        name = found.name if found else changesets.name_of(plan_id, self._now())
        plan = Plan(plan_id, target, kind, state, digests, places, name, ())
        prepare = [*missing(places, target.account, target.region, self._client("s3"))]
        if kind == RECREATE:
            why = f"delete what is left of {target.stack_name}: its creation was rolled back"
            stack_id = state.id if state else ""  # by its name somebody else's stack would go, made in the meantime
            prepare.append(Action("cloudformation", "delete_stack", {"StackName": stack_id}, why))
        for each in left:
            if found is None and each.is_over:
                why = "what AWS refused may be mended by now"
                prepare.append(Action("cloudformation", "delete_change_set", {"ChangeSetName": each.id}, why))
        if found is None:
            prepare.append(_create_change_set(plan, places[0]))
        return replace(plan, prepare=tuple(prepare))

    def completed(self, plan: Plan) -> Plan:
        """The plan with AWS's verdict and the offline one, and what will be executed; the change set is there now.

        Raises RefusedChangeError where AWS makes none of it.
        """
        cloudformation = self._client("cloudformation")
        target, state = plan.target, plan.state if plan.kind == UPDATE else None
        found = changesets.find(plan.change_set_name, target.stack_name, cloudformation)
        if found is None:
            raise NeedsPersonError(f"the change set {plan.change_set_name} of {target.place} is gone", "plan again")
        if found.is_empty:
            why = "nothing would change"
            delete = Action("cloudformation", "delete_change_set", {"ChangeSetName": found.id}, why)
            return replace(plan, kind=NOTHING, change_set=found, execute=(delete, *self._settings(target, state)))
        if found.status == changesets.FAILED:
            hide = Hiding(target).text
            cause = findings(changesets.cause_of(found, cloudformation), cloudformation)
            raise RefusedChangeError(
                f"AWS refuses the change to {target.place}: {hide(cause.verdict)}",
                *map(hide, cause.lines),
                "mend what it says and deploy again; nothing was changed",
            )
        whole = changesets.read(found, target.stack_name, cloudformation)
        before = None
        if state is not None:
            tree = stacks.tree(state, cloudformation, target.stack_name)
            before = deployed(tree, target.template, cloudformation)
        verdict = offline(target, self._build, state, before)
        risks = risks_of(whole.changes, verdict if state else None)
        plan = replace(
            plan,
            change_set=whole,
            offline=verdict,
            differences=differences(whole.changes, verdict) if state else (),
            risks=risks,
            digests={**plan.digests, "resolved": digest_of_resolved(target, whole)},
        )
        return replace(plan, execute=(*self._executed(plan, whole), *self._settings(target, state)))

    def settled(self, target: Target) -> Plan:
        """What is left where the change set has been carried out: settings alone."""
        state = stacks.find(target.stack_name, self._client("cloudformation"))
        places = tuple(uploads(self._build, target))
        digests = digests_of(target, places, state)
        plan = Plan(id_of(digests), target, NOTHING, state, digests, places, "", ())
        return replace(plan, execute=tuple(self._settings(target, state)))

    def _executed(self, plan: Plan, found: ChangeSet) -> Iterator[Action]:
        """The execution, between policies where the stack's own denies what somebody allows."""
        target, state = plan.target, plan.state if plan.kind == UPDATE else None
        titles = [*_at_the_root(plan)]
        is_kept = bool(target.stack_policy)  # one that was set by hand could not be set back by another run
        policy = self._policy_of(state) if state is not None and titles and is_kept else ""
        other = lifted(policy, titles) if policy else policy
        if other != policy:
            yield _set_policy(target, other, f"set the stack policy aside for {', '.join(titles)}, for this update")
        yield _execute(plan, found)
        if other != policy:
            yield replace(_set_policy(target, policy, "set the stack policy back"), always=True)

    def _settings(self, target: Target, state: StackState | None) -> list[Action]:
        """What CloudFormation keeps beside the template, where the project says otherwise than it is."""
        actions = []
        if target.stack_policy and not (state and self._has_policy(state, target.stack_policy)):
            actions.append(_set_policy(target, target.stack_policy, "set the stack policy"))
        if target.is_protected is not None and (state is None or state.is_protected != target.is_protected):
            switch = {"StackName": target.stack_name, "EnableTerminationProtection": target.is_protected}
            word = "protect the stack from deletion" if target.is_protected else "let the stack be deleted"
            actions.append(Action("cloudformation", "update_termination_protection", switch, word))
        return actions

    def _has_policy(self, state: StackState, wanted: str) -> bool:
        found = self._policy_of(state)
        return bool(found) and json.loads(found) == json.loads(wanted)

    def _policy_of(self, state: StackState) -> str:
        """The policy that a stack has, or nothing."""
        return str(self._client("cloudformation").get_stack_policy(StackName=state.id).get("StackPolicyBody") or "")


def _at_the_root(plan: Plan) -> Iterator[str]:
    """What the stack's own policy may deny of the risks: its own resources, and nested stacks that go."""
    at = {each.path: each for each in plan.changes}
    for title in dict.fromkeys(risk.path.split("/")[1] for risk in plan.risks):
        change = at.get(f"{plan.target.stack_name}/{title}")
        if change is not None and (change.type != stacks.NESTED or change.action == changesets.REMOVE):
            yield title


def _set_policy(target: Target, policy: str, why: str) -> Action:
    parameters = {"StackName": target.stack_name, "StackPolicyBody": policy}
    return Action("cloudformation", "set_stack_policy", parameters, why)


def _kind(target: Target, state: StackState | None) -> str:
    """What can be done with a stack as it is. Raises BusyError, NeedsPersonError."""
    if state is None:
        return CREATE
    see_that_it_is_ours(state, target)
    if state.status == "REVIEW_IN_PROGRESS":
        return CREATE
    if state.is_going_on:
        raise _busy(target, state, "another operation runs")
    if state.status == "ROLLBACK_COMPLETE":
        return RECREATE
    if state.status in stacks.HEALTHY:
        return UPDATE
    raise NeedsPersonError(
        f"{target.place} is in {state.status} and cannot be updated",
        next_step(state.status, words_of(target)),
        f"why it is so: {command_for(target, 'diagnose')}",
    )


def _mark_of(state: StackState, cloudformation: Any) -> str:
    """What says who began the operation that runs: its token, or the name of the change set that it carries out.

    AWS lists a change set no more once it is executed, and does not find it by its name.
    """
    found = last_operation(state.id, cloudformation)
    if found is not None and (found.token or found.status == "DELETE_IN_PROGRESS"):
        return found.token
    return state.change_set_id.partition("/")[2].partition("/")[0]


def _busy(target: Target, state: StackState, what: str) -> BusyError:
    return BusyError(
        f"{what} on {target.place}: {state.status}", f"{command_for(target, 'events --follow')} shows it to its end"
    )


def _create_change_set(plan: Plan, root: Upload) -> Action:
    target = plan.target
    more = {"RoleARN": target.service_role_arn} if target.service_role_arn else {}
    return Action(
        "cloudformation",
        "create_change_set",
        {
            "StackName": target.stack_name,
            "ChangeSetName": plan.change_set_name,
            "ChangeSetType": "UPDATE" if plan.kind == UPDATE else "CREATE",
            "TemplateURL": url_of(root.bucket, root.key, target.region),
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value.text}
                for name, value in sorted(target.parameters.items())
            ],
            "Capabilities": list(target.capabilities),
            "Tags": [{"Key": key, "Value": value} for key, value in sorted(target.tags.items())],
            "RollbackConfiguration": {  # what is not sent stays as it was: an empty list takes it away
                "RollbackTriggers": [_trigger(alarm) for alarm in target.rollback_alarms],
                "MonitoringTimeInMinutes": target.monitoring_minutes
                if plan.kind == UPDATE
                else target.minutes_after_creation,
            },
            "NotificationARNs": list(target.notification_arns),
            "IncludeNestedStacks": True,
            "Description": f"{root.template} {digest_of(root.text)} by stackgen",
            **more,
        },
        f"ask AWS what would change in {target.place}",
        target.secrets,
    )


def _trigger(alarm: str) -> dict[str, str]:
    """``composite:ARN`` is a composite alarm; its ARN looks like that of any other."""
    arn = alarm_of(alarm)
    return {"Arn": arn, "Type": f"AWS::CloudWatch::{'Alarm' if arn == alarm else 'CompositeAlarm'}"}


def _execute(plan: Plan, found: ChangeSet) -> Action:
    parameters = {
        "ChangeSetName": found.id,
        "ClientRequestToken": found.token,
        "RetainExceptOnCreate": True,  # what is new and holds nothing yet would be in the way of the next attempt
    }
    return Action(
        "cloudformation", "execute_change_set", parameters, f"carry out the change set of {plan.target.place}"
    )
