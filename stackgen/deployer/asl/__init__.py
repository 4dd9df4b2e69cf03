"""State machines of Step Functions, built from typed states in the words of the Amazon States Language.

    machine = Machine(
        Task("Ask", Resource=INVOKE, Parameters={"FunctionName": "${AskArn}"}, ResultPath="$.asked", Next="Decide"),
        Choice("Decide", Choices=[When(is_true("$.asked.Payload.ready"), Next="Done")], Default="Pause"),
        Wait("Pause", Seconds=15, Next="Ask"),
        Succeed("Done"),
        StartAt="Ask",
    )
    machine.definition  # plain dictionaries, as CloudFormation's Definition takes them

A machine that would get stuck is refused when it is made; :mod:`stackgen.deployer.asl.checks` says what that means, and
judges a definition that somebody else wrote just as well.
"""

from stackgen.asl.errors import total_wait
from stackgen.asl.graph import Problem
from stackgen.deployer.asl.building import (
    DISCARD,
    Catcher,
    Choice,
    Fail,
    Machine,
    Map,
    Parallel,
    Pass,
    Retrier,
    Scope,
    State,
    Succeed,
    Task,
    Wait,
    When,
    all_of,
    any_of,
    equals,
    is_present,
    is_true,
    negated,
)
from stackgen.deployer.asl.checks import LONGEST_RETRY, problems
from stackgen.deployer.asl.holding import Holding, Step

__all__ = [
    "DISCARD", "LONGEST_RETRY", "Catcher", "Choice", "Fail", "Holding", "Machine", "Map", "Parallel", "Pass",
    "Problem", "Retrier", "Scope", "State", "Step", "Succeed", "Task", "Wait", "When", "all_of", "any_of", "equals",
    "is_present", "is_true", "negated", "problems", "total_wait",
]  # fmt: skip
