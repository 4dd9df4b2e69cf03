"""A change whose answer is known from AWS's documentation, and short ways to write one down."""

from __future__ import annotations

from typing import Any, NamedTuple

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
USER_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
BEHAVIOURS = f"{USER_GUIDE}/using-cfn-updating-stacks-update-behaviors.html"
MODIFYING = f"{USER_GUIDE}/using-cfn-updating-stacks-get-template.html"
ARCHIVE = "https://github.com/awsdocs/aws-cloudformation-user-guide/blob"  # the user guide as AWS published it

ANSWERS = frozenset({"none", "update", "replace", "conditional", "create", "delete", "retain", "unknown", "fails"})

Content = dict[str, Any]


class Case(NamedTuple):
    """What a build was, what it becomes, and what CloudFormation does to each resource named in `expected`.

    The answers: "none", "update" (in place, with or without an interruption), "replace", "conditional" (whether it is
    replaced cannot be decided without an account), "create", "delete", "retain" (leaves the stack, stays in the
    account), "unknown" (hangs on a value that only an account knows) and "fails" (the update of the stack fails;
    `failure` is a keyword of why; the address of a root means that no single resource is at fault).
    `policy`, where it is given, is what becomes of each resource that goes away: "Delete", "Retain" or "Snapshot".
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
    policy: str = ""


def template(resources: Content, **sections: Any) -> Content:
    """A template with these resources; other sections by their names."""
    return {"AWSTemplateFormatVersion": "2010-09-09", **sections, "Resources": resources}


def resource(type_: str, properties: Content, **attributes: Any) -> Content:
    """A resource as a template has it; its attributes (`DependsOn=...`) stand beside its properties."""
    return {"Type": type_, **attributes, "Properties": properties}


def with_attributes(content: Content, **attributes: Any) -> Content:
    """The same resource with attributes (`DeletionPolicy="Retain"`)."""
    return {"Type": content["Type"], **attributes, "Properties": content["Properties"]}


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


def replaced(name: str, page: str, property_name: str, before: Content, after: Content) -> Case:
    """A case of one property whose page says Replacement."""
    return changed(name, property_of(page, property_name), before, after, "replace")


def updated(name: str, page: str, property_name: str, before: Content, after: Content) -> Case:
    """A case of one property whose page says No interruption or Some interruptions."""
    return changed(name, property_of(page, property_name), before, after, "update")
