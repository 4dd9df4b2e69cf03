"""``stackset verify``: whether the stacks of a StackSet work, each as ``verify`` checks one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .looking import Looked
from .stackset_opening import build_of, opened, parser_of, wanted_of
from .verify import Verified, add_checks, checked_form, tell, verified

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.stacksets.wanted import Cell
    from stackgen.deploy.verifying.checked import Checked
    from stackgen.review.model import Build

    from .stackset_opening import Opened

DESCRIPTION = """\
Whether the stacks of a StackSet work: each is checked as verify checks one, in all accounts and regions or in those
that -e and -r leave. Other accounts are read with reader_role. With --invoke what the settings of the template's stack
name is tried too.

Exits with 4 where something is not as it should be.
"""
_PROGRAM = "python -m stackgen "


def run(console: Console, arguments: Sequence[str]) -> int:
    """Check the stack of each cell, and print what is wrong."""
    parser = parser_of("verify", DESCRIPTION)
    add_checks(parser)
    options = parser.parsed(arguments)
    form = checked_form(console, options)
    with opened(console, options) as sets:
        told = [each for one in sets for each in _of_set(console, options, one)]
    return tell(console, form, told, options, "stackset-")


def _of_set(console: Console, options: argparse.Namespace, each: Opened) -> Iterator[Verified]:
    from stackgen.deploy.stacksets import reading
    from stackgen.deploy.verifying.checked import wrong
    from stackgen.deploy.verifying.looking import STACK

    build = build_of(each)
    wanted = wanted_of(console, options, each, build)
    there = {one.pair: one.stack_id for one in reading.instances(each.found().name, each.caller) if one.stack_id}
    for cell in wanted.cells:
        if cell.pair in wanted.chosen:
            looked = _looked(each, build, cell, there.get(cell.pair, ""))
            if cell.pair in there:
                found = verified(console, each.project, looked, options)
                yield found._replace(checks=[_of_a_set(check, each) for check in found.checks])
            else:
                remedy = f"{_PROGRAM}stackset apply {each.declared.key} makes it"
                yield Verified(looked, [wrong(each.name, STACK, "it does not exist", remedy)], [])


def _looked(each: Opened, build: Build, cell: Cell, stack_id: str) -> Looked:
    """The stack of a cell, and what reads it."""
    from stackgen.deploy.choosing import named
    from stackgen.deploy.hiding import Hiding
    from stackgen.deploy.stacksets.errors import StackSetError
    from stackgen.deploy.targets import Target

    account, region = cell.pair
    template = named(build, each.declared.template)
    name = stack_id.split("/")[1] if stack_id else each.name
    target = Target(cell.env, region, account, template, name, cell.values, rollback_alarms=cell.alarms)

    def client(service: str) -> Any:
        found = each.reader(cell.pair, service)
        if found is None:
            hint = (
                f"reader_role in [tool.stackgen.{each.declared.place}] names the role that lets it in, in each account"
            )
            raise StackSetError(f"nothing lets verify into {cell.pair}", hint)
        return found

    return Looked(target, client, Hiding(target, build))


def _of_a_set(check: Checked, each: Opened) -> Checked:
    """A check whose remedy names no command for single stacks: what these change the StackSet does not know."""
    if _PROGRAM not in check.remedy:
        return check
    key = each.declared.key
    return check._replace(remedy=f"mend its cause; stackset drift {key} compares, stackset apply {key} rolls out")
