"""From a build to boxes, nodes and arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.review.impact.result import Impact
from stackgen.review.model import Build, Template
from stackgen.review.picture.assembly import picture_of, roots_to_draw
from stackgen.review.picture.changes import Changes
from stackgen.review.picture.compared import compared
from stackgen.review.picture.model import Box, Node

if TYPE_CHECKING:
    from stackgen.review.picture.model import Arrow

NESTED, STACK_SET = "AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"


def build(**templates: dict[str, Any]) -> Build:
    return Build("here", {name: Template(name, f"{name}.json", content) for name, content in templates.items()})


def resource(kind: str = "AWS::EC2::VPC", *needs: object, **more: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": {"Needs": list(needs)}, **more}


def nested(name: str, **parameters: object) -> dict[str, Any]:
    return {"Type": NESTED, "Properties": {"TemplateURL": f"./{name}.json", "Parameters": parameters}}


def output(stack: str, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [stack, f"Outputs.{name}"]}


def boxes(picture: Box) -> dict[str, Box]:
    return {each.key: each for each in picture.boxes()}


def nodes(picture: Box) -> dict[str, Node]:
    return {each.key: each for each in picture.nodes()}


def ends(arrow: Arrow) -> tuple[str, str]:
    return arrow.source, arrow.target


SHOP = build(
    shop={
        "Resources": {
            "Topic": resource("AWS::SNS::Topic"),
            "Network": nested("network"),
            "Database": nested("database", SubnetIds=output("Network", "SubnetIds"), VpcId=output("Network", "VpcId")),
            "Compute": {
                **nested("compute", Endpoint=output("Database", "Endpoint"), TopicArn={"Ref": "Topic"}),
                "DependsOn": "Network",
            },
        }
    },
    network={
        "Resources": {"Vpc": resource(), "Subnet": resource("AWS::EC2::Subnet", {"Ref": "Vpc"}, Condition="Wide")},
        "Outputs": {"VpcId": {"Value": {"Ref": "Vpc"}}, "SubnetIds": {"Value": {"Ref": "Subnet"}}},
    },
    database={"Resources": {"Cluster": resource("AWS::RDS::DBCluster")}},
    compute={"Resources": {"Function": resource("AWS::Lambda::Function", DependsOn=["Log"]), "Log": resource()}},
)


def test_a_nested_stack_is_a_box_inside_its_parent() -> None:
    found = boxes(picture_of(SHOP, ["shop"]))
    assert list(found) == ["shop", "shop/Network", "shop/Database", "shop/Compute"]
    assert [item.key for item in found["shop/Network"].items] == ["shop/Network/Vpc", "shop/Network/Subnet"]
    assert found["shop/Network"].subtitle == "network"


def test_a_node_says_its_type_its_address_and_whether_it_is_exposed_or_conditional() -> None:
    found = nodes(picture_of(SHOP, ["shop"]))
    vpc, subnet = found["shop/Network/Vpc"], found["shop/Network/Subnet"]
    assert (vpc.type, vpc.members, vpc.exposed) == ("EC2 VPC", ("shop/Network/Vpc",), True)
    assert (vpc.conditional, subnet.conditional) == (False, True)
    assert not found["shop/Compute/Log"].exposed


def test_what_a_nested_stack_is_handed_makes_arrows_between_boxes_with_its_names() -> None:
    root = boxes(picture_of(SHOP, ["shop"]))["shop"]
    assert {ends(arrow): (arrow.kind, arrow.values) for arrow in root.arrows} == {
        ("shop/Network", "shop/Database"): ("reference", ("SubnetIds", "VpcId")),
        ("shop/Database", "shop/Compute"): ("reference", ("Endpoint",)),
        ("shop/Topic", "shop/Compute"): ("reference", ("TopicArn",)),
        ("shop/Network", "shop/Compute"): ("depends", ()),
    }
    labels = {arrow.label for arrow in root.arrows}
    assert labels == {"2 values", "Endpoint", "TopicArn", ""}


def test_no_arrow_crosses_the_edge_of_a_box() -> None:
    for box in (picture_of(SHOP, ["shop"]), *picture_of(SHOP, ["shop"]).boxes()):
        keys = {item.key for item in box.items}
        assert all({arrow.source, arrow.target} <= keys for arrow in box.arrows)


def test_depends_on_is_told_from_a_reference_and_a_reference_outweighs_it() -> None:
    one = build(a={"Resources": {"A": resource(), "B": resource("X::Y::Z", {"Ref": "A"}, DependsOn="A")}})
    (arrow,) = boxes(picture_of(one, ["a"]))["a"].arrows
    assert arrow.kind == "reference"
    (arrow,) = boxes(picture_of(SHOP, ["compute"]))["compute"].arrows
    assert (ends(arrow), arrow.kind) == (("compute/Log", "compute/Function"), "depends")


def test_a_stack_set_holds_its_template_and_names_its_regions() -> None:
    stack_set = {
        "Type": STACK_SET,
        "Properties": {
            "TemplateURL": "./network.json",
            "Parameters": [{"ParameterKey": "Cidr", "ParameterValue": {"Ref": "Pool"}}],
            "StackInstancesGroup": [{"Regions": ["us-east-1", {"Ref": "Further"}]}],
        },
    }
    both = build(
        sets={
            "Parameters": {"Further": {"Type": "CommaDelimitedList", "Default": "eu-west-1, eu-west-2"}},
            "Resources": {"Pool": resource(), "Set": stack_set},
        },
        network=SHOP.templates["network"].content,
    )
    root = boxes(picture_of(both, ["sets"]))
    assert root["sets/Set"].title == "Set · us-east-1, eu-west-1, eu-west-2"
    assert root["sets/Set"].kind == "stackset"
    assert "sets/Set/Vpc" in nodes(picture_of(both, ["sets"]))
    assert root["sets"].arrows[0].values == ("Cidr",)
    assert roots_to_draw(both) == ["sets"]


@pytest.mark.parametrize(
    ("properties", "title"),
    [
        ({"OperationPreferences": {"RegionOrder": ["eu-west-1"]}}, "Set · eu-west-1"),
        ({"StackInstancesGroup": [{"Regions": {"Ref": "Unknown"}}]}, "Set · ${Unknown}"),
        ({"StackInstancesGroup": [{"Regions": [{"Fn::If": ["Wide", "eu-west-1", "b"]}]}]}, "Set · eu-west-1, b"),
        ({"StackInstancesGroup": "wrong"}, "Set"),
        ({}, "Set"),
    ],
)
def test_regions_are_said_as_far_as_they_are_known(properties: dict[str, Any], title: str) -> None:
    one = build(a={"Resources": {"Set": {"Type": STACK_SET, "Properties": properties}}})
    assert boxes(picture_of(one, ["a"]))["a/Set"].title == title


def test_a_child_that_is_not_there_is_an_unknown_box_that_says_what_was_asked_for() -> None:
    found = boxes(picture_of(build(a={"Resources": {"Gone": nested("gone")}}), ["a"]))["a/Gone"]
    assert (found.kind, found.subtitle, found.items) == ("unknown", "./gone.json", ())
    bare = build(a={"Resources": {"Gone": {"Type": NESTED}}})
    assert boxes(picture_of(bare, ["a"]))["a/Gone"].subtitle == "no TemplateURL"


def test_templates_that_nest_each_other_end_in_an_unknown_box() -> None:
    circle = build(a={"Resources": {"B": nested("b")}}, b={"Resources": {"A": nested("a"), "B": nested("b")}})
    found = boxes(picture_of(circle, roots_to_draw(circle)))
    assert {key: each.kind for key, each in found.items()} == {
        "a": "stack",
        "a/B": "nested",
        "a/B/A": "unknown",
        "a/B/B": "unknown",
    }


def test_templates_that_multiply_are_not_opened_without_end() -> None:
    many = {f"t{n}": {"Resources": {f"N{i}": nested(f"t{n + 1}") for i in range(10)}} for n in range(8)}
    picture = picture_of(build(**many, t8={"Resources": {"A": resource()}}), ["t0"])
    assert sum(1 for _ in picture.everything()) < 60_000
    assert any(each.kind == "closed" for each in picture.boxes())


def test_an_import_is_an_arrow_from_the_stack_that_exports() -> None:
    both = build(
        a={
            "Resources": {"A": resource()},
            "Outputs": {"Id": {"Value": 1, "Export": {"Name": {"Fn::Sub": "${E}-vpc"}}}},
        },
        b={"Resources": {"Thing": resource("X::Y::Z", {"Fn::ImportValue": {"Fn::Sub": "${E}-vpc"}})}},
        c={"Resources": {"Thing": resource("X::Y::Z", {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-vpc"}})}},
    )
    (arrow,) = picture_of(both, ["a", "b", "c"]).arrows
    assert (ends(arrow), arrow.kind, arrow.label) == (("a", "b"), "import", "Id")


def test_an_import_inside_one_tree_joins_the_boxes_that_hold_both_ends() -> None:
    tree = build(
        a={"Resources": {"One": nested("one"), "Two": nested("two")}},
        one={"Resources": {"Vpc": resource()}, "Outputs": {"Id": {"Value": 1, "Export": {"Name": "vpc"}}}},
        two={"Resources": {"Deep": nested("deep")}},
        deep={"Resources": {"Thing": resource("X::Y::Z", {"Fn::ImportValue": "vpc"})}},
    )
    (arrow,) = boxes(picture_of(tree, ["a"]))["a"].arrows
    assert (ends(arrow), arrow.kind) == (("a/One", "a/Two"), "import")


def test_a_loop_of_a_transform_is_one_node() -> None:
    loop = build(a={"Resources": {"Fn::ForEach::Topics": ["Name", ["A"], {"T${Name}": {"Type": "AWS::SNS::Topic"}}]}})
    (found,) = nodes(picture_of(loop, ["a"])).values()
    assert (found.names, found.type) == (("Topics",), "Fn::ForEach")


BASE = build(
    shop={"Resources": {"Network": nested("network"), "Old": nested("old"), "Bucket": resource("AWS::S3::Bucket")}},
    network={
        "Resources": {
            "Vpc": resource(),
            "Subnet": resource("AWS::EC2::Subnet", {"Ref": "Vpc"}),
            "Table": resource("AWS::DynamoDB::Table", "equal", "in", "all", "that", "it", "says"),
        }
    },
    old={"Resources": {"Queue": resource("AWS::SQS::Queue")}},
)
HEAD = build(
    shop={"Resources": {"Network": nested("network"), "New": nested("new"), "Bucket": resource("AWS::S3::Bucket", 1)}},
    network={
        "Resources": {
            "Vpc": resource(),
            "Route": resource("AWS::EC2::Route", {"Ref": "Vpc"}),
            "Renamed": resource("AWS::DynamoDB::Table", "equal", "in", "all", "that", "it", "says"),
        }
    },
    new={"Resources": {"Topic": resource("AWS::SNS::Topic")}},
)


def statuses(picture: Box) -> dict[str, str]:
    return {each.key: each.status for each in picture.everything() if each.status}


def test_statuses_by_address_colour_the_picture_and_the_removed_comes_from_the_base() -> None:
    changes = Changes({"shop/Bucket": "replaced", "shop/Network/Subnet": "removed", "shop/Network/Route": "added"})
    picture = picture_of(HEAD, ["shop"], changes=changes, base=BASE)
    assert statuses(picture) == {
        "shop/Bucket": "replaced",
        "shop/Network/Subnet": "removed",
        "shop/Network/Route": "added",
    }
    arrows = {ends(arrow) for arrow in boxes(picture)["shop/Network"].arrows}
    assert ("shop/Network/Vpc", "shop/Network/Subnet") in arrows


def test_a_diff_of_two_builds_colours_what_it_found() -> None:
    assert statuses(compared(BASE, HEAD, ["shop"])) == {
        "shop/New": "added",
        "shop/New/Topic": "added",
        "shop/Old": "removed",
        "shop/Old/Queue": "removed",
        "shop/Bucket": "changed",
        "shop/Network/Subnet": "removed",
        "shop/Network/Route": "added",
        "shop/Network/Renamed": "moved",
    }


def impact(address: str, action: str, certainty: str = "certain") -> Impact:
    return Impact(address, "AWS::EC2::VPC", action, certainty)


@pytest.mark.parametrize(
    ("impacts", "status"),
    [
        ([], "changed"),
        ([impact("shop/Bucket", "replace")], "replaced"),
        ([impact("shop/Bucket", "replace", "conditional")], "replaced"),
        ([impact("shop/Bucket", "replace", "unknown")], "changed"),
        ([impact("shop/Bucket", "replace"), impact("shop/Bucket", "update")], "replaced"),
        ([impact("shop/Bucket", "update"), impact("shop/Bucket", "replace")], "replaced"),
        ([impact("shop/Bucket", "none")], "changed"),
    ],
)
def test_impacts_say_what_is_replaced_in_any_place(impacts: list[Impact], status: str) -> None:
    found = statuses(compared(BASE, HEAD, ["shop"], impacts))
    assert found["shop/Bucket"] == status
    assert found["shop/Network/Renamed"] == "moved"


def test_an_impact_colours_what_no_text_changed() -> None:
    found = statuses(compared(SHOP, SHOP, ["shop"], [impact("shop/Compute/Function", "replace")]))
    assert found == {"shop/Compute/Function": "replaced"}


def test_a_root_that_is_gone_is_drawn_as_removed() -> None:
    found = statuses(compared(SHOP, build(network=SHOP.templates["network"].content)))
    assert found["shop"] == "removed"
    assert "network" not in found


def test_nothing_is_coloured_where_nothing_changed() -> None:
    assert compared(SHOP, SHOP) == picture_of(SHOP, ["shop"])


def test_a_template_without_a_base_is_added_as_a_whole_and_one_that_is_gone_removed() -> None:
    found = statuses(picture_of(HEAD, ["new", "old"], base=BASE))
    assert found == {"new": "added", "new/Topic": "added", "old": "removed", "old/Queue": "removed"}


def test_inside_a_stack_set_a_resource_is_known_by_the_address_of_its_template_too() -> None:
    stack_set = {"Type": STACK_SET, "Properties": {"TemplateURL": "./network.json"}}
    both = build(sets={"Resources": {"Set": stack_set}}, network=SHOP.templates["network"].content)
    found = statuses(picture_of(both, ["sets"], changes=Changes({"network/Vpc": "changed"})))
    assert found == {"sets/Set/Vpc": "changed"}
