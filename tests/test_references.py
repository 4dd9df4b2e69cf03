"""Names that are noted for the graph; what is refused is told in test_rendering.py."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import FindInMap, GetAtt, If, Join, Not, Ref, Sub, sqs

from stackgen.errors import DeclarationError
from stackgen.rendering import Rendering
from stackgen.scope import Scope
from tests.samples import ServiceStack, SystemStack

USES: list[tuple[Any, dict[tuple[str, str], str]]] = [
    (Ref("A"), {("Resources", "A"): "Ref"}),
    (GetAtt("A", "Arn"), {("Resources", "A"): "Fn::GetAtt"}),
    ({"Fn::GetAtt": "A.Arn"}, {("Resources", "A"): "Fn::GetAtt"}),
    (
        Sub("${A}-${B.Arn}-${!C}-${D}-${ E }", D="x"),
        {("Resources", "A"): "Fn::Sub", ("Resources", "B"): "Fn::Sub", ("Resources", "E"): "Fn::Sub"},
    ),
    (If("C", Ref("A"), "x"), {("Conditions", "C"): "Fn::If", ("Resources", "A"): "Ref"}),
    (FindInMap("M", Ref("A"), "x"), {("Mappings", "M"): "Fn::FindInMap", ("Resources", "A"): "Ref"}),
    (Not({"Condition": "C"}), {("Conditions", "C"): "Condition"}),
    ({"Condition": "free text"}, {}),
    (Join("-", [Ref("A"), GetAtt("A", "Arn")]), {("Resources", "A"): "Ref"}),
    (
        sqs.Queue("Queue", DependsOn=["A"], Condition="C"),
        {("Resources", "A"): "DependsOn", ("Conditions", "C"): "Condition"},
    ),
    ({"Text": "A"}, {}),
]


@pytest.mark.parametrize(("value", "uses"), USES)
def test_every_name_is_noted_with_its_namespace_and_by_what(value: Any, uses: dict[tuple[str, str], str]) -> None:
    rendering = Rendering(Scope.of(SystemStack), {}, Sub)
    rendering.item(value, None)
    assert rendering.uses == uses


def test_each_item_starts_anew() -> None:
    rendering = Rendering(Scope.of(SystemStack), {}, Sub)
    rendering.item(Ref("A"), None)
    rendering.item(Ref("B"), None)
    assert rendering.uses == {("Resources", "B"): "Ref"}


@pytest.mark.parametrize(
    "value",
    [
        sqs.Queue("Queue", DependsOn="Text"),
        sqs.Queue("Queue", DependsOn=["Other", ServiceStack.members["Text"]]),
        GetAtt("Text", "Arn"),
        Sub("${Text.Arn}"),
    ],
)
def test_a_parameter_is_no_resource_to_wait_for_and_has_no_attributes(value: Any) -> None:
    rendering = Rendering(Scope.of(ServiceStack), {}, Sub)
    with pytest.raises(DeclarationError, match="takes a resource, but Text is a parameter"):
        rendering.item(value, None)
