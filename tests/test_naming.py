"""Physical names fit their types however the parameters turn out."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import Equals as Same
from troposphere import GetAtt, If, ImportValue, Join, NoValue, Ref, Region, Select, Sub, ec2, s3, sqs

from stackgen import Condition, Output, Parameter, nested, render, typed
from stackgen.errors import NamingError
from stackgen.naming import check_physical_name
from stackgen.parameter_types import COMMA_DELIMITED_LIST, STRING, ssm_value
from tests.samples import NetworkStack, SystemStack, line_of, properties


def queue(name: Any, **members: Any) -> Any:
    """A stack with one queue of this name: up to 80 letters, digits, hyphens and underscores."""

    def build(self: Any) -> None:
        self.add(sqs.Queue("Queue", QueueName=name(self) if callable(name) else name))

    body = {"file": "queue", "__doc__": "A queue.", "build": build}
    return type("QueueStack", (SystemStack,), {**body, **PARAMETERS, **members})


PARAMETERS: dict[str, Any] = {
    "Suffix": Parameter(default="dev", pattern="[a-z0-9]{1,10}"),
    "Free": Parameter(default="x"),
    "Short": Parameter(default="x", max_length=5),
    "Stage": Parameter(default="dev", allowed_values=["dev", "production"]),
    "Dotted": Parameter(default="x", pattern="[a-z.]{1,10}"),
    "Names": Parameter(COMMA_DELIMITED_LIST, default="a"),
    "Secret": Parameter(ssm_value(STRING), default="/secret"),
    "IsLive": Condition(Same(Region, "us-east-1")),
    "Network": nested(NetworkStack),
}
for _name, _member in PARAMETERS.items():
    _member.__set_name__(SystemStack, _name)

A = "a" * 70

FITTING: list[Any] = [
    "queue_1",
    "orders.fifo",
    Sub(A + "${Suffix}"),
    Sub("a-${AWS::Region}-${AWS::AccountId}"),
    Sub("a-${X}", X="b"),
    Sub("a-${X}", X=Ref("Short")),
    Sub("a-${Network.Outputs.VpcId}"),
    lambda stack: stack.Short,
    lambda stack: Ref(stack.Short),
    typed(STRING, Sub("${Short}")),
    lambda stack: Join("-", ["a", stack.Stage, Ref("Suffix")]),
    lambda stack: If(stack.IsLive, "live", Sub("${Suffix}")),
    lambda stack: If(stack.IsLive, "live", NoValue),
    lambda stack: stack.Network.VpcId,
    lambda stack: stack.Secret,
    lambda stack: Select(0, stack.Names),
    lambda stack: Join("-", stack.Names),
    ImportValue("name"),
    GetAtt("Other", "Name"),
]


@pytest.mark.parametrize("name", FITTING)
def test_a_name_that_always_fits_or_that_only_aws_knows_is_taken(name: Any) -> None:
    class Other(queue(name)):  # type: ignore[misc]  # a base made at run time
        """A queue and another."""

        file = "other"

        def build(self) -> None:
            super().build()
            self.add(sqs.Queue("Other"))

    assert "QueueName" in properties(Other, "Queue")


WRONG: list[tuple[Any, str]] = [
    ("a b", r"Queue: QueueName 'a b' is refused\n  AWS::SQS::Queue takes letters, digits, '_' and '-'"),
    ("a" * 81, "has 81 characters, 80 are allowed"),
    (Sub(A + "a-${Suffix}"), r"'a+-\$\{Suffix\}' may have 82 characters, 80 are allowed\n  Suffix may have 10\n"),
    (Sub("a-${Free}"), "may have 4,098 characters, 80 are allowed\n  Free may have 4,096: give it a max_length"),
    (Sub("${AWS::StackName}"), "a stack's name has up to 128 characters"),
    (Sub("a-${Dotted}"), r"is refused when Dotted holds '\.'\n  narrow the constraints of Dotted"),
    (Sub("a.${Suffix}"), r"is refused, as in 'a\.a'"),
    (Sub("${X}", X="a b"), "'a b' is refused"),
    (Sub("${X}-${Y}", X="a", Y=Ref("Free")), "Free may have 4,096"),
    (lambda stack: stack.Free, "Free may have 4,096"),
    (lambda stack: Ref(stack.Free), "Free may have 4,096"),
    (typed(STRING, Sub("${Free}")), "Free may have 4,096"),
    (
        lambda stack: Join("-", [A, stack.Stage, "x"]),
        "may have 83 characters.*\n  Stage may have 10: its longest allowed value",
    ),
    (Join(".", ["a", "b"]), r"'a\.b' is refused"),
    (lambda stack: If(stack.IsLive, "live", "a b"), "'a b' is refused"),
    (lambda stack: If(stack.IsLive, If(stack.IsLive, "a b", "b"), GetAtt("Queue", "Arn")), "'a b' is refused"),
    (lambda stack: Sub("${X}", X=If(stack.IsLive, "a", "a b")), "'a b' is refused"),
    (Sub("a${!b}"), r"'a\$\{b\}' is refused"),
]


@pytest.mark.parametrize(("name", "message"), WRONG)
def test_a_name_that_may_not_fit_is_refused_on_its_line(name: Any, message: str) -> None:
    with pytest.raises(NamingError, match=message) as refused:
        render(queue(name))
    assert refused.value.location is not None
    assert refused.value.location[0] == __file__
    assert len(str(refused.value).splitlines()) <= 5


def test_the_shortest_value_counts_too() -> None:
    """Why: a bucket needs three characters, and these values always have them."""

    class Buckets(SystemStack):
        """Buckets named by parameters."""

        file = "buckets"
        Stage: Parameter = Parameter(default="dev", allowed_values=["dev", "prod"])
        Name: Parameter = Parameter(default="logs", pattern="[a-z]{3,9}")

        def build(self) -> None:
            self.add(s3.Bucket("First", BucketName=Ref(self.Stage)))
            self.add(s3.Bucket("Second", BucketName=Ref(self.Name)))

    class Short(SystemStack):
        """A bucket whose name may be too short."""

        file = "short"
        Stage: Parameter = Parameter(default="dev", allowed_values=["qa", "dev"])

        def build(self) -> None:
            self.add(s3.Bucket("Bucket", BucketName=Ref(self.Stage)))

    assert properties(Buckets, "First") == {"BucketName": {"Ref": "Stage"}}
    with pytest.raises(NamingError, match="may have 2 characters, at least 3 are needed"):
        render(Short)


def test_an_output_of_a_child_is_not_taken_for_a_parameter_of_its_name() -> None:
    class NamingStack(SystemStack):
        """Has an output that is called like a parameter of the parent."""

        file = "child"
        Free = Output(value="x")

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    class Parent(SystemStack):
        """A parent."""

        file = "parent"
        Free = Parameter(default="x")
        Child: Any = nested(NamingStack)

        def build(self) -> None:
            self.add(sqs.Queue("Queue", QueueName=self.Child.Free))

    assert properties(Parent, "Queue")["QueueName"] == {"Fn::GetAtt": ["Child", "Outputs.Free"]}


def test_named_makes_names_in_the_systems_pattern() -> None:
    assert SystemStack.named("vpc").data == {"Fn::Sub": "vpc-${EnvironmentSuffix}"}
    assert SystemStack.named("a-1b").data == {"Fn::Sub": "a-1b-${EnvironmentSuffix}"}
    assert SystemStack.named("logs", "${AWS::Region}", "x").data == {
        "Fn::Sub": "logs-${EnvironmentSuffix}-${AWS::Region}-x"
    }


@pytest.mark.parametrize(
    ("stem", "hint"),
    [
        ("WebServer", "did you mean 'web-server'"),
        ("web_server", "did you mean 'web-server'"),
        ("web--server", "did you mean 'web-server'"),
        ("-web", "did you mean 'web'"),
        ("", "'' is not in kebab-case"),
        ("---", "'---' is not in kebab-case$"),
        ("web\n", "did you mean 'web'"),
    ],
)
def test_a_stem_is_in_kebab_case(stem: str, hint: str) -> None:
    with pytest.raises(NamingError, match=hint) as refused:
        SystemStack.named(stem)  # the stem
    assert refused.value.location == (__file__, line_of("# the stem", __file__))


def test_why_a_pattern_without_the_stem_is_refused_all_names_were_the_same() -> None:
    class Wrong(SystemStack):
        """A pattern without a stem."""

        name_pattern = "app-${EnvironmentSuffix}"

    with pytest.raises(NamingError, match=r"name_pattern 'app-\$\{EnvironmentSuffix\}' lacks {stem}"):
        Wrong.named("vpc")


def test_a_type_without_a_rule_and_a_resource_without_a_name_are_left_alone() -> None:
    class Free(SystemStack):
        """Nothing to check."""

        file = "free"

        def build(self) -> None:
            self.add(ec2.VPC("Vpc", CidrBlock="10.0.0.0/16"))
            self.add(sqs.Queue("Queue"))

    assert render(Free).text


@pytest.mark.parametrize("name", ["{{resolve:ssm:/queue/name}}", Sub("{{resolve:ssm:/queue/${Env}}}-x")])
def test_a_name_that_only_cloudformation_knows_is_left_alone(name: Any) -> None:
    parameters = {"Env": Parameter(pattern="[a-z]+", max_length=8, logical_id="Env")}
    check_physical_name("AWS::SQS::Queue", "Q", {"QueueName": name}, parameters, ("stack.py", 1))
