"""A class body as a whole: variants recheck inherited wires, and what travels must fit."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import Equals, FindInMap, If, Join, Ref, Region, Sub, sqs

from stackgen import (
    Assertion,
    Attributes,
    Condition,
    FromParent,
    Mapping,
    Output,
    Parameter,
    Rule,
    nested,
    render,
    typed,
)
from stackgen.errors import DeclarationError, DuplicateError, OutputError, ParameterError, ReferenceError  # noqa: A004  CloudFormation's own word
from stackgen.parameter_types import COMMA_DELIMITED_LIST, LIST_OF_SUBNET_IDS, NUMBER, STRING, VPC_ID, ssm_value
from tests.samples import NetworkStack, ServiceStack, SystemStack, arguments, outputs, resources

NETWORK: Any = NetworkStack
SERVICE: Any = ServiceStack


class ParentStack(SystemStack):
    """A network and a service in it."""

    file = "parent"
    CidrBlock: Parameter = Parameter(default="10.1.0.0/16", max_length=18)
    IsLive = Condition(Equals(Region, "us-east-1"))
    Network = nested(NETWORK, CidrBlock=CidrBlock)
    Service = nested(SERVICE, Vpc=Network.VpcId, SubnetIds=Network.SubnetIds)
    Vpc = Output(value=Network.VpcId)


class OtherNetworkStack(NetworkStack):
    """A network with another range."""

    file = "other-network"
    CidrBlock: Parameter = Parameter(default="10.9.0.0/16", output=True)


def test_a_variant_may_replace_a_child_and_inherited_wires_mean_the_replacement() -> None:
    class Variant(ParentStack):
        """A variant."""

        file = "variant"
        Network = nested(OtherNetworkStack)

    assert "other-network" in resources(Variant)["Network"]["Properties"]["TemplateURL"]["Fn::Sub"]
    assert arguments(Variant, "Network") == {}
    assert arguments(Variant, "Service") == arguments(ParentStack, "Service")


def test_a_variant_leaves_its_base_as_it_was() -> None:
    before = render(ParentStack)

    class Variant(ParentStack):
        """A variant."""

        file = "variant"
        Service = None
        CidrBlock: Parameter = Parameter(default="10.2.0.0/16")

    assert set(resources(Variant)) == {"Network"}
    assert render(ParentStack) == before
    assert ParentStack.members["CidrBlock"] is not Variant.members["CidrBlock"]


def test_a_wire_to_a_replacement_of_another_type_is_refused() -> None:
    class Numbers(SystemStack):
        """A network whose VPC is a number."""

        file = "numbers"
        VpcId = Output(NUMBER, value=typed(NUMBER, "1"))
        SubnetIds = Output(LIST_OF_SUBNET_IDS, value=["subnet-1"])
        CidrBlock = Parameter(default="x")

    with pytest.raises(ParameterError, match=r"ServiceStack\.Vpc is AWS::EC2::VPC::Id, but Numbers\.VpcId is Number"):

        class Variant(ParentStack):
            """A variant."""

            file = "variant"
            Network = nested(Numbers)


def test_a_wire_to_an_output_that_the_replacement_lacks_is_refused() -> None:
    with pytest.raises(OutputError, match="ServiceStack has no output VpcId"):

        class Variant(ParentStack):
            """A variant."""

            file = "variant"
            Network = nested(SERVICE)


def test_a_wire_to_a_child_that_became_a_parameter_is_refused() -> None:
    with pytest.raises(
        ReferenceError, match=r"reads NetworkStack\.VpcId, but its Network is now declared as parameter"
    ):

        class Variant(ParentStack):
            """A variant."""

            file = "variant"
            Network = Parameter()


def test_a_wire_to_a_member_that_was_taken_away_is_refused() -> None:
    with pytest.raises(ReferenceError, match="Variant has taken CidrBlock away, but still refers to"):

        class Variant(ParentStack):
            """A variant."""

            file = "variant"
            CidrBlock = None  # type: ignore[assignment]  # takes the member away


def test_wires_inside_intrinsics_are_rechecked_too() -> None:
    class Base(SystemStack):
        """A parent."""

        file = "parent"
        IsLive = Condition(Equals(Region, "us-east-1"))
        Other: Any = Parameter(VPC_ID)
        Service = nested(SERVICE, Vpc=If(IsLive, Other, "vpc-1"))

    with pytest.raises(ParameterError, match=r"Vpc is AWS::EC2::VPC::Id, but Variant\.Other is Number"):

        class Variant(Base):
            """A variant."""

            file = "variant"
            Other = Parameter(NUMBER)


FOREIGN = nested(NETWORK)


class Elsewhere(SystemStack):
    """Owns what others refer to."""

    file = "elsewhere"
    Network = nested(NETWORK)
    Text: Parameter = Parameter(default="x")
    IsLive = Condition(Equals(Region, "us-east-1"))


OTHERS: Any = Elsewhere.members
CHILD: Any = OTHERS["Network"]


def the_body(**members: Any) -> type[SystemStack]:
    """A class with these members."""
    return type("Parent", (SystemStack,), {"file": "parent", "__doc__": "A parent.", **members})


BORROWED: list[tuple[str, dict[str, Any]]] = [
    ("in an argument", {"Service": nested(SERVICE, Vpc=CHILD.VpcId)}),
    ("inside an intrinsic", {"Service": nested(SERVICE, Text=Join("-", ["a", CHILD.VpcId]))}),
    ("inside Sub", {"Service": nested(SERVICE, Text=Sub("${A}", A=CHILD.VpcId))}),
    ("inside typed", {"Service": nested(SERVICE, Vpc=typed(VPC_ID, If("A", CHILD.VpcId, "x")))}),
    ("in a list", {"Service": nested(SERVICE, Names=[CHILD.VpcId, Sub("x")])}),
    ("a parameter", {"Service": nested(SERVICE, Text=OTHERS["Text"])}),
    ("in attributes", {"Service": nested(SERVICE, Attributes(Condition=OTHERS["IsLive"]))}),
    ("in a tag", {"Service": nested(SERVICE, Attributes(Tags={"a": OTHERS["Text"]}))}),
    ("in metadata", {"Service": nested(SERVICE, Attributes(Metadata={"a": [OTHERS["Text"]]}))}),
    ("in DependsOn", {"Service": nested(SERVICE, Attributes(DependsOn=[CHILD]))}),
    ("in an output", {"Url": Output(value=CHILD.VpcId)}),
    ("inside an output", {"Url": Output(value=Sub("${A}", A=OTHERS["Text"]))}),
    ("as an output's condition", {"Url": Output(value="x", condition=OTHERS["IsLive"])}),
    ("in an export", {"Url": Output(value="x", export=Sub("${A}", A=OTHERS["Text"]))}),
    ("in a condition", {"Is": Condition(Equals(OTHERS["Text"], "a"))}),
    ("in a rule", {"Check": Rule(Assertion(Equals(OTHERS["Text"], "a"), "a"))}),
]


@pytest.mark.parametrize("members", [members for _, members in BORROWED], ids=[where for where, _ in BORROWED])
def test_what_belongs_to_another_stack_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(ReferenceError, match=r"Parent refers to .*, which belongs to Elsewhere"):
        the_body(**members)


def test_a_child_outside_of_every_class_cannot_be_referred_to() -> None:
    outside: Any = FOREIGN
    with pytest.raises(ReferenceError, match=r"refers to NetworkStack\.VpcId, but the nested stack has no name here"):
        the_body(Url=Output(value=outside.VpcId))


EARLY: list[dict[str, Any]] = [
    {"Decision": Condition(Equals(CHILD.VpcId, "x"))},
    {"Decision": Rule(Assertion(Equals(Sub("${A}", A=CHILD.VpcId), "x"), "x"))},
    {"Decision": Condition(Equals(Ref(CHILD), "x"))},
]


@pytest.mark.parametrize("members", EARLY)
def test_why_a_condition_reads_no_child_it_is_decided_before_any_exists(members: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError, match=r"Decision reads .*: it is decided before any child exists"):
        type("Parent", (Elsewhere,), {"file": "parent", "__doc__": "A parent.", **members})


def test_a_condition_that_names_a_resource_is_refused_when_the_resources_are_known() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        IsLive = Condition(Equals(Ref("Queue"), "x"))

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    with pytest.raises(ReferenceError, match=r"Parent\.IsLive: Ref names a resource, Queue, and none exists"):
        render(Parent)


class TravelStack(SystemStack):
    """Takes its parent's."""

    file = "travel"
    Env: Parameter = Parameter(default=FromParent())
    Zones = Parameter(COMMA_DELIMITED_LIST, default=FromParent("a"))

    def build(self) -> None:
        self.add(sqs.Queue("Queue"))


TRAVEL: Any = TravelStack


def test_a_parameter_travels_into_a_child_that_declares_it_and_no_other() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Env = Parameter()
        Zones = Parameter(COMMA_DELIMITED_LIST)
        Child = nested(TRAVEL)
        Network = nested(NETWORK)

    assert arguments(Parent, "Child") == {"Env": {"Ref": "Env"}, "Zones": {"Fn::Join": [",", {"Ref": "Zones"}]}}
    assert arguments(Parent, "Network") == {}


def test_a_travelling_parameter_may_be_given_by_hand() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Child = nested(TRAVEL, Env="red")

    assert arguments(Parent, "Child") == {"Env": "red"}


def test_a_travelling_parameter_that_the_parent_lacks_is_refused_unless_it_has_a_default() -> None:
    with pytest.raises(
        ParameterError, match=r"TravelStack takes Env from its parent, but Parent declares none\n  declare it"
    ):
        the_body(Child=nested(TRAVEL))
    assert arguments(the_body(Child=nested(TRAVEL, Env="x")), "Child") == {"Env": "x"}


@pytest.mark.parametrize("kind", [COMMA_DELIMITED_LIST, ssm_value(COMMA_DELIMITED_LIST)])
def test_a_travelling_parameter_of_another_type_is_refused(kind: Any) -> None:
    with pytest.raises(ParameterError, match=r"TravelStack\.Env travels and is String, but Parent\.Env is "):
        the_body(Env=Parameter(kind, default="a"), Child=nested(TRAVEL))


def test_why_an_ssm_parameter_does_not_travel_the_child_would_take_the_value_for_a_name() -> None:
    class Child(SystemStack):
        """A child."""

        file = "child"
        Word = Parameter(ssm_value(STRING), default=FromParent("/word"))

    with pytest.raises(ParameterError, match=r"Child\.Word travels"):
        the_body(Word=Parameter(ssm_value(STRING)), Child=nested(Child))


def test_a_base_without_a_file_may_leave_the_bucket_and_travelling_parameters_to_its_subclasses() -> None:
    class Base(SystemStack):
        """A base."""

        artifact_bucket = ""
        Child = nested(TRAVEL)

    class Parent(Base):
        """A parent."""

        file = "parent"
        artifact_bucket = "templates"
        Env = Parameter()

    assert arguments(Parent, "Child") == {"Env": {"Ref": "Env"}}


def test_children_need_a_bucket_whose_parameters_exist() -> None:
    with pytest.raises(DeclarationError, match="Parent has children but no artifact_bucket"):
        the_body(artifact_bucket="", Child=nested(NETWORK))
    with pytest.raises(
        DeclarationError, match=r"reads BucketNam, which it does not declare\n  did you mean BucketName\?"
    ):
        the_body(artifact_bucket="${BucketNam}", BucketName=Parameter(), Child=nested(NETWORK))


CLASHES: list[dict[str, Any]] = [
    {"First": Parameter(), "Second": Parameter(logical_id="First")},
    {"First": Output(value="x"), "Second": Output(value="y", logical_id="First")},
    {"First": Parameter(output=True), "Second": Output(value="y", logical_id="First")},
    {"First": Condition(Equals("a", "b")), "Second": Condition(Equals("a", "b"), logical_id="First")},
    {"First": Mapping({"a": {"b": "c"}}), "Second": Mapping({"a": {"b": "c"}}, logical_id="First")},
]


@pytest.mark.parametrize("members", CLASHES)
def test_two_members_with_one_logical_id_are_refused(members: dict[str, Any]) -> None:
    with pytest.raises(DuplicateError, match=r"Parent\.Second and \.First are both called First"):
        the_body(**members)


def test_a_parameter_and_a_child_with_one_logical_id_are_refused() -> None:
    with pytest.raises(DuplicateError, match=r"Parent\.Network and \.First are both called Network"):
        the_body(First=Parameter(logical_id="Network"), Network=nested(NETWORK))


def test_a_parameter_a_condition_an_output_and_a_mapping_may_share_a_logical_id() -> None:
    class Shared(SystemStack):
        """Four sections, one name."""

        file = "shared"
        A = Parameter(logical_id="Size")
        B = Condition(Equals(A, "x"), logical_id="Size")
        C = Mapping({"a": {"b": "c"}}, logical_id="Size")
        D = Output(value=If(B, FindInMap(C, "a", "b"), "x"), logical_id="Size")

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    assert outputs(Shared) == {"Size": {"Fn::If": ["Size", {"Fn::FindInMap": ["Size", "a", "b"]}, "x"]}}


def test_an_output_whose_value_has_another_type_is_refused_in_the_class_body() -> None:
    with pytest.raises(OutputError, match=r"Parent\.Url is AWS::EC2::VPC::Id, but Parent\.Text is String"):

        class Parent(SystemStack):
            """A parent."""

            file = "parent"
            Text = Parameter()
            Url = Output(VPC_ID, value=Text)
