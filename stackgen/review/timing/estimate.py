"""One operation on one root stack: its network, its times, its critical path and what to cut."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stackgen.errors import CycleError, StackgenError
from stackgen.review.evaluation.tree import Environment, evaluate
from stackgen.review.nested import STACK_SET

from .cut import cuts_of
from .graph import creation, deletion
from .interfaces import shared
from .network import ZERO, Arc, Step
from .path import critical_path, stacks_on
from .rows import BASES
from .stacksets import waves_of
from .table import DEFAULT, Times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stackgen.review.evaluation.tree import Resource, Tree
    from stackgen.review.model import Build

    from .cut import Cut
    from .graph import Deployment, Used
    from .network import Key, Run, Three
    from .path import PathStep
    from .table import Table

WORDS = {"create": "a first creation", "update": "the update", "delete": "the deletion"}


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says of the operation; ``accounts`` and ``regions`` are a StackSet's."""

    operation: str = "create"
    rollback_monitor: float = 0.0
    accounts: int | None = None
    regions: int | None = None
    change_set: bool = True


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds are typical ones unless they stand in ``totals``: low, typical, high.

    ``waves`` tells by its address what each StackSet is made of.
    """

    root: str
    place: str
    options: Options
    totals: Three
    path: list[PathStep]
    longest: list[str]
    cuts: list[Cut]
    slack: dict[Key, float]
    used: list[Used]
    unknown: list[str]
    notes: list[str]
    waves: Mapping[str, str]
    run: Run

    @property
    def bases(self) -> dict[str, int]:
        """How many resources rest on what: measured 41, estimate 30."""
        counted = Counter(each.times.basis for each in self.used)
        return {basis: counted[basis] for basis in (*BASES, DEFAULT) if counted[basis]}

    @property
    def without_row(self) -> dict[str, int]:
        """The types that no row speaks of, and how many resources of each there are."""
        return dict(sorted(Counter(each.type for each in self.used if each.times.basis == DEFAULT).items()))


def estimate(
    build: Build, root: str, table: Table, environment: Environment | None = None, options: Options | None = None
) -> Estimate:
    """What it takes to create or delete one root. Raises StackgenError for a tree that cannot be read."""
    options = options or Options()
    return _Estimation(build, table, environment or Environment(), options).first(root)


def estimate_update(  # noqa: PLR0917  a before and an after
    before: Build,
    after: Build,
    root: str,
    actions: Mapping[str, str],
    table: Table,
    environment: Environment | None = None,
    options: Options | None = None,
) -> Estimate:
    """What an update takes; ``actions`` says what happens at each address: create, update, replace or delete.

    What is deleted, and the old ones of what is replaced, go in a clean-up when everything else is in place.
    """
    options = replace(options or Options(), operation="update")
    return _Estimation(after, table, environment or Environment(), options).update(before, root, actions)


class _Estimation:
    def __init__(self, build: Build, table: Table, environment: Environment, options: Options) -> None:
        self.build = build
        self.table = table
        self.environment = environment
        self.options = options
        self.notes: list[str] = []
        self.waves: dict[str, str] = {}

    def first(self, root: str) -> Estimate:
        tree = evaluate(self.build, root, self.environment)
        return self._told(tree, self._deployed(tree))

    def update(self, before: Build, root: str, actions: Mapping[str, str]) -> Estimate:
        tree = evaluate(self.build, root, self.environment)
        deployment = self._created(tree, actions)
        gone = frozenset(address for address, action in actions.items() if action in ("delete", "replace"))
        if gone and root in before.templates:
            old = deletion(evaluate(before, root, self.environment), self.table, gone, self._special)
            totals = _totals(old, tree)
            self._follow(deployment, "clean-up", "cleanup", f"clean-up of {len(gone):,}", totals)
        return self._told(tree, deployment)

    def _deployed(self, tree: Tree) -> Deployment:
        if self.options.operation == "delete":
            return deletion(tree, self.table, None, self._special)
        return self._created(tree, None)

    def _created(self, tree: Tree, actions: Mapping[str, str] | None) -> Deployment:
        deployment = creation(tree, self.table, actions, self._special)
        deployment.network.alternatives = shared(tree, deployment.network, self.table)
        return deployment

    def _told(self, tree: Tree, deployment: Deployment) -> Estimate:
        if self.options.change_set and self.options.operation != "delete":
            self._precede(deployment)
        if self.options.rollback_monitor and self.options.operation != "delete":
            seconds = self.options.rollback_monitor * 60
            self._follow(deployment, "monitoring", "monitoring", "rollback monitoring", (seconds, seconds, seconds))
        run = _run(deployment, tree)
        steps = critical_path(run)
        return Estimate(
            root=tree.root,
            place=self.environment.place,
            options=self.options,
            totals=run.totals(),
            path=steps,
            longest=stacks_on(run, steps, deployment.root),
            cuts=cuts_of(deployment, run) if self.options.operation != "delete" else [],
            slack=run.slack(),
            used=deployment.used,
            unknown=deployment.unknown,
            notes=list(dict.fromkeys(self.notes)),
            waves=self.waves,
            run=run,
        )

    def _precede(self, deployment: Deployment) -> None:
        times = self.table.times("changeset", "create")
        key = ("change set",)
        deployment.network.add(Step(key, "change set", "changeset", "create", times.durations, times.durations, None))
        deployment.network.arcs.append(Arc((key, "finish"), (deployment.root, "start"), ZERO, "change set"))

    def _follow(self, deployment: Deployment, key: str, cause: str, name: str, seconds: Three) -> None:
        """Something that begins when everything else is there."""
        network = deployment.network
        ended = [step for step in network.steps if len(step) == 1 and step != ("change set",)]
        network.add(Step((key,), name, key, "wait", seconds, seconds, None))
        for each in ended:
            network.wait((key,), each, cause, full=True)

    def _special(self, resource: Resource) -> Times | None:
        if resource.type != STACK_SET or self.options.operation == "update":
            return None
        return self._stack_set(resource)

    def _stack_set(self, resource: Resource) -> Times:
        """As many times its template as there are waves, each with what a wave takes beside."""
        waves = waves_of(resource.properties, self.options.accounts, self.options.regions)
        self.notes += [f"{resource.address}: {note}" for note in waves.notes]
        template = resource.stack[0] if len(resource.stack) == 1 else ""
        child = self.build.children(template).get(resource.logical_id) if template else None
        wave = self.table.times(STACK_SET, "create")
        if child is None or child.name is None:
            self.notes.append(f"{resource.address}: its template is not in the build, so its stacks are not counted")
            inside = ZERO
        else:
            inner = replace(self.options, change_set=False, rollback_monitor=0.0)
            given = self.environment._replace(parameters=_parameters(resource.properties))
            inside = _Estimation(self.build, self.table, given, inner).first(child.name).totals
        each = f"{_minutes(inside[1] + wave.typical)} minutes"
        told = f"1 wave of {each}" if waves.number == 1 else f"{waves.number:,} waves of {each} each"
        self.waves[resource.address] = told = f"{told}: {waves.how}" if waves.how else told
        self.notes.append(f"{resource.address}: {told}")
        low, typical, high = (waves.number * (one + two) for one, two in zip(inside, wave.durations, strict=True))
        return Times(low, typical, high, typical, wave.basis, wave.sources, wave.variant)


def _parameters(properties: Mapping[str, Any]) -> dict[str, str]:
    """What a StackSet hands its stacks, as far as it is known."""
    given = properties.get("Parameters")
    pairs: Iterable[Any] = given if isinstance(given, list) else ()
    named = [each for each in pairs if isinstance(each, dict)]
    return {
        str(each.get("ParameterKey")): str(each.get("ParameterValue"))
        for each in named
        if isinstance(each.get("ParameterValue"), str | int | float)
    }


def _run(deployment: Deployment, tree: Tree) -> Run:
    try:
        return deployment.network.run()
    except CycleError as error:
        template = tree.stacks[deployment.root].template
        raise StackgenError(error.message, *error.hints, location=(template.path, 0)) from error


def _totals(deployment: Deployment, tree: Tree) -> Three:
    return _run(deployment, tree).totals()


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.1f}"
