"""What all declarations share."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from troposphere import Equals, Ref, Sub, Tags, sqs

from stackgen import Condition, Mapping, Output, Parameter, Rule, nested, typed
from stackgen.constraints import text_of
from stackgen.declaration import Typed, caller, intrinsic, place
from stackgen.errors import DeclarationError, ParameterError
from stackgen.parameter_types import VPC_ID
from stackgen.sections import Assertion
from tests.samples import NetworkStack, SystemStack, line_of, properties

if TYPE_CHECKING:
    from collections.abc import Callable


class ManyStack(SystemStack):
    """One of each kind."""

    Size: Any = Parameter(default="small")
    IsLive: Any = Condition(Equals("a", "b"))
    Sizes: Any = Mapping({"a": {"b": "c"}})
    Check: Any = Rule(Assertion(Equals("a", "b"), "a is b"))
    Url: Any = Output(value="x")
    Network: Any = nested(NetworkStack)


KINDS: list[Any] = [*ManyStack.members.values(), ManyStack.Network.VpcId, typed(VPC_ID, Sub("x"))]

AS_TEXT: list[tuple[str, Callable[[Any], object]]] = [
    ("str", str),
    ("f-string", lambda thing: f"{thing}"),
    ("format", "{:>3}".format),
    ("percent", lambda thing: "%s" % thing),  # noqa: UP031  what is tried
    ("plus", lambda thing: thing + "-a"),
    ("plus before", lambda thing: "a-" + thing),
    ("bool", bool),
    ("not", lambda thing: not thing),
    ("len", len),
    ("list", list),
    ("in", lambda thing: "a" in thing),
    ("item", lambda thing: thing[0]),
    ("int", int),
    ("float", float),
    ("less", lambda thing: thing < 3),
    ("join", lambda thing: "-".join(["a", str(thing)])),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.what)
@pytest.mark.parametrize("use", [use for _, use in AS_TEXT], ids=[how for how, _ in AS_TEXT])
def test_a_declaration_never_becomes_text_by_accident(kind: Any, use: Callable[[Any], object]) -> None:
    with pytest.raises(
        DeclarationError, match="is not text: its value is known only when the stack is deployed"
    ) as refused:
        use(kind)
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.what)
def test_probes_of_tools_do_no_harm(kind: Any) -> None:
    assert kind.label in repr(kind)
    assert repr([kind])
    assert (kind == kind) is True  # noqa: PLR0124  what is tried
    assert (kind == object()) is False
    assert (kind != object()) is True
    assert kind in {kind: 1}
    assert not hasattr(kind, "__html__")
    assert not hasattr(kind, "_ipython_display_")
    assert type(copy.copy(kind)) is type(kind)
    assert type(copy.deepcopy(kind)) is type(kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.what)
@pytest.mark.parametrize(
    "compare",
    [
        lambda thing: thing == "prod",
        lambda thing: "prod" == thing,  # noqa: SIM300  what is tried
        lambda thing: thing != "prod",
        lambda thing: thing == 1,
        lambda thing: thing in ("dev", "prod"),
    ],
)
def test_why_a_comparison_with_a_literal_is_refused_it_would_always_be_false(kind: Any, compare: Any) -> None:
    with pytest.raises(DeclarationError, match="known only when the stack is deployed") as refused:
        compare(kind)
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__


def test_why_libraries_may_ask_troposphere_wants_to_know_whether_a_property_is_there() -> None:
    queue = sqs.Queue("Queue", QueueName=Sub("${Size}.fifo"), FifoQueue=ManyStack.Size)
    assert queue.to_dict()["Properties"]["FifoQueue"] == {"Ref": "Size"}


def test_a_parameter_can_be_pickled() -> None:
    again = pickle.loads(pickle.dumps(Parameter(default="a", logical_id="A")))  # noqa: S301  our own bytes
    assert (again.logical_id, again.default) == ("A", "a")


def test_pytest_explains_a_failed_comparison() -> None:
    """Why: its introspection iterates, compares and prints whatever it meets."""
    with pytest.raises(AssertionError, match=r"ManyStack\.Size"):
        assert ManyStack.Size == ManyStack.Network


def test_a_resource_with_declarations_can_be_shown_alone() -> None:
    queue = sqs.Queue("Queue", QueueName=ManyStack.Size)
    assert queue.to_dict()["Properties"] == {"QueueName": {"Ref": "Size"}}


def test_a_declaration_without_a_class_has_no_logical_id() -> None:
    with pytest.raises(DeclarationError, match="this parameter has no name: make it an attribute of a stack class"):
        _ = Parameter().logical_id


def test_a_message_names_what_still_stands_in_a_running_class_body() -> None:
    labels: list[str] = []

    class Body:
        Size: Any = Parameter()
        labels.append(Size.label)

    assert labels == ["Body.Size"]
    assert Parameter().label == "an unnamed parameter"


def test_the_location_is_the_line_of_the_declaration() -> None:
    there = Parameter()  # the declaration
    assert there.location == (__file__, line_of("# the declaration", __file__))
    assert place(there.location) == f"test_declaration.py:{there.location[1]}"
    assert place(None) == "an unknown file:0"


def test_an_override_of_a_method_counts_as_the_librarys() -> None:
    where = []

    def add() -> None:
        where.append(library())

    def library() -> Any:
        return caller("add")

    add()  # the author's
    assert where == [(__file__, line_of("# the author's", __file__))]


def test_typed_takes_only_types_that_cloudformation_has() -> None:
    with pytest.raises(
        ParameterError, match=r"'AWS::EC2::VPC::ID' is not a type.*\n  did you mean AWS::EC2::VPC::Id\?"
    ):
        typed("AWS::EC2::VPC::ID", "x")  # type: ignore[arg-type]  # the mistake


def test_a_typed_intrinsic_may_be_shared_under_any_name() -> None:
    class Shared(SystemStack):
        """A name used twice."""

        file = "shared"
        shared_text: Any = typed(VPC_ID, Sub("${AWS::Region}"))

        def build(self) -> None:
            self.add(sqs.Queue("Queue", Tags=Tags(a=self.shared_text)))

    assert Shared.members == {}
    assert isinstance(Shared.shared_text, Typed)
    assert properties(Shared, "Queue")["Tags"] == [{"Key": "a", "Value": {"Fn::Sub": "${AWS::Region}"}}]


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (1, "1"), (1.5, "1.5"), ("a", "a")])
def test_a_literal_is_written_as_cloudformation_writes_it(value: object, text: str) -> None:
    assert text_of(value) == text


INTRINSICS: list[tuple[Any, bool]] = [
    (Ref("a"), True),
    ({"Ref": "a"}, True),
    ({"Fn::Sub": "a"}, True),
    ({"Condition": "a"}, True),
    ({"Value": "a"}, False),
    ({"Ref": "a", "b": 1}, False),
    ({}, False),
    ("a", False),
    (None, False),
]


@pytest.mark.parametrize(("value", "is_one"), INTRINSICS)
def test_an_intrinsic_is_a_dict_with_one_known_key(value: object, is_one: bool) -> None:
    assert bool(intrinsic(value)) is is_one
