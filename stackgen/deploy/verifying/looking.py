"""A deployed stack, checked by reading alone: the stacks, what is in them, the alarms that guard their deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.deploy.at_once import Stop, at_once
from stackgen.deploy.next_steps import command_for, next_step, words_of
from stackgen.deploy.stacks import HEALTHY

from .checked import Checked, Seen, right, wrong
from .resources import ALARMS, ASKING, alarms, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.deploy.polling import Pace
    from stackgen.deploy.stacks import Resource, Tree
    from stackgen.deploy.targets import Target

    from .resources import Clients

STACK, TRIGGER = "AWS::CloudFormation::Stack", "rollback trigger"


def checked(tree: Tree, target: Target, clients: Clients, pace: Pace, most: float) -> list[Checked]:
    """Every check of a stack; what is being worked on is waited for, *most* seconds for all of it together.

    Raises what boto3 raises.
    """
    until = pace.now() + most
    resources = [*tree.all_resources()]
    asked = [each for each in resources if each.type in ASKING and each.physical_id]
    found: dict[str, Seen] = {}

    def ask(resource: Resource) -> None:
        found[resource.path] = _settled(resource, clients, pace, until)

    at_once(ask, asked, Stop())
    return [
        *_stacks(tree, target),
        *(_checked(each.path, each.type, found[each.path], target) for each in asked),
        *_alarms(resources, target, clients),
    ]


def missing(target: Target) -> Checked:
    """The check of a stack that does not exist."""
    return wrong(target.stack_name, STACK, "it does not exist", f"{command_for(target, 'deploy')} makes it")


def _settled(resource: Resource, clients: Clients, pace: Pace, until: float) -> Seen:
    for _ in pace.looks(max(until - pace.now(), 0)):
        now = seen(resource.type, resource.physical_id, clients)
        if now.is_right or not now.may_settle:
            return now
    return now._replace(said=f"still {now.said}")


def _stacks(tree: Tree, target: Target) -> Iterator[Checked]:
    for stack in tree.stacks():
        state = stack.state
        is_right = state.status in HEALTHY and "ROLLBACK" not in state.status
        said = state.status + (f": {state.reason}" if state.reason and not is_right else "")
        remedy = "" if is_right else next_step(tree.state.status, words_of(target)) or command_for(target, "diagnose")
        yield Checked(stack.path, STACK, said, is_right, remedy)


def _alarms(resources: list[Resource], target: Target, clients: Clients) -> Iterator[Checked]:
    """Those of the stacks, then those that roll its deployments back."""
    wanted = [(each.physical_id, each.path, each.type) for each in resources if each.type in ALARMS]
    wanted += [(name, name, TRIGGER) for name in (arn.rpartition(":alarm:")[2] for arn in target.rollback_alarms)]
    told = alarms(list(dict.fromkeys(name for name, _, _ in wanted)), clients("cloudwatch")) if wanted else {}
    for name, path, type_ in wanted:
        yield _checked(path, type_, told[name], target)


def _checked(path: str, type_: str, found: Seen, target: Target) -> Checked:
    if found.is_right:
        return right(path, type_, found.said)
    names = ("deploy", "drift", "status", "verify")
    commands = {name: command_for(target, name) for name in names}
    going_back = f"{command_for(target, 'rollback --to COMMIT')} goes back to an older version"
    return wrong(path, type_, found.said, found.remedy.format(**commands, rollback=going_back))
