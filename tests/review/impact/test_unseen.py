"""What changes outside the resources that a template lists: in loops, globals, StackSets and by tags."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.impact.analysis import Analysis
from stackgen.review.impact.judge import Judge
from stackgen.review.impact.unseen import not_listed
from stackgen.review.schemas import Schemas
from tests.review.impact.changing import Contents, app, build_of, nested, resource, words

TOPIC = resource("AWS::SNS::Topic")
TABLE = resource("AWS::DynamoDB::Table", {"TableName": {"Ref": "Name"}, "BillingMode": {"Ref": "Mode"}})
GIVEN = {"Name": {"Type": "String", "Default": "t"}, "Mode": {"Type": "String", "Default": "PAY_PER_REQUEST"}}
CHILD = {"child": {"Resources": {"Table": TABLE, "Topic": TOPIC}, "Parameters": GIVEN}}
NAMES = {"Names": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/names"}}
LOST = "if it is replaced, its data goes with it"


def found(before: Contents, after: Contents) -> list[str]:
    old, new = build_of(before), build_of(after)
    first, second = (evaluate(build, "app", Environment("dev", "us-east-1")) for build in (old, new))
    verdicts = not_listed(Analysis(first, second, Judge(Schemas())), old, new)
    return [f"{each.code} {each.address}: {each.text}" for each in verdicts]


def stack_set(
    parameters: dict[str, Any], groups: list[dict[str, Any]] | None = None, template: str = "child", **more: Any
) -> Contents:
    """A StackSet whose instances are given these parameters, and each group of them others."""
    properties = {"StackSetName": "s", "TemplateURL": f"{template}.json", "Parameters": keyed(parameters)}
    if groups is not None:
        properties["StackInstancesGroup"] = [
            {"Regions": each["in"], "DeploymentTargets": {}, "ParameterOverrides": keyed(each["with"])}
            for each in groups
        ]
    return {**app({"Set": resource("AWS::CloudFormation::StackSet", {**properties, **more})}), **CHILD}


def keyed(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]


GONE = "V103 app/Set/Table: in every instance, the old one is deleted with its data; UpdateReplacePolicy Delete"
INSTANCES_TAGGED = "Tags change: the stack of every instance is given them, with every resource in it that takes tags"
WEST, EAST = ["us-west-1"], ["us-east-1"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(stack_set({"Name": "a"}), stack_set({"Name": "a"}), [], id="nothing changes"),
        pytest.param(
            stack_set({"Name": "a"}),
            stack_set({"Name": "b"}),
            ["V411 app/Set: parameter Name changes: in every instance of child, 1 replaced", GONE],
            id="a parameter of a create-only property",
        ),
        pytest.param(
            stack_set({"Name": "a"}),
            stack_set({"Name": "a", "Mode": "PROVISIONED"}),
            ["V411 app/Set: parameter Mode changes: in every instance of child, 1 updated in place"],
            id="one of another property, which had its default",
        ),
        pytest.param(
            stack_set({"Name": "a", "Other": "1"}),
            stack_set({"Name": "a", "Other": "2", "More": "3"}),
            ["V411 app/Set: parameters More, Other change: in every instance of child, nothing"],
            id="parameters that nothing uses",
        ),
        pytest.param(
            stack_set({"Name": "a"}, [{"in": WEST, "with": {"Name": "x"}}, {"in": EAST, "with": {}}]),
            stack_set({"Name": "a"}, [{"in": WEST, "with": {"Name": "y"}}, {"in": EAST, "with": {}}]),
            ["V411 app/Set: parameter Name changes: in every instance of child, 1 replaced", GONE],
            id="an override of one group",
        ),
        pytest.param(
            stack_set({"Name": "a"}, [{"in": WEST, "with": {}}]),
            stack_set({"Name": "a"}, [{"in": WEST, "with": {}}, {"in": EAST, "with": {"Name": "x"}}]),
            [],
            id="a group that is new",
        ),
        pytest.param(
            stack_set({"Name": "a"}, template="away"),
            stack_set({"Name": "b"}, template="away"),
            ["V411 app/Set: parameter Name changes: what that does to its instances is not seen here"],
            id="a template that is not in the build",
        ),
        pytest.param(
            stack_set({"Name": "a"}) | {"other": {"Resources": {"Topic": TOPIC}}},
            stack_set({"Name": "a"}, template="other") | {"other": {"Resources": {"Topic": TOPIC}}},
            [
                "V411 app/Set: the template, child -> other, changes: in every instance of other, 1 deleted",
                "V104 app/Set/Table: in every instance, it is deleted with its data; DeletionPolicy Delete",
            ],
            id="another template",
        ),
        pytest.param(
            stack_set({"Name": "a"}),
            stack_set({"Name": "a"}, Tags=[{"Key": "a", "Value": "b"}]),
            [f"V411 app/Set: {INSTANCES_TAGGED}"],
            id="tags",
        ),
        pytest.param(app({"Topic": TOPIC}), stack_set({"Name": "a"}), [], id="a StackSet that is new"),
    ],
)
def test_the_instances_of_a_stack_set_change_with_what_they_are_given(
    before: Contents, after: Contents, expected: list[str]
) -> None:
    assert found(before, after) == expected


def test_a_parameter_that_names_a_replaced_resource_is_another_one() -> None:
    before, after = (
        {
            **stack_set({"Name": {"Ref": "Vpc"}}),
            "app": {
                "Resources": {
                    **stack_set({"Name": {"Ref": "Vpc"}})["app"]["Resources"],
                    "Vpc": resource("AWS::EC2::VPC", {"CidrBlock": cidr}),
                }
            },
        }
        for cidr in ("10.0.0.0/16", "10.1.0.0/16")
    )
    assert found(before, after) == [
        "V411 app/Set: parameter Name changes: in every instance of child, 1 unknown",
        f"V103 app/Set/Table: in every instance, {LOST}; UpdateReplacePolicy Delete",
    ]


def test_a_secret_parameter_is_named_and_not_shown() -> None:
    before, after = stack_set({"Password": "hunter2"}), stack_set({"Password": "hunter3"})
    assert found(before, after) == ["V411 app/Set: parameter Password changes: in every instance of child, nothing"]


def test_the_tags_of_a_nested_stack_are_those_of_its_resources() -> None:
    before = {**app({"Child": nested("child")}), **CHILD}
    tagged = nested("child")
    tagged["Properties"]["Tags"] = [{"Key": "a", "Value": "b"}]
    after = {**app({"Child": tagged}), **CHILD}
    assert found(before, after) == [
        "V411 app/Child: Tags change: every resource in the stack that takes tags is given them"
    ]
    assert found(after, after) == []


def loop(collection: Any, type_: str = "AWS::SNS::Topic") -> Contents:
    loops = {"Fn::ForEach::Each": ["N", collection, {"T${N}": resource(type_)}]}
    return app({"Topic": TOPIC, **loops}, Transform="AWS::LanguageExtensions", Parameters=NAMES)


UNSEEN = "V403 app: Resources.Fn::ForEach::Each changes, and what it makes is not seen here"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(loop({"Ref": "Names"}), loop({"Ref": "Names"}), [], id="the same loop"),
        pytest.param(loop({"Ref": "Names"}), loop({"Ref": "Names"}, "AWS::SQS::Queue"), [UNSEEN], id="its text"),
        pytest.param(loop(["A"]), loop(["A", "B"]), [], id="a list that is known makes resources"),
        pytest.param(loop({"Ref": "Names"}), loop(["A"]), [UNSEEN], id="its list becomes known"),
        pytest.param(loop(["A"]), loop({"Ref": "Names"}), [UNSEEN], id="its list is not known any more"),
        pytest.param(loop({"Ref": "Names"}), app({"Topic": TOPIC}), [UNSEEN], id="it goes"),
        pytest.param(
            loop({"Ref": "Names"}),
            {"app": {**loop({"Ref": "Names"})["app"], "Parameters": {"Names": {**NAMES["Names"], "Default": "/more"}}}},
            [UNSEEN],
            id="a value in it",
        ),
    ],
)
def test_a_loop_that_is_not_known_and_changes_is_noted(before: Contents, after: Contents, expected: list[str]) -> None:
    assert found(before, after) == expected


def test_an_item_that_leaves_a_list_takes_its_resource_with_it() -> None:
    assert words(loop(["A", "B"]), loop(["A", "C"])) == {"TB": "deleted", "TC": "created"}


def serverless(title: str, stage: str, **resources: Any) -> Contents:
    function = resource("AWS::Serverless::Function", {"Events": {"Get": {"Type": title}}})
    shared = {title: {"Name": stage}}
    return app({"It": function, **resources}, Transform="AWS::Serverless-2016-10-31", Globals=shared)


def test_globals_of_an_api_that_the_transform_makes_are_noted() -> None:
    text = "Globals.HttpApi changes, and what it makes is not seen here"
    assert found(serverless("HttpApi", "a"), serverless("HttpApi", "b")) == [f"V403 app: {text}"]
    assert found(serverless("HttpApi", "a"), serverless("HttpApi", "a")) == []
    assert found(serverless("Function", "a"), serverless("Function", "b")) == []
    own = {"Own": resource("AWS::Serverless::HttpApi")}
    assert found(serverless("HttpApi", "a", **own), serverless("HttpApi", "b", **own)) == []


def test_a_global_that_changes_changes_every_resource_that_inherits_it() -> None:
    before, after = (serverless("Function", name, Other=resource("AWS::Serverless::Function")) for name in "ab")
    assert sorted(words(before, after)) == ["It", "Other"]
