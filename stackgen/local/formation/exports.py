"""Exports: unique in their region, and neither changed nor deleted while another stack imports them.

From using-cfn-stack-exports.html: "You can't delete a stack if another stack references one of its outputs. You can't
modify or remove an output value that is referenced by another stack." The wording of updates and of cancelled deletions
is that of issues/604 of aws-cdk and issues/630 of linz/geostore, with the verbs as AWS orders them today; a deletion is
accepted, and the stack goes back to the status that it had.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.formation.operation import CLOUDFORMATION_STACK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from stackgen.local.formation.operation import Child
    from stackgen.local.formation.records import Stack

    Exports = Mapping[str, Mapping[str, str]]

#: Stacks that import nothing, whatever their template says.
_EMPTY = {"DELETE_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"}


class ExportRefused(ValueError):
    """An export is in use, or its name is taken."""


def check(stack: Stack, wanted: Exports, updated: Mapping[str, Child]) -> None:
    """Hold what a stack is about to export against what others export and import.

    *updated* are the children of the tree whose update waits: what counts of them is their new template.

    :raises ExportRefused: in CloudFormation's words.
    """
    from ministack.services import cloudformation

    for name in wanted:
        owner = cloudformation._exports.get(name)
        if owner is not None and owner["StackId"] != stack["StackId"]:
            message = f"Export with name {name} is already exported by stack {owner['StackId'].split('/')[1]}."
            raise ExportRefused(message)
    for name, export in _of(stack).items():
        verb = "delete" if name not in wanted else "update" if export["Value"] != wanted[name]["Value"] else ""
        if verb and (importers := _importers(name, stack, updated)):
            raise ExportRefused(f"Cannot {verb} export {name} as it is in use by {_listed(importers)}.")


def in_use(stack: Stack) -> str:
    """Why a stack cannot be deleted; empty where nobody imports from it."""
    for name in _of(stack):
        if importers := _importers(name, stack, {}):
            return f"Cannot delete export {name} as it is in use by {_listed(importers)}."
    return ""


def cancel_deletion(stack: Stack, reason: str) -> None:
    """Say that the stack was to be deleted, and is what it was."""
    from ministack.services.cloudformation import stacks

    name, stack_id = stack["StackName"], stack["StackId"]
    stack["StackStatusReason"] = f"Delete canceled. {reason}"
    told = {"DELETE_IN_PROGRESS": "User Initiated", stack["StackStatus"]: stack["StackStatusReason"]}
    for status, why in told.items():
        stacks._add_event(stack_id, name, name, CLOUDFORMATION_STACK, status, why, stack_id)


@contextmanager
def published(stack: Stack, wanted: Exports) -> Iterator[None]:
    """Export from now on what is *wanted*, and what it was before if it comes to nothing."""
    from ministack.services import cloudformation

    before = _of(stack)
    _replace(before, wanted)
    try:
        yield
    except BaseException:
        _replace({name: export for name, export in cloudformation._exports.items() if name in wanted}, before)
        raise


def _replace(old: Collection[str], new: Exports) -> None:
    from ministack.services import cloudformation

    for name in old:
        cloudformation._exports.pop(name, None)
    cloudformation._exports.update(new)


def _of(stack: Stack) -> dict[str, dict[str, str]]:
    from ministack.services import cloudformation

    exports: dict[str, dict[str, str]] = dict(cloudformation._exports.items())
    return {name: export for name, export in exports.items() if export["StackId"] == stack["StackId"]}


def _importers(name: str, exporter: Stack, updated: Mapping[str, Child]) -> list[str]:
    from ministack.services import cloudformation
    from ministack.services.cloudformation import engine, handlers

    found = []
    for other in cloudformation._stacks.values():
        if other is exporter or other["StackStatus"] in _EMPTY:
            continue
        seen: dict[str, Any] = other
        if other["StackId"] in updated and updated[other["StackId"]].provisioned:
            seen = {**other, "_template": engine._parse_template(other["_template_body"])}
        if name in handlers._imported_export_names(seen, other["StackName"]):
            found.append(other["StackName"])
    return sorted(found)


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
