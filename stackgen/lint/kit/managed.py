"""Managed policies that are attached to a role, a user or a group, wherever a template says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stackgen.policy_documents import ATTACHMENTS

from .pointers import HOLE, pointer, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Path, Scenario
    from .view import Resource, View


class Attached(NamedTuple):
    """A managed policy that somebody is given; ``name`` is that of AWS's own, as ``service-role/AWSLambdaRole``.

    ``is_sure`` tells whether no parameter may make it another one.
    """

    holder: Resource
    text: str
    path: Path
    scenario: Scenario
    is_sure: bool

    @property
    def name(self) -> str:
        return self.text.partition(":iam::aws:policy/")[2] if self.text.startswith("arn:") else ""


def attached(view: View) -> Iterator[Attached]:
    """All that can be read."""
    for each in view.of_type(*ATTACHMENTS):
        yield from attached_to(each, view)


def attached_to(holder: Resource, view: View) -> Iterator[Attached]:
    """Those of one; SAM names AWS's own without their ARNs. What only AWS knows has a text like ``${Name}``."""
    for found in holder.each(ATTACHMENTS[holder.type].path.removesuffix("[]").split("[].")[0]):
        if isinstance(found.value, dict) and ("Statement" in found.value or holder.type.startswith("AWS::Serverless")):
            continue
        symbol = pointer(found.value)
        for said in spellings(found.value, view) or [HOLE]:
            is_short = holder.type.startswith("AWS::Serverless") and ":" not in said and "${" not in said
            text = f"arn:aws:iam::aws:policy/{said}" if is_short else said
            yield Attached(holder, text, found.path, found.scenario, said == symbol)
