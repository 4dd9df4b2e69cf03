"""A replacement that travels through the references of a template, and references that only an account can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.review.impact.cases.documents import VPC_ID
from tests.review.impact.cases.model import (
    BEHAVIOURS,
    MODIFYING,
    REFERENCE,
    USER_GUIDE,
    Case,
    property_of,
    resource,
    template,
    with_attributes,
)
from tests.review.impact.cases.resources import (
    bucket,
    cluster,
    function,
    instance,
    queue,
    role,
    service,
    subnet,
    subscription,
    table,
    task_definition,
    topic,
    vpc,
)

if TYPE_CHECKING:
    from tests.review.impact.cases.model import Content

REPLACEMENT = f"{BEHAVIOURS}#update-replacement"
SSM_TYPES = f"{USER_GUIDE}/cloudformation-supplied-parameter-types.html#ssm-parameter-types"
SECRETS = f"{USER_GUIDE}/dynamic-references-secretsmanager.html"


def ref(logical_id: str) -> Content:
    """A Ref."""
    return {"Ref": logical_id}


def att(logical_id: str, attribute: str = "Arn") -> Content:
    """A Fn::GetAtt."""
    return {"Fn::GetAtt": [logical_id, attribute]}


def environment(value: Any) -> Content:
    """A function's environment of one variable."""
    return {"Variables": {"TARGET": value}}


def travels(
    name: str, source: str, change: tuple[Content, Content], others: Content, answers: dict[str, str], **sections: Any
) -> Case:
    """A resource `Root` changes, and the others refer to it."""
    before, after = change
    return Case(
        name=name,
        source=source,
        before={"stack": template({"Root": before, **others}, **sections)},
        after={"stack": template({"Root": after, **others}, **sections)},
        expected={f"stack/{logical_id}": answer for logical_id, answer in answers.items()},
    )


REFERENCES = (
    travels(
        "subnets and instances follow a VPC that is replaced",
        property_of("ec2-subnet", "VpcId"),
        (vpc(), vpc(CidrBlock="10.0.0.0/20")),
        {"Private": subnet(VpcId=ref("Root")), "Web": instance(SubnetId=ref("Private")), "Orders": queue()},
        {"Root": "replace", "Private": "replace", "Web": "replace", "Orders": "none"},
    ),
    travels(
        "a function takes the place of a replaced role in place",
        REPLACEMENT,
        (role(), role(Path="/service/")),
        {"Worker": function(Role=att("Root"))},
        {"Root": "replace", "Worker": "update"},
    ),
    travels(
        "a subscription follows a topic that is replaced",
        property_of("sns-subscription", "TopicArn"),
        (topic(), topic(TopicName="orders")),
        {"ToQueue": subscription(TopicArn=ref("Root"))},
        {"Root": "replace", "ToQueue": "replace"},
    ),
    travels(
        "an event source mapping follows a queue that is replaced",
        property_of("lambda-eventsourcemapping", "EventSourceArn"),
        (queue(), queue(QueueName="orders")),
        {
            "Source": resource(
                "AWS::Lambda::EventSourceMapping", {"EventSourceArn": att("Root"), "FunctionName": "worker"}
            )
        },
        {"Root": "replace", "Source": "replace"},
    ),
    travels(
        "a service rolls out the task definition that replaces another",
        property_of("ecs-service", "TaskDefinition"),
        (task_definition(), task_definition(Family="shop")),
        {"Web": service(TaskDefinition=ref("Root"))},
        {"Root": "replace", "Web": "update"},
    ),
    travels(
        "a name inside a text is updated where the text is used",
        MODIFYING,
        (table(), table(TableName="orders")),
        {"Worker": function(Environment=environment({"Fn::Sub": "table/${Root}"}))},
        {"Root": "replace", "Worker": "update"},
    ),
    travels(
        "nothing follows a queue that is updated in place",
        f"{BEHAVIOURS}#update-no-interrupt",
        (queue(), queue(VisibilityTimeout=120)),
        {"Worker": function(Environment=environment(ref("Root")))},
        {"Root": "update", "Worker": "none"},
    ),
    travels(
        "an order of creation is no reference",
        f"{REFERENCE}/aws-attribute-dependson.html",
        (table(), table(TableName="orders")),
        {"Files": with_attributes(bucket(), DependsOn="Root")},
        {"Root": "replace", "Files": "none"},
    ),
    travels(
        "a branch that is not chosen refers to nothing",
        f"{REFERENCE}/intrinsic-function-reference-conditions.html#intrinsic-function-reference-conditions-if",
        (vpc(), vpc(CidrBlock="10.0.0.0/20")),
        {"Private": subnet(VpcId={"Fn::If": ["Never", ref("Root"), VPC_ID]})},
        {"Root": "replace", "Private": "none"},
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    ),
    travels(
        "an output that names a replaced resource changes no other one",
        MODIFYING,
        (table(), table(TableName="orders")),
        {"Files": bucket()},
        {"Root": "replace", "Files": "none"},
        Outputs={"Table": {"Value": ref("Root")}},
    ),
)

STORED = "{{resolve:secretsmanager:shop/database:SecretString:"
SECRET_CLUSTER = cluster(
    ManageMasterUserPassword=False, MasterUsername=STORED + "username}}", MasterUserPassword=STORED + "password}}"
)

LIVE = (
    Case(
        "an image that the Parameter Store knows may be the same or another",
        SSM_TYPES,
        {"stack": template({"Web": instance()})},
        {
            "stack": template(
                {"Web": instance(ImageId=ref("Image"))},
                Parameters={
                    "Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/images/web"}
                },
            )
        },
        {"stack/Web": "unknown"},
    ),
    Case(
        "an image behind a dynamic reference may be the same or another",
        f"{USER_GUIDE}/dynamic-references-ssm.html",
        {"stack": template({"Web": instance()})},
        {"stack": template({"Web": instance(ImageId="{{resolve:ssm:/images/web:3}}")})},
        {"stack/Web": "unknown"},
    ),
    Case(
        "a VPC that another stack exports may be the same or another",
        f"{REFERENCE}/intrinsic-function-reference-importvalue.html",
        {"stack": template({"Private": subnet()})},
        {"stack": template({"Private": subnet(VpcId={"Fn::ImportValue": "shared-vpc"})})},
        {"stack/Private": "unknown"},
    ),
    Case(
        "a secret is not read again where nothing else of its resource changes",
        SECRETS,
        {"stack": template({"Database": SECRET_CLUSTER, "Orders": queue()})},
        {"stack": template({"Database": SECRET_CLUSTER, "Orders": queue(VisibilityTimeout=120)})},
        {"stack/Database": "none", "stack/Orders": "update"},
    ),
)

CASES: tuple[Case, ...] = REFERENCES + LIVE
