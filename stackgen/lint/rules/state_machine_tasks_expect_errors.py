"""W9184."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import machines, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.machines import Machine, Remark, State
    from stackgen.lint.kit.view import View

LIMITS = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")


class StateMachineTasksExpectErrors(rule.Rule):
    """Each Task retries or catches, or a Map or Parallel around it does; one that waits for somebody has a limit."""

    id = "W9184"
    shortdesc = "A task of a state machine retries or catches errors, and does not wait for ever"
    why = "One throttled call ends the whole execution, and a token that nobody sends back keeps it open for a year."
    remedy = "Give the Task a Retry for errors that pass and a Catch for the rest, and TimeoutSeconds where it waits."
    source_url = "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html"
    pillar = "reliability"
    guidelines = ("GDL-075",)
    passes = """
    Resources:
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: arn:aws:iam::123456789012:role/machine
          Definition:
            StartAt: Ask
            States:
              Ask:
                Type: Task
                Resource: arn:aws:states:::lambda:invoke.waitForTaskToken
                HeartbeatSeconds: 600
                Retry: [{ErrorEquals: [Lambda.TooManyRequestsException]}]
                End: true
    """
    fails = """
    Resources:
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: arn:aws:iam::123456789012:role/machine
          Definition:
            StartAt: Ask
            States:
              Ask: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', End: true}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each Task that does not."""
        for variants in machines.by_resource(view):
            told = machines.remarks(variants, [list(_remarks(each)) for each in variants])
            yield from (rule.Found(path, f"{variants[0].resource.title}: {message}") for path, message in told)


def _remarks(machine: Machine) -> Iterator[Remark]:
    bounded = "TimeoutSeconds" in machine.definition
    for each in machine.states():
        if each.content.get("Type") != "Task":
            continue
        if not each.guarded and not machines.expects_errors(each.content):
            message = f"{each.name} has neither Retry nor Catch; one error ends the execution"
            yield machines.Remark(each.name, each.path, message)
        if not bounded and _waits(each) and not any(name in each.content for name in LIMITS):
            message = f"{each.name} waits for an answer without limit; give it TimeoutSeconds or HeartbeatSeconds"
            yield machines.Remark(each.name, each.path, message)


def _waits(state: State) -> bool:
    return str(state.content.get("Resource", "")).endswith((".waitForTaskToken", ":activity"))
