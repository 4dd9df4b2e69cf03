"""Managed policies that are attached to a role, a user or a group, wherever a template says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stackgen.policy_documents import ATTACHMENTS

from .pointers import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Path, Scenario
    from .view import Resource, View


class Attached(NamedTuple):
    """A managed policy that somebody is given; ``name`` is that of AWS's own, as ``service-role/AWSLambdaRole``."""

    holder: Resource
    text: str
    path: Path
    scenario: Scenario

    @property
    def name(self) -> str:
        return self.text.partition(":iam::aws:policy/")[2] if self.text.startswith("arn:") else ""


def attached(view: View) -> Iterator[Attached]:
    """All that can be read."""
    for each in view.of_type(*ATTACHMENTS):
        yield from attached_to(each)


def attached_to(holder: Resource) -> Iterator[Attached]:
    """Those of one; SAM names AWS's own without their ARNs. UNKNOWN ones have an empty text."""
    for found in holder.each(ATTACHMENTS[holder.type].path.removesuffix("[]").split("[].")[0]):
        if isinstance(found.value, dict) and ("Statement" in found.value or holder.type.startswith("AWS::Serverless")):
            continue
        text = pointer(found.value)
        if isinstance(text, str) and holder.type.startswith("AWS::Serverless") and ":" not in text and "${" not in text:
            text = f"arn:aws:iam::aws:policy/{text}"
        yield Attached(holder, text if isinstance(text, str) else "", found.path, found.scenario)
