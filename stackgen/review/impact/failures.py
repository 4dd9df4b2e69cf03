"""What certainly fails: exports in use, limits, missing outputs and map entries, nested stacks where none may be."""

from __future__ import annotations

from stackgen.graph import find_cycle
from stackgen.limits import head_room
from stackgen.review.evaluation.symbols import Live, shown, symbols_in
from stackgen.review.evaluation.tree import address_of
from stackgen.review.nested import NESTED_STACK, STACK_SET

from .codes import verdict
from .result import CERTAIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from stackgen.review.evaluation.tree import Stack, Tree
    from stackgen.review.model import Build, Template

    from .analysis import Analysis
    from .result import Verdict

    Exports = dict[str, tuple[str, Any]]
    """Exported values by name, with the address of the output."""


def faults(tree: Tree) -> Iterator[Verdict]:
    """V202 and V207: what CloudFormation refuses with these values."""
    for fault in tree.faults:
        yield verdict("V207" if fault.text.startswith("mapping ") else "V202", fault.address, fault.text)


Flaw = tuple[str, str, str]
"""The code of a verdict, the logical ID that it is about (empty: the whole template) and its text."""


def refused(tree: Tree, known: dict[str, list[Flaw]]) -> Iterator[Verdict]:
    """V206 and V211: what CloudFormation refuses of a template, whatever the values; ``known`` keeps what was found."""
    for stack in tree.stacks.values():
        if stack.exists is False:
            continue
        name = stack.template.name
        if name not in known:
            known[name] = list(_flaws(stack.template))
        for code, title, text in known[name]:
            yield verdict(code, address_of(stack.path, title), text)


def _flaws(template: Template) -> Iterator[Flaw]:
    sections = {name: template.section(name) for name in ("Resources", "Parameters", "Outputs", "Mappings")}
    for room in head_room(sections, len(template.text.encode())):
        if room.used > room.most:
            yield "V206", "", str(room)
    left, count = template.needs, 0
    while len(left) != count:  # what needs nothing that is left is in no circle
        count = len(left)
        left = {title: each for title, each in left.items() if not left.keys().isdisjoint(each)}
    circle = find_cycle({title: (each & left.keys()) - {title} for title, each in left.items()})
    if circle:
        yield "V211", circle[0], " -> ".join([*circle, circle[0]])


def nested_in_service_managed(tree: Tree, build: Build) -> Iterator[Verdict]:
    """V209: StackSets with service-managed permissions whose template has nested stacks."""
    for resource in tree.resources():
        if resource.type != STACK_SET or resource.properties.get("PermissionModel") != "SERVICE_MANAGED":
            continue
        stack = tree.stacks[resource.stack]
        child = build.children(stack.template.name).get(resource.logical_id)
        if child is None or child.name is None:
            continue
        nested = [title for title, each in build.children(child.name).items() if each.kind == "nested"]
        if nested:
            yield verdict("V209", resource.address, f"{child.name} has the nested stack {nested[0]}")


def exports_of(tree: Tree) -> Exports:
    """What the stacks of a tree export, as far as the names are known."""
    found: Exports = {}
    for stack in tree.stacks.values():
        for title, output in stack.template.section("Outputs").items():
            name = _export_name(stack, output, tree)
            if name is not None and title in stack.outputs and stack.exists is not False:
                found[name] = (address_of(stack.path, title), stack.outputs[title])
    return found


def _export_name(stack: Stack, output: dict[str, Any], tree: Tree) -> str | None:
    from stackgen.review.evaluation.functions import evaluated
    from stackgen.review.evaluation.scope import Scope

    written = output.get("Export")
    if not isinstance(written, dict):
        return None
    scope = Scope(stack.path, stack.template, tree.environment, stack.parameters, lambda _title, _output: None)
    name = evaluated(written.get("Name"), scope)
    return None if name is None else shown(name, 500)


def imports_of(tree: Tree) -> dict[str, str]:
    """The export names that the resources and outputs of a tree import, each with one address that does."""
    found: dict[str, str] = {}
    for stack in tree.stacks.values():
        if stack.template.text and "ImportValue" not in stack.template.text:
            continue
        for resource in stack.resources.values():
            if resource.exists is not False:
                for name in _imported([resource.properties, resource.attributes]):
                    found.setdefault(name, resource.address)
        for title, value in stack.outputs.items():
            for name in _imported(value):
                found.setdefault(name, address_of(stack.path, title))
    return found


def _imported(value: Any) -> Iterator[str]:
    for _, symbol in symbols_in(value):
        if isinstance(symbol, Live) and symbol.kind == "import":
            yield symbol.text


def exports_in_use(
    analysis: Analysis, deployed: Mapping[str, dict[str, str]], wanted: Mapping[str, dict[str, str]]
) -> Iterator[Verdict]:
    """V208 and V407: exports of this tree that go or change while another stack imports them, of this tree or not.

    ``deployed`` and ``wanted`` are what every root imports before and after: a stack that stops importing must be
    updated before the one that stops exporting.
    """
    if analysis.before is None:
        return
    after = exports_of(analysis.after) if analysis.after else {}
    for name, (address, value) in exports_of(analysis.before).items():
        others = [each for each in deployed if name in deployed[each]]
        if not others:
            continue
        place, now = after.get(name, ("", None))
        stack = address.rpartition("/")[0]
        gone = place.rpartition("/")[0] != stack  # to another nested stack is gone too: it is deleted in this one
        sure = CERTAIN if gone else analysis.differ(value, now)
        if not sure:
            continue
        what = "is removed" if gone else "changes" if sure == CERTAIN else "may change"
        user = deployed[others[0]][name]
        if not any(name in wanted.get(each, {}) for each in others):
            text = f"export {name} {what}; {user} stops importing it, and must be updated first"
            yield verdict("V407", address, text)
        else:
            text = f"export {name} {what}, and {user} imports it"
            yield verdict("V208" if sure == CERTAIN else "V412", address, text)


def unseen(tree: Tree, build: Build) -> Iterator[Verdict]:
    """V403 and V404: what the build does not show."""
    for stack in tree.stacks.values():
        if stack.exists is False:
            continue
        if stack.transforms:
            yield verdict("V403", address_of(stack.path), f"Transform {', '.join(stack.transforms)}")
        for title, child in build.children(stack.template.name).items():
            resource = stack.resources[title]
            is_read = (*stack.path, title) in tree.stacks or resource.type != NESTED_STACK
            if not is_read and child.name is None and resource.exists is not False:
                yield verdict("V404", resource.address, f"TemplateURL {child.url or 'is not known'}")
