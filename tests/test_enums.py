"""A member of an Enum is written as its value, wherever it stands; ``str()`` of it would be its name."""

from enum import Enum, IntEnum, StrEnum

import pytest
from troposphere import sqs

from stackgen import Mapping, Output, Parameter, nested
from tests.samples import SystemStack, rendered, resources


class Text(str, Enum):  # noqa: UP042  the older form is the one that goes wrong
    One = "one"
    Two = "two"


class Modern(StrEnum):
    One = "one"


class Size(IntEnum):
    Small = 3


@pytest.mark.parametrize("member", [Text.One, Modern.One])
def test_in_properties_mappings_outputs_and_parameters(member: str) -> None:
    class Chosen(SystemStack):
        """Chooses by Enum."""

        file = "chosen"
        Kind: Parameter = Parameter(default=member, allowed_values=["one", "two"])
        Table = Mapping({member: {member: member}})
        Said = Output(value=member)

        def build(self) -> None:
            self.add(sqs.Queue("Queue", QueueName=member, DelaySeconds=Size.Small, Metadata={member: member}))

    content = rendered(Chosen)
    assert content["Parameters"]["Kind"]["Default"] == "one"
    assert content["Mappings"]["Table"] == {"one": {"one": "one"}}
    assert content["Outputs"]["Said"]["Value"] == "one"
    queue = resources(Chosen)["Queue"]
    assert queue["Properties"] == {"QueueName": "one", "DelaySeconds": 3}
    assert queue["Metadata"] == {"one": "one"}


def test_as_an_argument_of_a_child() -> None:
    class Leaf(SystemStack):
        """Takes a kind."""

        file = "leaf"
        Kind: Parameter = Parameter(allowed_values=["one", "two"])

        def build(self) -> None:
            self.add(sqs.Queue("Queue", QueueName=self.Kind))

    class Parent(SystemStack):
        """Gives a kind."""

        file = "parent"
        artifact_bucket = "templates"
        Child = nested(Leaf, Kind=Text.Two)

    assert rendered(Parent)["Resources"]["Child"]["Properties"]["Parameters"]["Kind"] == "two"
