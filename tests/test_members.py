"""What may stand in a class body, and what may be added."""

from __future__ import annotations

from typing import Any

import pytest
import troposphere
from troposphere import Equals, Sub, Tags, ec2, s3, sqs

from stackgen import Condition, Output, Parameter, nested, render
from stackgen.errors import DeclarationError, DuplicateError, NamingError
from stackgen.members import check_logical_id
from tests.samples import NetworkStack, SystemStack, properties


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
