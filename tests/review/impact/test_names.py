"""Names that a replaced resource keeps, or that two resources get."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.impact.uniqueness import SHARED, UNIQUE, WITHIN
from stackgen.review.schemas import Schemas
from tests.review.impact.changing import (
    LIVE,
    SOMETIMES,
    Contents,
    app,
    codes,
    nested,
    resource,
    reviewed,
    verdicts,
)

NAMES = {"V201", "V203", "V210", "V406"}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def about_names(before: Contents, after: Contents, env: dict[str, Any] | None = None) -> list[str]:
    return [code for code in codes(before, after, env) if code in NAMES]


def pair(type_: str, first: dict[str, Any], second: dict[str, Any], **others: Any) -> tuple[Contents, Contents]:
    """One resource before and after, beside others that stay."""
    before, after = (app({"It": resource(type_, each), **others}) for each in (first, second))
    return before, after


QUEUE = "AWS::SQS::Queue"
GROUP = "AWS::EC2::SecurityGroup"
VPC = resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})


@pytest.mark.parametrize(
    ("type_", "first", "second", "expected"),
    [
        pytest.param(
            QUEUE, {"QueueName": "a"}, {"QueueName": "a", "FifoQueue": True}, ["V201"], id="the name of a queue is kept"
        ),
        pytest.param(QUEUE, {"QueueName": "a"}, {"QueueName": "b"}, [], id="the name itself changes"),
        pytest.param(QUEUE, {}, {"FifoQueue": True}, [], id="CloudFormation names it"),
        pytest.param(QUEUE, {"QueueName": "a"}, {"QueueName": "a", "DelaySeconds": 1}, [], id="it is updated in place"),
        pytest.param(
            GROUP,
            {"GroupDescription": "a", "GroupName": "g"},
            {"GroupDescription": "b", "GroupName": "g"},
            ["V201"],
            id="a group, known by its ID, keeps its name",
        ),
        pytest.param(
            GROUP,
            {"GroupDescription": "a", "GroupName": "g", "VpcId": "v"},
            {"GroupDescription": "a", "GroupName": "g", "VpcId": "w"},
            [],
            id="in another VPC the name is free",
        ),
        pytest.param(
            "AWS::ECS::TaskDefinition",
            {"Family": "web", "Cpu": "256"},
            {"Family": "web", "Cpu": "512"},
            [],
            id="a task definition is another revision of its family",
        ),
        pytest.param(
            "AWS::Lambda::LayerVersion",
            {"LayerName": "l", "Content": {"S3Bucket": "b", "S3Key": "1"}},
            {"LayerName": "l", "Content": {"S3Bucket": "b", "S3Key": "2"}},
            [],
            id="a layer is another version",
        ),
        pytest.param(
            "AWS::ECS::Service",
            {"ServiceName": "web", "Cluster": "one"},
            {"ServiceName": "web", "Cluster": "two"},
            [],
            id="in another cluster the name is free",
        ),
        pytest.param(
            "AWS::EC2::Subnet",
            {"VpcId": "v", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a"},
            {"VpcId": "v", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1b"},
            ["V201"],
            id="a subnet keeps its range",
        ),
        pytest.param(
            "AWS::EC2::Subnet",
            {"VpcId": "v", "CidrBlock": "10.0.0.0/24"},
            {"VpcId": "v", "CidrBlock": "10.0.1.0/24"},
            [],
            id="a subnet gets another range",
        ),
        pytest.param(
            "AWS::EC2::Route",
            {"RouteTableId": "t", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "g"},
            {"RouteTableId": "t", "DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "g"},
            [],
            id="a route leads elsewhere",
        ),
        pytest.param(
            "AWS::DynamoDB::Table",
            {"TableName": "t", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]},
            {"TableName": "t", "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}]},
            ["V201"],
            id="a table with another key",
        ),
    ],
)
def test_a_replaced_resource_that_keeps_its_name_cannot_be_made(
    type_: str, first: dict[str, Any], second: dict[str, Any], expected: list[str]
) -> None:
    assert about_names(*pair(type_, first, second)) == expected


def test_the_remedy_names_all_properties_that_are_one_identity() -> None:
    first = {"VpcId": "v", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a"}
    (found,) = verdicts(*pair("AWS::EC2::Subnet", first, {**first, "AvailabilityZone": "us-east-1b"}))
    assert found.text == "it is replaced, and the new one has VpcId v, CidrBlock 10.0.0.0/24 as the old one has"
    assert found.remedy == "change VpcId or CidrBlock with it"


def test_a_named_resource_that_only_may_be_replaced_is_noted() -> None:
    first = {"DBInstanceIdentifier": "db", "Engine": "mysql", "AvailabilityZone": "us-east-1a"}
    second = {**first, "AvailabilityZone": "us-east-1b"}
    assert about_names(*pair("AWS::RDS::DBInstance", first, second)) == ["V406"]


def test_a_name_that_follows_what_is_replaced_with_it_changes_too() -> None:
    def sides(description: str) -> Contents:
        named = {"QueueName": {"Fn::Sub": "q-${Group}"}, "FifoQueue": description == "b"}
        return app({"Group": resource(GROUP, {"GroupDescription": description}), "It": resource(QUEUE, named)})

    assert about_names(sides("a"), sides("b")) == []


def test_the_name_of_a_group_is_free_in_a_vpc_that_is_replaced() -> None:
    def sides(cidr: str) -> Contents:
        group = {"GroupDescription": "g", "GroupName": "web", "VpcId": ref("Vpc")}
        return app({"Vpc": resource("AWS::EC2::VPC", {"CidrBlock": cidr}), "Group": resource(GROUP, group)})

    assert about_names(sides("10.0.0.0/16"), sides("10.1.0.0/16")) == []


def test_what_is_deleted_before_it_is_made_anew_may_keep_its_name() -> None:
    type_ = "AWS::OpenSearchServerless::VpcEndpoint"
    schema = Schemas().get(type_)
    assert schema is not None
    assert schema.replacement_strategy == "delete_then_create"
    first = {"Name": "e", "VpcId": "v", "SubnetIds": ["s"]}
    assert about_names(*pair(type_, first, {**first, "VpcId": "w"})) == []


EMPTY = app({"Vpc": VPC})


def two_stacks(first: dict[str, Any], second: dict[str, Any]) -> Contents:
    return {"one": {"Resources": {"A": first}}, "two": {"Resources": {"B": second}}}


def env(**places: tuple[str, list[str]]) -> dict[str, Any]:
    """Environments by name: account and regions."""
    return {
        name: {"regions": regions, **({"account": account} if account else {})}
        for name, (account, regions) in places.items()
    }


ONE = {"dev": ("111111111111", ["us-east-1"])}
TWO_REGIONS = {"dev": ("111111111111", ["us-east-1", "eu-west-1"])}
TWO_ACCOUNTS = {"dev": ("111111111111", ["us-east-1"]), "prod": ("222222222222", ["us-east-1"])}
SAME_ACCOUNT = {"dev": ("111111111111", ["us-east-1"]), "test": ("111111111111", ["us-east-1"])}
NO_ACCOUNT = {"dev": ("", ["us-east-1"]), "prod": ("", ["us-east-1"])}


@pytest.mark.parametrize(
    ("type_", "property_", "places", "twice"),
    [
        pytest.param(QUEUE, "QueueName", ONE, False, id="one place"),
        pytest.param(QUEUE, "QueueName", TWO_REGIONS, False, id="a queue in two regions"),
        pytest.param(QUEUE, "QueueName", TWO_ACCOUNTS, False, id="a queue in two accounts"),
        pytest.param(QUEUE, "QueueName", SAME_ACCOUNT, True, id="two environments of one account and region"),
        pytest.param(QUEUE, "QueueName", NO_ACCOUNT, False, id="environments without an account are different ones"),
        pytest.param("AWS::IAM::Role", "RoleName", TWO_REGIONS, True, id="a role in two regions of an account"),
        pytest.param("AWS::IAM::Role", "RoleName", TWO_ACCOUNTS, False, id="a role in two accounts"),
        pytest.param("AWS::S3::Bucket", "BucketName", TWO_REGIONS, True, id="a bucket in two regions"),
        pytest.param("AWS::S3::Bucket", "BucketName", TWO_ACCOUNTS, True, id="a bucket in two accounts"),
    ],
)
def test_a_name_belongs_to_one_resource_of_its_account_and_region(
    type_: str, property_: str, places: dict[str, tuple[str, list[str]]], *, twice: bool
) -> None:
    contents = app({"It": resource(type_, {property_: "name"})})
    assert ("V203" in codes(EMPTY, contents, env(**places))) is twice


def test_two_stacks_give_one_name() -> None:
    named = resource(QUEUE, {"QueueName": "orders"})
    contents = two_stacks(named, named)
    (found,) = [each for each in verdicts(contents, contents) if each.code == "V203"]
    assert found.address == "two/B"
    assert found.text == "'orders' is also the name of one/A"


def test_the_other_place_is_named() -> None:
    contents = app({"It": resource("AWS::IAM::Role", {"RoleName": "deploy"})})
    (found,) = [each for each in reviewed(EMPTY, contents, env(**TWO_REGIONS)).verdicts if each.verdict.code == "V203"]
    assert found.verdict.text == "'deploy' is also the name of app/It in dev/us-east-1"
    assert found.places == ("dev/eu-west-1",)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param({"QueueName": "a"}, {"QueueName": "b"}, [], id="two names"),
        pytest.param(
            {"QueueName": {"Fn::ImportValue": "x"}}, {"QueueName": {"Fn::ImportValue": "x"}}, [], id="unknown"
        ),
        pytest.param({}, {}, [], id="no names"),
    ],
)
def test_names_that_are_not_known_to_be_equal_are_no_conflict(
    first: dict[str, Any], second: dict[str, Any], expected: list[str]
) -> None:
    contents = two_stacks(resource(QUEUE, first), resource(QUEUE, second))
    assert about_names(contents, contents) == expected


@pytest.mark.parametrize(
    ("type_", "name", "owner"),
    [
        ("AWS::ApiGateway::Stage", "StageName", "RestApiId"),
        (GROUP, "GroupName", "VpcId"),
        ("AWS::ECS::Service", "ServiceName", "Cluster"),
        ("AWS::Logs::LogStream", "LogStreamName", "LogGroupName"),
        ("AWS::Lambda::Alias", "Name", "FunctionName"),
    ],
)
def test_a_name_inside_an_owner_is_free_inside_another(type_: str, name: str, owner: str) -> None:
    one, two = (resource(type_, {name: "prod", owner: each}) for each in ("x", "y"))
    assert about_names(EMPTY, app({"A": one, "B": two})) == []
    assert about_names(EMPTY, app({"A": one, "B": one})) == ["V203"]


def test_two_revisions_of_one_family_may_stand_beside_each_other() -> None:
    definition = resource("AWS::ECS::TaskDefinition", {"Family": "web"})
    assert about_names(EMPTY, app({"A": definition, "B": definition})) == []


def test_a_resource_that_is_not_there_takes_no_name() -> None:
    named = resource(QUEUE, {"QueueName": "orders"})
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}, **SOMETIMES}
    for name in ("Never", "Sometimes"):
        contents = app({"A": named, "B": {**named, "Condition": name}}, Conditions=conditions, Parameters=LIVE)
        assert about_names(contents, contents) == []


NAMED = resource(QUEUE, {"QueueName": "orders"})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"Old": NAMED}, {"New": NAMED}, ["V210"], id="another logical ID"),
        pytest.param({"Old": NAMED}, {"New": resource(QUEUE, {"QueueName": "new"})}, [], id="another name"),
        pytest.param(
            {"Old": NAMED}, {"New": resource("AWS::SNS::Topic", {"TopicName": "orders"})}, [], id="other type"
        ),
        pytest.param(
            {"Old": NAMED},
            {"Old": resource(QUEUE, {"QueueName": "other"}), "New": NAMED},
            ["V210"],
            id="the name of what is renamed in the same update",
        ),
    ],
)
def test_a_name_is_not_free_before_the_clean_up(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    assert about_names(app(before), app(after)) == expected


def test_a_resource_that_moves_into_a_nested_stack_cannot_keep_its_name() -> None:
    after = {**app({"Child": nested("child")}), "child": {"Resources": {"Queue": NAMED}}}
    (found,) = [each for each in verdicts(app({"Queue": NAMED}), after) if each.code == "V210"]
    assert found.address == "app/Child/Queue"
    assert found.text == "app/Queue has the name 'orders' until the update's clean-up"


ROWS = [
    *((type_, name, each.source) for type_, each in UNIQUE.items() for name in each.properties),
    *((type_, each.property, each.source) for type_, each in WITHIN.items()),
    *((type_, "", source) for type_, source in SHARED.items()),
]


@pytest.mark.parametrize(("type_", "name", "source"), ROWS)
def test_what_the_schemas_leave_open_is_a_property_and_has_its_source(type_: str, name: str, source: str) -> None:
    schema = Schemas().get(type_)
    assert schema is not None
    assert not name or name in schema.properties
    assert source.startswith("https://docs.aws.amazon.com/")
