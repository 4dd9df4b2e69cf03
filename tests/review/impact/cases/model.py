"""A change whose answer is known from AWS's documentation, and short ways to write one down."""

from __future__ import annotations

from typing import Any, NamedTuple

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
USER_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"

ANSWERS = frozenset(
    {"none", "update", "replace", "conditional", "create", "delete", "retain", "snapshot", "unknown", "fails"}
)

Content = dict[str, Any]


class Case(NamedTuple):
    """What a build was, what it becomes, and what CloudFormation does to each resource named in `expected`.

    The answers: "none", "update" (in place, with or without an interruption), "replace", "conditional" (whether it is
    replaced cannot be decided without an account), "create", "delete", "retain" (leaves the stack, stays in the
    account), "snapshot" (deleted after a last snapshot), "unknown" (hangs on a value that only an account knows) and
    "fails" (the update of the stack fails; `failure` is a keyword of why).
    """

    name: str
    source: str
    before: dict[str, Content]
    after: dict[str, Content]
    expected: dict[str, str]
    parameters: dict[str, str] = {}  # noqa: RUF012  a NamedTuple's default, never written to
    parameters_after: dict[str, str] | None = None
    root: str = "stack"
    failure: str = ""
    note: str = ""


def template(resources: Content, **sections: Any) -> Content:
    """A template with these resources; other sections by their names."""
    return {"AWSTemplateFormatVersion": "2010-09-09", **sections, "Resources": resources}


def resource(type_: str, properties: Content, attributes: Content | None = None) -> Content:
    """A resource as a template has it; its attributes stand beside its properties."""
    return {"Type": type_, **(attributes or {}), "Properties": properties}


def property_of(page: str, name: str) -> str:
    """The address of a property in the template reference: `property_of("sqs-queue", "FifoQueue")`."""
    return f"{REFERENCE}/aws-resource-{page}.html#cfn-{page}-{name.lower()}"


def changed(
    name: str, source: str, before: Content, after: Content, answer: str, *, failure: str = "", note: str = ""
) -> Case:
    """A case of one resource alone; its logical ID is the last word of its type."""
    logical_id = str(before["Type"]).rpartition("::")[2]
    return Case(
        name=name,
        source=source,
        before={"stack": template({logical_id: before})},
        after={"stack": template({logical_id: after})},
        expected={f"stack/{logical_id}": answer},
        failure=failure,
        note=note,
    )
