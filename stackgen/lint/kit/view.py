"""A template as a rule sees it: resources by type, their values in every scenario that can be."""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from stackgen.profiles import STANDARD, Profile

from .environments import Environments
from .values import ABSENT, UNKNOWN, Branch, Path, Scenario, Values, branches, elements, function_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cfnlint.template import Template


class Resource:
    """A resource of a template. ``path`` leads to it; values are asked for by the names of properties."""

    def __init__(self, title: str, content: dict[str, Any], view: View) -> None:
        self.title = title
        self.content = content
        self.type = str(content.get("Type", ""))
        found = content.get("Properties")
        self.properties: dict[str, Any] = found if isinstance(found, dict) else {}
        self.path: Path = ("Resources", title)
        self._view = view
        condition = content.get("Condition")
        self.scenario: Scenario = {condition: True} if isinstance(condition, str) else {}

    def __repr__(self) -> str:
        return f"{self.title} ({self.type})"

    def values(self, *names: str) -> Iterator[Branch]:
        """What a property may be, in every scenario that can be: ``values("VpcConfig", "SubnetIds")``.

        A property that is not there, here or in a branch, gives ABSENT, with the path of what should hold it. A list on
        the way is gone through. ``path`` is whole, from the template's root.
        """
        yield from self._inner(Branch(self.properties, (*self.path, "Properties"), self.scenario), names)

    def said(self, *names: str, default: Any = ABSENT) -> Iterator[Branch]:
        """The literals that a property may be; *default* where it is not there. What is UNKNOWN is left away."""
        for found in self.values(*names):
            whole = [default] if found.value is ABSENT else self._view.literals(found.value)
            yield from (Branch(each, found.path, found.scenario) for each in whole if each is not UNKNOWN)

    def each(self, *names: str) -> Iterator[Branch]:
        """The elements of a property that is a list; those of all branches."""
        for found in self.values(*names):
            if found.value is not ABSENT:
                yield from self._possible(elements(found.value, found.scenario, found.path))

    def attribute(self, name: str) -> Iterator[Branch]:
        """What an attribute beside the properties may be, such as ``DeletionPolicy``."""
        yield from self._possible(branches(self.content.get(name), self.scenario, (*self.path, name)))

    def in_production(self, scenario: Scenario) -> bool | None:
        """See ``View.in_production``."""
        return self._view.in_production(scenario)

    def entries(self) -> Iterator[tuple[str, Any, Path]]:
        """Every property at any depth: its name, what stands there, and where. Inside of ``Fn::If`` too."""
        pending: list[tuple[Any, Path]] = [(self.properties, (*self.path, "Properties"))]
        while pending:
            value, path = pending.pop()
            if isinstance(value, dict):
                for name, inner in value.items():
                    yield str(name), inner, (*path, name)
                    pending.append((inner, (*path, name)))
            elif isinstance(value, list):
                pending += [(inner, (*path, number)) for number, inner in enumerate(value)]

    def _inner(self, at: Branch, names: Sequence[str]) -> Iterator[Branch]:
        for found in self._possible(branches(at.value, at.scenario, at.path)):
            if not names or found.value is ABSENT:
                yield found
            elif isinstance(found.value, list):
                for one in self._possible(elements(found.value, found.scenario, found.path)):
                    yield from self._inner(one, names)
            elif isinstance(found.value, dict) and names[0] in found.value:
                yield from self._inner(
                    Branch(found.value[names[0]], (*found.path, names[0]), found.scenario), names[1:]
                )
            elif isinstance(found.value, dict) and not _is_computed(found.value):
                yield Branch(ABSENT, found.path, found.scenario)

    def _possible(self, found: Iterator[Branch]) -> Iterator[Branch]:
        return (each for each in found if self._view.can_be(each.scenario))


class View:
    """A whole template."""

    def __init__(self, cfn: Template) -> None:
        self.cfn = cfn
        self.content: dict[str, Any] = cfn.template
        self.values = Values(self.content)
        self._known: dict[frozenset[tuple[str, bool]], bool] = {}
        self.kept: dict[str, Any] = {}
        """What parts of the kit have read of it, by a word of theirs."""

    @cached_property
    def profile(self) -> Profile:
        """What the template says that it is: ``Metadata.stackgen.profile``."""
        notes = self.content.get("Metadata")
        own = notes.get("stackgen") if isinstance(notes, dict) else None
        return Profile.of(own.get("profile") if isinstance(own, dict) else STANDARD)

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """All resources by logical ID."""
        found = self.content.get("Resources")
        entries = found.items() if isinstance(found, dict) else ()
        return {str(key): Resource(str(key), each, self) for key, each in entries if isinstance(each, dict)}

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """All parameters by logical ID."""
        return self.section("Parameters")

    def section(self, name: str) -> dict[str, dict[str, Any]]:
        """A section's entries."""
        found = self.content.get(name)
        entries = found.items() if isinstance(found, dict) else ()
        return {str(key): each for key, each in entries if isinstance(each, dict)}

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in the template's order. Of a family with ``AWS::RDS::*``."""
        families = tuple(each[:-1] for each in types if each.endswith("*"))
        for each in self.resources.values():
            if each.type in types or (families and each.type.startswith(families)):
                yield each

    def resource_of(self, value: Any) -> Resource | None:
        """The resource of this template that a Ref or GetAtt, or a Sub of one alone, names."""
        name, argument = function_of(value)
        if name == "Fn::Sub" and isinstance(argument, str) and argument[:2] == "${" and argument[-1] == "}":
            argument = argument[2:-1]
        elif name == "Fn::GetAtt" and isinstance(argument, list) and argument:
            argument = argument[0]
        elif name not in ("Ref", "Fn::GetAtt"):
            return None
        return self.resources.get(str(argument).partition(".")[0])

    def literals(self, value: Any) -> list[Any]:
        """The plain values that a value may be; see ``Values.literals``."""
        return self.values.literals(value)

    def can_be(self, scenario: Scenario) -> bool:
        """Whether conditions can hold together: one that is another's opposite rules it out."""
        if len(scenario) < 2:  # noqa: PLR2004  one alone is taken as possible
            return True
        key = frozenset(scenario.items())
        if key not in self._known:
            self._known[key] = self._satisfiable(scenario)
        return self._known[key]

    def together(self, one: Scenario, other: Scenario) -> bool:
        """Whether two scenarios can be at the same time."""
        if any(other.get(name, holds) is not holds for name, holds in one.items()):
            return False
        return self.can_be({**one, **other})

    def in_production(self, scenario: Scenario) -> bool | None:
        """Whether a scenario is one of production; None where that cannot be told.

        Where a stack is meant to go again nothing is, whatever its environments are called.
        """
        found = {self._environments.holds(name) is holds for name, holds in scenario.items() if self._tells(name)}
        if False in found:
            return False
        return True if all(map(self._tells, scenario)) else None

    def spares_production(self, scenario: Scenario, others: Iterable[Scenario]) -> bool:
        """Whether none of the others is there in production, for sure, though a scenario is one of production."""
        return self.in_production(scenario) is True and all(self.in_production(each) is False for each in others)

    def uncovered(self, scenario: Scenario, others: Iterable[Scenario]) -> bool:
        """Whether there is a situation of a scenario in which none of the others holds.

        So is a bucket that exists without the condition under which its policy does.
        """
        conditions: list[Scenario] = []
        for other in others:
            missing = {name: not holds for name, holds in other.items() if scenario.get(name) is not holds}
            if not missing:
                return False
            conditions.append(missing)
        if len(conditions) > _MOST:
            return False  # nobody knows
        return any(self._holds(scenario, each) for each in product(*(each.items() for each in conditions)))

    def _holds(self, scenario: Scenario, more: Iterable[tuple[str, bool]]) -> bool:
        whole = dict(scenario)
        return all(whole.setdefault(name, holds) is holds for name, holds in more) and self.can_be(whole)

    @cached_property
    def _environments(self) -> Environments:
        return Environments(self)

    def _tells(self, condition: str) -> bool:
        is_meant = self.profile in (Profile.STANDARD, Profile.PRODUCTION)
        return is_meant and self._environments.holds(condition) is not None

    def _satisfiable(self, scenario: Scenario) -> bool:
        declared = self.section("Conditions")
        if not scenario.keys() <= declared.keys():
            return True
        wanted = {name: {holds} for name, holds in scenario.items()}
        return any(True for _ in self.cfn.conditions.build_scenarios(wanted))


_MOST = 6
"""Scenarios that are combined; more would take long."""


def _is_computed(value: dict[str, Any]) -> bool:
    """Whether it is a function, or a macro adds to it."""
    return bool(function_of(value)[0]) or "Fn::Transform" in value
