"""Every kind of reference is found, with its place; what only looks like one is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.edges import Edge, edges_of, names_in, resource_edges
from tests.review.strategies import resources

VALUES: dict[str, tuple[Any, list[Edge]]] = {
    "Ref": ({"Ref": "A"}, [Edge((), "Ref", "A")]),
    "Ref in a list in an object": ({"x": ["a", {"Ref": "A"}]}, [Edge(("x", "1"), "Ref", "A")]),
    "Ref of a pseudo parameter": ({"Ref": "AWS::Region"}, [Edge((), "Ref", "AWS::Region")]),
    "GetAtt": ({"Fn::GetAtt": ["A", "Arn"]}, [Edge((), "GetAtt", "A", "Arn")]),
    "GetAtt as a text": ({"Fn::GetAtt": "A.Endpoint.Port"}, [Edge((), "GetAtt", "A", "Endpoint.Port")]),
    "GetAtt of a part": ({"Fn::GetAtt": ["A", "Endpoint.Port"]}, [Edge((), "GetAtt", "A", "Endpoint.Port")]),
    "GetAtt of an output": ({"Fn::GetAtt": ["A", "Outputs.Id"]}, [Edge((), "GetAtt", "A", "Outputs.Id")]),
    "GetAtt of three": ({"Fn::GetAtt": ["A", "Outputs", "Id"]}, [Edge((), "GetAtt", "A", "Outputs.Id")]),
    "GetAtt by a parameter": (
        {"Fn::GetAtt": ["A", {"Ref": "P"}]},
        [Edge((), "GetAtt", "A", "{'Ref': 'P'}"), Edge(("Fn::GetAtt", "1"), "Ref", "P")],
    ),
    "Sub": ({"Fn::Sub": "${A}-${B.Arn}"}, [Edge((), "Sub", "A"), Edge((), "Sub", "B", "Arn")]),
    "Sub with blanks": ({"Fn::Sub": "${ A }"}, [Edge((), "Sub", "A")]),
    "Sub of a literal": ({"Fn::Sub": "${!A}-${B}"}, [Edge((), "Sub", "B")]),
    "Sub with variables": (
        {"Fn::Sub": ["${V}-${A}", {"V": {"Ref": "B"}}]},
        [Edge((), "Sub", "A"), Edge(("Fn::Sub", "1", "V"), "Ref", "B")],
    ),
    "Sub whose variable hides a resource": ({"Fn::Sub": ["${A}", {"A": "x"}]}, []),
    "Sub whose variable hides an attribute": ({"Fn::Sub": ["${A.Arn}-${A}", {"A.Arn": "x"}]}, [Edge((), "Sub", "A")]),
    "If": (
        {"Fn::If": ["C", {"Ref": "A"}, "x"]},
        [Edge((), "Condition", "C"), Edge(("Fn::If", "1"), "Ref", "A")],
    ),
    "a condition in a condition": (
        {"Fn::And": [{"Condition": "C"}, {"Fn::Not": [{"Condition": "D"}]}]},
        [Edge(("Fn::And", "0"), "Condition", "C"), Edge(("Fn::And", "1", "Fn::Not", "0"), "Condition", "D")],
    ),
    "FindInMap": (
        {"Fn::FindInMap": ["M", {"Ref": "P"}, "x"]},
        [Edge((), "FindInMap", "M"), Edge(("Fn::FindInMap", "1"), "Ref", "P")],
    ),
    "Join": ({"Fn::Join": ["", ["a", {"Ref": "A"}]]}, [Edge(("Fn::Join", "1", "1"), "Ref", "A")]),
    "a policy's Condition": ({"Condition": {"StringEquals": {"a": "b"}}}, []),
    "an object with a key more": ({"Ref": "A", "Other": "b"}, []),
    "Ref of no name": ({"Ref": ["A"]}, []),
    "GetAtt of a name alone": ({"Fn::GetAtt": "A"}, []),
    "GetAtt of nothing": ({"Fn::GetAtt": []}, []),
    "Sub of no text": ({"Fn::Sub": [5]}, []),
    "Sub of an empty name": ({"Fn::Sub": "${}"}, []),
    "If of nothing": ({"Fn::If": []}, []),
    "a text that names a resource": ("${A}", []),
    "scalars": ([1, True, None, "a"], []),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES)
def test_a_value_refers_to(value: Any, expected: list[Edge]) -> None:
    assert set(edges_of(value)) == set(expected)


RESOURCES: dict[str, tuple[dict[str, Any], list[Edge]]] = {
    "DependsOn": ({"DependsOn": "A"}, [Edge(("DependsOn",), "DependsOn", "A")]),
    "a list of DependsOn": (
        {"DependsOn": ["A", "B"]}, [Edge(("DependsOn",), "DependsOn", "A"), Edge(("DependsOn",), "DependsOn", "B")],
    ),
    "DependsOn that is no name": ({"DependsOn": [{"Ref": "A"}, 5]}, []),
    "DependsOn of nothing": ({"DependsOn": None}, []),
    "a Condition": ({"Condition": "C"}, [Edge(("Condition",), "Condition", "C")]),
    "Properties": ({"Properties": {"X": {"Ref": "A"}}}, [Edge(("Properties", "X"), "Ref", "A")]),
    "a policy": ({"UpdatePolicy": {"X": {"Ref": "A"}}}, [Edge(("UpdatePolicy", "X"), "Ref", "A")]),
    "Metadata, which orders nothing": ({"Metadata": {"X": {"Ref": "A"}}}, []),
}  # fmt: skip


@pytest.mark.parametrize(("resource", "expected"), RESOURCES.values(), ids=RESOURCES)
def test_a_resource_refers_to(resource: dict[str, Any], expected: list[Edge]) -> None:
    assert set(resource_edges({"Type": "AWS::SQS::Queue", **resource})) == set(expected)


def test_names_in_a_text_are_told_in_their_order() -> None:
    assert names_in("${B}${!C}${A.Arn.x} ${ D }") == [("B", ""), ("A", "Arn.x"), ("D", "")]


@given(resources())
def test_every_edge_stands_where_it_says(resource: dict[str, Any]) -> None:
    for edge in resource_edges(resource):
        value: Any = resource
        for part in edge.path:
            value = value[int(part)] if isinstance(value, list) else value[part]
        assert edge.target in str(value)


@given(st.text())
def test_any_text_may_stand_in_a_sub(text: str) -> None:
    assert all(edge.kind == "Sub" for edge in edges_of({"Fn::Sub": text}))


def test_an_edge_says_where_it_leads() -> None:
    assert repr(Edge(("Properties", "X"), "GetAtt", "A", "Arn")) == "Edge(Properties.X: GetAtt 'A', 'Arn')"
    assert repr(Edge((), "Ref", "A")) == "Edge(: Ref 'A')"
    assert Edge((), "Ref", "A") != ("Ref", "A")
