"""Texts that change and values that do not, and the other way round: conditions, mappings, functions, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.review.impact.cases.documents import SUBNET_IDS
from tests.review.impact.cases.model import (
    BEHAVIOURS,
    MODIFYING,
    REFERENCE,
    USER_GUIDE,
    Case,
    template,
    with_attributes,
)
from tests.review.impact.cases.resources import bucket, function, instance, queue, subnet, table, topic

if TYPE_CHECKING:
    from tests.review.impact.cases.model import Content

CONDITIONS = f"{USER_GUIDE}/conditions-section-structure.html"
FUNCTIONS = f"{REFERENCE}/intrinsic-function-reference"
IF = f"{FUNCTIONS}-conditions.html#intrinsic-function-reference-conditions-if"
PSEUDO = f"{REFERENCE}/pseudo-parameter-reference.html#cfn-pseudo-param-novalue"

DEV, PROD = {"Stage": "dev"}, {"Stage": "prod"}
STAGES: dict[str, Content] = {
    "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
}
NO_VALUE = {"Ref": "AWS::NoValue"}


def by_stage(prod: Any, dev: Any) -> Content:
    """One value in production, another elsewhere."""
    return {"Fn::If": ["IsProd", prod, dev]}


def other_stage(name: str, source: str, resources: Content, answers: dict[str, str], *, back: bool = False) -> Case:
    """The same template, its stage changed from dev to prod, or back."""
    content = {"stack": template(resources, **STAGES)}
    return Case(
        name=name,
        source=source,
        before=content,
        after=content,
        expected={f"stack/{logical_id}": answer for logical_id, answer in answers.items()},
        parameters=PROD if back else DEV,
        parameters_after=DEV if back else PROD,
    )


def rewritten(name: str, source: str, before: Content, after: Content, answer: str, **sections: Content) -> Case:
    """One resource, its text changed; the sections are the same on both sides."""
    return Case(
        name=name,
        source=source,
        before={"stack": template({"It": before}, **sections)},
        after={"stack": template({"It": after}, **sections)},
        expected={"stack/It": answer},
        parameters=PROD if "Parameters" in sections else {},
    )


FLIPS = (
    other_stage(
        "a resource whose condition becomes true is created",
        CONDITIONS,
        {"Alarms": with_attributes(topic(), Condition="IsProd"), "Orders": queue()},
        {"Alarms": "create", "Orders": "none"},
    ),
    other_stage(
        "a resource whose condition becomes false is deleted",
        CONDITIONS,
        {"Alarms": with_attributes(topic(), Condition="IsProd"), "Orders": queue()},
        {"Alarms": "delete", "Orders": "none"},
        back=True,
    ),
    other_stage(
        "a condition chooses another image, which makes another instance",
        IF,
        {"Web": instance(ImageId=by_stage("ami-0a1b2c3d4e5f60719", "ami-0a1b2c3d4e5f60718"))},
        {"Web": "replace"},
    ),
    other_stage(
        "a condition chooses another size of a function, which is updated in place",
        IF,
        {"Worker": function(MemorySize=by_stage(1024, 256))},
        {"Worker": "update"},
    ),
    other_stage(
        "both branches of a condition are equal",
        IF,
        {"Web": instance(ImageId=by_stage("ami-0a1b2c3d4e5f60718", "ami-0a1b2c3d4e5f60718"))},
        {"Web": "none"},
    ),
    other_stage(
        "a condition takes a bucket's name away, which makes another bucket",
        PSEUDO,
        {"Orders": bucket(BucketName=by_stage(NO_VALUE, "orders-111122223333"))},
        {"Orders": "replace"},
    ),
    other_stage(
        "a parameter in a name makes another table",
        f"{BEHAVIOURS}#update-replacement",
        {"Orders": table(TableName={"Fn::Sub": "orders-${Stage}"}), "Returns": table()},
        {"Orders": "replace", "Returns": "none"},
    ),
    other_stage(
        "a condition moves an instance to another subnet, which makes another instance",
        IF,
        {"Web": instance(SubnetId=by_stage(SUBNET_IDS[1], SUBNET_IDS[0])), "Orders": queue()},
        {"Web": "replace", "Orders": "none"},
    ),
)

IMAGES = {"Images": {"web": {"old": "ami-0a1b2c3d4e5f60718", "new": "ami-0a1b2c3d4e5f60719"}}}


BY_STAGE = template(
    {"Web": instance(ImageId={"Fn::FindInMap": ["Images", {"Ref": "Stage"}, "web"]})},
    Parameters=STAGES["Parameters"],
    Mappings={"Images": {"dev": {"web": "ami-0a1b2c3d4e5f60718"}, "prod": {"web": "ami-0a1b2c3d4e5f60719"}}},
)


def mapped(image: str, unused: str = "ami-0a1b2c3d4e5f6071a") -> dict[str, Content]:
    """A build whose instance finds its image in a mapping, which has another key that nobody asks for."""
    mapping = {"Images": {"web": {"image": image, "spare": unused}}}
    web = instance(ImageId={"Fn::FindInMap": ["Images", "web", "image"]})
    return {"stack": template({"Web": web}, Mappings=mapping)}


MAPPINGS = (
    Case(
        "a mapping's value that is used changes",
        MODIFYING,
        mapped("ami-0a1b2c3d4e5f60718"),
        mapped("ami-0a1b2c3d4e5f60719"),
        {"stack/Web": "replace"},
    ),
    Case(
        "a mapping's value that nobody uses changes",
        MODIFYING,
        mapped("ami-0a1b2c3d4e5f60718"),
        mapped("ami-0a1b2c3d4e5f60718", unused="ami-0a1b2c3d4e5f6071b"),
        {"stack/Web": "none"},
    ),
    Case(
        "a parameter picks another row of a mapping",
        f"{FUNCTIONS}-findinmap.html",
        {"stack": BY_STAGE},
        {"stack": BY_STAGE},
        {"stack/Web": "replace"},
        parameters=DEV,
        parameters_after=PROD,
    ),
    rewritten(
        "a mapping's value is written out",
        f"{FUNCTIONS}-findinmap.html",
        instance(ImageId={"Fn::FindInMap": ["Images", "web", "new"]}),
        instance(ImageId="ami-0a1b2c3d4e5f60719"),
        "none",
        Mappings=IMAGES,
    ),
)

EQUAL = (
    rewritten(
        "the same name, joined instead of substituted",
        f"{FUNCTIONS}-join.html",
        table(TableName={"Fn::Sub": "orders-${Stage}"}),
        table(TableName={"Fn::Join": ["-", ["orders", {"Ref": "Stage"}]]}),
        "none",
        **STAGES,
    ),
    rewritten(
        "the same subnet, selected from a split text",
        f"{FUNCTIONS}-split.html",
        instance(SubnetId=SUBNET_IDS[1]),
        instance(SubnetId={"Fn::Select": [1, {"Fn::Split": [",", ",".join(SUBNET_IDS)]}]}),
        "none",
    ),
    rewritten(
        "the same range, computed from a larger one",
        f"{FUNCTIONS}-cidr.html",
        subnet(CidrBlock="192.168.0.32/27"),
        subnet(CidrBlock={"Fn::Select": [1, {"Fn::Cidr": ["192.168.0.0/24", 6, 5]}]}),
        "none",
    ),
    rewritten(
        "fewer host bits make a smaller range and another subnet",
        f"{FUNCTIONS}-cidr.html",
        subnet(CidrBlock={"Fn::Select": [0, {"Fn::Cidr": ["192.168.0.0/24", 6, 5]}]}),
        subnet(CidrBlock={"Fn::Select": [0, {"Fn::Cidr": ["192.168.0.0/24", 6, 4]}]}),
        "replace",
    ),
    rewritten(
        "a property that is no value is no property",
        PSEUDO,
        queue(VisibilityTimeout=60),
        queue(VisibilityTimeout=60, DelaySeconds={"Fn::If": ["IsProd", NO_VALUE, 5]}),
        "none",
        **STAGES,
    ),
    rewritten(
        "a resource that is not there is changed",
        CONDITIONS,
        with_attributes(table(TableName="orders"), Condition="IsTest"),
        with_attributes(table(TableName="returns"), Condition="IsTest"),
        "none",
        Parameters=STAGES["Parameters"],
        Conditions={"IsTest": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "prod"]}]}},
    ),
    Case(
        "a condition is written in another way and says the same",
        CONDITIONS,
        {"stack": template({"It": with_attributes(queue(), Condition="IsProd")}, **STAGES)},
        {
            "stack": template(
                {"It": with_attributes(queue(), Condition="IsProd")},
                Parameters=STAGES["Parameters"],
                Conditions={"IsProd": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "dev"]}]}},
            )
        },
        {"stack/It": "none"},
        parameters=PROD,
    ),
    Case(
        "a text becomes a parameter that has it as its default",
        MODIFYING,
        {"stack": template({"It": table(TableName="orders")})},
        {
            "stack": template(
                {"It": table(TableName={"Ref": "Name"})}, Parameters={"Name": {"Type": "String", "Default": "orders"}}
            )
        },
        {"stack/It": "none"},
    ),
)

CASES: tuple[Case, ...] = FLIPS + MAPPINGS + EQUAL
