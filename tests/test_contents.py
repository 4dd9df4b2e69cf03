"""The sections of a template as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import Ref, Sub, sqs

from stackgen import Output, Parameter, render
from stackgen.errors import DeclarationError, ReferenceError  # noqa: A004  CloudFormation's own word
from tests.samples import SystemStack, rendered


class QueueStack(SystemStack):
    """A queue."""

    file = "queue"
    Size: Parameter = Parameter(default="x")

    def build(self) -> None:
        self.add(sqs.Queue("Queue"))


def variant(**members: Any) -> Any:
    """The queue's stack with these members."""
    return type("Variant", (QueueStack,), {"file": "variant", "__doc__": "A variant.", **members})


def test_empty_sections_are_left_out() -> None:
    assert list(rendered(QueueStack)) == ["AWSTemplateFormatVersion", "Description", "Parameters", "Resources"]


@pytest.mark.parametrize(
    "transform", ["AWS::LanguageExtensions", ["AWS::LanguageExtensions"], ("AWS::LanguageExtensions",)]
)
def test_why_one_transform_may_be_a_text_a_text_is_a_sequence_of_letters_too(transform: Any) -> None:
    assert rendered(variant(transform=transform))["Transform"] == ["AWS::LanguageExtensions"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"Globls": {}}, r"sections: CloudFormation has no section 'Globls'\n  did you mean Globals\?"),
    ({"Parameters": {"A": {}}}, "sections: Parameters is declared in the class body already"),
    ({"Resources": {}}, "sections: Resources is declared"),
]


@pytest.mark.parametrize(("sections", "message"), WRONG)
def test_a_section_that_the_library_does_not_know_is_refused_and_never_dropped(sections: Any, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        render(variant(sections=sections))


def test_further_sections_and_metadata_are_written_as_they_are() -> None:
    found = rendered(variant(sections={"Hooks": {"A": {"Type": "B"}}}, metadata={"Team": "red"}))
    assert found["Hooks"] == {"A": {"Type": "B"}}
    assert found["Metadata"] == {"Team": "red"}


def test_an_output_may_name_nothing_that_is_not_there() -> None:
    with pytest.raises(ReferenceError, match=r"Variant.Url: Ref names Quue.*\n  did you mean Queue\?"):
        render(variant(Url=Output(value=Ref("Quue"))))


def test_why_names_are_not_checked_under_a_macro_it_may_make_what_is_named() -> None:
    stack = variant(Url=Output(value=Ref("HelloRole")), transform=("AWS::Serverless-2016-10-31",))
    assert rendered(stack)["Outputs"]["Url"] == {"Value": {"Ref": "HelloRole"}}


INCLUDE = {"Name": "AWS::Include", "Parameters": {"Location": Sub("s3://b-${AWS::Region}/x.yaml")}}
PLAIN = {"Name": "AWS::Include", "Parameters": {"Location": {"Fn::Sub": "s3://b-${AWS::Region}/x.yaml"}}}


@pytest.mark.parametrize(
    ("transform", "expected"),
    [(INCLUDE, [PLAIN]), (["Mine", INCLUDE], ["Mine", PLAIN]), ((), None)],
)
def test_a_macro_may_have_parameters(transform: Any, expected: Any) -> None:
    assert rendered(variant(transform=transform)).get("Transform") == expected


@pytest.mark.parametrize("transform", [[5], {"Parameters": {}}, [None]])
def test_what_is_no_macro_is_refused(transform: Any) -> None:
    with pytest.raises(DeclarationError, match=r"transform of .*is no macro\n  give its name, or"):
        render(variant(transform=transform))
