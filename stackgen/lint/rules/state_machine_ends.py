"""E9140."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from stackgen.asl import choices, errors, transitions
from stackgen.asl.graph import kind_of, scopes
from stackgen.lint.kit import machines, openings, rule
from stackgen.lint.kit.pointers import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.asl.graph import Problem
    from stackgen.lint.kit.machines import Machine, Remark
    from stackgen.lint.kit.view import View

LEFT_OUT = frozenset({"no-default"})
"""Of what the deployer asks of its own machine: a Choice may know that one of its rules holds."""
REACHING = frozenset({"unreached", "endless"})
IDLE = frozenset({"unreached", "hidden-rule", "hidden-error"})
"""What does no harm where other conditions make use of it."""


class StateMachineEnds(rule.Rule):
    """Each Next is there, each state is reached, each way ends, and no rule of Choice, Retry or Catch is idle."""

    id = "E9140"
    shortdesc = "Every way through a state machine ends"
    why = "Step Functions refuses a broken machine only at the deployment, and takes states that nothing reaches."
    remedy = "Name a state that is there in each Next, and give the last state of each way End: true."
    source_url = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-states.html"
    pillar = "reliability"
    guidelines = ("GDL-075",)
    passes = """
    Resources:
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: arn:aws:iam::123456789012:role/machine
          DefinitionString: !Sub |
            {"StartAt": "Ask", "States": {
              "Ask": {"Type": "Task", "Resource": "${Function}", "Next": "Done"}, "Done": {"Type": "Succeed"}}}
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
              Ask: {Type: Pass, Next: Donne}
              Done: {Type: Succeed}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """What gets each machine stuck."""
        for path, message in machines.unreadable(view):
            yield rule.Found(path, message)
        for variants in machines.by_resource(view):
            told = machines.remarks(variants, [_remarks(each, view) for each in variants])
            yield from (rule.Found(path, f"{variants[0].resource.title}: {message}") for path, message in told)


def _remarks(machine: Machine, view: View) -> list[Remark]:
    closing = openings.Closing(view.values)
    closed = closing.scope(machine.definition)
    if closed is None:
        return []
    return [
        machines.Remark(
            each.state,
            machine.place(each.state),
            f"{each.message} ({each.hint})" if each.hint else each.message,
            is_idle=each.rule in IDLE,
        )
        for each in _problems(closed)
        if each.rule not in LEFT_OUT and not (each.rule in REACHING and each.state in closing.open_in)
    ]


def _problems(definition: dict[str, Any]) -> Iterator[Problem]:
    all_scopes = list(scopes(definition))
    yield from transitions.problems_of(all_scopes)
    for scope in all_scopes:
        for name, state in scope.states.items():
            if HOLE not in str([state.get(field) for field in ("Choices", "Catch", "Retry")]):
                yield from errors.problems_of(name, state, math.inf)
                yield from choices.problems_of(name, state) if kind_of(state) == "Choice" else ()
