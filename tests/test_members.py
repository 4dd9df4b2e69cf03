"""What may stand in a class body, and what may be added."""

from __future__ import annotations

from typing import Any

import pytest
import troposphere
from troposphere import Equals, Sub, Tags, ec2, s3, sqs

from stackgen import Condition, Output, Parameter, nested, render
from stackgen.errors import DeclarationError, DuplicateError, NamingError
from stackgen.members import check_logical_id
from tests.samples import NetworkStack, SystemStack, line_of, properties


def body(**members: Any) -> Any:
    """A class with these members."""
    return type("Body", (SystemStack,), {"file": "body", "__doc__": "A body.", **members})


SHARED: Any = Parameter()
NETWORK: Any = nested(NetworkStack)

WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    (
        {"size": Parameter()},
        NamingError,
        r"'size' is no logical ID: letters and digits in PascalCase.*\n  did you mean Size\?",
    ),
    ({"vpc_id": Output(value="x")}, NamingError, r"did you mean VpcId\?"),
    ({"_Hidden": Parameter()}, NamingError, r"did you mean Hidden\?"),
    ({"Größe": Parameter()}, NamingError, "is no logical ID"),
    ({"Size": Parameter(logical_id="vpc-id")}, NamingError, r"'vpc-id' is no logical ID.*\n  did you mean VpcId\?"),
    ({"Size": Parameter(logical_id="x" * 256)}, NamingError, "at most 255"),
    ({"Stack": Parameter(), "build": Parameter()}, NamingError, "Body.build would hide Stack.build"),
    ({"add": Parameter()}, NamingError, "Body.add would hide Stack.add"),
    (
        {"First": SHARED, "Second": SHARED},
        DuplicateError,
        "Body.Second is Body.First under a second name\n  declare it anew",
    ),
    (
        {"Network": NETWORK, "Url": NETWORK.VpcId},
        DeclarationError,
        r"Body.Url is an output of the child Network only\n  emit it: Url = Output\(value=Network.VpcId\)",
    ),
    (
        {"Size": troposphere.Parameter("Size", Type="String")},
        DeclarationError,
        "Body.Size is troposphere's Parameter.*\n  use ours: from stackgen import Parameter",
    ),
    ({"Url": troposphere.Output("Url", Value="x")}, DeclarationError, "use ours: from stackgen import Output"),
    ({"IsLive": troposphere.Condition("x")}, DeclarationError, "use ours: from stackgen import Condition"),
    (
        {"Queue": sqs.Queue("Queue")},
        DeclarationError,
        r"is a resource, which would not reach the template\n  add it in build\(\): self.add\(sqs.Queue\(...\)\)",
    ),
]


@pytest.mark.parametrize(("members", "error", "message"), WRONG)
def test_what_would_be_lost_or_misread_is_refused(
    members: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as refused:
        body(**members)
    assert len(str(refused.value).splitlines()) <= 5


def test_other_helpers_of_troposphere_may_be_shared_as_class_attributes() -> None:
    class Shared(SystemStack):
        """Shares."""

        file = "shared"
        tags = Tags(team="red")
        REGION = Sub("${AWS::Region}")

        def build(self) -> None:
            self.add(ec2.VPC("Vpc", CidrBlock=self.REGION, Tags=self.tags))

    assert properties(Shared, "Vpc")["Tags"] == [{"Key": "team", "Value": "red"}]


ADDED: list[tuple[Any, str]] = [
    (troposphere.Output("Url", Value="x"), r"declare it in the class body: Url = Output\(...\), from stackgen"),
    (troposphere.Parameter("Size", Type="String"), "declare it in the class body: Size = Parameter"),
    (sqs.Queue, r"make one: Queue\('Queue', ...\)"),
    ("Queue", "a resource of troposphere, such as s3.Bucket, was expected"),
    (s3.LifecycleConfiguration(Rules=[]), "a resource of troposphere"),
    (Condition(Equals("a", "b")), "a resource of troposphere"),
]


@pytest.mark.parametrize(("thing", "message"), ADDED)
def test_only_resources_are_added(thing: Any, message: str) -> None:
    with pytest.raises(DeclarationError, match=message) as refused:
        render(body(build=lambda stack: stack.add(thing)))
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__


@pytest.mark.parametrize(("name", "logical_id"), [("A", "A"), ("Vpc2", "Vpc2"), ("Env", "envName"), ("A", "x" * 255)])
def test_a_good_name_passes(name: str, logical_id: str) -> None:
    check_logical_id(name, logical_id, ("", 0))


def test_a_name_that_is_declared_twice_in_one_body_is_refused_with_both_lines() -> None:
    with pytest.raises(
        DuplicateError, match=r"Twice.Size is declared twice\n  the first, a parameter, .*:\d+"
    ) as caught:

        class Twice(SystemStack):
            """Twice."""

            Size: Any = Parameter(default="twice")
            Other: Any = Parameter(default="b")
            Size: Any = Parameter(default="c")  # type: ignore[no-redef]  # noqa: PIE794  what is tried

    first = line_of('Size: Any = Parameter(default="twice")', __file__)
    assert caught.value.location == (__file__, first + 2)
    assert f"test_members.py:{first}" in caught.value.hints[0]


def switch() -> Any:
    """A helper that makes two and gives back one."""
    Parameter(default="unused")
    return Parameter(default="true")


def test_a_helper_may_make_what_it_likes_but_its_gifts_are_not_declared_twice_either() -> None:
    class Helped(SystemStack):
        """Helped."""

        Size: Any = switch()

    assert [*Helped.members] == ["Size"]
    with pytest.raises(DuplicateError, match=r"Twice.Size is declared twice"):

        class Twice(SystemStack):
            """Twice."""

            Size: Any = switch()
            Size: Any = switch()  # type: ignore[no-redef]  # noqa: PIE794  what is tried


def test_a_declaration_that_the_class_cannot_see_is_refused_on_its_line() -> None:
    with pytest.raises(DeclarationError, match="leave out the comma behind it") as caught:

        class Comma(SystemStack):
            """A comma too many."""

            Size: Any = (Parameter(default="comma"),)

    assert caught.value.location == (__file__, line_of('Size: Any = (Parameter(default="comma"),)', __file__))
    with pytest.raises(DeclarationError, match="Things is a dict: make each output an attribute of the class"):

        class Table(SystemStack):
            """A table."""

            Things: Any = {name: Output(value="x") for name in "ab"}  # noqa: RUF012  what is tried

    with pytest.raises(DeclarationError, match=r"this nested stack is no attribute.*\n  give it a name: Name = nested"):

        class Bare(SystemStack):
            """A statement."""

            nested(NetworkStack)

    with pytest.raises(DeclarationError, match=r"Itself.Size is the class Parameter itself\n  make one: Size = "):

        class Itself(SystemStack):
            """Never called."""

            Size: Any = Parameter


def test_declarations_of_bases_mixins_and_made_classes_are_not_lost() -> None:
    class Mixin:
        """Not a stack."""

        Size: Any = Parameter(default="a")

    class Outer(Mixin, SystemStack):
        """Has another class within."""

        inner: Any = type("Inner", (SystemStack,), {"Far": Output(value="x")})
        Url: Any = Output(value=Mixin.Size)

    assert [*Outer.members] == ["Size", "Url"]
    assert not [name for name in vars(Outer) if "declarations" in name]


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda _: nested(NetworkStack), r'use self.nest\("Name", ...\)'),
        (lambda _: Output(value="x"), "declare it in the class body"),
        (lambda _: Parameter(), "declare it in the class body"),
    ],
)
def test_what_build_declares_would_be_lost(make: Any, hint: str) -> None:
    with pytest.raises(DeclarationError, match=rf"makes does not reach the template\n  {hint}"):
        render(body(build=make))


WRONG_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"metadata": [1]}, r"Body.metadata is \[1\] \(list\)\n  a dict was expected"),
    ({"parameter_groups": ["Size"]}, r"Body.parameter_groups is \['Size'\] \(list\)\n  a dict was expected"),
    ({"parameter_groups": {"Net": "Size"}}, r"parameter_groups: 'Net' holds 'Size'\n  a list of parameters was"),
    ({"file": 3}, r"Body.file is 3 \(int\)\n  a text was expected"),
    ({"system": None}, r"Body.system is None \(NoneType\)\n  a text was expected"),
    ({"transform": 3}, "a macro or a list of them was expected"),
    ({"add": 3}, r"Body.add is 3, where a method was expected\n  call it in build\(\): self.add"),
    ({"build": None}, r"Body.build is None, where a method was expected\n  write def build"),
    ({"parameters": lambda _: {}}, r"Body.parameters would hide Stack.parameters\n  choose another name"),
    ({"members": {}}, "Body.members would hide Stack.members"),
    ({"location": "here"}, "Body.location would hide Stack.location"),
    ({"resources": {}}, "Body.resources would hide Stack.resources"),
]


@pytest.mark.parametrize(("members", "message"), WRONG_SETTINGS)
def test_a_wrong_setting_or_a_hidden_method_is_refused_at_the_class(members: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message) as refused:
        body(**members)
    assert refused.value.location is not None


def test_what_is_meant_to_be_overridden_may_be() -> None:
    made = body(
        add=lambda self, resource, **options: super(type(self), self).add(resource, **options),
        named=classmethod(lambda _, stem: stem),
        description=classmethod(lambda _: "A description."),
        build=lambda self: self.add(sqs.Queue("Queue", QueueName=self.named("queue"))) and None,
        own=property(lambda _: 1),
    )
    assert properties(made, "Queue") == {"QueueName": "queue"}


def test_the_resources_are_not_assigned() -> None:
    def build(self: Any) -> None:
        self.resources = {"Queue": sqs.Queue("Queue")}

    with pytest.raises(DeclarationError, match=r"Body.resources is not assigned: the stack keeps it\n  use self.add"):
        render(body(build=build))


def test_what_is_annotated_as_a_parameter_has_a_value() -> None:
    with pytest.raises(DeclarationError, match=r"Empty.Size is annotated as a parameter, but is none\n  declare it"):

        class Empty(SystemStack):
            """No value."""

            Size: Parameter

    class Base(SystemStack):
        """A base."""

        Size: Parameter = Parameter(default="a")

    class Said(Base):
        """Says it again."""

        Size: Parameter

    assert Said.members["Size"].owner is Base
