"""E9117: what a parent hands to a child is what the child's parameter declares.

cfn-lint compares the names on both sides (E3043, E1010), not the types: an output that holds a subnet, handed
to a parameter of type ``AWS::EC2::VPC::Id``, passes it and fails in the deployment. Here each argument is
followed through the sibling's output to what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.constraints import refusal
from stackgen.parameter_types import STRING

from .finding import CONTRACTS, entry
from .values import LIST, Kind, Reader, fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .finding import BuiltTemplate, Finding


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
    for title, name in parent.children.items():
        child = templates.get(name)
        if child is None:
            message = f"{title}: {name} is not in the build folder"
            yield parent.finding(CONTRACTS, message, "Resources", title, "Properties", "TemplateURL")
            continue
        declared = child.section("Parameters")
        given = entry(parent.content, "Resources", title, "Properties", "Parameters")
        is_guarded = "Condition" in parent.section("Resources")[title]
        for path, arguments in _branches(given):
            for parameter, value in arguments.items():
                if parameter not in declared:
                    continue  # E3043 tells
                place = ("Resources", title, "Properties", "Parameters", *path, parameter)
                kinds = reader.guarded if path or is_guarded else reader.kinds
                for problem in _problems(declared[parameter], kinds(value, parent)):
                    yield parent.finding(CONTRACTS, f"{title}.{parameter} {problem} ({name})", *place)


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


def _branches(arguments: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The arguments, or those of each branch where an ``Fn::If`` chooses between them."""
    choice = arguments.get("Fn::If")
    if not isinstance(choice, list):
        yield (), arguments
        return
    for number, branch in enumerate(choice[1:], 1):
        if isinstance(branch, dict):
            for path, inner in _branches(branch):
                yield ("Fn::If", str(number), *path), inner
