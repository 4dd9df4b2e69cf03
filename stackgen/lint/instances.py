"""E9117, a template that one tree of stacks holds several times: each of them wants names and exports of its own.

A name is the same in two stacks where its text is, and what the parents hand over for the parameters in it.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.constraints import text_of

from .exchanges import exports_of
from .finding import CONTRACTS, entry
from .known import Known
from .same_names import UNIQUE, named_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from .finding import BuiltTemplate, Finding

_HOLE = re.compile(r"\$\{([^}]*)\}")
_MOST = 1000
"""Stacks of a tree that are looked at: who nests by twos and tens of levels has other worries."""


class Instance(NamedTuple):
    """A stack in a tree: the logical IDs that lead to it, and what its parameters are handed."""

    path: tuple[str, ...]
    parents: tuple[str, ...]
    """The templates above it, the root first."""
    template: str
    given: dict[str, Hashable]
    conditions: frozenset[Hashable]


class Wanted(NamedTuple):
    """What there can be one of: a name of a resource, or an export."""

    what: str
    kind: str
    name: str
    conditions: frozenset[Hashable]


def check_instances(templates: Mapping[str, BuiltTemplate]) -> Iterator[Finding]:
    """A finding for the second stack of a tree that wants what the first has."""
    nested = {child for each in templates.values() for child in each.children.values()}
    known = Known(templates)
    wanted = {name: list(_wanted(templates[name], known)) for name in sorted(nested & templates.keys())}
    said: set[tuple[str, ...]] = set()
    for root in templates.values():
        if root.name in nested:
            continue
        first: dict[Hashable, tuple[Instance, frozenset[Hashable]]] = {}
        for each in islice(_instances(templates, Instance((), (), root.name, {}, frozenset())), _MOST):
            for one in wanted.get(each.template, ()):
                key = _key(one, each, templates)
                conditions = each.conditions | {(each.path, condition) for condition in one.conditions}
                other, its = first.setdefault(key, (each, conditions))
                if key is None or other is each or not (conditions <= its or its <= conditions):
                    continue
                at = next(number for number, title in enumerate(each.path) if title != other.path[number])
                parent, title, sibling = each.parents[at], each.path[at], other.path[at]
                if (parent, title, one.what) not in said:
                    said.add((parent, title, one.what))
                    message = (
                        f"{title} makes {each.template} as {sibling} does, and {one.what} {one.name} in both: "
                        "hand over what tells them apart"
                    )
                    yield templates[parent].finding(CONTRACTS, message, "Resources", title)


def _wanted(template: BuiltTemplate, known: Known) -> Iterator[Wanted]:
    for each in named_in(template, known):
        yield Wanted(f"{each.title} is called", each.type, each.name, frozenset(each.scenario.items()))
    for export in exports_of(template, known):
        if export.is_sure:
            yield Wanted(f"{export.path[1]} is exported as", "", export.name, frozenset())


def _key(wanted: Wanted, instance: Instance, templates: Mapping[str, BuiltTemplate]) -> Hashable:
    """What is equal for two that want the same; None where that cannot be told."""
    parameters = templates[instance.template].section("Parameters")
    filled = []
    for hole in _HOLE.findall(wanted.name):
        if not hole.startswith("AWS::") and hole not in parameters:
            return None
        filled.append(instance.given.get(hole))
    if any(each in wanted.name for each in UNIQUE):
        return None
    return (instance.template, wanted.what, wanted.kind, wanted.name, *filled)


def _instances(templates: Mapping[str, BuiltTemplate], above: Instance) -> Iterator[Instance]:
    parent = templates[above.template]
    parents = (*above.parents, above.template)
    for title, name in parent.children.items():
        if name not in templates or name in parents:
            continue
        content = parent.section("Resources")[title]
        condition = content.get("Condition")
        conditions = above.conditions | ({(above.path, (condition, True))} if isinstance(condition, str) else set())
        arguments = entry(content, "Properties", "Parameters")
        given = {key: _comparable(each, above, parent) for key, each in arguments.items()}
        if "Fn::If" in arguments:  # what is handed over, a condition says
            given = dict.fromkeys(templates[name].section("Parameters"), (*above.path, title))
        inner = Instance((*above.path, title), parents, name, given, conditions)
        yield inner
        yield from _instances(templates, inner)


def _comparable(value: Any, above: Instance, parent: BuiltTemplate) -> Hashable:
    if isinstance(value, str | int | float):
        return text_of(value)
    name = value.get("Ref") if isinstance(value, dict) else None
    if isinstance(name, str) and name in parent.section("Parameters"):
        return above.given.get(name, (parent.name, name))
    return (above.path, json.dumps(value, sort_keys=True, default=str))
