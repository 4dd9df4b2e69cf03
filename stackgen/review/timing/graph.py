"""The network of a tree of stacks: which steps an operation takes, and which of them wait for which.

Only what CloudFormation sees counts: references between resources of one template, with the branches that an
``Fn::If`` takes, and ``DependsOn``. What a nested stack is handed is waited for by the nested stack as a whole, and
whatever takes an output of it waits for all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.review.edges import edges_of
from stackgen.review.nested import NESTED_STACK, STACK_SET

from .network import ZERO, Network, Step
from .table import NOTHING, Times, is_custom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.review.edges import Edge
    from stackgen.review.evaluation.tree import Resource, Stack, Tree

    from .network import Key
    from .table import Table

ROOT = "AWS::CloudFormation::Stack"
TRANSITION = "transition"
STACK_START, STACK_END = "stack start", "stack end"
REFERENCES = ("Ref", "GetAtt", "Sub")
UNREAD = ("DependsOn", "Metadata", "Condition")

KEEPING = ("Retain", "RetainExceptOnCreate")
RUN_TIME = {
    ("AWS::Lambda::Function", "Environment"),
    ("AWS::ECS::TaskDefinition", "ContainerDefinitions"),
    ("AWS::EC2::Instance", "UserData"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData"),
    ("AWS::SSM::Parameter", "Value"),
    ("AWS::StepFunctions::StateMachine", "DefinitionSubstitutions"),
    ("AWS::CloudWatch::Dashboard", "DashboardBody"),
}
"""Properties whose values are for the program that runs there: it could read them elsewhere when it starts."""


class Need(NamedTuple):
    """What one resource needs of another: by references, and whether a DependsOn names it.

    ``handed`` are the parameters of a nested stack that the references are for.
    """

    target: str
    details: tuple[str, ...]
    handed: tuple[str, ...]
    depends: bool
    referred: bool


class Used(NamedTuple):
    """The times that an estimate rests on."""

    name: str
    type: str
    action: str
    times: Times


class Deployment(NamedTuple):
    """A network with what it was made from; ``unknown`` are resources whose condition is not known."""

    network: Network
    root: Key
    used: list[Used]
    unknown: list[str]


def creation(
    tree: Tree,
    table: Table,
    actions: Mapping[str, str] | None = None,
    special: Callable[[Resource], Times | None] | None = None,
) -> Deployment:
    """What a first creation takes; or an update, where ``actions`` says what happens at each address.

    A resource that no action names is left as it is: it takes no time, and nested stacks are looked at all the same.
    ``special`` has the times of resources that no table knows, such as StackSets.
    """
    return _Making(tree, table, actions, special).made()


def deletion(
    tree: Tree,
    table: Table,
    chosen: frozenset[str] | None = None,
    special: Callable[[Resource], Times | None] | None = None,
) -> Deployment:
    """What it takes to delete everything, or the ``chosen`` addresses: what refers to another goes first."""
    return _Deleting(tree, table, chosen, special).made()


class _Making:
    operation = "create"

    def __init__(
        self,
        tree: Tree,
        table: Table,
        actions: Mapping[str, str] | None,
        special: Callable[[Resource], Times | None] | None,
    ) -> None:
        self.tree = tree
        self.table = table
        self.actions = actions
        self.special = special
        self.network = Network(self._seconds(TRANSITION))
        self.used: list[Used] = []
        self.unknown: list[str] = []
        self._given: dict[Key, frozenset[str]] = {}

    def made(self) -> Deployment:
        root = (self.tree.root,)
        name = self.tree.root.rsplit("/", 1)[-1]
        self.network.add(Step(root, name, ROOT, self.operation, ZERO, ZERO, None, holds=True))
        before, after = self._seconds(STACK_START), self._seconds(STACK_END)
        for stack in sorted(self.tree.stacks.values(), key=lambda each: len(each.path)):
            if stack.exists is False:
                continue
            start, end = (before, after) if stack.path == root else self._overhead(stack.path)
            for resource in stack.resources.values():
                if resource.exists is not False:
                    self._add(resource, start, end)
        for stack in self.tree.stacks.values():
            self._connect(stack)
        return Deployment(self.network, root, self.used, self.unknown)

    def _seconds(self, row: str) -> tuple[float, float, float]:
        return self.table.times(row, "create").durations

    def _overhead(self, path: Key) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """What a nested stack takes beside its resources: all of it after them, where the parent polls."""
        action = self._action(self.tree.stacks[path[:-1]].resources[path[-1]])
        times = self.table.times(
            NESTED_STACK, "create" if action == "create" else "update" if action != "delete" else "delete"
        )
        return ZERO, times.durations

    def _add(self, resource: Resource, start: tuple[float, float, float], end: tuple[float, float, float]) -> None:
        key = (*resource.stack, resource.logical_id)
        action = self._action(resource)
        if resource.exists is None:
            self.unknown.append(resource.address)
        holds = key in self.tree.stacks
        times = self._times(resource, action)
        self.used.append(Used(resource.address, resource.type, action, times))
        durations, readies = (times.durations, times.readies) if not holds else (ZERO, ZERO)
        if holds and not any(each.exists is not False for each in self.tree.stacks[key].resources.values()):
            durations = readies = times.durations
        stack = self.tree.stacks[resource.stack]
        step = Step(
            key=key,
            name=resource.address,
            type=resource.type,
            action=action,
            durations=durations,
            readies=readies,
            parent=resource.stack,
            holds=holds,
            basis=times.basis,
            handed=parameters_of(resource, stack),
            early=parameters_of(resource, stack, early=True),
            given=resource.logical_id in self._outputs(stack),
        )
        self.network.add(step, start, end)

    def _outputs(self, stack: Stack) -> frozenset[str]:
        """What the outputs of a stack name."""
        if stack.path not in self._given:
            outputs = stack.template.section("Outputs").values()
            named = (edge.target for each in outputs for edge in edges_of(pruned(each.get("Value"), stack.conditions)))
            self._given[stack.path] = frozenset(named)
        return self._given[stack.path]

    def _times(self, resource: Resource, action: str) -> Times:
        if action == "none":
            return NOTHING
        found = self.special(resource) if self.special else None
        if found is not None:
            return found
        operation = {"replace": "create"}.get(action, action)
        return self.table.times(resource.type, operation, resource.properties)

    def _action(self, resource: Resource) -> str:
        if self.actions is None:
            return "create"
        if resource.type == NESTED_STACK:
            return self.actions.get(resource.address, "update")
        return self.actions.get(resource.address, "none")

    def _connect(self, stack: Stack) -> None:
        present = {
            each.logical_id for each in stack.resources.values() if (*stack.path, each.logical_id) in self.network.steps
        }
        for title in present:
            resource = stack.resources[title]
            needs = [need for need in needs_of(resource, stack) if need.target in present]
            depends = any(need.depends for need in needs)
            for need in needs:
                self._wait(stack, resource, need, depends)

    def _wait(self, stack: Stack, resource: Resource, need: Need, depends: bool) -> None:  # noqa: FBT001  of this resource
        waiter, target = (*stack.path, resource.logical_id), (*stack.path, need.target)
        cause, full = cause_of(resource, stack.resources[need.target], need, depends)
        self.network.wait(waiter, target, cause, need.details, need.handed, full=full, referred=need.referred)


class _Deleting(_Making):
    operation = "delete"

    def __init__(
        self,
        tree: Tree,
        table: Table,
        chosen: frozenset[str] | None,
        special: Callable[[Resource], Times | None] | None,
    ) -> None:
        super().__init__(tree, table, None, special)
        self.chosen = chosen

    def _action(self, resource: Resource) -> str:
        if self.chosen is not None and resource.address not in self.chosen:
            return "none" if resource.type != NESTED_STACK or not self._within(resource) else "update"
        kept = resource.attributes.get("DeletionPolicy") in KEEPING and self.chosen is None
        return "none" if kept else "delete"

    def _within(self, resource: Resource) -> bool:
        return any(each.startswith(f"{resource.address}/") for each in self.chosen or ())

    def _wait(self, stack: Stack, resource: Resource, need: Need, depends: bool) -> None:  # noqa: ARG002, FBT001  the other way round
        waiter, target = (*stack.path, need.target), (*stack.path, resource.logical_id)
        self.network.wait(waiter, target, "deletion", full=True)


def needs_of(resource: Resource, stack: Stack) -> Iterator[Need]:
    """What a resource waits for in its own template, each once."""
    found: dict[str, list[Edge]] = {}
    for edge in references_of(resource, stack):
        if edge.target in stack.resources and edge.target != resource.logical_id:
            found.setdefault(edge.target, []).append(edge)
    depends = [str(each) for each in resource.attributes.get("DependsOn", ()) if str(each) in stack.resources]
    for target in dict.fromkeys([*found, *depends]):
        edges = sorted(found.get(target, ()), key=lambda edge: edge.path)
        details = dict.fromkeys(edge.attribute.removeprefix("Outputs.") for edge in edges if edge.attribute)
        handed = dict.fromkeys(edge.path[2] for edge in edges if edge.path[:2] == ("Properties", "Parameters"))
        yield Need(target, tuple(details), tuple(handed), target in depends, bool(edges))


def references_of(resource: Resource, stack: Stack) -> Iterator[Edge]:
    """What a resource names in its template, but for the branches that are not taken."""
    written = {key: value for key, value in resource.definition.items() if key not in UNREAD}
    for edge in edges_of(pruned(written, stack.conditions)):
        if edge.kind in REFERENCES:
            yield edge


def parameters_of(resource: Resource, stack: Stack, *, early: bool = False) -> frozenset[str]:
    """The parameters of its stack that a resource uses; ``early`` leaves out those that only run-time values name."""
    used = (edge for edge in references_of(resource, stack) if edge.target in stack.parameters)
    return frozenset(edge.target for edge in used if not early or (resource.type, *edge.path[1:2]) not in RUN_TIME)


def cause_of(waiter: Resource, target: Resource, need: Need, depends: bool) -> tuple[str, bool]:  # noqa: FBT001  of the waiter
    """Why it waits, and whether for all of it (see ``network``)."""
    if target.type in (NESTED_STACK, STACK_SET) and need.referred:
        return "barrier", True
    if need.depends:
        return "DependsOn", True
    if is_custom(waiter.type):
        return "custom resource", True
    return "reference", depends or waiter.type == NESTED_STACK


def pruned(value: Any, conditions: Mapping[str, bool | None]) -> Any:
    """A value as written, without the branches of ``Fn::If`` that are not taken; of an unknown condition, both stay."""
    if isinstance(value, list):
        return [pruned(each, conditions) for each in value]
    if not isinstance(value, dict):
        return value
    branches = value.get("Fn::If") if len(value) == 1 else None
    if isinstance(branches, list) and len(branches) == 3:  # noqa: PLR2004  a condition and two branches
        holds = conditions.get(str(branches[0]))
        if holds is not None:
            return pruned(branches[1 if holds else 2], conditions)
    return {key: pruned(each, conditions) for key, each in value.items()}
