"""What a deployed stack gives out: its outputs, under which names they are exported, and which of them nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .hiding import Hiding


class Output(NamedTuple):
    """One output, as it may be shown."""

    name: str
    value: str
    export: str
    description: str
    is_hidden: bool


def outputs_of(stack_id: str, cloudformation: Any, hiding: Hiding) -> list[Output]:
    """The outputs of a stack by name."""
    stack = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]
    return [_output(each, hiding) for each in sorted(stack.get("Outputs", []), key=lambda each: each["OutputKey"])]


def _output(found: dict[str, str], hiding: Hiding) -> Output:
    name = found["OutputKey"]
    value = hiding.output(name, found["OutputValue"])
    return Output(
        name,
        value,
        found.get("ExportName", ""),
        hiding.text(found.get("Description", "")),
        value != found["OutputValue"],
    )
