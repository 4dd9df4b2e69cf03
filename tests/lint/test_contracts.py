"""E9117: what a parent hands to a child."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stackgen.lint.contracts import check_contracts
from stackgen.lint.values import Kind
from stackgen.parameter_types import RESOURCE_OF
from tests.lint.kit import built, nest

VPC, SUBNET, SUBNETS = "AWS::EC2::VPC::Id", "AWS::EC2::Subnet::Id", "List<AWS::EC2::Subnet::Id>"
NAME, IMAGE = "AWS::SSM::Parameter::Name", "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def out(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": ["Network", f"Outputs.{name}"]}


def join(*parts: Any) -> dict[str, Any]:
    return {"Fn::Join": [",", list(parts)]}


def value(content: Any) -> dict[str, Any]:
    return {"Value": content}


NETWORK = {
    "Parameters": {
        "Port": {"Type": "Number"},
        "Text": {"Type": "String"},
        "VpcId": {"Type": VPC},
        "Subnets": {"Type": SUBNETS},
    },
    "Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}, "Bucket": {"Type": "AWS::S3::Bucket"}},
    "Outputs": {
        "VpcId": value(ref("Vpc")),
        "GivenVpcId": value(ref("VpcId")),
        "Port": value(ref("Port")),
        "Text": value(ref("Text")),
        "Bucket": value(ref("Bucket")),
        "Subnets": value({"Fn::Join": [",", ref("Subnets")]}),
        "Literal": value("vpc-1"),
        "Number": value(8080),
        "VpcGroup": value({"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}),
        "Itself": value({"Fn::GetAtt": ["Network", "Outputs.Itself"]}),
    },
}
PARENT: dict[str, dict[str, Any]] = {
    "Mappings": {"Sizes": {"small": {"Port": 80, "Text": "few"}, "large": {"Port": 81, "Text": 9}}},
    "Parameters": {
        "Default": {"Type": "Number", "Default": 5},
        "Hidden": {"Type": "Number", "Default": 5, "NoEcho": True},
        "Text": {"Type": "String"},
        "Number": {"Type": "Number"},
        "VpcId": {"Type": VPC},
        "Subnets": {"Type": SUBNETS},
        "Names": {"Type": "CommaDelimitedList"},
        "Image": {"Type": IMAGE},
        "Secret": {"Type": NAME},
    },
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC"},
        "Subnet": {"Type": "AWS::EC2::Subnet"},
        "Group": {"Type": "AWS::EC2::SecurityGroup"},
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Entry": {"Type": "AWS::SSM::Parameter"},
        "Lookup": {"Type": "Custom::Lookup"},
        "Network": nest("network"),
    },
}
ATTRIBUTES = {
    ("AWS::EC2::VPC", "DefaultSecurityGroup"): Kind("AWS::EC2::SecurityGroup::Id"),
    ("AWS::EC2::VPC", "CidrBlockAssociations"): Kind(form="list"),
    ("AWS::S3::Bucket", "Arn"): Kind("AWS::S3::Bucket.Arn"),
}


def told(wanted: Mapping[str, Any], argument: Any) -> list[str]:
    """What is found when a parameter declared so is handed the argument."""
    child = built("child", {"Parameters": {"Wanted": dict(wanted)}})
    resources = {**PARENT["Resources"], "Child": nest("child", Wanted=argument)}
    parent = built("parent", {**PARENT, "Resources": resources})
    templates = {each.name: each for each in (parent, child, built("network", NETWORK))}
    found = check_contracts(parent, templates, lambda *pair: ATTRIBUTES.get(pair, Kind()))
    return [f"{each.rule} {each.message}" for each in found]


@pytest.mark.parametrize(
    ("wanted", "argument"),
    [
        ("String", "text"),
        ("String", ref("Text")),
        ("String", ref("Number")),
        ("String", ref("VpcId")),
        ("String", ref("Bucket")),
        ("String", ref("Image")),
        ("String", ref("AWS::Region")),
        ("String", out("VpcId")),
        ("String", out("Bucket")),
        ("String", join("a", "b")),
        ("String", {"Fn::Sub": "${Text}-x"}),
        ("String", {"Fn::Select": [0, ref("Names")]}),
        ("String", {"Fn::GetAtt": ["Bucket", "Arn"]}),
        ("Number", 5),
        ("Number", "5"),
        ("Number", ref("Number")),
        ("Number", out("Port")),
        ("Number", out("Number")),
        ("Number", {"Fn::FindInMap": ["A", "B", "C"]}),
        ("Number", {"Fn::FindInMap": ["Sizes", "small", "Port"]}),
        ("Number", {"Fn::FindInMap": ["Sizes", ref("AWS::Region"), "Text"]}),
        ("Number", {"Fn::Sub": "${Text}0"}),
        ("Number", {"Fn::If": ["Large", {"Fn::Sub": "${Default}"}, 7]}),
        (VPC, {"Fn::Sub": "${Network.Outputs.VpcId}"}),
        (SUBNETS, {"Fn::Sub": "${Subnet},${Subnet}"}),
        ("Number", {"Fn::If": ["Large", 5, ref("Number")]}),
        ("Number", {"Fn::If": ["Large", ref("Number"), ref("AWS::NoValue")]}),
        (VPC, "vpc-1"),
        (VPC, ref("Vpc")),
        (VPC, ref("VpcId")),
        (VPC, ref("Lookup")),
        (VPC, out("VpcId")),
        (VPC, out("GivenVpcId")),
        (VPC, out("Literal")),
        (VPC, out("Nowhere")),
        (VPC, out("Itself")),
        (VPC, {"Fn::ImportValue": "vpc"}),
        (VPC, {"Fn::GetAtt": "Network.Outputs.VpcId"}),
        (SUBNET, {"Fn::Select": [0, {"Fn::Split": [",", out("Subnets")]}]}),
        (SUBNET, {"Fn::Select": [1, ref("Subnets")]}),
        ("AWS::EC2::SecurityGroup::Id", {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}),
        ("AWS::EC2::SecurityGroup::Id", out("VpcGroup")),
        ("AWS::EC2::SecurityGroup::GroupName", ref("Group")),
        (SUBNETS, "subnet-1,subnet-2"),
        (SUBNETS, join(ref("Subnet"))),
        (SUBNETS, join(ref("Subnet"), "subnet-1", {"Fn::ImportValue": "subnet"})),
        (SUBNETS, {"Fn::Join": [",", ref("Subnets")]}),
        (SUBNETS, {"Fn::Join": [",", {"Fn::Split": [",", out("Subnets")]}]}),
        (SUBNETS, {"Fn::Join": [",", {"Fn::If": ["Large", ref("Subnets"), [ref("Subnet")]]}]}),
        (SUBNETS, out("Subnets")),
        (SUBNETS, ref("Text")),
        ("CommaDelimitedList", join(ref("Bucket"), ref("Text"))),
        ("CommaDelimitedList", {"Fn::Join": [",", ref("Names")]}),
        ("CommaDelimitedList", {"Fn::Join": [",", {"Fn::GetAZs": ""}]}),
        ("CommaDelimitedList", out("Subnets")),
        ("List<AWS::EC2::AvailabilityZone::Name>", {"Fn::Join": [",", {"Fn::GetAZs": ""}]}),
        (IMAGE, "/images/web"),
        (IMAGE, ref("Entry")),
        (IMAGE, ref("Secret")),
        (IMAGE, ref("Text")),
        (NAME, ref("Entry")),
        ("AWS::EC2::Image::Id", ref("Image")),
        ("A type of nobody", ref("Vpc")),
    ],
)
def test_right_wiring_is_left_alone(wanted: str, argument: Any) -> None:
    assert told({"Type": wanted}, argument) == []


@pytest.mark.parametrize(
    ("wanted", "argument", "given"),
    [
        (VPC, ref("Subnet"), SUBNET),
        (VPC, ref("Text"), "String"),
        (VPC, ref("Number"), "Number"),
        (VPC, ref("Bucket"), "the Ref of AWS::S3::Bucket"),
        (VPC, ref("Network"), "the Ref of AWS::CloudFormation::Stack"),
        (VPC, ref("AWS::StackId"), "String"),
        (VPC, out("Bucket"), "the Ref of AWS::S3::Bucket"),
        (VPC, out("Text"), "String"),
        (VPC, out("Subnets"), f"a list of {SUBNET}"),
        (VPC, {"Fn::GetAtt": ["Bucket", "Arn"]}, "AWS::S3::Bucket.Arn"),
        (VPC, {"Fn::If": ["Large", ref("Vpc"), ref("Subnet")]}, SUBNET),
        (VPC, {"Fn::Sub": "${Subnet}"}, SUBNET),
        (VPC, {"Fn::Sub": "${Network.Outputs.Text}"}, "String"),
        (SUBNETS, {"Fn::Sub": "${Subnet},${Vpc}"}, f"a list of {VPC}"),
        (VPC, {"Fn::Select": [0, ref("Subnets")]}, SUBNET),
        (SUBNET, out("VpcId"), VPC),
        (SUBNET, join(ref("Subnet")), f"a list of {SUBNET}"),
        ("Number", ref("Vpc"), VPC),
        ("Number", out("VpcId"), VPC),
        ("Number", out("VpcGroup"), "AWS::EC2::SecurityGroup::Id"),
        (SUBNETS, ref("Subnet"), SUBNET),
        (SUBNETS, out("VpcId"), VPC),
        (SUBNETS, join(ref("Subnet"), ref("Vpc")), f"a list of {VPC}"),
        (SUBNETS, {"Fn::Join": [",", {"Fn::GetAZs": ""}]}, "a list of AWS::EC2::AvailabilityZone::Name"),
        ("CommaDelimitedList", ref("Number"), "Number"),
        ("List<Number>", out("Subnets"), f"a list of {SUBNET}"),
        (IMAGE, ref("Image"), IMAGE),
        (IMAGE, ref("Bucket"), "the Ref of AWS::S3::Bucket"),
        (NAME, ref("Bucket"), "the Ref of AWS::S3::Bucket"),
    ],
)
def test_a_value_of_another_type_is_found(wanted: str, argument: Any, given: str) -> None:
    message = f"E9117 Child.Wanted is handed {given}, but {wanted} was expected (child)"
    assert told({"Type": wanted}, argument) == [message]


@pytest.mark.parametrize(
    "argument",
    [
        ref("Subnets"),
        [ref("Subnet")],
        {"Fn::Split": [",", out("Subnets")]},
        {"Fn::If": ["Large", out("Subnets"), ref("Subnets")]},
    ],
)
@pytest.mark.parametrize("wanted", ["String", SUBNETS])
def test_a_list_that_is_not_joined_is_found(wanted: str, argument: Any) -> None:
    (message,) = told({"Type": wanted}, argument)
    assert f"that is not joined, but {wanted}, joined by ',' was expected" in message


@pytest.mark.parametrize(
    ("declared", "argument", "reason"),
    [
        ({"AllowedValues": ["small", "large"]}, "smal", "'smal', which is not one of small, large"),
        ({"AllowedPattern": "[a-z]+"}, "A", "'A', which does not match [a-z]+"),
        ({"Type": "Number"}, "one", "'one', which is not a number"),
        ({"Type": "Number"}, out("Literal"), "'vpc-1', which is not a number"),
        ({"Type": "Number", "MaxValue": 80}, out("Number"), "'8080', which is above 80"),
        ({"AllowedValues": ["true"]}, True, ""),
        ({"AllowedValues": ["a"]}, {"Fn::If": ["Large", "a", "b"]}, "'b', which is not one of a"),
        ({"Type": SUBNET}, "vpc-{0}", "'vpc-{0}', which does not begin with subnet-"),
    ],
)
def test_a_literal_outside_the_childs_constraints_is_found(declared: Any, argument: Any, reason: str) -> None:
    assert told(declared, argument) == ([f"E9117 Child.Wanted is handed {reason} (child)"] if reason else [])


def test_the_arguments_of_each_branch_are_checked() -> None:
    parent = built(
        "parent",
        {
            "Resources": {
                "Vpc": {"Type": "AWS::EC2::VPC"},
                "Child": {
                    "Type": "AWS::CloudFormation::Stack",
                    "Properties": {
                        **nest("child")["Properties"],
                        "Parameters": {"Fn::If": ["Large", {"Port": "80"}, {"Port": ref("Vpc")}]},
                    },
                },
            }
        },
    )
    child = built("child", {"Parameters": {"Port": {"Type": "Number"}}})
    (found,) = check_contracts(parent, {"child": child})
    assert found.path == ("Resources", "Child", "Properties", "Parameters", "Fn::If", "2", "Port")
    assert parent.text.splitlines()[found.line - 1].strip() == '"Port": {'


def test_a_child_that_is_not_built_is_found_where_its_url_stands() -> None:
    parent = built("parent", {"Resources": {"Child": nest("shop/child")}})
    (found,) = check_contracts(parent, {"parent": parent})
    assert found.message == "Child: shop/child is not in the build folder"
    assert '"TemplateURL"' in parent.text.splitlines()[found.line - 1]


MALFORMED: list[Any] = [
    None,
    {},
    {"Ref": []},
    {"Ref": "A", "B": 1},
    {"Fn::GetAtt": 1},
    {"Fn::GetAtt": ["A"]},
    {"Fn::GetAtt": [{"Ref": "A"}, "B"]},
    {"Fn::GetAtt": "A"},
    {"Fn::Join": ","},
    {"Fn::Join": ["-", ["a"]]},
    {"Fn::Select": 0},
    {"Fn::Split": ["|", "a"]},
    {"Fn::If": "A"},
    {"Fn::Cidr": []},
]


@pytest.mark.parametrize("around", ["Ref", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::Cidr"])
@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_value_is_left_to_cfn_lint(value: Any, around: str) -> None:
    for argument in (value, {around: value}, {around: [",", value]}):
        assert all(isinstance(message, str) for message in told({"Type": SUBNETS}, argument))


def test_every_resource_whose_ref_is_a_parameter_type_is_known() -> None:
    for kind, resource in RESOURCE_OF.items():
        parent = {"Resources": {"It": {"Type": resource}, "Child": nest("child", Wanted=ref("It"))}}
        child = built("child", {"Parameters": {"Wanted": {"Type": kind}}})
        assert list(check_contracts(built("parent", parent), {"child": child})) == []


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ({"Fn::FindInMap": ["Sizes", "small", "Port"]}, "80"),
        (ref("Default"), "5"),
        ({"Fn::Sub": "1${Default}"}, "15"),
        ({"Fn::If": ["Large", 5, ref("AWS::NoValue")]}, "5"),
    ],
)
def test_what_the_template_itself_says_is_compared_as_a_literal(argument: Any, text: str) -> None:
    (found,) = told({"Type": "Number", "MaxValue": 4}, argument)
    assert f"is handed {text!r}" in found


def test_a_default_counts_only_where_it_is_used() -> None:
    """A condition may ask whether there is another value; a parent hands over another one; one is not to be seen."""
    wanted = {"Type": "Number", "MaxValue": 4}
    assert not told(wanted, {"Fn::If": ["Large", ref("Default"), 3]})
    assert not told(wanted, ref("Hidden"))
    child = built("child", {"Parameters": {"Wanted": wanted}})
    said = {"Port": {"Type": "Number", "Default": 5}}
    guarded = {"Child": {**nest("child", Wanted=ref("Port")), "Condition": "HasPort"}}
    middle = built("middle", {"Parameters": said, "Resources": {"Child": nest("child", Wanted=ref("Port"))}})
    root = built("root", {"Resources": {"Middle": nest("middle", Port=3)}})
    alone = {each.name: each for each in (middle, child)}
    assert len(list(check_contracts(middle, alone))) == 1
    assert not list(check_contracts(middle, {**alone, "root": root}))
    assert not list(check_contracts(built("a", {"Parameters": said, "Resources": guarded}), {"child": child}))


def test_each_of_the_templates_that_a_condition_chooses_between_is_compared() -> None:
    small, large = built("small", {"Parameters": {"A": {"Type": VPC}}}), built("large", {"Parameters": {}})
    choice = {
        "Fn::If": ["Large", nest("large")["Properties"]["TemplateURL"], nest("small")["Properties"]["TemplateURL"]]
    }
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": choice, "Parameters": {"A": "x"}}}
    parent = built("parent", {"Resources": {"Child": child}})
    (found,) = check_contracts(parent, {"small": small, "large": large})
    assert found.message == "Child.A is handed 'x', which does not begin with vpc- (small)"


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        ({"A": "5"}, []),
        ({"A": "x"}, ["Set.A is handed 'x', which is not a number (child)"]),
        ({"A": 1, "B": 2}, ["Set gives B, which the template does not declare (child)"]),
        ({}, ["Set does not give A, which has no default (child)"]),
    ],
)
def test_a_stack_set_gives_its_template_what_it_declares(given: dict[str, Any], messages: list[str]) -> None:
    child = built("child", {"Parameters": {"A": {"Type": "Number"}, "Own": {"Type": "String", "Default": "x"}}})
    entries = [{"ParameterKey": key, "ParameterValue": each} for key, each in given.items()]
    properties = {"TemplateURL": nest("child")["Properties"]["TemplateURL"], "Parameters": entries}
    group = [{"ParameterOverrides": [{"ParameterKey": "A", "ParameterValue": "1"}]}]
    for more, expected in (({}, messages), ({"StackInstancesGroup": group}, [each for each in messages if given])):
        resource = {"Type": "AWS::CloudFormation::StackSet", "Properties": {**properties, **more}}
        parent = built("parent", {"Resources": {"Set": resource}})
        assert [each.message for each in check_contracts(parent, {"child": child})] == expected
