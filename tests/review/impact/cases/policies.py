"""What becomes of a resource that goes away, and of one whose attributes alone change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.review.impact.cases.model import (
    MODIFYING,
    REFERENCE,
    USER_GUIDE,
    Case,
    template,
    with_attributes,
)
from tests.review.impact.cases.resources import (
    bucket,
    cluster,
    cluster_member,
    database,
    nested,
    queue,
    table,
    topic,
    volume,
)

if TYPE_CHECKING:
    from tests.review.impact.cases.model import Content

DELETION = f"{REFERENCE}/aws-attribute-deletionpolicy.html"
REPLACEMENT = f"{REFERENCE}/aws-attribute-updatereplacepolicy.html"
NO_UPDATES = f"{USER_GUIDE}/troubleshooting.html#troubleshooting-errors-no-updates-to-perform"
RESOURCE_CHANGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html"


def removed(name: str, content: Content, answer: str, policy: str) -> Case:
    """A resource leaves the template, its neighbour stays."""
    return Case(
        name,
        DELETION,
        {"stack": template({"It": content, "Stays": queue()})},
        {"stack": template({"Stays": queue()})},
        {"stack/It": answer, "stack/Stays": "none"},
        policy=policy,
    )


def renamed_table(name: str, policy: str, **attributes: Any) -> Case:
    """A table is replaced under these policies."""
    return Case(
        name,
        REPLACEMENT,
        {"stack": template({"Table": with_attributes(table(TableName="orders"), **attributes)})},
        {"stack": template({"Table": with_attributes(table(TableName="orders-2"), **attributes)})},
        {"stack/Table": "replace"},
        policy=policy,
    )


STAGED = template(
    {"Alarms": with_attributes(topic(), Condition="IsProd", DeletionPolicy="Retain"), "Stays": queue()},
    Parameters={"Stage": {"Type": "String"}},
    Conditions={"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
)

REMOVED = (
    removed("a bucket leaves without a policy", bucket(), "delete", "Delete"),
    removed("a retained bucket leaves", with_attributes(bucket(), DeletionPolicy="Retain"), "retain", "Retain"),
    removed(
        "a bucket leaves that is retained except on creation",
        with_attributes(bucket(), DeletionPolicy="RetainExceptOnCreate"),
        "retain",
        "",
    ),
    removed("a cluster leaves without a policy", cluster(), "delete", "Snapshot"),
    removed(
        "a cluster leaves that may be lost", with_attributes(cluster(), DeletionPolicy="Delete"), "delete", "Delete"
    ),
    removed("a lone database instance leaves without a policy", database(), "delete", "Snapshot"),
    removed("an instance of a cluster leaves without a policy", cluster_member(), "delete", "Delete"),
    removed(
        "a volume leaves and a snapshot remains",
        with_attributes(volume(), DeletionPolicy="Snapshot"),
        "delete",
        "Snapshot",
    ),
    Case(
        "the policy for replacements says nothing about removal",
        REPLACEMENT,
        {"stack": template({"It": with_attributes(bucket(), UpdateReplacePolicy="Retain"), "Stays": queue()})},
        {"stack": template({"Stays": queue()})},
        {"stack/It": "delete"},
        policy="Delete",
    ),
    Case(
        "a retained topic leaves by its condition",
        DELETION,
        {"stack": STAGED},
        {"stack": STAGED},
        {"stack/Alarms": "retain", "stack/Stays": "none"},
        parameters={"Stage": "prod"},
        parameters_after={"Stage": "dev"},
        policy="Retain",
    ),
    Case(
        "a nested stack leaves, and each of its resources by its own policy",
        DELETION,
        {
            "system/master": template({"Data": nested("system/data", "0123456789abcdef"), "Stays": queue()}),
            "system/data": template({"Table": with_attributes(table(), DeletionPolicy="Retain"), "Orders": queue()}),
        },
        {"system/master": template({"Stays": queue()})},
        {
            "master/Data": "delete",
            "master/Data/Table": "retain",
            "master/Data/Orders": "delete",
            "master/Stays": "none",
        },
        root="system/master",
    ),
    Case(
        "another logical ID is a deletion and a creation",
        MODIFYING,
        {"stack": template({"Orders": queue()})},
        {"stack": template({"OrdersQueue": queue()})},
        {"stack/Orders": "delete", "stack/OrdersQueue": "create"},
    ),
    Case(
        "a retained table under another logical ID stays behind",
        DELETION,
        {"stack": template({"Orders": with_attributes(table(), DeletionPolicy="Retain")})},
        {"stack": template({"OrdersTable": with_attributes(table(), DeletionPolicy="Retain")})},
        {"stack/Orders": "retain", "stack/OrdersTable": "create"},
        policy="Retain",
    ),
)

REPLACED = (
    renamed_table("a replaced table without a policy is deleted", "Delete"),
    renamed_table("a replaced table is retained", "Retain", UpdateReplacePolicy="Retain"),
    renamed_table("the policy for removal says nothing about replacement", "Delete", DeletionPolicy="Retain"),
    Case(
        "a replaced cluster leaves a snapshot",
        REPLACEMENT,
        {
            "stack": template(
                {"Database": with_attributes(cluster(DatabaseName="shop"), UpdateReplacePolicy="Snapshot")}
            )
        },
        {
            "stack": template(
                {"Database": with_attributes(cluster(DatabaseName="store"), UpdateReplacePolicy="Snapshot")}
            )
        },
        {"stack/Database": "replace"},
        policy="Snapshot",
    ),
)

ATTRIBUTES = (
    Case(
        "a policy alone is no update",
        NO_UPDATES,
        {"stack": template({"Table": table()})},
        {"stack": template({"Table": with_attributes(table(), DeletionPolicy="Retain")})},
        {"stack/Table": "none"},
    ),
    Case(
        "metadata alone is an update of its resource",
        RESOURCE_CHANGE,
        {"stack": template({"Table": with_attributes(table(), Metadata={"owner": "shop"}), "Orders": queue()})},
        {"stack": template({"Table": with_attributes(table(), Metadata={"owner": "store"}), "Orders": queue()})},
        {"stack/Table": "update", "stack/Orders": "none"},
        note="a change set names it as a Modify whose scope is Metadata",
    ),
    Case(
        "an output alone is no update of a resource",
        NO_UPDATES,
        {"stack": template({"Orders": queue()})},
        {"stack": template({"Orders": queue()}, Outputs={"Queue": {"Value": {"Ref": "Orders"}}})},
        {"stack/Orders": "none"},
    ),
)

CASES: tuple[Case, ...] = REMOVED + REPLACED + ATTRIBUTES
