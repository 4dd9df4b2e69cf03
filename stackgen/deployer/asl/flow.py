"""Every path that a state reads has been written on every way that leads to it.

A path that is not there fails the execution with States.Runtime, which no Retry and no Catch sees: whatever the machine
holds, it keeps. So what each state adds is followed along its normal edges and along those of its Catch, and where ways
meet only what all of them bring is sure.

Source: https://states-language.net/#data: InputPath, Parameters, ResultSelector, ResultPath and OutputPath, in this
order; a Catch writes into the state's own input.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.asl.graph import Problem, Scope, edges_of, inner_scopes, kind_of, mapping, scopes, sequence
from stackgen.deployer.asl import shapes
from stackgen.deployer.asl.shapes import ANYTHING, NOTHING, Shape, steps_of, with_fields
from stackgen.errors import likely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LAMBDA = "arn:aws:states:::lambda:invoke"

_CONTEXT = Shape(
    {
        "Execution": with_fields(["Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount"]).put(
            ("Input",), ANYTHING
        ),
        "State": with_fields(["EnteredTime", "Name", "RetryCount"]),
        "StateMachine": with_fields(["Id", "Name"]),
        "Task": with_fields(["Token"]),
        "Map": Shape({"Item": with_fields(["Index", "Key", "Source", "Value"])}),
    }
)
"""https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""

_CAUGHT = with_fields(["Error"])
"""A Cause is not always there: a timeout has none."""

_READING = {
    "Task": ("TimeoutSecondsPath", "HeartbeatSecondsPath"),
    "Wait": ("SecondsPath", "TimestampPath"),
    "Map": ("ItemsPath", "MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"),
    "Fail": ("ErrorPath", "CausePath"),
}
"""The fields that are paths, by the type of state; those of all types left out."""


@dataclass(slots=True)
class _Visit:
    """What one state does to the shape that it is given: what it reads in vain, and what leaves it by which edge."""

    name: str
    missing: list[tuple[str, str, Shape]] = field(default_factory=list)
    leaves: list[tuple[str, Shape]] = field(default_factory=list)
    entered: list[tuple[Mapping[str, Any], Shape]] = field(default_factory=list)

    def read(self, where: str, expression: str, given: Shape) -> None:
        for path in shapes.paths_in(expression):
            steps, _ = steps_of(path)
            if (_CONTEXT if path.startswith("$$") else given).at(steps) is None:
                self.missing.append((where, path, _CONTEXT if path.startswith("$$") else given))

    def fill(self, where: str, template: Any, given: Shape) -> Shape:
        for expression in shapes.expressions_in(template):
            self.read(where, expression, given)
        return shapes.filled(template, given)

    def select(self, where: str, path: Any, given: Shape) -> Shape:
        """By InputPath or OutputPath, whose null leaves nothing."""
        if not isinstance(path, str):
            return NOTHING if path is None else ANYTHING
        self.read(where, path, given)
        return shapes.selected(path, given)


def problems_of(
    definition: Mapping[str, Any], inputs: Iterable[str] | None, answers: Mapping[str, Iterable[str]]
) -> list[Problem]:
    """The paths that are read where they may be missing."""
    found: list[Problem] = []
    pending = [(definition, with_fields(inputs))]
    while pending:
        inner, start = pending.pop(0)
        if inner.get("QueryLanguage") != "JSONata":
            flow = _Flow(next(scopes(inner)), start.bounded(), answers)
            found += flow.problems()
            pending += flow.entered
    return found


class _Flow:
    """What is sure in each state of one scope that begins with a shape."""

    def __init__(self, scope: Scope, start: Shape, answers: Mapping[str, Iterable[str]]) -> None:
        self._scope = scope
        self._start = start
        self._answers = answers
        self.entered: list[tuple[Mapping[str, Any], Shape]] = []

    def problems(self) -> list[Problem]:
        found: list[Problem] = []
        for name, shape in self._entries().items():
            visit = self._visit(name, shape)
            self.entered += visit.entered
            found += [self._problem(name, *read) for read in visit.missing]
        return found

    def _visit(self, name: str, shape: Shape) -> _Visit:
        return _visit(name, self._scope.states[name], shape, self._answers)

    def _entries(self) -> dict[str, Shape]:
        """What is sure where each state is entered."""
        entries = {self._scope.start: self._start}
        ahead = [self._scope.start]
        while ahead:
            name = ahead.pop(0)
            for target, shape in self._visit(name, entries[name]).leaves:
                before = entries.get(target)
                after = shape if before is None else before.meet(shape)
                if after != before:
                    entries[target] = after
                    ahead.append(target)
        return entries

    def _problem(self, name: str, where: str, path: str, given: Shape) -> Problem:
        """Name the part of a path that is missing, and a way on which nothing writes it."""
        steps, _ = steps_of(path)
        known = next(number for number in range(len(steps)) if given.at(steps[: number + 1]) is None)
        root = "$$" if path.startswith("$$") else "$"
        lost = ".".join([root, *steps[: known + 1]])
        beside = given.at(steps[:known]) or NOTHING
        way = self._way(name, steps) if root == "$" and where != "ResultSelector" else []
        told = f"nothing writes it on the way {' -> '.join(way)}" if len(way) > 1 else "it is not there"
        message = f"{name} reads {path} in {where}, but {lost} may be missing: {told}"
        return Problem("unwritten", name, message, likely(steps[known], beside.fields or ()))

    def _way(self, name: str, steps: tuple[str, ...]) -> list[str]:
        """A short way to a state on which a path is not written."""
        ahead = [(self._scope.start, self._start, [self._scope.start])]
        seen: set[tuple[str, bool]] = set()
        while ahead:
            here, shape, way = ahead.pop(0)
            missing = shape.at(steps) is None
            if here == name and missing:
                return way
            if (here, missing) not in seen:
                seen.add((here, missing))
                ahead += [(target, after, [*way, target]) for target, after in self._visit(here, shape).leaves]
        return []


def _visit(name: str, state: Mapping[str, Any], given: Shape, answers: Mapping[str, Iterable[str]]) -> _Visit:
    visit = _Visit(name)
    if state.get("QueryLanguage") == "JSONata":
        visit.leaves = [(edge.target, ANYTHING) for edge in edges_of(name, state)]
        return visit
    kind = kind_of(state)
    inner = visit.select("InputPath", state.get("InputPath", "$"), given)
    for field_name in _READING.get(kind, ()):
        if isinstance(state.get(field_name), str):
            visit.read(field_name, state[field_name], inner)
    if kind == "Choice":
        _choose(visit, state, inner)
        return visit
    sent = visit.fill("Parameters", state["Parameters"], inner) if "Parameters" in state and kind != "Map" else inner
    _enter(visit, state, sent, inner)
    left = _result(visit, state, sent, given, answers)
    for rule in sequence(state.get("Catch")):
        target, path = mapping(rule).get("Next"), mapping(rule).get("ResultPath", "$")
        if isinstance(target, str):
            visit.leaves.append((target, _placed(given, path, _CAUGHT)))
    if isinstance(state.get("Next"), str):
        visit.leaves.append((state["Next"], left))
    return visit


def _result(
    visit: _Visit, state: Mapping[str, Any], sent: Shape, given: Shape, answers: Mapping[str, Iterable[str]]
) -> Shape:
    """What leaves a state by its Next."""
    kind = kind_of(state)
    if kind == "Pass":
        result = shapes.shape_of(state["Result"]) if "Result" in state else sent
    elif kind in {"Task", "Map", "Parallel"}:
        result = _answer(visit.name, state, answers)
        if "ResultSelector" in state:
            result = visit.fill("ResultSelector", state["ResultSelector"], result)
    else:
        result = sent
    path = state.get("ResultPath", "$") if kind in {"Pass", "Task", "Map", "Parallel"} else "$"
    return visit.select("OutputPath", state.get("OutputPath", "$"), _placed(given, path, result))


def _answer(name: str, state: Mapping[str, Any], answers: Mapping[str, Iterable[str]]) -> Shape:
    if name not in answers:
        return ANYTHING
    fields = with_fields(answers[name])
    if str(state.get("Resource")).partition(".")[0] == LAMBDA:
        return with_fields(["ExecutedVersion", "SdkHttpMetadata", "SdkResponseMetadata", "StatusCode"]).put(
            ("Payload",), fields
        )
    return fields


def _placed(given: Shape, path: Any, value: Shape) -> Shape:
    """By ResultPath, whose null throws the value away."""
    if not isinstance(path, str):
        return given
    steps, whole = steps_of(path)
    return given.put(steps, value) if whole else ANYTHING


def _enter(visit: _Visit, state: Mapping[str, Any], sent: Shape, inner: Shape) -> None:
    """What the scopes within a Map or a Parallel are given."""
    item = ANYTHING
    for field_name in ("ItemSelector", "Parameters"):
        if kind_of(state) == "Map" and field_name in state:
            item = visit.fill(field_name, state[field_name], inner)
    for scope in inner_scopes(state):
        visit.entered.append((scope, item if kind_of(state) == "Map" else sent))


def _choose(visit: _Visit, state: Mapping[str, Any], inner: Shape) -> None:
    """Rules are tried in turn; what IsPresent has told is known from there on."""
    for index, rule in enumerate(sequence(state.get("Choices"))):
        held, missed = _decide(visit, f"Choices[{index}]", mapping(rule), inner)
        target = mapping(rule).get("Next")
        if isinstance(target, str):
            visit.leaves.append((target, visit.select("OutputPath", state.get("OutputPath", "$"), held)))
        inner = missed
    if isinstance(state.get("Default"), str):
        visit.leaves.append((state["Default"], visit.select("OutputPath", state.get("OutputPath", "$"), inner)))


def _decide(visit: _Visit, where: str, condition: Mapping[str, Any], given: Shape) -> tuple[Shape, Shape]:
    """What is known where a condition holds, and where it does not."""
    if "Not" in condition:
        held, missed = _decide(visit, where, mapping(condition["Not"]), given)
        return missed, held
    if "And" in condition:
        held = given
        for each in sequence(condition["And"]):
            held, _ = _decide(visit, where, mapping(each), held)
        return held, given
    if "Or" in condition:
        missed = given
        for each in sequence(condition["Or"]):
            _, missed = _decide(visit, where, mapping(each), missed)
        return given, missed
    path = condition.get("Variable")
    if not isinstance(path, str):
        return given, given
    if isinstance(condition.get("IsPresent"), bool):
        steps, whole = steps_of(path)
        there = given.put(steps, ANYTHING) if whole and given.at(steps) is None else given
        return (there, given) if condition["IsPresent"] else (given, there)
    visit.read(where, path, given)
    for operator, other in condition.items():
        if operator.endswith("Path") and isinstance(other, str):
            visit.read(where, other, given)
    return given, given
