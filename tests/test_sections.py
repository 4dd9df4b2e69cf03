"""Conditions, mappings, rules, and how the console shows parameters."""

from __future__ import annotations

import enum
from typing import Any

import pytest
from troposphere import Equals, FindInMap, Join, Not, Ref, Region, sqs

from stackgen import Assertion, Condition, Mapping, Parameter, Rule, render
from stackgen.errors import CycleError, DeclarationError, ReferenceError  # noqa: A004  CloudFormation's own word
from stackgen.sections import interface
from tests.samples import SystemStack, rendered


class Size(enum.StrEnum):
    """A text with a name."""

    SMALL = "t3.small"


class DecidingStack(SystemStack):
    """Decides on its parameters."""

    file = "deciding"
    Env: Parameter = Parameter(default="dev", label="Environment")
    Text: Parameter = Parameter(default="x")
    Sizes = Mapping({"dev": {"Class": Size.SMALL, "Zones": ["a", "b"], "Count": 2}})
    IsDev = Condition(Equals(Env, "dev"))
    IsOther = Condition(Not(IsDev), logical_id="Other")
    Check = Rule(Assertion(Equals(Env, "dev"), "only dev"), when=Equals(Text, "x"))

    def build(self) -> None:
        self.add(sqs.Queue("Queue", QueueName=FindInMap(self.Sizes, self.Env, "Class"), Condition=self.IsOther))


def test_each_declaration_becomes_an_entry_of_its_section() -> None:
    found = rendered(DecidingStack)
    assert found["Mappings"] == {"Sizes": {"dev": {"Class": "t3.small", "Count": 2, "Zones": ["a", "b"]}}}
    assert found["Conditions"] == {
        "IsDev": {"Fn::Equals": [{"Ref": "Env"}, "dev"]},
        "Other": {"Fn::Not": [{"Condition": "IsDev"}]},
    }
    assert found["Rules"] == {
        "Check": {
            "Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Env"}, "dev"]}, "AssertDescription": "only dev"}],
            "RuleCondition": {"Fn::Equals": [{"Ref": "Text"}, "x"]},
        }
    }
    assert found["Resources"]["Queue"]["Condition"] == "Other"


def test_conditions_that_wait_for_each_other_are_refused_with_their_path() -> None:
    class Circle(SystemStack):
        """Two conditions."""

        file = "circle"
        A = Condition({"Fn::Not": [{"Condition": "B"}]})
        B = Condition(Not(A))

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    with pytest.raises(CycleError, match="conditions wait for each other: A -> B -> A"):
        render(Circle)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (Equals(Ref("Enx"), "a"), r"Ref names Enx, which is not in this template\n  did you mean Env\?"),
        ({"Condition": "IsDv"}, r"Condition names IsDv.*\n  did you mean IsDev\?"),
        (Equals(FindInMap("Sizs", "a", "b"), "a"), r"Fn::FindInMap names Sizs.*\n  did you mean Sizes\?"),
        (Equals(Ref("Queue"), "a"), r"Ref names a resource, Queue, and none exists when it is decided"),
    ],
)
def test_a_condition_may_name_parameters_mappings_and_conditions_only(expression: Any, message: str) -> None:
    class Wrong(DecidingStack):
        """Another."""

        file = "wrong"
        IsWrong = Condition(expression)

    with pytest.raises(ReferenceError, match=message):
        render(Wrong)


TABLES: list[tuple[Any, str]] = [
    ({}, "a mapping needs at least one key with one attribute"),
    ({"a": {}}, "a mapping needs at least one key with one attribute"),
    ({"a": {"b": {"c": "d"}}}, "mapping value a.b is {'c': 'd'}, no text, number or list of them"),
    ({"a": {"b": None}}, "mapping value a.b is None"),
    ({"a": {"b": [Region]}}, "mapping value a.b is"),
]


@pytest.mark.parametrize(("table", "message"), TABLES)
def test_a_mapping_holds_literals_two_levels_deep(table: Any, message: str) -> None:
    with pytest.raises(DeclarationError, match=message) as refused:
        Mapping(table)
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__


def test_a_mapping_is_copied_so_that_a_later_change_of_the_dict_does_nothing() -> None:
    table: dict[str, dict[str, object]] = {"a": {"b": "c"}}
    mapping = Mapping(table)
    table["a"]["b"] = "changed"
    assert mapping.table == {"a": {"b": "c"}}


def test_a_rule_needs_an_assertion_and_nothing_refers_to_it() -> None:
    with pytest.raises(DeclarationError, match="a rule needs at least one Assertion"):
        Rule()
    with pytest.raises(DeclarationError, match=r"DecidingStack\.Check is a rule; nothing can refer to it"):
        DecidingStack.Check.as_value()


def test_the_consoles_form_shows_groups_and_labels() -> None:
    class Grouped(DecidingStack):
        """Grouped."""

        file = "grouped"
        parameter_groups = {"General": [DecidingStack.Env, "Text"]}  # noqa: RUF012  Stack declares it a ClassVar

    assert rendered(Grouped)["Metadata"] == {
        "AWS::CloudFormation::Interface": {
            "ParameterGroups": [{"Label": {"default": "General"}, "Parameters": ["Env", "Text"]}],
            "ParameterLabels": {"Env": {"default": "Environment"}},
        }
    }


def test_a_group_of_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"'General' names Txt, which is no parameter\n  did you mean Text\?"):
        interface({"General": ["Txt"]}, {}, ["Text"], ("", 0))


def test_metadata_is_never_overwritten() -> None:
    class Twice(DecidingStack):
        """Two interfaces."""

        file = "twice"
        metadata = {"AWS::CloudFormation::Interface": {}}  # noqa: RUF012  Stack declares it a ClassVar

    with pytest.raises(DeclarationError, match="metadata holds AWS::CloudFormation::Interface"):
        render(Twice)


MISPLACED: list[tuple[str, Any]] = [
    ("in a property", lambda live: sqs.Queue("Queue", Metadata={"Value": live})),
    ("under a key of its name", lambda live: sqs.Queue("Queue", Metadata={"Condition": live})),
    ("in Join", lambda live: sqs.Queue("Queue", QueueName=Join("-", ["a", live]))),
]


@pytest.mark.parametrize("make", [make for _, make in MISPLACED], ids=[how for how, _ in MISPLACED])
def test_a_condition_is_no_value(make: Any) -> None:
    def build(self: Any) -> None:
        self.add(make(self.IsLive))

    stack: Any = type(
        "Body",
        (SystemStack,),
        {"file": "body", "__doc__": "A body.", "IsLive": Condition(Equals("a", "b")), "build": build},
    )
    with pytest.raises(DeclarationError, match=r"Body.IsLive is a condition, which is no value\n  choose by it: If\("):
        render(stack)


def test_a_condition_is_no_value_inside_another_but_in_and_or_and_not() -> None:
    live: Any = Condition(Equals("a", "b"))
    members = {"IsLive": live, "Same": Condition(Equals(live, "true")), "file": "body", "__doc__": "A body."}
    stack: Any = type("Body", (SystemStack,), {**members, "build": lambda self: self.add(sqs.Queue("Queue")) and None})
    with pytest.raises(DeclarationError, match=r"Body.IsLive is a condition, which is no value"):
        render(stack)


def test_why_condition_is_an_intrinsic_only_among_conditions_data_has_keys_of_that_name() -> None:
    class Free(SystemStack):
        """Free text."""

        file = "free"
        IsLive: Any = Condition(Equals("a", "b"))
        Alias: Any = Condition({"Condition": "IsLive"})

        def build(self) -> None:
            self.add(sqs.Queue("Queue", Metadata={"Choice": {"Condition": "free text"}}))

    found = rendered(Free)
    assert found["Resources"]["Queue"]["Metadata"] == {"Choice": {"Condition": "free text"}}
    assert found["Conditions"]["Alias"] == {"Condition": "IsLive"}


def test_a_rule_uses_no_condition_for_none_is_decided_yet() -> None:
    with pytest.raises(DeclarationError, match=r"rule Check reads Ruled.IsLive, and no condition is decided"):

        class Ruled(SystemStack):
            """A rule."""

            IsLive: Any = Condition(Equals("a", "b"))
            Check: Any = Rule(Assertion(Not(IsLive), "is not live"))

    class Named(SystemStack):
        """A rule that names it."""

        file = "named"
        IsLive: Any = Condition(Equals("a", "b"))
        Check: Any = Rule(Assertion(Not({"Condition": "IsLive"}), "is not live"))

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    with pytest.raises(DeclarationError, match=r"Named.Check: Condition names the condition IsLive, and none"):
        render(Named)
