"""Values on their way to JSON: troposphere, awacs, our declarations, and everything around them."""

from __future__ import annotations

import enum
from typing import Any

import pytest
from awacs import sqs as sqs_actions
from troposphere import (
    And,
    AWSHelperFn,
    Base64,
    Cidr,
    Equals,
    FindInMap,
    GetAtt,
    GetAZs,
    If,
    Join,
    Not,
    NoValue,
    Or,
    Ref,
    Region,
    Select,
    Split,
    Sub,
    Tags,
    autoscaling,
    cloudformation,
    ec2,
    ecs,
    iam,
    policies,
    s3,
    serverless,
    sqs,
)
from troposphere import Condition as Named

from stackgen import Attributes, Condition, Mapping, Output, Parameter, allow, nested, render, trust, typed
from stackgen.errors import DeclarationError, ReferenceError  # noqa: A004  CloudFormation's own word
from stackgen.iam import inline
from stackgen.parameter_types import COMMA_DELIMITED_LIST, NUMBER, STRING, VPC_ID
from tests.samples import NetworkStack, SystemStack, properties, rendered, resources

NETWORK: Any = NetworkStack
cfn: Any = cloudformation  # its own names carry no types
scaling: Any = autoscaling  # the same


class Colour(enum.StrEnum):
    """A text with a name."""

    RED = "red"


class Level(enum.IntEnum):
    """A number with a name."""

    HIGH = 3


def metadata(value: object, **members: Any) -> Any:
    """What a value in a resource's Metadata becomes, in a stack that has these members too."""

    def build(self: Any) -> None:
        self.add(sqs.Queue("Queue"))
        self.add(sqs.Queue("Holder", Metadata={"Value": value(self) if callable(value) else value}))

    body = {"file": "holder", "__doc__": "Holds a value.", "build": build, **BODY, **members}
    return resources(type("Holder", (SystemStack,), body))["Holder"]["Metadata"]["Value"]


BODY: dict[str, Any] = {
    "Size": Parameter(default="small"),
    "Names": Parameter(COMMA_DELIMITED_LIST, default="a"),
    "IsLive": Condition(Equals(Region, "us-east-1")),
    "Sizes": Mapping({"small": {"Class": "t3"}}),
    "Network": nested(NETWORK),
}
for _name, _member in BODY.items():
    _member.__set_name__(SystemStack, _name)

VALUES: list[tuple[Any, Any]] = [
    ("text", "text"),
    (3, 3),
    (2.5, 2.5),
    (True, True),
    (None, None),
    (Colour.RED, "red"),
    (Level.HIGH, 3),
    ((1, "a"), [1, "a"]),
    ({"b": 1, "a": {"c": []}}, {"a": {"c": []}, "b": 1}),
    ({1: "number as key"}, {"1": "number as key"}),
    ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
    (lambda stack: stack.Size, {"Ref": "Size"}),
    (lambda stack: stack.Names, {"Ref": "Names"}),
    (lambda stack: Ref(stack.Size), {"Ref": "Size"}),
    (lambda stack: {"Ref": stack.Size}, {"Ref": "Size"}),
    (lambda stack: Select(0, stack.Names), {"Fn::Select": [0, {"Ref": "Names"}]}),
    (typed(STRING, Sub("a")), {"Fn::Sub": "a"}),
    (lambda stack: stack.Network, {"Ref": "Network"}),
    (lambda stack: Ref(stack.Network), {"Ref": "Network"}),
    (lambda stack: stack.Network.VpcId, {"Fn::GetAtt": ["Network", "Outputs.VpcId"]}),
    (lambda stack: GetAtt(stack.Network, "Outputs.VpcId"), {"Fn::GetAtt": ["Network", "Outputs.VpcId"]}),
    ({"Fn::GetAtt": "Queue.Arn"}, {"Fn::GetAtt": "Queue.Arn"}),
    (lambda stack: Sub("${A}-${Queue.Arn}", A=stack.Size), {"Fn::Sub": ["${A}-${Queue.Arn}", {"A": {"Ref": "Size"}}]}),
    (
        Sub("${Network.Outputs.VpcId}${!Literal}${AWS::Region}"),
        {"Fn::Sub": "${Network.Outputs.VpcId}${!Literal}${AWS::Region}"},
    ),
    (lambda stack: FindInMap(stack.Sizes, stack.Size, "Class"), {"Fn::FindInMap": ["Sizes", {"Ref": "Size"}, "Class"]}),
    (
        FindInMap("Sizes", "small", "Class", "x"),
        {"Fn::FindInMap": ["Sizes", "small", "Class", {"DefaultValue": "x"}]},
    ),
    (
        lambda stack: If(stack.IsLive, stack.Size, NoValue),
        {"Fn::If": ["IsLive", {"Ref": "Size"}, {"Ref": "AWS::NoValue"}]},
    ),
    (If("IsLive", 1, 2), {"Fn::If": ["IsLive", 1, 2]}),
    (lambda stack: Join("-", ["a", stack.Size]), {"Fn::Join": ["-", ["a", {"Ref": "Size"}]]}),
    (Split(",", "a,b"), {"Fn::Split": [",", "a,b"]}),
    (lambda stack: Cidr(stack.Size, 2, 8), {"Fn::Cidr": [{"Ref": "Size"}, 2, 8]}),
    (Base64(Sub("x")), {"Fn::Base64": {"Fn::Sub": "x"}}),
    (GetAZs(), {"Fn::GetAZs": ""}),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_a_value_becomes_plain_json(value: Any, expected: Any) -> None:
    assert metadata(value) == expected


REFUSED: list[tuple[Any, type[Exception], str]] = [
    (object(), DeclarationError, r"\(object\) cannot stand in a template"),
    ({1, 2}, DeclarationError, "cannot stand in a template"),
    (b"bytes", DeclarationError, "cannot stand in a template"),
    (float("nan"), DeclarationError, "nan is a value that JSON cannot hold"),
    (lambda stack: Ref(stack.Network.VpcId), ReferenceError, r"Ref\(NetworkStack.VpcId\): it is read by itself"),
    (Ref(typed(STRING, "x")), ReferenceError, "it is read by itself"),
    (lambda stack: Ref(stack.IsLive), ReferenceError, r"Ref takes no condition, such as SystemStack\.IsLive"),
    (lambda stack: If(stack.Size, 1, 2), ReferenceError, "Fn::If takes no parameter"),
    (lambda stack: FindInMap(stack.Size, "a", "b"), ReferenceError, "Fn::FindInMap takes no parameter"),
    (lambda stack: stack.Sizes, DeclarationError, r"read it with FindInMap\(Sizes, key, attribute\)"),
    ({"Fn::If": ["IsLive", 1]}, DeclarationError, "If takes a condition and two values"),
    ({"Fn::If": [3, 1, 2]}, DeclarationError, "Fn::If takes a name or a declaration, not 3"),
    (lambda stack: Sub(stack.Size), DeclarationError, "Sub takes a text"),
    (GetAtt("Network", "VpcId"), ReferenceError, r"has no such output\n  read Network.Outputs.VpcId"),
    (GetAtt("Network", "Outputs.VpdId"), ReferenceError, r"no such output\n  did you mean VpcId\?"),
    (Sub("${Network.VpcId}"), ReferenceError, "Fn::Sub reads Network.VpcId, but NetworkStack has no such output"),
    (Ref("Nothing"), ReferenceError, r"Holder: Ref names Nothing, which is not in this template"),
    (Ref("Quue"), ReferenceError, r"did you mean Queue\?"),
    (Ref("AWS::Regoin"), ReferenceError, r"did you mean AWS::Region\?"),
    (Sub("${Quue.Arn}"), ReferenceError, r"Fn::Sub names Quue"),
    (If("IsLve", 1, 2), ReferenceError, r"Fn::If names IsLve.*\n  did you mean IsLive\?"),
    (FindInMap("Sizs", "a", "b"), ReferenceError, r"did you mean Sizes\?"),
    (lambda stack: f"{stack.Size}", DeclarationError, "is not text"),
    (Parameter(), ReferenceError, "the parameter has no name here"),
]


@pytest.mark.parametrize(("value", "error", "message"), REFUSED)
def test_a_value_that_cannot_be_right_is_refused(value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as refused:
        metadata(value)
    assert len(str(refused.value).splitlines()) <= 5


class GuardedStack(SystemStack):
    """A child under a condition."""

    file = "guarded"
    IsLive = Condition(Equals(Region, "us-east-1"))
    IsOther = Condition(Equals(Region, "us-west-1"))
    Network = nested(NETWORK, Attributes(Condition=IsLive))


UNGUARDED: list[Any] = [
    lambda stack: stack.Network.VpcId,
    lambda stack: If(stack.IsLive, "x", stack.Network.VpcId),
    lambda stack: If(stack.IsOther, stack.Network.VpcId, "x"),
    lambda stack: GetAtt(stack.Network, "Outputs.VpcId"),
    lambda stack: Ref(stack.Network),
    Sub("${Network.Outputs.VpcId}"),
    lambda stack: Join("", [If(stack.IsLive, stack.Network.VpcId, "x"), stack.Network.VpcId]),
    lambda stack: Tags(Vpc=stack.Network.VpcId),
]


@pytest.mark.parametrize("value", UNGUARDED)
def test_an_output_of_a_conditional_child_must_be_guarded(value: Any) -> None:
    class Parent(GuardedStack):
        """A parent."""

        file = "parent"

        def build(self) -> None:
            self.add(sqs.Queue("Queue", Metadata={"Value": value(self) if callable(value) else value}))

    with pytest.raises(ReferenceError, match=r"but Network exists only if IsLive\n  guard it with If\(IsLive"):
        render(Parent)


def test_an_if_or_the_same_condition_is_a_guard() -> None:
    class Parent(GuardedStack):
        """A parent."""

        file = "parent"
        Second = nested(
            NETWORK,
            Attributes(Condition=GuardedStack.IsLive, DependsOn=[GuardedStack.members["Network"]]),
            CidrBlock=GuardedStack.Network.CidrBlock,
        )
        Guarded = Output(value=GuardedStack.Network.VpcId, condition=GuardedStack.IsLive)
        Chosen = Output(VPC_ID, value=If(GuardedStack.IsLive, GuardedStack.Network.VpcId, "vpc-1"))

        def build(self) -> None:
            self.add(sqs.Queue("Queue", QueueName=Select(0, Split("-", self.Network.VpcId)), Condition=self.IsLive))
            self.add(
                sqs.Queue("Other", Tags=Tags(Vpc=If(self.IsLive, self.Network.VpcId, "x")), DependsOn=self.Network)
            )

    found = rendered(Parent)
    assert found["Resources"]["Queue"]["Condition"] == "IsLive"
    assert found["Resources"]["Other"]["DependsOn"] == "Network"
    assert found["Resources"]["Other"]["Properties"]["Tags"][0]["Value"]["Fn::If"][0] == "IsLive"
    assert found["Outputs"]["Guarded"]["Condition"] == "IsLive"


def test_conditions_stand_in_one_another_and_on_resources() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        A = Condition(Equals(Region, "a"))
        B = Condition(Not(A))
        C = Condition(And(A, B, Equals("a", "b")))
        D = Condition(Or(Named("A"), C))

        def build(self) -> None:
            self.add(sqs.Queue("Queue", Condition=self.D))
            self.add(sqs.Queue("Named", Condition="D"))

    found = rendered(Parent)
    assert found["Conditions"]["C"]["Fn::And"][:2] == [{"Condition": "A"}, {"Condition": "B"}]
    assert found["Conditions"]["D"] == {"Fn::Or": [{"Condition": "A"}, {"Condition": "C"}]}
    assert [found["Resources"][name]["Condition"] for name in ("Queue", "Named")] == ["D", "D"]


def test_every_attribute_of_a_resource_survives() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Size = Parameter(default="small")
        Most = Parameter(NUMBER, default=2)
        IsLive = Condition(Equals(Region, "us-east-1"))
        Network = nested(NETWORK)

        def build(self) -> None:
            queue = self.add(sqs.Queue("Queue"))
            self.add(
                autoscaling.AutoScalingGroup(
                    "Group",
                    MinSize="1",
                    MaxSize=self.Most,
                    AvailabilityZones=GetAZs(),
                    Tags=scaling.Tags(Size=If(self.IsLive, self.Size, "x")),
                    Condition=self.IsLive,
                    CreationPolicy=policies.CreationPolicy(
                        ResourceSignal=policies.ResourceSignal(Count=1, Timeout="PT5M")
                    ),
                    UpdatePolicy=policies.UpdatePolicy(
                        AutoScalingRollingUpdate=policies.AutoScalingRollingUpdate(MinInstancesInService="1")
                    ),
                    DeletionPolicy="Retain",
                    UpdateReplacePolicy="Retain",
                    DependsOn=[queue, self.Network, "Queue"],
                    Metadata=cfn.Metadata(
                        cfn.Init(
                            {"config": cfn.InitConfig(commands={"a": {"command": If(self.IsLive, self.Size, "x")}})}
                        ),
                        {"Size": self.Size},
                    ),
                )
            )
            self.add(sqs.Queue("Last", DependsOn=queue))

    group = resources(Parent)["Group"]
    chosen = {"Fn::If": ["IsLive", {"Ref": "Size"}, "x"]}
    assert group == {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Condition": "IsLive",
        "CreationPolicy": {"ResourceSignal": {"Count": 1, "Timeout": "PT5M"}},
        "UpdatePolicy": {"AutoScalingRollingUpdate": {"MinInstancesInService": "1"}},
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "DependsOn": ["Queue", "Network", "Queue"],
        "Metadata": {
            "AWS::CloudFormation::Init": {"config": {"commands": {"a": {"command": chosen}}}},
            "Size": {"Ref": "Size"},
        },
        "Properties": {
            "MinSize": "1",
            "MaxSize": {"Ref": "Most"},
            "AvailabilityZones": {"Fn::GetAZs": ""},
            "Tags": [{"Key": "Size", "Value": chosen, "PropagateAtLaunch": True}],
        },
    }
    assert resources(Parent)["Last"] == {"Type": "AWS::SQS::Queue", "DependsOn": "Queue"}


def test_a_custom_resource_is_a_resource_too() -> None:
    class Custom(SystemStack):
        """A custom resource."""

        file = "custom"
        IsLive = Condition(Equals(Region, "us-east-1"))

        def build(self) -> None:
            queue = self.add(sqs.Queue("Queue"))
            self.add(cfn.CustomResource("First", ServiceToken="arn:x", Anything=queue.ref(), DependsOn=queue))
            self.add(cfn.CustomResource("Second", ServiceToken="arn:x", Condition=self.IsLive))
            self.add(cfn.WaitConditionHandle("Handle", DependsOn=["Queue"]))

    found = resources(Custom)
    assert found["First"] == {
        "Type": "AWS::CloudFormation::CustomResource",
        "DependsOn": "Queue",
        "Properties": {"ServiceToken": "arn:x", "Anything": {"Ref": "Queue"}},
    }
    assert found["Second"]["Condition"] == "IsLive"
    assert found["Handle"] == {"Type": "AWS::CloudFormation::WaitConditionHandle", "DependsOn": ["Queue"]}


def test_why_dependson_inside_a_property_is_left_alone_a_container_has_one_of_its_own() -> None:
    class Tasks(SystemStack):
        """Containers that wait for each other."""

        file = "tasks"

        def build(self) -> None:
            self.add(
                ecs.TaskDefinition(
                    "Task",
                    ContainerDefinitions=[
                        ecs.ContainerDefinition(
                            Name="web",
                            Image="web",
                            DependsOn=[ecs.ContainerDependency(Condition="HEALTHY", ContainerName="db")],
                        )
                    ],
                )
            )

    (container,) = properties(Tasks, "Task")["ContainerDefinitions"]
    assert container["DependsOn"] == [{"Condition": "HEALTHY", "ContainerName": "db"}]


def test_why_tags_are_walked_and_not_encoded_a_child_of_another_stack_would_slip_through() -> None:
    other: Any = GuardedStack

    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Network = nested(NETWORK)

        def build(self) -> None:
            self.add(ec2.VPC("Vpc", CidrBlock="10.0.0.0/16", Tags=Tags(Other=other.Network.VpcId)))

    with pytest.raises(ReferenceError, match=r"Parent refers to NetworkStack\.VpcId, which belongs to GuardedStack"):
        render(Parent)


def test_policies_of_awacs_and_plain_dicts_both_render() -> None:
    class Roles(SystemStack):
        """Two roles."""

        file = "roles"

        def build(self) -> None:
            queue = self.add(sqs.Queue("Queue"))
            self.add(
                iam.Role(
                    "Checked",
                    AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
                    Policies=[inline("send", allow(sqs_actions.SendMessage, on=[queue.get_att("Arn")]))],
                )
            )
            self.add(
                iam.Role(
                    "Plain",
                    AssumeRolePolicyDocument={"Statement": [{"Effect": "Allow", "Resource": queue.get_att("Arn")}]},
                )
            )

    checked = properties(Roles, "Checked")
    assert checked["AssumeRolePolicyDocument"]["Statement"] == [
        {"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    ]
    assert checked["Policies"][0]["PolicyDocument"]["Statement"][0]["Resource"] == [{"Fn::GetAtt": ["Queue", "Arn"]}]
    plain = properties(Roles, "Plain")["AssumeRolePolicyDocument"]["Statement"][0]
    assert plain["Resource"] == {"Fn::GetAtt": ["Queue", "Arn"]}


def test_a_serverless_application_renders_with_its_globals() -> None:
    class Application(SystemStack):
        """A function of SAM's."""

        file = "application"
        transform = ("AWS::Serverless-2016-10-31",)
        sections = {"Globals": serverless.Globals(Function=serverless.FunctionGlobals(Timeout=3))}  # noqa: RUF012  Stack declares it a ClassVar

        def build(self) -> None:
            self.add(
                serverless.Function("Hello", Handler="hello.handler", Runtime="python3.13", CodeUri="s3://code/hello")
            )
            self.add(sqs.Queue("Queue", Metadata={"Role": Ref("HelloRole")}))

    found = rendered(Application)
    assert found["Transform"] == ["AWS::Serverless-2016-10-31"]
    assert found["Globals"] == {"Function": {"Timeout": 3}}
    assert found["Resources"]["Hello"]["Type"] == "AWS::Serverless::Function"
    assert found["Resources"]["Queue"]["Metadata"] == {"Role": {"Ref": "HelloRole"}}


def test_troposphere_still_checks_its_own_rules() -> None:
    class Bad(SystemStack):
        """A bucket without what it needs."""

        file = "bad"

        def build(self) -> None:
            self.add(s3.BucketPolicy("Policy", Bucket="x"))  # the incomplete one

    with pytest.raises(
        DeclarationError, match=r"Policy: Resource PolicyDocument required in type AWS::S3::BucketPolicy"
    ):
        render(Bad)


def test_validation_that_the_author_turned_off_stays_off() -> None:
    class Bad(SystemStack):
        """A policy without what it needs."""

        file = "bad"

        def build(self) -> None:
            self.add(s3.BucketPolicy("Policy", Bucket="x").no_validation())

    assert properties(Bad, "Policy") == {"Bucket": "x"}


def test_a_helper_of_another_library_renders_by_its_data() -> None:
    class Shout(AWSHelperFn):
        def __init__(self, text: str) -> None:
            self.data = {"Fn::Transform": {"Name": "Shout", "Parameters": {"Text": text}}}

    assert metadata(Shout("a")) == {"Fn::Transform": {"Name": "Shout", "Parameters": {"Text": "a"}}}
