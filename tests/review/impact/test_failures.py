"""What CloudFormation certainly refuses, and what it refuses in the wrong order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.impact.changing import LIVE, SOMETIMES, Contents, app, nested, resource, reviewed, verdicts

QUEUE = resource("AWS::SQS::Queue")
FAILURES = ("V2", "V407")


def found(before: Contents, after: Contents, env: dict[str, Any] | None = None) -> list[str]:
    return [
        f"{each.code} {each.address}: {each.text}"
        for each in verdicts(before, after, env)
        if each.code.startswith(FAILURES)
    ]


CHILD = {"Resources": {"Queue": QUEUE}, "Outputs": {"Url": {"Value": {"Ref": "Queue"}}}}
CONDITIONS = {"Never": {"Fn::Equals": ["a", "b"]}, **SOMETIMES}


def parent(output: str, child: dict[str, Any]) -> Contents:
    topic = resource("AWS::SNS::Topic", {"DisplayName": {"Fn::GetAtt": ["Child", f"Outputs.{output}"]}})
    return {**app({"Child": nested("child"), "Topic": topic}), "child": child}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(parent("Url", CHILD), [], id="it is there"),
        pytest.param(
            parent("Uri", CHILD), ["V202 app: nested stack Child has no output Uri"], id="the parent asks for another"
        ),
        pytest.param(
            parent("Url", {"Resources": {"Queue": QUEUE}}),
            ["V202 app: nested stack Child has no output Url"],
            id="the child has it no longer",
        ),
        pytest.param(
            parent(
                "Url",
                {**CHILD, "Conditions": CONDITIONS, "Outputs": {"Url": {"Value": "x", "Condition": "Never"}}},
            ),
            ["V202 app: nested stack Child has no output Url: Never does not hold"],
            id="its condition does not hold",
        ),
    ],
)
def test_a_parent_needs_the_outputs_that_it_asks_for(after: Contents, expected: list[str]) -> None:
    assert found(parent("Url", CHILD), after) == expected


def sized(**mappings: Any) -> Contents:
    size = {"Fn::FindInMap": ["Outputs", {"Ref": "AWS::Region"}, "Delay"]}
    return app({"Queue": resource("AWS::SQS::Queue", {"DelaySeconds": size})}, Mappings={"Outputs": mappings})


def test_a_mapping_needs_an_entry_for_every_region() -> None:
    env = {"dev": {"regions": ["us-east-1", "eu-west-1"]}}
    contents = sized(**{"us-east-1": {"Delay": 1}})
    (grouped,) = reviewed(contents, contents, env).verdicts
    assert (grouped.verdict.code, grouped.places) == ("V207", ("dev/eu-west-1",))
    assert grouped.verdict.text == "mapping Outputs has no eu-west-1.Delay"


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        pytest.param(app({f"Q{number}": QUEUE for number in range(500)}), [], id="500 resources"),
        pytest.param(
            app({f"Q{number}": QUEUE for number in range(501)}),
            ["V206 app: 501 of 500 Resources"],
            id="501 resources",
        ),
        pytest.param(
            app(
                {"Queue": QUEUE}, Parameters={f"P{number}": {"Type": "String", "Default": ""} for number in range(201)}
            ),
            ["V206 app: 201 of 200 Parameters"],
            id="201 parameters",
        ),
        pytest.param(
            app({"Queue": QUEUE}, Outputs={f"O{number}": {"Value": "x"} for number in range(201)}),
            ["V206 app: 201 of 200 Outputs"],
            id="201 outputs",
        ),
        pytest.param(
            app({"Queue": QUEUE}, Metadata={"Padding": "x" * 1_000_000}),
            ["V206 app: 1,000,082 of 1,000,000 bytes"],
            id="more than a megabyte",
        ),
    ],
)
def test_a_template_stays_within_the_limits(contents: Contents, expected: list[str]) -> None:
    assert found(contents, contents) == expected


def test_the_limit_of_a_child_is_told_of_the_child_and_of_no_stack_that_is_not_there() -> None:
    child = {"Resources": {f"Q{number}": QUEUE for number in range(501)}}
    there = {**app({"Child": nested("child")}), "child": child}
    absent = {
        **app({"Child": nested("child", Condition="Never"), "Q": QUEUE}, Conditions=CONDITIONS, Parameters=LIVE),
        "child": child,
    }
    assert found(app({"Q": QUEUE}), there) == ["V206 app/Child: 501 of 500 Resources"]
    assert found(app({"Q": QUEUE}), absent) == []


def exporting(
    value: Any, *, exports: bool = True, name: Any = "queue", queue: dict[str, Any] = QUEUE
) -> dict[str, Any]:
    export = {"Export": {"Name": name}} if exports else {}
    return {"Resources": {"Queue": queue}, "Outputs": {"Url": {"Value": value, **export}}}


def importing(name: Any = "queue") -> dict[str, Any]:
    topic = resource("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": name}})
    return {"Resources": {"Topic": topic}}


ALONE = {"Resources": {"Topic": resource("AWS::SNS::Topic", {"DisplayName": "none"})}}
FIFO = resource("AWS::SQS::Queue", {"FifoQueue": True})
URL = {"Ref": "Queue"}
BY_REGION = {"Fn::Sub": "${AWS::Region}-queue"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"a": exporting("x"), "b": importing()}, {"a": exporting("x"), "b": importing()}, [], id="nothing changes"
        ),
        pytest.param(
            {"a": exporting("x"), "b": importing()},
            {"a": exporting("y"), "b": importing()},
            ["V208 a/Url: export queue changes, and b/Topic imports it"],
            id="its value changes",
        ),
        pytest.param(
            {"a": exporting("x"), "b": importing()},
            {"a": exporting("x", exports=False), "b": importing()},
            ["V208 a/Url: export queue is removed, and b/Topic imports it"],
            id="it is removed",
        ),
        pytest.param(
            {"a": exporting("x"), "b": importing()},
            {"b": importing()},
            ["V208 a/Url: export queue is removed, and b/Topic imports it"],
            id="its stack is removed",
        ),
        pytest.param(
            {"a": exporting("x"), "b": importing()},
            {"a": exporting("x", exports=False), "b": ALONE},
            ["V407 a/Url: export queue is removed; b/Topic stops importing it, and must be updated first"],
            id="it is removed, and so is its import",
        ),
        pytest.param(
            {"a": exporting("x"), "b": ALONE},
            {"a": exporting("y"), "b": importing()},
            [],
            id="it changes before anybody imports it",
        ),
        pytest.param(
            {"a": exporting(URL), "b": importing()},
            {"a": exporting(URL, queue=FIFO), "b": importing()},
            ["V208 a/Url: export queue changes, and b/Topic imports it"],
            id="what it names is replaced",
        ),
        pytest.param(
            {"a": exporting(URL), "b": importing()},
            {"a": exporting(URL, queue=resource("AWS::SQS::Queue", {"DelaySeconds": 1})), "b": importing()},
            [],
            id="what it names is updated in place",
        ),
        pytest.param(
            {"a": exporting("x", name=BY_REGION), "b": importing(BY_REGION)},
            {"a": exporting("y", name=BY_REGION), "b": importing(BY_REGION)},
            ["V208 a/Url: export us-east-1-queue changes, and b/Topic imports it"],
            id="names are compared as they are there",
        ),
        pytest.param(
            {**app({"A": nested("a"), "B": nested("b")}), "a": exporting("x"), "b": importing()},
            {**app({"A": nested("a"), "B": nested("b")}), "a": exporting("y"), "b": importing()},
            ["V208 app/A/Url: export queue changes, and app/B/Topic imports it"],
            id="between two nested stacks of one parent",
        ),
        pytest.param(
            {"a": exporting("x"), "b": {**ALONE, "Outputs": {"Copy": {"Value": {"Fn::ImportValue": "queue"}}}}},
            {"a": exporting("y"), "b": {**ALONE, "Outputs": {"Copy": {"Value": {"Fn::ImportValue": "queue"}}}}},
            ["V208 a/Url: export queue changes, and b/Copy imports it"],
            id="an output imports it",
        ),
    ],
)
def test_an_export_in_use_neither_changes_nor_goes(before: Contents, after: Contents, expected: list[str]) -> None:
    assert found(before, after) == expected


def test_an_export_of_one_environment_is_not_used_by_another() -> None:
    before = {"a": exporting("x"), "b": importing()}
    after = {"a": exporting("y"), "b": importing()}
    env = {"dev": {"regions": ["us-east-1"], "stacks": ["a"]}, "prod": {"regions": ["us-east-1"], "stacks": ["b"]}}
    assert found(before, after, env) == []


def stack_set(model: str, **attributes: Any) -> dict[str, Any]:
    properties = {"StackSetName": "s", "PermissionModel": model, "TemplateURL": "child.json"}
    return resource("AWS::CloudFormation::StackSet", properties, **attributes)


INNER = {"Resources": {"Inner": nested("leaf")}}
LEAF = {"Resources": {"Queue": QUEUE}}


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        pytest.param(
            {**app({"Set": stack_set("SERVICE_MANAGED")}), "child": INNER, "leaf": LEAF},
            ["V209 app/Set: child has the nested stack Inner"],
            id="service-managed, with a nested stack",
        ),
        pytest.param({**app({"Set": stack_set("SELF_MANAGED")}), "child": INNER, "leaf": LEAF}, [], id="self-managed"),
        pytest.param({**app({"Set": stack_set("SERVICE_MANAGED")}), "child": LEAF}, [], id="without a nested stack"),
        pytest.param({**app({"Set": stack_set("SERVICE_MANAGED")})}, [], id="its template is not in the build"),
        pytest.param(
            {
                **app(
                    {"Set": stack_set("SERVICE_MANAGED", Condition="Never"), "Q": QUEUE},
                    Conditions=CONDITIONS,
                    Parameters=LIVE,
                ),
                "child": INNER,
                "leaf": LEAF,
            },
            [],
            id="it is not there",
        ),
    ],
)
def test_a_service_managed_set_takes_no_nested_stacks(contents: Contents, expected: list[str]) -> None:
    assert found(contents, contents) == expected
