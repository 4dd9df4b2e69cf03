"""A resource is evaluated when its values are asked for, and gives the same as if it had been before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.errors import StackgenError
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.model import Build, Template

if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Resource, Tree

CONDITIONS = {"Yes": {"Fn::Equals": ["a", "a"]}, "No": {"Fn::Equals": ["a", "b"]}}
PROPERTIES = {
    "plain": {"Name": "a", "Other": {"Fn::Sub": "${AWS::Partition}-b"}},
    "nothing": {"Name": {"Ref": "AWS::NoValue"}, "Other": "b"},
    "chosen as a whole": {"Fn::If": ["Yes", {"Name": "a"}, {"Name": "b"}]},
    "the only one": {"Name": {"Fn::If": ["No", "a", "b"]}},
    "no such property": {"Other": "b"},
    "none at all": {},
}


def read(content: dict[str, Any]) -> Tree:
    """The tree of a template that was read from a file: its text is known."""
    return evaluate(Build("here", {"main": Template("main", "main.json", content, json.dumps(content))}), "main")


def only(properties: Any, **more: Any) -> Resource:
    content = {"Conditions": CONDITIONS, "Resources": {"It": {"Type": "Custom::It", "Properties": properties, **more}}}
    found = read(content).find(("main",), "It")
    assert found is not None
    return found


@pytest.mark.parametrize("properties", PROPERTIES.values(), ids=PROPERTIES)
def test_a_property_alone_is_what_it_is_among_all(properties: dict[str, Any]) -> None:
    alone = only(properties).value("Name")
    resource = only(properties)
    assert alone == resource.properties.get("Name") == resource.value("Name")


def test_a_resource_that_is_not_there_has_no_properties() -> None:
    resource = only({"Name": "a", "Other": "b"}, Condition="No", DependsOn="Those")
    assert (resource.value("Name"), resource.properties) == (None, {})
    assert resource.attributes == {"DependsOn": ["Those"]}


def test_what_cannot_be_evaluated_is_refused_when_it_is_asked_for() -> None:
    value: Any = "x"
    for _ in range(20_000):
        value = [value]
    content = {"Resources": {"It": {"Type": "Custom::It", "Properties": {"Name": value, "Other": "b"}}}}
    template = Template("main", "main.json", content, "{}")
    resource = evaluate(Build("here", {"main": template}), "main").find(("main",), "It")
    assert resource is not None
    with pytest.raises(StackgenError, match=r"main\.json: is nested too deeply to be evaluated"):
        resource.value("Name")


def test_a_mapping_without_the_entry_is_told_though_nobody_asks_for_the_resource() -> None:
    found = {"Fn::FindInMap": ["Sizes", "prod", "Count"]}
    content = {
        "Mappings": {"Sizes": {"dev": {"Count": "1"}}},
        "Resources": {"It": {"Type": "Custom::It", "Properties": {"Name": found}}},
    }
    assert [fault.text for fault in read(content).faults] == ["mapping Sizes has no prod.Count"]
