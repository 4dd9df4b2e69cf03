"""Children: wires are refused on the line where they stand, and a right one crosses in the right form."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from troposphere import And, GetAtt, GetAZs, If, Join, Not, NoValue, Or, Ref, Region, Select, Split, Sub, Tags, sqs
from troposphere import Equals as Same

from stackgen import Attributes, Condition, FromParent, Output, Parameter, Stack, nested, render, typed
from stackgen.errors import DeclarationError, OutputError, ParameterError, StackgenError
from stackgen.nesting import NestedStack
from stackgen.parameter_types import (
    COMMA_DELIMITED_LIST,
    IMAGE_ID,
    LIST_OF_SUBNET_IDS,
    NUMBER,
    SECURITY_GROUP_ID,
    STRING,
    SUBNET_ID,
    VPC_ID,
    ssm_value,
)
from tests.samples import (
    NetworkStack,
    ServiceStack,
    SystemStack,
    arguments,
    line_of,
    outputs,
    properties,
    rendered,
    resources,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NETWORK: Any = NetworkStack  # seen by no type checker, so that a test may say what is wrong
SERVICE: Any = ServiceStack


def service(**given: Any) -> Any:
    """A parent that hands these to a ServiceStack."""

    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Service = nested(SERVICE, **given)

    return Parent


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"Siz": "small"}, r"ServiceStack has no parameter Siz\n  did you mean Size\?"),
    ({"QueueUrl": "x"}, "ServiceStack has no parameter QueueUrl"),
    ({"Size": "medium"}, "argument 'medium' of ServiceStack.Size is not one of small, large"),
    ({"Size": If("C", "small", "huge")}, "'huge' of ServiceStack.Size is not one of small, large"),
    ({"Size": ["small"]}, "ServiceStack.Size is String, but argument .* is a list"),
    ({"Size": {"a": "b"}}, "ServiceStack.Size is String, but {'a': 'b'} is no value of a parameter"),
    ({"Size": None}, "None is no value"),
    ({"Size": object}, "no value of a parameter"),
    ({"Count": "many"}, "'many' of ServiceStack.Count is not a number"),
    ({"Count": True}, "'true' of ServiceStack.Count is not a number"),
    ({"Count": "1_0"}, "is not a number"),
    ({"Count": float("nan")}, "is not a number"),
    ({"Count": 0}, "is below 1"),
    ({"Count": 10}, "is above 9"),
    ({"Count": Sub("3")}, r"Count is Number, but Fn::Sub counts as String\n  vouch for it: typed\(Number, \.\.\.\)"),
    ({"Title": "a"}, "is shorter than 2 characters"),
    ({"Title": "a" * 9}, "is longer than 8 characters"),
    ({"Text": "x" * 4097}, "is 4,097 bytes long, 4,096 are allowed"),
    ({"Text": "ü" * 2049}, "is 4,098 bytes long"),
    ({"Names": ["a", "B"]}, r"'a,B' of ServiceStack.Names does not match"),
    ({"Names": ["a,b"]}, "'a,b' holds a comma"),
    ({"Names": [Sub("x"), "B"]}, "'B' of ServiceStack.Names does not match"),
    ({"Names": Sub("a")}, r"Fn::Sub counts as one String, not as a list\n  vouch for it: typed"),
    ({"Names": Join(",", ["a"])}, "give it the list itself, which is joined for you"),
    ({"SubnetIds": GetAZs()}, "Fn::GetAZs counts as one String, not as a list"),
    ({"SubnetIds": [Sub("a")]}, r"each element of ServiceStack.SubnetIds is AWS::EC2::Subnet::Id, but Fn::Sub"),
    ({"Vpc": Sub("vpc")}, "Vpc is AWS::EC2::VPC::Id, but Fn::Sub counts as String"),
    ({"Vpc": If("C", "vpc-1", Sub("x"))}, "Fn::Sub counts as String"),
    ({"Vpc": typed(SUBNET_ID, Sub("x"))}, r"typed\(AWS::EC2::Subnet::Id, ...\) is AWS::EC2::Subnet::Id"),
    ({"Image": ["/a"]}, "is a list"),
    ({"Words": ["a", "b"]}, "is a list"),
]


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_a_wrong_argument_is_refused_on_its_line(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message) as refused:
        nested(SERVICE, **given)  # the line
    assert refused.value.location == (__file__, line_of("# the line", __file__))
    assert len(str(refused.value).splitlines()) <= 5


RIGHT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"Text": True}, {"Text": "true"}),
    ({"Text": 3}, {"Text": "3"}),
    ({"Text": Sub("${AWS::Region}")}, {"Text": {"Fn::Sub": "${AWS::Region}"}}),
    ({"Count": 2.5}, {"Count": "2.5"}),
    ({"Count": typed(NUMBER, Sub("3"))}, {"Count": {"Fn::Sub": "3"}}),
    ({"Names": ["a", "b"]}, {"Names": "a,b"}),
    ({"Names": "a, b"}, {"Names": "a, b"}),
    ({"SubnetIds": ("subnet-1", "subnet-2")}, {"SubnetIds": "subnet-1,subnet-2"}),
    ({"Names": [Sub("x"), "b"]}, {"Names": {"Fn::Join": [",", [{"Fn::Sub": "x"}, "b"]]}}),
    ({"Vpc": GetAtt("Anything", "VpcId")}, {"Vpc": {"Fn::GetAtt": ["Anything", "VpcId"]}}),
    ({"Vpc": typed(VPC_ID, Sub("x"))}, {"Vpc": {"Fn::Sub": "x"}}),
    (
        {"SubnetIds": typed(LIST_OF_SUBNET_IDS, Split("|", Sub("x")))},
        {"SubnetIds": {"Fn::Join": [",", {"Fn::Split": ["|", {"Fn::Sub": "x"}]}]}},
    ),
    ({"Image": "/a/b"}, {"Image": "/a/b"}),
    ({"Image": Sub("/${AWS::Region}")}, {"Image": {"Fn::Sub": "/${AWS::Region}"}}),
    ({"Words": Sub("/${AWS::Region}")}, {"Words": {"Fn::Sub": "/${AWS::Region}"}}),
    ({"Size": If("IsLive", "large", "small")}, {"Size": {"Fn::If": ["IsLive", "large", "small"]}}),
    ({"Size": If("IsLive", "large", NoValue)}, {"Size": {"Fn::If": ["IsLive", "large", {"Ref": "AWS::NoValue"}]}}),
    ({"Names": If("IsLive", ["a", "b"], ["c"])}, {"Names": {"Fn::If": ["IsLive", "a,b", "c"]}}),
]


@pytest.mark.parametrize(("given", "expected"), RIGHT)
def test_a_right_argument_crosses_as_one_string(given: dict[str, Any], expected: dict[str, Any]) -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        IsLive = Condition(Same(Region, "us-east-1"))
        Service = nested(SERVICE, **given)

        def build(self) -> None:
            self.add(sqs.Queue("Anything"))

    assert arguments(Parent, "Service") == expected


def test_a_missing_argument_is_named_with_the_place_of_its_declaration() -> None:
    class Child(SystemStack):
        """A child."""

        file = "child"
        First = Parameter()
        Second = Parameter(VPC_ID)

    child: Any = Child
    with pytest.raises(ParameterError, match=r"Child needs First, Second\n  First is String, declared in test_nest"):
        nested(child)


def test_both_sides_of_a_mistyped_wire_are_named() -> None:
    with pytest.raises(
        ParameterError,
        match=r"ServiceStack\.Vpc is AWS::EC2::VPC::Id, but NetworkStack\.SubnetIds is List<AWS::EC2::Subnet::Id>",
    ):

        class Parent(SystemStack):
            """A parent."""

            file = "parent"
            Network = nested(NETWORK)
            Service = nested(SERVICE, Vpc=Network.SubnetIds)


def test_one_value_for_a_list_and_a_list_for_one_value_come_with_the_remedy() -> None:
    class Child(SystemStack):
        """A child."""

        file = "child"
        One = Parameter(SUBNET_ID, default="subnet-1", output=True)

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    single: Any = Child
    one: Any = nested(single)
    with pytest.raises(ParameterError, match=r"make it a list: \[...\]"):
        nested(SERVICE, SubnetIds=one.One)
    network: Any = nested(NETWORK)
    with pytest.raises(ParameterError, match=r"pick one of its elements: typed\(AWS::EC2::Subnet::Id, Select"):
        nested(single, One=network.SubnetIds)


def test_lists_cross_once_and_rightly() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Zones = Parameter(COMMA_DELIMITED_LIST, default="a,b", output=True)
        Network = nested(NETWORK)
        Service = nested(SERVICE, SubnetIds=Network.SubnetIds, Names=Zones)
        Forwarded = Output(value=Network.SubnetIds)
        Chosen = Output(LIST_OF_SUBNET_IDS, value=If("IsLive", Network.SubnetIds, ["subnet-1"]))
        Vouched = Output(value=typed(LIST_OF_SUBNET_IDS, If("IsLive", Network.SubnetIds, Zones)))
        IsLive = Condition(Same(Region, "us-east-1"))

        def build(self) -> None:
            self.add(
                sqs.Queue("Queue", QueueName=Select(1, self.Network.SubnetIds), Tags=Tags(All=self.Network.SubnetIds))
            )

    bare = {"Fn::GetAtt": ["Network", "Outputs.SubnetIds"]}
    split = {"Fn::Split": [",", bare]}
    joined = {"Fn::Join": [",", {"Ref": "Zones"}]}
    assert arguments(Parent, "Service") == {"SubnetIds": bare, "Names": joined}
    assert outputs(Parent) == {
        "Zones": joined,
        "Forwarded": bare,
        "Chosen": {"Fn::If": ["IsLive", bare, "subnet-1"]},
        "Vouched": {"Fn::If": ["IsLive", bare, joined]},
    }
    queue = properties(Parent, "Queue")
    assert queue["QueueName"] == {"Fn::Select": [1, split]}
    assert queue["Tags"] == [{"Key": "All", "Value": split}]
    assert outputs(NetworkStack)["SubnetIds"] == {"Fn::Join": [",", [{"Ref": "Subnet0"}, {"Ref": "Subnet1"}]]}


def test_an_ssm_parameter_is_handed_on_as_the_value_that_it_reads_as() -> None:
    class Child(SystemStack):
        """A child."""

        file = "child"
        Image = Parameter(IMAGE_ID)

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    child: Any = Child

    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Image = Parameter(ssm_value(IMAGE_ID), default="/image")
        Child = nested(child, Image=Image)

    assert arguments(Parent, "Child") == {"Image": {"Ref": "Image"}}


@pytest.mark.parametrize("kind", [IMAGE_ID, STRING])
def test_why_an_ssm_parameter_takes_no_other_ssm_parameter_it_would_take_the_value_for_a_name(kind: Any) -> None:
    class Child(SystemStack):
        """A child."""

        file = "child"
        Name = Parameter(ssm_value(kind))

    child: Any = Child
    with pytest.raises(ParameterError, match=r"Child.Name is AWS::SSM::Parameter::Value<"):

        class Parent(SystemStack):
            """A parent."""

            file = "parent"
            Name = Parameter(ssm_value(kind), default="/name")
            Child = nested(child, Name=Name)


def test_a_ref_of_a_parameter_says_the_same_as_the_parameter() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Vpc = Parameter(VPC_ID)
        Service = nested(SERVICE, Vpc=Ref(Vpc))

    assert arguments(Parent, "Service") == {"Vpc": {"Ref": "Vpc"}}
    with pytest.raises(ParameterError, match=r"but Wrong.Group is AWS::EC2::SecurityGroup::Id"):

        class Wrong(SystemStack):
            """A parent."""

            file = "parent"
            Group = Parameter(SECURITY_GROUP_ID)
            Service = nested(SERVICE, Vpc=Ref(Group))


def test_a_ref_to_a_resource_of_build_is_judged_when_the_resource_is_known() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Service = nested(SERVICE, Vpc=Ref("Queue"))

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    with pytest.raises(ParameterError, match=r"Queue is a resource of type AWS::SQS::Queue, not AWS::EC2::VPC"):
        render(Parent)


NOT_STACKS: list[tuple[Any, str]] = [
    (SystemStack, 'cannot be nested: it names no file\n  give it file = "some-stack"'),
    (Stack, "cannot be nested"),
    ("NetworkStack", "takes a stack class, not 'NetworkStack'"),
    (sqs.Queue, "takes a stack class"),
]


@pytest.mark.parametrize(("stack", "message"), NOT_STACKS)
def test_only_a_class_with_a_file_can_be_nested(stack: Any, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        nested(stack)


WRONG_ATTRIBUTES: list[tuple[Any, str]] = [
    ({"Condition": "x"}, r"belongs\n|Attributes\(...\) belongs"),
    (Attributes(Condition="IsLive"), r"Attributes\(Condition='IsLive'\) is no condition"),  # type: ignore[arg-type]  # the mistake
    (Attributes(DeletionPolicy="Snapshot"), "DeletionPolicy 'Snapshot' is not one of Delete, Retain"),
    (Attributes(DeletionPolicy="retain"), r"did you mean Retain\?"),
    (Attributes(UpdateReplacePolicy="RetainExceptOnCreate"), "UpdateReplacePolicy"),
]


@pytest.mark.parametrize(("attributes", "message"), WRONG_ATTRIBUTES)
def test_wrong_attributes_are_refused(attributes: Any, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        nested(NETWORK, attributes)


def test_attributes_belong_to_the_nested_resource_and_nothing_else_is_emitted() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Team = Parameter(default="red")
        IsLive = Condition(Same(Region, "us-east-1"))
        Network = nested(
            NETWORK,
            Attributes(
                Condition=IsLive,
                DependsOn=["Queue"],
                DeletionPolicy="Retain",
                UpdateReplacePolicy="Retain",
                Metadata={"Team": Team},
                Tags={"team": Team, "a": Sub("${Team}-x")},
                NotificationARNs=[Ref("AWS::NotificationARNs")],
                TimeoutInMinutes=30,
            ),
        )
        Service = nested(SERVICE, Attributes(DependsOn=[Network]))

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    found = resources(Parent)
    url = found["Network"]["Properties"].pop("TemplateURL")["Fn::Sub"]
    assert url.startswith("https://templates-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}/shop/network/")
    assert url.endswith(f"/{render(NetworkStack).digest}.json")
    assert found["Network"] == {
        "Type": "AWS::CloudFormation::Stack",
        "Condition": "IsLive",
        "DependsOn": ["Queue"],
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Metadata": {"Team": {"Ref": "Team"}},
        "Properties": {
            "Tags": [{"Key": "a", "Value": {"Fn::Sub": "${Team}-x"}}, {"Key": "team", "Value": {"Ref": "Team"}}],
            "NotificationARNs": [{"Ref": "AWS::NotificationARNs"}],
            "TimeoutInMinutes": 30,
        },
    }
    assert found["Service"]["DependsOn"] == ["Network"]
    assert set(found["Service"]) == {"Type", "DependsOn", "Properties"}
    assert set(found["Service"]["Properties"]) == {"TemplateURL"}


def test_an_output_that_the_child_lacks_is_refused_with_the_likely_one() -> None:
    network: Any = nested(NETWORK)
    with pytest.raises(OutputError, match=r"NetworkStack has no output VpdId\n  did you mean VpcId\?") as refused:
        _ = network.VpdId  # the misspelt one
    assert refused.value.location == (__file__, line_of("# the misspelt one", __file__))
    service: Any = nested(SERVICE)
    with pytest.raises(OutputError, match=r"Size is a parameter: Parameter\(..., output=True\) would emit it"):
        _ = service.Size
    assert network.CidrBlock.type == "String"


def test_probes_of_copy_pickle_and_hasattr_do_no_harm() -> None:
    network: Any = nested(NETWORK)
    assert not hasattr(network, "NoSuchOutput")
    assert not hasattr(network, "__html__")
    assert not hasattr(NestedStack.__new__(NestedStack), "stack")
    assert copy.copy(network).stack is NetworkStack
    assert copy.deepcopy(network).stack is NetworkStack
    assert pickle.loads(pickle.dumps(network)).stack is NetworkStack  # noqa: S301  our own bytes
    assert repr(network) == "<an unnamed nested stack>"


def test_children_of_a_loop_are_made_in_build_and_checked_on_their_line() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Network = nested(NETWORK)
        Urls = Output(COMMA_DELIMITED_LIST)

        def build(self) -> None:
            cells = [
                self.nest(f"Cell{number}", SERVICE, Attributes(DependsOn=[self.Network]), Vpc=self.Network.VpcId)
                for number in range(2)
            ]
            last = self.nest("Last", SERVICE, Names=[cell.QueueUrl for cell in cells])
            self.Urls = [cell.QueueUrl for cell in [*cells, last]]

    assert arguments(Parent, "Cell1") == {"Vpc": {"Fn::GetAtt": ["Network", "Outputs.VpcId"]}}
    urls = [{"Fn::GetAtt": [name, "Outputs.QueueUrl"]} for name in ("Cell0", "Cell1", "Last")]
    assert outputs(Parent)["Urls"] == {"Fn::Join": [",", urls]}
    assert arguments(Parent, "Last")["Names"] == {"Fn::Join": [",", urls[:2]]}


NEST_WRONG: list[tuple[dict[str, Any], type[StackgenError], str]] = [
    ({"Size": "huge"}, ParameterError, "is not one of"),
    ({"Vpc": Ref("Vpc"), "Siz": 1}, ParameterError, "did you mean Size"),
    ({"Vpc": typed(SUBNET_ID, "x")}, ParameterError, "is AWS::EC2::Subnet::Id"),
    ({"Text": nested(NETWORK).CidrBlock}, DeclarationError, "Parent refers to NetworkStack.CidrBlock"),
]


@pytest.mark.parametrize(("given", "error", "message"), NEST_WRONG)
def test_nest_checks_like_nested(given: dict[str, Any], error: type[StackgenError], message: str) -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"

        def build(self) -> None:
            self.nest("Service", SERVICE, **given)

    with pytest.raises(error, match=message):
        render(Parent)


def test_nest_asks_for_a_bucket_and_for_travelling_parameters_too() -> None:
    class Child(SystemStack):
        """A child."""

        file = "child"
        Env = Parameter(default=FromParent())

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    class Lacking(SystemStack):
        """A parent."""

        file = "parent"

        def build(self) -> None:
            self.nest("Child", Child)

    class Homeless(Lacking):
        """A parent."""

        artifact_bucket = ""
        Env = Parameter()

    with pytest.raises(ParameterError, match="Child takes Env from its parent, but Lacking declares none"):
        render(Lacking)
    with pytest.raises(DeclarationError, match="Homeless has children but no artifact_bucket"):
        render(Homeless)


def guarded(condition: str, value: Callable[[Any], object], **attributes: Any) -> Any:
    """A parent whose child exists under ``condition`` and that reads it in a property of a queue."""
    conditions: dict[str, Any] = {
        "IsLive": Condition(Same(Region, "us-east-1")),
        "IsBig": Condition(Same(Region, "us-west-2")),
    }
    conditions["IsNotLive"] = Condition(Not(conditions["IsLive"]))
    conditions["Both"] = Condition(And(conditions["IsLive"], conditions["IsBig"]))
    conditions["Either"] = Condition(Or(conditions["IsNotLive"], conditions["IsBig"]))
    conditions["Network"] = nested(NETWORK, Attributes(Condition=conditions[condition]))

    def build(self: Any) -> None:
        options = {key: getattr(self, name) for key, name in attributes.items()}
        self.add(sqs.Queue("Queue", Metadata={"Value": value(self)}, **options))

    return type("Parent", (SystemStack,), {"file": "parent", "__doc__": "A parent.", "build": build, **conditions})


PROVEN: list[tuple[str, Callable[[Any], object]]] = [
    ("IsLive", lambda stack: If(stack.IsNotLive, "x", stack.Network.VpcId)),
    ("IsNotLive", lambda stack: If(stack.IsLive, "x", stack.Network.VpcId)),
    ("IsLive", lambda stack: If(stack.Both, stack.Network.VpcId, "x")),
    ("IsLive", lambda stack: If(stack.Either, "x", stack.Network.VpcId)),
    ("Both", lambda stack: If(stack.IsLive, If(stack.IsBig, stack.Network.VpcId, "x"), "x")),
]


@pytest.mark.parametrize(("condition", "value"), PROVEN)
def test_a_guard_may_say_the_same_in_other_words(condition: str, value: Callable[[Any], object]) -> None:
    assert resources(guarded(condition, value))["Queue"]["Metadata"]


def test_a_conjunction_on_the_resource_guards_too() -> None:
    parent = guarded("IsLive", lambda stack: stack.Network.VpcId, Condition="Both")
    assert resources(parent)["Queue"]["Condition"] == "Both"


UNPROVEN: list[tuple[str, Callable[[Any], object]]] = [
    ("IsLive", lambda stack: If(stack.IsNotLive, stack.Network.VpcId, "x")),
    ("IsNotLive", lambda stack: If(stack.IsLive, stack.Network.VpcId, "x")),
    ("IsLive", lambda stack: If(stack.Both, "x", stack.Network.VpcId)),
    ("IsLive", lambda stack: If(stack.Either, stack.Network.VpcId, "x")),
    ("Both", lambda stack: If(stack.IsLive, stack.Network.VpcId, "x")),
]


@pytest.mark.parametrize(("condition", "value"), UNPROVEN)
def test_a_guard_that_leaves_a_choice_is_none(condition: str, value: Callable[[Any], object]) -> None:
    with pytest.raises(DeclarationError, match=f"but Network exists only if {condition}"):
        render(guarded(condition, value))


class PartialStack(SystemStack):
    """An output that is there only sometimes."""

    file = "partial"
    IsLive = Condition(Same(Region, "us-east-1"))
    Arn = Output(condition=IsLive)

    def build(self) -> None:
        self.Arn = self.add(sqs.Queue("Queue", Condition=self.IsLive)).get_att("Arn")


def test_an_output_that_the_child_may_lack_is_read_under_some_condition() -> None:
    class Bare(SystemStack):
        """A parent."""

        file = "bare"
        Partial = nested(PartialStack)
        Arn = Output(value=Partial.Arn)

    class Guarded(SystemStack):
        """A parent."""

        file = "guarded"
        IsLive = Condition(Same(Region, "us-east-1"))
        Partial = nested(PartialStack)
        Arn = Output(value=Partial.Arn, condition=IsLive)

    with pytest.raises(DeclarationError, match=r"PartialStack has that output only under a condition\n  guard it with"):
        render(Bare)
    assert rendered(Guarded)["Outputs"]["Arn"]["Condition"] == "IsLive"


def test_an_attribute_of_the_resource_that_is_handed_to_the_child_says_where_it_belongs() -> None:
    with pytest.raises(ParameterError, match=r"nested\(NetworkStack, Attributes\(TimeoutInMinutes=...\)\)"):
        nested(NetworkStack, TimeoutInMinutes=5)  # type: ignore[call-arg]  # the mistake under test
