"""Reads AWS and decides what to do; nothing here changes anything.

A plan is made in two steps, because AWS gives its verdict on a change set alone: ``planned`` says what must be
prepared, the executor prepares it, and ``completed`` reads the verdict and says what will be executed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import changesets, stacks
from .actions import Action
from .artifacts import digest_of, missing, uploads, url_of
from .errors import BusyError, NeedsPersonError, RefusedChangeError
from .plans import CREATE, NOTHING, RECREATE, UPDATE, Plan, digests_of, id_of, risks_of
from .verdicts import deployed, differences, offline

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.review.model import Build

    from .artifacts import Upload
    from .changesets import ChangeSet
    from .stacks import StackState
    from .targets import Target

ENVIRONMENT = "Environment"
"""The tag that says whose stack it is."""


class Planner:
    """Plans deployments of one build with clients that only read."""

    def __init__(self, build: Build, client: Callable[[str], Any]) -> None:
        self._build = build
        self._client = client

    def planned(self, target: Target) -> Plan:
        """What must be prepared. Raises BusyError, NeedsPersonError, ArtifactError."""
        state = stacks.find(target.stack_name, self._client("cloudformation"))
        kind = _kind(target, state)
        places = tuple(uploads(self._build, target))
        digests = digests_of(target, places, state)
        plan = Plan(id_of(digests), target, kind, state, digests, places, ())
        prepare = [*missing(places, target.account, target.region, self._client("s3"))]
        if kind == RECREATE:
            why = f"delete what is left of {target.stack_name}: its creation was rolled back"
            prepare.append(Action("cloudformation", "delete_stack", {"StackName": target.stack_name}, why))
        found = self._change_set(plan)
        if found is not None and found.is_over and not found.is_executable and not found.is_empty:
            why = "what AWS refused may be mended by now"
            prepare.append(Action("cloudformation", "delete_change_set", {"ChangeSetName": found.id}, why))
            found = None
        if found is None:
            prepare.append(_create_change_set(plan, places[0]))
        return replace(plan, prepare=tuple(prepare))

    def completed(self, plan: Plan) -> Plan:
        """The plan with AWS's verdict and the offline one, and what will be executed; the change set is there now."""
        cloudformation = self._client("cloudformation")
        target, state = plan.target, plan.state if plan.kind == UPDATE else None
        found = self._change_set(plan)
        if found is None:
            raise NeedsPersonError(f"the change set {plan.change_set_name} of {target.place} is gone", "plan again")
        if found.is_empty:
            why = "nothing would change"
            delete = Action("cloudformation", "delete_change_set", {"ChangeSetName": found.id}, why)
            return replace(plan, kind=NOTHING, change_set=found, execute=(delete, *self._settings(plan)))
        if found.status == changesets.FAILED:
            raise RefusedChangeError(
                f"AWS refuses the change to {target.place}: {found.reason}",
                "mend what it says and deploy again; nothing was changed",
            )
        whole = changesets.read(found, target.stack_name, cloudformation)
        before = None
        if state is not None:
            tree = stacks.tree(state, cloudformation, target.stack_name)
            before = deployed(tree, target.template, cloudformation)
        verdict = offline(target, self._build, state, before)
        return replace(
            plan,
            change_set=whole,
            offline=verdict,
            differences=differences(whole.changes, verdict) if state else (),
            risks=risks_of(whole.changes, verdict if state else None),
            execute=(_execute(plan, whole), *self._settings(plan)),
        )

    def _change_set(self, plan: Plan) -> ChangeSet | None:
        if plan.state is None or plan.kind == RECREATE:
            return self._of(plan) if plan.kind == CREATE else None
        return self._of(plan)

    def _of(self, plan: Plan) -> ChangeSet | None:
        return changesets.find(plan.change_set_name, plan.target.stack_name, self._client("cloudformation"))

    def _settings(self, plan: Plan) -> list[Action]:
        """What CloudFormation keeps beside the template, where the project says otherwise than it is."""
        target, state = plan.target, plan.state if plan.kind == UPDATE else None
        name = {"StackName": target.stack_name}
        actions = []
        if target.stack_policy and not (state and self._has_policy(state, target.stack_policy)):
            policy = {**name, "StackPolicyBody": target.stack_policy}
            actions.append(Action("cloudformation", "set_stack_policy", policy, "set the stack policy"))
        if target.is_protected is not None and (state is None or state.is_protected != target.is_protected):
            switch = {**name, "EnableTerminationProtection": target.is_protected}
            word = "protect the stack from deletion" if target.is_protected else "let the stack be deleted"
            actions.append(Action("cloudformation", "update_termination_protection", switch, word))
        return actions

    def _has_policy(self, state: StackState, wanted: str) -> bool:
        found = self._client("cloudformation").get_stack_policy(StackName=state.id).get("StackPolicyBody")
        return bool(found) and json.loads(found) == json.loads(wanted)


def _kind(target: Target, state: StackState | None) -> str:
    """What can be done with a stack as it is. Raises BusyError, NeedsPersonError."""
    if state is None or state.status == "REVIEW_IN_PROGRESS":
        return CREATE
    if state.is_going_on:
        raise BusyError(
            f"another operation runs on {target.place}: {state.status}",
            f"wait for it: aws cloudformation describe-stack-events --stack-name {target.stack_name}",
        )
    owner = state.tags.get(ENVIRONMENT, target.env)
    if owner != target.env:
        raise NeedsPersonError(
            f"{target.place} belongs to the environment {owner}, not to {target.env}",
            "give the stack of this environment another name: stack_name in its settings",
        )
    if state.status == "ROLLBACK_COMPLETE":
        return RECREATE
    if state.status in stacks.HEALTHY:
        return UPDATE
    remedy = "delete-stack" if state.status in stacks.DEAD else _REMEDIES.get(state.status, "rollback-stack")
    raise NeedsPersonError(
        f"{target.place} is in {state.status} and cannot be updated",
        f"first: aws cloudformation {remedy} --stack-name {target.stack_name}",
    )


_REMEDIES = {"UPDATE_ROLLBACK_FAILED": "continue-update-rollback"}
"""What brings a stack back to where it can be updated. Source: CloudFormation User Guide, "Stack status codes"."""


def _create_change_set(plan: Plan, root: Upload) -> Action:
    target = plan.target
    more: dict[str, Any] = {}
    if target.rollback_alarms:
        more["RollbackConfiguration"] = {
            "RollbackTriggers": [_trigger(alarm) for alarm in target.rollback_alarms],
            "MonitoringTimeInMinutes": target.monitoring_minutes,
        }
    if target.notification_arns:
        more["NotificationARNs"] = list(target.notification_arns)
    if target.service_role_arn:
        more["RoleARN"] = target.service_role_arn
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
            "IncludeNestedStacks": True,
            "Description": f"{root.template} {digest_of(root.text)} by stackgen",
            **more,
        },
        f"ask AWS what would change in {target.place}",
        target.secrets,
    )


def _trigger(alarm: str) -> dict[str, str]:
    """``composite:ARN`` is a composite alarm; its ARN looks like that of any other."""
    kind, _, arn = alarm.partition("composite:")
    return {"Arn": arn or kind, "Type": f"AWS::CloudWatch::{'CompositeAlarm' if arn else 'Alarm'}"}


def _execute(plan: Plan, found: ChangeSet) -> Action:
    token = f"{plan.change_set_name}-{found.id.rpartition('/')[2][:8]}"  # a token is taken once, a plan may come again
    parameters = {"ChangeSetName": found.id, "ClientRequestToken": token}
    return Action(
        "cloudformation", "execute_change_set", parameters, f"carry out the change set of {plan.target.place}"
    )
