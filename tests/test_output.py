"""Outputs: typed, set exactly once, exported when asked."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import Equals, GetAtt, If, Join, Ref, Region, Sub, ec2, sqs

from stackgen import Condition, Output, Parameter, nested, render, typed
from stackgen.errors import DuplicateError, LimitError, OutputError
from stackgen.parameter_types import COMMA_DELIMITED_LIST, LIST_OF_SUBNET_IDS, NUMBER, SUBNET_ID, VPC_ID, ssm_value
from tests.samples import NetworkStack, SystemStack, line_of, outputs, rendered


def with_output(output: Output[Any], value: Any = None) -> Any:
    """A stack with a VPC, a subnet and this output, which ``build()`` sets when a value is given."""

    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Zones = Parameter(COMMA_DELIMITED_LIST, default="a")
        Size = Parameter(default="small")
        IsLive = Condition(Equals(Region, "us-east-1"))
        Result: Any = output

        def build(self) -> None:
            self.add(ec2.VPC("Vpc", CidrBlock="10.0.0.0/16"))
            self.add(ec2.Subnet("Subnet", VpcId=Ref("Vpc"), CidrBlock="10.0.0.0/24"))
            if value is not None:
                self.Result = value(self) if callable(value) else value

    return Parent


VALUES: list[tuple[Any, Any, Any]] = [
    (VPC_ID, Ref("Vpc"), {"Ref": "Vpc"}),
    (VPC_ID, GetAtt("Vpc", "VpcId"), {"Fn::GetAtt": ["Vpc", "VpcId"]}),
    (VPC_ID, "vpc-1", "vpc-1"),
    (VPC_ID, typed(VPC_ID, Sub("x")), {"Fn::Sub": "x"}),
    (VPC_ID, If("IsLive", Ref("Vpc"), "vpc-1"), {"Fn::If": ["IsLive", {"Ref": "Vpc"}, "vpc-1"]}),
    (None, Sub("x"), {"Fn::Sub": "x"}),
    (None, True, "true"),
    (None, 5, "5"),
    (None, lambda stack: stack.Size, {"Ref": "Size"}),
    (NUMBER, 5, "5"),
    (LIST_OF_SUBNET_IDS, [Ref("Subnet"), "subnet-1"], {"Fn::Join": [",", [{"Ref": "Subnet"}, "subnet-1"]]}),
    (LIST_OF_SUBNET_IDS, ["subnet-1", "subnet-2"], "subnet-1,subnet-2"),
    (COMMA_DELIMITED_LIST, lambda stack: stack.Zones, {"Fn::Join": [",", {"Ref": "Zones"}]}),
    (
        LIST_OF_SUBNET_IDS,
        If("IsLive", [Ref("Subnet")], ["subnet-1"]),
        {"Fn::If": ["IsLive", {"Fn::Join": [",", [{"Ref": "Subnet"}]]}, "subnet-1"]},
    ),
    (
        LIST_OF_SUBNET_IDS,
        [If("IsLive", Ref("Subnet"), Ref("AWS::NoValue")), "subnet-1"],
        {"Fn::Join": [",", [{"Fn::If": ["IsLive", {"Ref": "Subnet"}, {"Ref": "AWS::NoValue"}]}, "subnet-1"]]},
    ),
]


@pytest.mark.parametrize(("kind", "value", "expected"), VALUES)
def test_a_value_of_the_right_type_is_emitted(kind: Any, value: Any, expected: Any) -> None:
    assert outputs(with_output(Output(kind), value)) == {"Result": expected}


WRONG: list[tuple[Any, Any, str]] = [
    (VPC_ID, Ref("Subnet"), "Parent.Result is AWS::EC2::VPC::Id, but Subnet is a resource of type AWS::EC2::Subnet"),
    (VPC_ID, Sub("vpc"), r"Fn::Sub counts as String\n  vouch for it: typed\(AWS::EC2::VPC::Id"),
    (VPC_ID, If("IsLive", Ref("Vpc"), Ref("Subnet")), "but Subnet is a resource of type"),
    (VPC_ID, If("IsLive", Ref("Vpc"), ["a"]), "is a list"),
    (VPC_ID, typed(SUBNET_ID, "x"), "is AWS::EC2::Subnet::Id"),
    (VPC_ID, lambda stack: stack.Size, "Parent.Size is String"),
    (VPC_ID, lambda stack: Ref(stack.Size), "Parent.Size is String"),
    (NUMBER, Ref("Vpc"), "Ref counts as String"),
    (None, ["a"], "is a list"),
    (None, If("IsLive", ["a"], "b"), "is a list"),
    (None, {"a": 1}, "is no value"),
    (None, lambda stack: stack.IsLive, r"Parent.IsLive \(condition\) has no value here"),
    (None, lambda stack: stack.Zones, "Parent.Zones is CommaDelimitedList"),
    (LIST_OF_SUBNET_IDS, "subnet-1", "is one value, not a list"),
    (LIST_OF_SUBNET_IDS, Ref("Subnet"), "Ref counts as one String, not as a list"),
    (
        LIST_OF_SUBNET_IDS,
        [Ref("Subnet"), Ref("Vpc")],
        "each element of Parent.Result is AWS::EC2::Subnet::Id, but Vpc is",
    ),
    (LIST_OF_SUBNET_IDS, Join(",", ["a"]), "give it the list itself, which is joined for you"),
    (LIST_OF_SUBNET_IDS, ["a,b"], "'a,b' holds a comma"),
]


@pytest.mark.parametrize(("kind", "value", "message"), WRONG)
def test_a_value_of_another_type_is_refused_on_its_line(kind: Any, value: Any, message: str) -> None:
    with pytest.raises(OutputError, match=message) as refused:
        render(with_output(Output(kind), value))
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__
    assert len(str(refused.value).splitlines()) <= 5


def test_an_output_that_is_never_set_is_refused_where_it_is_declared() -> None:
    forgotten = Output()  # the forgotten one
    with pytest.raises(OutputError, match=r"Parent.Result is never set\n  set it once in build\(\)") as refused:
        render(with_output(forgotten))
    assert refused.value.location == (__file__, line_of("# the forgotten one", __file__))


TWICE: list[Any] = [Output(), Output(value="x")]


@pytest.mark.parametrize("output", TWICE)
def test_an_output_is_set_once(output: Output[Any]) -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Result: Any = output

        def build(self) -> None:
            self.Result = "first"
            self.Result = "second"

    with pytest.raises(OutputError, match=r"Parent.Result is set twice\n  first in test_output.py:\d+"):
        render(Parent)


def test_none_is_no_value() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Result: Any = Output()

        def build(self) -> None:
            self.Result = None

    with pytest.raises(OutputError, match="set to None"):
        render(Parent)


def test_an_output_reads_as_its_value_once_it_is_set() -> None:
    read = []

    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Result: Any = Output()

        def build(self) -> None:
            queue = self.add(sqs.Queue("Queue"))
            with pytest.raises(OutputError, match=r"Parent\.Result is read before it is set"):
                _ = self.Result
            self.Result = queue.ref()
            read.append(self.Result)

    render(Parent)
    assert read[0].data == {"Ref": "Queue"}
    assert isinstance(Parent.Result, Output)


def test_an_output_takes_the_type_of_its_value() -> None:
    network: Any = nested(NetworkStack)
    assert Output(value=network.SubnetIds).type == "List<AWS::EC2::Subnet::Id>"
    assert Output(value=Parameter(ssm_value(VPC_ID))).type == "AWS::EC2::VPC::Id"
    assert Output(value="x").type == "String"


def test_exports_are_named_by_the_stacks_pattern_or_by_hand() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        First = Output(value="x", export=True, description="A text")
        Second = Output(value="x", export="second")
        Third = Output(value="x", export=Sub("${AWS::Region}-third"))

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    found = rendered(Parent)["Outputs"]
    assert found["First"] == {
        "Value": "x",
        "Description": "A text",
        "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-First"}},
    }
    assert found["Second"]["Export"] == {"Name": "second"}
    assert found["Third"]["Export"] == {"Name": {"Fn::Sub": "${AWS::Region}-third"}}


def test_two_exports_with_one_name_are_refused() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        export_name = "${AWS::StackName}"
        First = Output(value="x", export=True)
        Second = Output(value="x", export=True)

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    with pytest.raises(DuplicateError, match=r"Parent.Second is exported as .*\n  export_name needs {name} in it"):
        render(Parent)


def test_a_parameter_may_be_an_output_too() -> None:
    assert rendered(NetworkStack)["Outputs"]["CidrBlock"] == {
        "Value": {"Ref": "CidrBlock"},
        "Description": "Range of the VPC",
    }


def test_a_description_has_a_limit_in_bytes() -> None:
    with pytest.raises(LimitError, match="the description is 1,026 bytes long, 1,024 are allowed"):
        Output(description="ü" * 513)


def test_an_output_is_no_value_in_its_own_template() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Url = Output(value="x")

        def build(self) -> None:
            self.add(sqs.Queue("Queue", Metadata={"Url": type(self).Url}))

    with pytest.raises(OutputError, match=r"Parent\.Url is an output of this stack: use the value that it is given"):
        render(Parent)
