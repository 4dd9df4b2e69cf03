"""E9117: what a parent hands to a child is what the child's parameter declares.

cfn-lint compares the names on both sides (E3043, E1010), not the types: an output that holds a subnet, handed
to a parameter of type ``AWS::EC2::VPC::Id``, passes it and fails in the deployment. Here each argument is
followed through the sibling's output to what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.constraints import refusal
from stackgen.parameter_types import STRING

from .addresses import NESTED, STACK_SET, handed, leads_to
from .finding import CONTRACTS, entry
from .kit.values import branches
from .values import LIST, Kind, Reader, fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .finding import BuiltTemplate, Finding
    from .kit.values import Scenario


def unknown(resource: str, attribute: str) -> Kind:
    """What is known of attributes without the provider schemas: nothing."""
    del resource, attribute
    return Kind()


def check_contracts(
    parent: BuiltTemplate,
    templates: Mapping[str, BuiltTemplate],
    attributes: Callable[[str, str], Kind] = unknown,
) -> Iterator[Finding]:
    """A finding for every argument of a nested stack that does not fit, and for every child that is not built."""
    reader = Reader(templates, attributes)
    for title, content in parent.section("Resources").items():
        kind = content.get("Type")
        if kind not in (NESTED, STACK_SET):
            continue
        for found in leads_to(content, parent, templates):
            child = templates.get(found.value)
            if child is not None:
                check = _arguments if kind == NESTED else _entries
                yield from check(Pair(parent, title, content, child, found.scenario), reader)
            elif kind == NESTED:
                message = f"{title}: {found.value} is not in the build folder"
                yield parent.finding(CONTRACTS, message, "Resources", title, "Properties", "TemplateURL")


class Pair(NamedTuple):
    """A resource of a parent, and a template that it is made from under some conditions."""

    parent: BuiltTemplate
    title: str
    content: dict[str, Any]
    child: BuiltTemplate
    scenario: Scenario

    def finding(self, message: str, *path: str | int) -> Finding:
        """A finding at a place below the resource's Parameters."""
        place = ("Resources", self.title, "Properties", "Parameters", *map(str, path))
        return self.parent.finding(CONTRACTS, f"{self.title}{message} ({self.child.name})", *place)


def _arguments(pair: Pair, reader: Reader) -> Iterator[Finding]:
    """Of a nested stack; which of them there must be E3043 tells."""
    declared = pair.child.section("Parameters")
    for found in branches(entry(pair.content, "Properties").get("Parameters"), pair.scenario):
        for name, value in found.value.items() if isinstance(found.value, dict) else ():
            kinds = reader.guarded if found.scenario or "Condition" in pair.content else reader.kinds
            for problem in _problems(declared[name], kinds(value, pair.parent)) if name in declared else ():
                yield pair.finding(f".{name} {problem}", *found.path, name)


def _entries(pair: Pair, reader: Reader) -> Iterator[Finding]:
    """Of a StackSet."""
    declared = pair.child.section("Parameters")
    properties = entry(pair.content, "Properties")
    given = dict(handed(properties))
    for name, value in given.items():
        if name not in declared:
            yield pair.finding(f" gives {name}, which the template does not declare")
        for problem in _problems(declared[name], reader.guarded(value, pair.parent)) if name in declared else ():
            yield pair.finding(f".{name} {problem}")
    is_listed = isinstance(properties.get("Parameters", []), list)
    if is_listed and "ParameterOverrides" not in str(properties.get("StackInstancesGroup")):
        for name, each in declared.items():
            if name not in given and "Default" not in each:
                yield pair.finding(f" does not give {name}, which has no default")


def _problems(declared: dict[str, Any], given: Iterable[Kind]) -> list[str]:
    wanted = str(declared.get("Type", STRING))
    found = set()
    for kind in given:
        if not fits(wanted, kind):
            hint = ", joined by ','" if kind.form == LIST else ""
            found.add(f"is handed {kind}, but {wanted}{hint} was expected")
        elif kind.text is not None and (reason := refusal(declared, kind.text)):
            found.add(f"is handed {kind.text!r}, which {reason}")
    return sorted(found)
