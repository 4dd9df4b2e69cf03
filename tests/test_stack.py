"""A stack class: what it collects, what it refuses, and what ``build()`` may do."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import Ref, cloudformation, sns, sqs

from stackgen import Condition, Output, Parameter, Stack, nested, render
from stackgen.errors import DeclarationError, DuplicateError, NamingError, OutputError
from tests.samples import NetworkStack, ServiceStack, SystemStack, line_of, rendered, resources


def building(build: Any, **members: Any) -> Any:
    """A stack with this ``build()``."""
    return type("Built", (SystemStack,), {"file": "built", "__doc__": "Built.", "build": build, **members})


def test_the_attributes_name_is_the_logical_id_unless_said_otherwise() -> None:
    class Named(SystemStack):
        """Names."""

        file = "named"
        Size: Parameter = Parameter(default="x")
        Other: Parameter = Parameter(default="x", logical_id="envName")

        def build(self) -> None:
            self.add(sqs.Queue("Queue", Metadata={"A": self.Other}))

    assert set(rendered(Named)["Parameters"]) == {"Size", "envName"}
    assert resources(Named)["Queue"]["Metadata"] == {"A": {"Ref": "envName"}}


def test_members_are_collected_over_all_bases_and_the_nearest_wins() -> None:
    class Left(SystemStack):
        """A base."""

        Size: Any = Parameter(default="left")
        Only: Any = Parameter(default="left")

    class Right(SystemStack):
        """Another base."""

        Size: Any = Parameter(default="right")
        Far: Any = Parameter(default="right")

    class Both(Left, Right):
        """Of two bases."""

    assert {name: member.default for name, member in Both.parameters().items()} == {
        "Size": "left",
        "Only": "left",
        "Far": "right",
    }


def test_a_member_taken_away_may_be_declared_again_below() -> None:
    class Base(SystemStack):
        """A base."""

        Size: Any = Parameter()

    class Without(Base):
        """Without it."""

        Size: Any = None

    class Again(Without):
        """With another."""

        Size = Parameter(default="again")

    assert set(Without.members) == set()
    assert Again.parameters()["Size"].default == "again"
    assert Base.parameters()["Size"].default is None


@pytest.mark.parametrize("value", [5, "text", sqs.Queue("Queue")])
def test_why_only_none_takes_a_member_away_anything_else_hides_it_by_mistake(value: Any) -> None:
    with pytest.raises(
        DuplicateError,
        match=r"Built.CidrBlock hides NetworkStack.CidrBlock, a parameter\n  CidrBlock = None takes it away",
    ):
        type("Built", (NetworkStack,), {"file": "built", "CidrBlock": value})


def test_options_of_a_class_vary_its_template() -> None:
    class Queues(SystemStack):
        """Some queues."""

        file = "queues"
        count = 1

        def build(self) -> None:
            for number in range(self.count):
                self.add(sqs.Queue(f"Queue{number}"))

    class More(Queues):
        """More queues."""

        file = "more"
        count = 3

    assert len(resources(Queues)) == 1
    assert len(resources(More)) == 3


ADDED: list[tuple[Any, str]] = [
    (lambda stack: stack.add(sqs.Queue("queue")), r"'queue' is no logical ID.*\n  did you mean Queue\?"),
    (lambda stack: stack.add(sqs.Queue("A" * 256)), "at most 255"),
    (lambda stack: stack.nest("my-child", NetworkStack), r"'my-child' is no logical ID.*\n  did you mean MyChild\?"),
]


@pytest.mark.parametrize(("add", "message"), ADDED)
def test_a_resources_name_is_in_pascal_case(add: Any, message: str) -> None:
    with pytest.raises(NamingError, match=message) as refused:
        render(building(add))
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__


def test_one_name_for_two_resources_is_refused_with_the_place_of_the_first() -> None:
    def build(self: Any) -> None:
        self.add(sqs.Queue("Queue"))  # the first queue
        self.add(sns.Topic("Queue"))  # the second queue

    first = line_of("# the first queue", __file__)
    with pytest.raises(
        DuplicateError, match=rf"Built has two resources Queue\n  the first stands in test_stack.py:{first}"
    ) as refused:
        render(building(build))
    assert refused.value.location == (__file__, line_of("# the second queue", __file__))


CLASHES: list[tuple[Any, dict[str, Any], str]] = [
    (lambda stack: stack.add(sqs.Queue("Size")), {"Size": Parameter()}, "Size is a parameter of Built and a resource"),
    (lambda stack: stack.add(sqs.Queue("Network")), {"Network": nested(NetworkStack)}, "two resources Network"),
    (lambda stack: stack.nest("Network", NetworkStack), {"Network": nested(NetworkStack)}, "two resources Network"),
    (lambda stack: stack.nest("Size", NetworkStack), {"Size": Parameter()}, "Size is a parameter"),
    (lambda stack: [stack.add(stack.queue), stack.add(stack.queue)], {"queue": None}, "two resources Queue"),
]


@pytest.mark.parametrize(("build", "members", "message"), CLASHES)
def test_a_name_is_given_once(build: Any, members: dict[str, Any], message: str) -> None:
    def prepared(self: Any) -> None:
        self.queue = sqs.Queue("Queue")
        build(self)

    with pytest.raises(DuplicateError, match=message):
        render(building(prepared, **members))


SET: list[tuple[str, str]] = [
    ("Ulr", r"Built declares no output Ulr\n  did you mean Url\?"),
    ("Size", "Built.Size is a parameter, which build\\(\\) cannot set"),
    ("IsLive", "Built.IsLive is a condition"),
]


@pytest.mark.parametrize(("name", "message"), SET)
def test_build_sets_only_outputs_that_are_declared(name: str, message: str) -> None:
    def build(self: Any) -> None:
        setattr(self, name, "x")  # the assignment

    members = {"Url": Output(), "Size": Parameter(), "IsLive": Condition({"Fn::Equals": ["a", "b"]})}
    with pytest.raises(OutputError, match=message) as refused:
        render(building(build, **members))
    assert refused.value.location == (__file__, line_of("# the assignment", __file__))


def test_build_may_keep_what_it_likes_under_lower_case_names() -> None:
    def build(self: Any) -> None:
        self.queue = self.add(sqs.Queue("Queue"))
        self.add(sns.Topic("Topic", DisplayName=Ref(self.queue)))

    assert resources(building(build))["Topic"]["Properties"] == {"DisplayName": {"Ref": "Queue"}}


def test_add_gives_back_what_it_takes() -> None:
    found = []

    def build(self: Any) -> None:
        queue = sqs.Queue("Queue")
        found.append(self.add(queue) is queue)

    render(building(build))
    assert found == [True]


cfn: Any = cloudformation  # its own names carry no types

METADATA: list[tuple[Any, dict[str, Any]]] = [
    (None, {}),
    ({"a": "b"}, {"a": "b"}),
    (cfn.Metadata({"a": "b"}), {"a": "b"}),
]


@pytest.mark.parametrize(("given", "kept"), METADATA)
def test_a_suppression_keeps_its_reason_in_the_template(given: Any, kept: dict[str, Any]) -> None:
    def build(self: Any) -> None:
        queue = sqs.Queue("Queue")
        if given is not None:
            queue.Metadata = given
        self.add(queue, suppress={"W2001": "no need", "E1001": "a false alarm"})

    assert resources(building(build))["Queue"]["Metadata"] == {
        **kept,
        "cfn-lint": {"config": {"ignore_checks": ["E1001", "W2001"]}},
        "stackgen": {"suppressions": {"E1001": "a false alarm", "W2001": "no need"}},
    }


def test_why_a_suppression_without_a_reason_is_refused_nobody_could_judge_it_later() -> None:
    with pytest.raises(DeclarationError, match="Queue suppresses W2001 without a reason"):
        render(building(lambda stack: stack.add(sqs.Queue("Queue"), suppress={"W2001": " "})))


DESCRIPTIONS: list[tuple[Any, str]] = [
    ("One line.", "One line."),
    ("\n    Two\n    lines.\n    ", "Two lines."),
    ("First paragraph.\n\n    Second paragraph.", "First paragraph."),
    ("First.\n   \n    Second.", "First."),
]


@pytest.mark.parametrize(("doc", "description"), DESCRIPTIONS)
def test_the_first_paragraph_of_the_docstring_is_the_description(doc: str, description: str) -> None:
    stack = building(lambda stack: stack.add(sqs.Queue("Queue")), __doc__=doc)
    assert rendered(stack)["Description"] == description


@pytest.mark.parametrize("doc", [None, "", "  \n "])
def test_a_stack_needs_a_docstring_which_a_base_without_file_does_not_lend(doc: Any) -> None:
    base = type("Base", (Stack,), {"__doc__": "What stacks share."})
    stack = type("Built", (base,), {"file": "built", "__doc__": doc})
    with pytest.raises(
        DeclarationError, match="Built has no docstring\n  its first paragraph is the template's Description"
    ):
        render(stack)


def test_a_variant_of_two_lines_has_the_docstring_of_the_stack_that_it_varies() -> None:
    variant = type("Variant", (NetworkStack,), {"system": "other", "file": "variant"})
    assert rendered(variant)["Description"] == rendered(NetworkStack)["Description"]


def test_the_url_of_a_stack_that_is_not_nested_is_that_of_a_child() -> None:
    class Deploying(SystemStack):
        """Deploys a network without nesting it."""

        file = "deploying"
        artifact_bucket = "templates-${AWS::Region}"

        def build(self) -> None:
            url = self.template_url(NetworkStack)
            self.add(cloudformation.StackSet("Set", StackSetName="x", PermissionModel="SELF_MANAGED", TemplateURL=url))

    template = render(NetworkStack)
    place = "https://templates-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}"
    assert rendered(Deploying)["Resources"]["Set"]["Properties"]["TemplateURL"] == {
        "Fn::Sub": f"{place}/{template.name}/{template.digest}.json"
    }


def test_a_template_url_needs_a_bucket() -> None:
    class Homeless(SystemStack):
        """Names no bucket."""

        file = "homeless"
        artifact_bucket = ""

        def build(self) -> None:
            self.template_url(NetworkStack)

    with pytest.raises(DeclarationError, match="Homeless has children but no artifact_bucket"):
        render(Homeless)


def test_outputs_are_known_by_attribute_and_by_logical_id() -> None:
    class Named(SystemStack):
        """Names."""

        Size: Parameter = Parameter(output=True, logical_id="size")
        Url = Output(value="x", logical_id="url")
        Hidden: Parameter = Parameter()

    assert Named.output_names() == ["Size", "Url"]
    assert Named.output_ids() == ["size", "url"]


def test_a_stack_of_stacks_needs_no_build() -> None:
    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Network = nested(NetworkStack)
        Service: Any = nested(ServiceStack)

    assert set(resources(Parent)) == {"Network", "Service"}


def test_stack_itself_declares_nothing() -> None:
    assert dict(Stack.members) == {}


PARTS: Any = cloudformation


@pytest.mark.parametrize("wrap", [dict, PARTS.Metadata])
def test_suppressing_a_rule_keeps_what_the_author_told_the_linter(wrap: Any) -> None:
    def build(self: Any) -> None:
        told = {"cfn-lint": {"config": {"ignore_checks": ["W1"], "configure_rules": {"E1": {"a": "b"}}}}}
        self.add(sqs.Queue("Queue", Metadata=wrap(told)), suppress={"E2001": "a reason"})

    assert resources(building(build))["Queue"]["Metadata"] == {
        "cfn-lint": {"config": {"ignore_checks": ["E2001", "W1"], "configure_rules": {"E1": {"a": "b"}}}},
        "stackgen": {"suppressions": {"E2001": "a reason"}},
    }
