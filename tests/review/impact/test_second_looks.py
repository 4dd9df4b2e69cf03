"""Answers that look right at first: what moves under a name that says it stays, two spellings of one value."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.impact.changing import LIVE, SOMETIMES, Contents, app, codes, resource, verdicts, words

TABLE = resource(
    "AWS::DynamoDB::Table",
    {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
)
VPC = resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
BUCKET = resource("AWS::S3::Bucket", {"BucketName": "my-bucket"})
SIZES = {"Parameters": {"Env": {"Type": "String"}}}


def table(**properties: Any) -> dict[str, Any]:
    return resource("AWS::DynamoDB::Table", {**TABLE["Properties"], **properties})


def mapped(name: str) -> Contents:
    found = {"Fn::FindInMap": ["Names", {"Ref": "Env"}, "Table"]}
    return app({"It": table(TableName=found)}, Mappings={"Names": {"prod": {"Table": name}}}, **SIZES)


def switched(answer: str) -> Contents:
    condition = {"Fn::Equals": [{"Fn::FindInMap": ["On", {"Ref": "Env"}, "Is"]}, "yes"]}
    sections = {"Mappings": {"On": {"prod": {"Is": answer}}}, "Conditions": {"C": condition}, **SIZES}
    return app({"It": {**TABLE, "Condition": "C"}, "Topic": resource("AWS::SNS::Topic")}, **sections)


def test_a_map_that_changes_under_an_unknown_key_is_a_change() -> None:
    assert words(mapped("a"), mapped("b")) == {"It": "unknown"}
    assert words(mapped("a"), mapped("a")) == {}
    assert words(switched("yes"), switched("no")) == {"It": "may be deleted"}


def custom(arch: str, used: dict[str, Any]) -> Contents:
    info = resource("Custom::Image", {"ServiceToken": "arn:aws:lambda:us-east-1:111111111111:function:f", "Arch": arch})
    return app({"Info": info, "It": resource("AWS::EC2::Instance", {"ImageId": used})})


@pytest.mark.parametrize("used", [{"Fn::GetAtt": ["Info", "Id"]}, {"Ref": "Info"}, {"Fn::Sub": "${Info.ImageArn}"}])
def test_the_function_of_a_custom_resource_may_answer_anything_to_an_update(used: dict[str, Any]) -> None:
    assert words(custom("x86", used), custom("arm", used))["It"] == "may be replaced"


def streaming(view: str) -> Contents:
    mapping = resource(
        "AWS::Lambda::EventSourceMapping",
        {"FunctionName": "f", "EventSourceArn": {"Fn::GetAtt": ["It", "StreamArn"]}},
    )
    return app({"It": table(StreamSpecification={"StreamViewType": view}), "Mapping": mapping})


def test_another_view_of_a_stream_is_another_stream() -> None:
    found = words(streaming("NEW_IMAGE"), streaming("NEW_AND_OLD_IMAGES"))
    assert found == {"It": "updated in place", "Mapping": "may be replaced"}


def test_outputs_of_a_stack_that_is_not_in_the_build_may_change_with_it() -> None:
    def using(cidr: str) -> Contents:
        child = resource(
            "AWS::CloudFormation::Stack", {"TemplateURL": "https://b/other/vpc.yaml", "Parameters": {"Cidr": cidr}}
        )
        subnet = {"Fn::GetAtt": ["Child", "Outputs.SubnetId"]}
        return app({"Child": child, "It": resource("AWS::EC2::Instance", {"SubnetId": subnet})})

    assert words(using("a"), using("b"))["It"] == "may be replaced"


ONE_VALUE = [
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "VpcId", {"Ref": "Vpc"}, {"Fn::GetAtt": ["Vpc", "VpcId"]}),
    ("AWS::EC2::SecurityGroup", "VpcId", {"Fn::GetAtt": ["Vpc", "VpcId"]}, {"Ref": "Vpc"}),
    ("AWS::DynamoDB::Table", "TableName", {"Fn::Sub": "${Bucket}-t"}, "my-bucket-t"),
    ("AWS::DynamoDB::Table", "TableName", {"Ref": "Bucket"}, "my-bucket"),
]


@pytest.mark.parametrize(("type_", "name", "first", "second"), ONE_VALUE)
def test_two_spellings_of_one_value_are_no_change(type_: str, name: str, first: Any, second: Any) -> None:
    before, after = (
        app({"Vpc": VPC, "Bucket": BUCKET, "It": resource(type_, {**TABLE["Properties"], name: value})})
        for value in (first, second)
    )
    assert words(before, after) == {}


def exporting(value: Any, **further: Any) -> Contents:
    output = {"Out": {"Value": value, "Export": {"Name": "x"}}}
    importer = resource("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": "x"}})
    own = {"Resources": {"Vpc": VPC, "Bucket": BUCKET}, "Outputs": output}
    return {"a": own, "b": {"Resources": {"Topic": importer}}, **further}


STOPS = {"b": {"Resources": {"Topic": resource("AWS::SNS::Topic", {"DisplayName": "x"})}}}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        pytest.param(exporting("v1"), exporting("v2"), "V208", id="another value"),
        pytest.param(exporting({"Ref": "Bucket"}), exporting("my-bucket"), "", id="the same name"),
        pytest.param(exporting({"Ref": "Vpc"}), exporting({"Fn::GetAtt": ["Vpc", "VpcId"]}), "", id="the same ID"),
        pytest.param(exporting("v1"), exporting("v2", **STOPS), "V407", id="the importer stops importing"),
        pytest.param(exporting({"Ref": "Vpc"}), exporting("vpc-1"), "V412", id="perhaps the same"),
    ],
)
def test_an_export_fails_only_where_its_value_changes_under_an_importer(
    before: Contents, after: Contents, code: str
) -> None:
    assert set(codes(before, after)) & {"V208", "V407", "V412"} == ({code} if code else set())


def test_an_export_that_moves_to_another_nested_stack_is_deleted_in_its_own() -> None:
    output = {"Out": {"Value": "v", "Export": {"Name": "x"}}}
    topic = {"Topic": resource("AWS::SNS::Topic")}
    children = {name: resource("AWS::CloudFormation::Stack", {"TemplateURL": f"{name}.json"}) for name in ("c", "d")}
    importer = {"b": {"Resources": {"Topic": resource("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": "x"}})}}}

    def holding(owner: str) -> Contents:
        made: Contents = {name: {"Resources": topic} for name in ("c", "d")}
        made[owner] = {"Resources": topic, "Outputs": output}
        return {"app": {"Resources": children}, **made, **importer}

    assert "V208" in codes(holding("c"), holding("d"))


def queue(name: str) -> dict[str, Any]:
    return resource("AWS::SQS::Queue", {"QueueName": name})


def schedule(name: str, group: str) -> dict[str, Any]:
    properties = {"Name": name, "GroupName": group, "ScheduleExpression": "rate(1 hour)"}
    return resource("AWS::Scheduler::Schedule", properties)


def role(name: str) -> dict[str, Any]:
    return resource("AWS::IAM::Role", {"RoleName": name, "AssumeRolePolicyDocument": {"Statement": []}})


POLICY = resource("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": []}})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"A": queue("a"), "B": queue("b")}, {"A": queue("b"), "B": queue("a")}, {"V210"}, id="a swap"),
        pytest.param({"A": queue("a"), "B": queue("b")}, {"A": queue("b")}, {"V210"}, id="the name of one that goes"),
        pytest.param({"A": queue("a")}, {"A": queue("a"), "B": queue("a")}, {"V203"}, id="the name of one that stays"),
        pytest.param(
            {"A": schedule("x", "g1")}, {"A": schedule("x", "g1"), "B": schedule("x", "g2")}, set(), id="two groups"
        ),
        pytest.param({"A": role("App")}, {"A": role("App"), "B": role("app")}, {"V203"}, id="IAM knows no case"),
        pytest.param(
            {"Bucket": BUCKET, "Old": POLICY}, {"Bucket": BUCKET, "New": POLICY}, {"V210"}, id="a reference as name"
        ),
    ],
)
def test_a_name_is_free_only_when_its_holder_is_gone(
    before: dict[str, Any], after: dict[str, Any], expected: set[str]
) -> None:
    assert set(codes(app(before), app(after))) & {"V201", "V203", "V210"} == expected


def test_another_type_is_refused_for_certain_only_where_both_are_there() -> None:
    sections = {"Parameters": LIVE, "Conditions": SOMETIMES}
    before, after = (
        app({"It": resource(type_, Condition="Sometimes")}, **sections)
        for type_ in ("AWS::SNS::Topic", "AWS::SQS::Queue")
    )
    assert "V204" not in codes(before, after)
    assert words(before, after) == {"It": "may fail to change"}


def test_what_is_refused_of_a_child_is_told_below_its_root() -> None:
    topic = resource("AWS::SNS::Topic")
    circle = {"A": {**topic, "DependsOn": "B"}, "B": {**topic, "DependsOn": "A"}}
    child = resource("AWS::CloudFormation::Stack", {"TemplateURL": "child.json"})
    before, after = ({"app": {"Resources": {"Child": child}}, "child": {"Resources": each}} for each in ({}, circle))
    found = [each for each in verdicts(before, after) if each.code == "V211"]
    assert [(each.address, each.text) for each in found] == [("app/Child/A", "A -> B -> A")]
