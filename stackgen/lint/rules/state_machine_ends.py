"""E9140."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from stackgen.asl import choices, errors, transitions
from stackgen.asl.graph import kind_of, scopes
from stackgen.lint.kit import machines, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.asl.graph import Problem
    from stackgen.lint.kit.machines import Machine
    from stackgen.lint.kit.view import View

LEFT_OUT = frozenset({"no-default"})
"""Of what the deployer asks of its own machine: a Choice may know that one of its rules holds."""


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
        for machine in machines.machines(view):
            for each in _problems(machine):
                hint = f" ({each.hint})" if each.hint else ""
                message = f"{machine.resource.title}: {each.message}{hint}"
                yield rule.Found(machine.place(each.state), message)


def _problems(machine: Machine) -> list[Problem]:
    all_scopes = list(scopes(machine.definition))
    states = [(name, state) for scope in all_scopes for name, state in scope.states.items()]
    if any("${" in scope.start for scope in all_scopes) or any(_is_open(name, state) for name, state in states):
        return []
    found = list(transitions.problems_of(all_scopes))
    for scope in all_scopes:
        for name, state in scope.states.items():
            found += errors.problems_of(name, state, math.inf)
            if kind_of(state) == "Choice":
                found += choices.problems_of(name, state)
    return [each for each in found if each.rule not in LEFT_OUT]


def _is_open(name: str, state: Any) -> bool:
    """Whether something that only AWS knows decides on the way."""
    said = [name, *(state.get(each) for each in ("Next", "Default", "Type", "End"))]
    rules = [each for field in ("Choices", "Catch") for each in _entries(state.get(field))]
    said += [each.get("Next") if isinstance(each, dict) else each for each in rules]
    return any("${" in each for each in said if isinstance(each, str))


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
