"""What is noted: live values, policies, what is not seen, regions, names in doubt, what refuses to be deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.impact.changing import Contents, app, nested, resource, reviewed, verdicts

TOPIC = resource("AWS::SNS::Topic")


def found(before: Contents, after: Contents, *codes: str, env: dict[str, Any] | None = None) -> list[str]:
    return [f"{each.code} {each.address}: {each.text}" for each in verdicts(before, after, env) if each.code in codes]


IMAGE = {"Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/image"}}


def instance(image: Any, kind: str = "m5.large") -> Contents:
    return app({"It": resource("AWS::EC2::Instance", {"ImageId": image, "InstanceType": kind})}, Parameters=IMAGE)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        pytest.param(
            {"Ref": "Image"},
            ["V402 app/It: ImageId is SSM parameter /image: replaced if that has changed"],
            id="an SSM parameter",
        ),
        pytest.param(
            {"Fn::ImportValue": "image"},
            ["V402 app/It: ImageId is import image: replaced if that has changed"],
            id="an import",
        ),
        pytest.param("{{resolve:ssm:/image}}", [], id="a dynamic reference is compared as a text"),
        pytest.param("ami-1", [], id="a value"),
    ],
)
def test_a_create_only_property_that_follows_a_live_value(image: Any, expected: list[str]) -> None:
    assert found(instance(image), instance(image), "V402") == expected


def test_a_live_value_in_a_property_that_changes_in_place_is_no_news() -> None:
    contents = app({"It": resource("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": "x"}})})
    assert found(contents, contents, "V402") == []


def test_a_live_value_that_is_replaced_anyway_or_new_is_no_news() -> None:
    before = app({"It": resource("AWS::EC2::Instance", {"ImageId": "ami-1"})})
    assert found(before, instance({"Ref": "Image"}), "V402") == []
    assert found(app({"Topic": TOPIC}), instance({"Ref": "Image"}), "V402") == []


def test_a_live_value_reaches_a_nested_stack_by_its_parameters() -> None:
    child = instance({"Ref": "Given"})["app"] | {"Parameters": {"Given": {"Type": "String"}}}
    contents = {**app({"Child": nested("child", {"Given": {"Ref": "Image"}})}, Parameters=IMAGE), "child": child}
    assert found(contents, contents, "V402") == [
        "V402 app/Child/It: ImageId is SSM parameter /image: replaced if that has changed"
    ]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(app({"Topic": TOPIC}), [], id="everything is seen"),
        pytest.param(
            app({"Topic": TOPIC}, Transform="AWS::Serverless-2016-10-31"),
            ["V403 app: Transform AWS::Serverless-2016-10-31"],
            id="a transform",
        ),
        pytest.param(
            app({"Topic": TOPIC}, Transform=["One", "Two"]), ["V403 app: Transform One, Two"], id="two macros"
        ),
        pytest.param(
            app({"Child": nested("missing")}),
            ["V404 app/Child: TemplateURL missing.json"],
            id="a nested stack whose template is not here",
        ),
        pytest.param(
            {**app({"Child": nested("child")}), "child": {"Resources": {"Topic": TOPIC}}}, [], id="one that is here"
        ),
        pytest.param(
            app(
                {"Child": nested("missing", Condition="Never"), "Topic": TOPIC},
                Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
            ),
            [],
            id="one that is not deployed",
        ),
        pytest.param(
            {
                **app(
                    {"Child": nested("child", Condition="Never"), "Topic": TOPIC},
                    Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
                ),
                "child": {"Resources": {"Topic": TOPIC}, "Transform": "Macro"},
            },
            [],
            id="a transform of a stack that is not deployed",
        ),
    ],
)
def test_what_the_build_does_not_show_is_noted(after: Contents, expected: list[str]) -> None:
    assert found(app({"Topic": TOPIC}), after, "V403", "V404") == expected


def test_a_type_that_a_region_lacks_is_noted_once_and_for_that_region() -> None:
    runner = resource("AWS::AppRunner::Service", {"SourceConfiguration": {}})
    contents = app({"One": runner, "Two": runner})
    env = {"dev": {"regions": ["us-east-1", "ca-west-1"]}}
    (grouped,) = [each for each in reviewed(contents, contents, env).verdicts if each.verdict.code == "V405"]
    assert grouped.verdict.text == "AWS::AppRunner::Service is not known in ca-west-1"
    assert grouped.places == ("dev/ca-west-1",)


def test_nothing_is_said_of_a_type_that_no_region_lists() -> None:
    contents = app({"It": resource("Company::Team::Thing")})
    assert found(contents, contents, "V405", env={"dev": {"regions": ["ca-west-1"]}}) == []


def test_a_policy_that_changes_is_noted() -> None:
    before, after = (app({"Topic": resource("AWS::SNS::Topic", DeletionPolicy=each)}) for each in ("Retain", "Delete"))
    assert found(before, after, "V409") == ["V409 app/Topic: DeletionPolicy: Retain -> Delete"]


BUCKET = resource("AWS::S3::Bucket")
GUARDED = resource("AWS::RDS::DBCluster", {"Engine": "aurora-mysql", "DeletionProtection": True})


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(BUCKET, ["V408 app/It: with objects in it, it is left in the account"], id="a bucket"),
        pytest.param(
            {**GUARDED, "DeletionPolicy": "Delete"},
            ["V410 app/It: its deletion is refused by DeletionProtection"],
            id="a protected cluster",
        ),
        pytest.param({**BUCKET, "DeletionPolicy": "Retain"}, [], id="a bucket that is kept"),
        pytest.param(TOPIC, [], id="a topic"),
    ],
)
def test_what_refuses_to_be_deleted_is_noted(definition: dict[str, Any], expected: list[str]) -> None:
    before, after = app({"It": definition, "Topic": TOPIC}), app({"Topic": TOPIC})
    assert found(before, after, "V408", "V410") == expected
