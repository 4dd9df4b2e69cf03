"""From a class to a text, children first."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import troposphere
from troposphere import sqs

from stackgen import Stack, nested, render
from stackgen.errors import CycleError, DeclarationError, SourceError
from stackgen.template import DIGEST_DIGITS, Renderer, Template, author_line, hint_for
from tests.samples import NetworkStack, ServiceStack, SystemStack, line_of, properties

ROOT = Path(__file__).parent.parent


class ParentStack(SystemStack):
    """A parent."""

    file = "parent"
    Network = nested(NetworkStack)
    Service: Any = nested(ServiceStack, Vpc=Network.VpcId)


def url(stack: Any, child: str) -> str:
    found: str = properties(stack, child)["TemplateURL"]["Fn::Sub"]
    return found


def test_a_template_knows_its_name_digest_and_children() -> None:
    template = render(ParentStack)
    assert template.name == "shop/parent"
    assert template.digest == sha256(template.text.encode()).hexdigest()[:DIGEST_DIGITS]
    assert template.children == ("shop/network", "shop/service")
    assert Template("", "alone", "", "", (), ()).name == "alone"


def test_every_class_is_rendered_once_and_children_first() -> None:
    renderer = Renderer()
    template = renderer.template(ParentStack)
    assert list(renderer.templates) == [NetworkStack, ServiceStack, ParentStack]
    assert renderer.template(ParentStack) is template


def test_a_changed_child_changes_its_url_and_no_other() -> None:
    class Changed(NetworkStack):
        """Another description."""

    class Variant(ParentStack):
        """A parent."""

        Network = nested(Changed)

    assert url(Variant, "Network") != url(ParentStack, "Network")
    assert url(Variant, "Network").rpartition("/")[0] == url(ParentStack, "Network").rpartition("/")[0]
    assert url(Variant, "Service") == url(ParentStack, "Service")


def test_the_same_classes_give_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "from tests.test_template import ParentStack; from stackgen import render; print(render(ParentStack).digest)"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert digests == {render(ParentStack).digest}


def test_stacks_that_nest_each_other_are_refused_with_their_path() -> None:
    class First(SystemStack):
        """Nests the second."""

        file = "first"

        def build(self) -> None:
            self.nest("Second", Second)

    class Second(SystemStack):
        """Nests the first."""

        file = "second"

        def build(self) -> None:
            self.nest("First", First)  # closes the circle

    with pytest.raises(CycleError, match="stacks nest each other: First -> Second -> First") as refused:
        render(First)
    assert refused.value.location == (__file__, line_of("# closes the circle", __file__))


def test_a_stack_that_was_refused_can_be_rendered_after_it_is_mended() -> None:
    class Fragile(SystemStack):
        """Fails at first."""

        file = "fragile"
        broken = True

        def build(self) -> None:
            if self.broken:
                raise ValueError("broken")
            self.add(sqs.Queue("Queue"))

    renderer = Renderer()
    with pytest.raises(SourceError):
        renderer.template(Fragile)
    Fragile.broken = False
    assert renderer.template(Fragile).text


def test_an_error_of_the_authors_own_is_told_with_its_line() -> None:
    class Broken(SystemStack):
        """Raises."""

        file = "broken"

        def build(self) -> None:
            self.add(sqs.Queue("Queue", VisibilityTimeot=3))  # the misspelt property

    with pytest.raises(SourceError, match=r"Broken.build\(\): AttributeError: .*VisibilityTimeot") as refused:
        render(Broken)
    assert refused.value.location == (__file__, line_of("# the misspelt property", __file__))


def test_an_error_in_the_constructor_is_told_too() -> None:
    class Broken(SystemStack):
        """Raises."""

        file = "broken"

        def __init__(self, wanted: str) -> None:
            super().__init__()
            self.wanted = wanted

    with pytest.raises(SourceError, match="missing 1 required positional argument: 'wanted'"):
        render(Broken)


TAKEN_BY_MISTAKE: list[tuple[Any, str]] = [
    (lambda: troposphere.Parameter(default="x"), "that is troposphere's Parameter or Output; use ours"),  # type: ignore[call-arg]  # the mistake
    (lambda: troposphere.Output(value="x"), "that is troposphere's Parameter or Output; use ours"),  # type: ignore[call-arg]  # the mistake
    (lambda: troposphere.Condition(expression="x"), "that is troposphere's Condition; use ours"),  # type: ignore[call-arg]  # the mistake
    (lambda: int("x"), ""),
]


@pytest.mark.parametrize(("make", "hint"), TAKEN_BY_MISTAKE)
def test_troposphere_taken_by_mistake_is_recognised(make: Any, hint: str) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        make()
    assert hint_for(refused.value).startswith(hint)
    assert bool(hint_for(refused.value)) is bool(hint)


def test_an_error_without_a_line_of_the_authors_has_none() -> None:
    assert author_line(ValueError("never raised")) is None


def test_a_class_without_resources_is_refused() -> None:
    class Empty(SystemStack):
        """Empty."""

        file = "empty"

    with pytest.raises(DeclarationError, match="Empty has no resource; a template needs one"):
        render(Empty)


def test_a_stack_without_a_system_is_named_by_its_file() -> None:
    class Alone(Stack):
        """Alone."""

        file = "alone"

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    assert render(Alone).name == "alone"
    assert json.loads(render(Alone).text)["Resources"] == {"Queue": {"Type": "AWS::SQS::Queue"}}


def test_an_error_inside_the_standard_library_is_told_with_the_authors_line() -> None:
    class Broken(SystemStack):
        """Raises."""

        file = "broken"

        def build(self) -> None:
            json.loads("{")  # no JSON

    with pytest.raises(SourceError, match=r"Broken.build\(\): JSONDecodeError") as refused:
        render(Broken)
    assert refused.value.location == (__file__, line_of("# no JSON", __file__))


def test_a_misspelt_name_in_build_is_told_the_likely_spelling() -> None:
    class Misspelt(SystemStack):
        """A typo."""

        file = "misspelt"

        def build(self) -> None:
            self.add(sqs.Queu("Queue"))  # type: ignore[attr-defined]  # what is tried

    with pytest.raises(SourceError, match=r"\n  did you mean Queue"):
        render(Misspelt)


def test_the_repr_of_a_declaration_is_no_text_for_a_template() -> None:
    class Quoting(ServiceStack):
        """Quotes what it should refer to."""

        file = "quoting"
        Network: Any = nested(NetworkStack)

        def build(self) -> None:
            self.QueueUrl = "x"
            self.add(sqs.Queue("Queue", Metadata={"A": f"a-{self.quoted!r}"}))  # with its repr

        @property
        def quoted(self) -> Any:
            return self.Size

    class OfAChild(Quoting):
        """Quotes a child's output."""

        file = "of-a-child"

        @property
        def quoted(self) -> Any:
            return self.Network.VpcId

    for stack, label in ((Quoting, "ServiceStack.Size"), (OfAChild, "NetworkStack.VpcId")):
        with pytest.raises(DeclarationError, match=rf"Queue: .*<.*{label}>.* is Python's name.*\n  use Sub") as refused:
            render(stack)
        assert refused.value.location == (__file__, line_of("# with its repr", __file__))


def test_angle_brackets_in_a_text_are_no_ones_repr() -> None:
    class Bracketed(SystemStack):
        """Set <Foo.Bar> and <parameter Env.Name> as you like."""

        file = "bracketed"

        def build(self) -> None:
            self.add(sqs.Queue("Queue"))

    assert "<Foo.Bar>" in render(Bracketed).text
