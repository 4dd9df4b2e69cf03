"""Exceptions from rules are written down with who answers for them, and what a stack is for with the template."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pytest
from troposphere import Template, sqs

from stackgen import Exemption, Stack, adopt, render
from stackgen.errors import DeclarationError
from stackgen.template import Renderer

if TYPE_CHECKING:
    from tests.support import Sandbox

WHY = Exemption("a website", owner="web", expires="2027-06-30")
NOTE = {"reason": "a website", "owner": "web", "expires": "2027-06-30"}


def content(stack: type[Stack]) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(render(stack).text))


class QueueStack(Stack):
    """A queue."""

    system = "shop"
    file = "queue"

    def build(self) -> None:
        self.add(sqs.Queue("Queue"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", "web", "2027-06-30"), "has no reason"), (("why", " ", "2027-06-30"), "has no owner"),
        (("why", "web", ""), "has no expires"), (("why", "web", "next year"), "'next year' is no day"),
        (("why", "web", "2027-13-01"), "'2027-13-01' is no day"), (("why", "web", "2027-02-30"), "is no day"),
        ((7, "web", "2027-06-30"), "the reason of an exemption is 7, and a text was expected"), (("why",), "no owner"),
        (("why", "web", date(2027, 6, 30)), "the expires of an exemption is datetime.date"), ((), "no reason"),
    ],
)  # fmt: skip
def test_an_exemption_says_why_who_and_until_when(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Exemption(*arguments)


def test_what_it_lacks_is_told_on_its_line(sandbox: Sandbox) -> None:
    from tests.lint.kit import CLEAN

    wrong = "\n\nfrom stackgen import Exemption\n\nWHY = Exemption('a website', owner='web')\n"
    sandbox.write({"stacks/shop.py": CLEAN + wrong})
    ran = sandbox.run("build")
    assert ran.code == 1
    line = len((CLEAN + wrong).splitlines())
    assert ran.err.startswith(f"error: stacks/shop.py:{line}: an exemption has no expires: ''")


@pytest.mark.parametrize(
    ("rule", "message", "hint"),
    [
        ("E91300", "'E91300', and there is no such rule", "did you mean E9130?"),
        ("W9130", "'W9130', and there is no such rule", "did you mean E9130?"),
        ("e9130", "'e9130', and there is no such rule", "did you mean E9130?"),
        ("W9", "'W9', and there is no such rule", ""),
        ("", "'', and there is no such rule", ""),
        (None, "None, and there is no such rule", ""),
        ("W9100", "W9100, which watches over exceptions", ""),
        ("W9118", "W9118, which watches over exceptions", ""),
    ],
)
def test_an_exemption_is_of_one_rule_that_there_is(rule: Any, message: str, hint: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        type("Whole", (QueueStack,), {"exemptions": {rule: WHY}, "__doc__": "A queue."})
    assert refused.value.message == f"Whole suppresses {message}"
    assert hint in "".join(refused.value.hints)


@pytest.mark.parametrize("given", [["E9130"], "E9130"])
def test_exemptions_are_told_by_rule(given: Any) -> None:
    class Wrong(QueueStack):
        def build(self) -> None:
            self.add(sqs.Queue("Queue"), suppress=given)

    with pytest.raises(DeclarationError, match="but rules and why were expected"):
        render(Wrong)


@pytest.mark.parametrize(("given", "message"), [("a text", "with a text alone"), (7, "with 7"), (None, "with None")])
def test_a_rule_of_ours_is_not_excepted_by_a_text(given: Any, message: str) -> None:
    class Wrong(QueueStack):
        def build(self) -> None:
            self.add(sqs.Queue("Queue"), suppress={"E9130": given})

    with pytest.raises(DeclarationError, match=f"Queue suppresses E9130 {message}") as refused:
        render(Wrong)
    assert refused.value.location is not None
    with pytest.raises(DeclarationError, match=f"Whole suppresses E9130 {message}"):
        type("Whole", (QueueStack,), {"exemptions": {"E9130": given}, "__doc__": "A queue."})


def test_a_resource_and_a_whole_template_keep_theirs_in_metadata() -> None:
    class Excepted(QueueStack):
        exemptions = {"W9115": WHY}  # noqa: RUF012  a stack's own table

        def build(self) -> None:
            self.add(sqs.Queue("Queue"), suppress={"E9130": WHY, "W2001": "no need"})

    found = content(Excepted)
    assert found["Metadata"] == {
        "cfn-lint": {"config": {"ignore_checks": ["W9115"]}}, "stackgen": {"suppressions": {"W9115": NOTE}},
    }  # fmt: skip
    assert found["Resources"]["Queue"]["Metadata"] == {
        "cfn-lint": {"config": {"ignore_checks": ["E9130", "W2001"]}},
        "stackgen": {"suppressions": {"E9130": NOTE, "W2001": "no need"}},
    }


@pytest.mark.parametrize("name", ["shop", "queue", "shop/queue"])
def test_a_profile_is_written_into_the_template_whatever_it_is_chosen_by(name: str) -> None:
    found = json.loads(Renderer({name: "production", "other": "ephemeral"}).template(QueueStack).text)
    assert found["Metadata"] == {"stackgen": {"profile": "production"}}
    assert "Metadata" not in content(QueueStack)


def test_the_nearest_name_counts_and_an_adopted_template_has_its_profile_too() -> None:
    profiles = {"shop": "production", "shop/queue": "ephemeral"}
    assert '"ephemeral"' in Renderer(profiles).template(QueueStack).text
    other = Template()
    other.add_resource(sqs.Queue("Queue"))
    adopted = cast("type[Stack]", adopt(other, file="other", system="shop"))
    assert '"production"' in Renderer(profiles).template(adopted).text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('shopp = "production"', "profiles.shopp: there is no such system or file"),
        (
            'shop = "produktion"',
            "profiles.shop is 'produktion', but one of standard, production, ",
        ),
        ("shop = 7", "profiles.shop is 7"),
    ],
)
def test_a_profile_that_is_none_or_of_nothing_is_refused_on_its_line(sandbox: Sandbox, line: str, message: str) -> None:
    from tests.lint.kit import CLEAN

    sandbox.write({"stacks/shop.py": CLEAN})
    path = sandbox.root / "pyproject.toml"
    path.write_text(f"{path.read_text()}\n[tool.stackgen.profiles]\n{line}\n")
    ran = sandbox.run("build")
    assert ran.code == 1
    assert message in ran.err
    assert f"pyproject.toml:{len(path.read_text().splitlines())}" in ran.err
