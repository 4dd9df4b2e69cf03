"""Parameters: what an environment gives, else the default, else a symbol; secrets are never shown."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.parameters import effective, required
from stackgen.review.evaluation.symbols import Hidden, Live, Mixed, Symbol
from stackgen.review.model import Template

UNKNOWN = Live("import", "x")


def effective_of(declared: dict[str, Any], given: dict[str, Any]) -> Any:
    template = Template("tap/main", "main.json", {"Parameters": {"It": declared}})
    return effective(template, given, ("tap/main", "Network"))["It"]


def declared(kind: str, **more: Any) -> dict[str, Any]:
    return {"Type": kind, **more}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "given": (declared("String"), {"It": "a"}, "a"),
    "given before the default": (declared("String", Default="b"), {"It": "a"}, "a"),
    "given as nothing but a text": (declared("String", Default="b"), {"It": ""}, ""),
    "the default": (declared("String", Default="b"), {}, "b"),
    "an empty default": (declared("String", Default=""), {}, ""),
    "a number": (declared("Number", Default=5), {}, "5"),
    "a number with a point": (declared("Number", Default=1.5), {}, "1.5"),
    "a whole number with a point": (declared("Number", Default=5.0), {}, "5"),
    "true for a text": (declared("String", Default=True), {}, "true"),
    "a list": (declared("CommaDelimitedList"), {"It": "a,b"}, ["a", "b"]),
    "a list with blanks": (declared("CommaDelimitedList", Default=" a , b,c "), {}, ["a", "b", "c"]),
    "a list of one": (declared("CommaDelimitedList", Default="a"), {}, ["a"]),
    "a list of numbers": (declared("List<Number>", Default="1, 2"), {}, ["1", "2"]),
    "a list of IDs": (declared("List<AWS::EC2::Subnet::Id>"), {"It": "subnet-1,subnet-2"}, ["subnet-1", "subnet-2"]),
    "a list from a parent": (declared("CommaDelimitedList"), {"It": ["a", UNKNOWN]}, ["a", UNKNOWN]),
    "a symbol from a parent": (declared("String"), {"It": UNKNOWN}, UNKNOWN),
    "a joined list from a parent": (
        declared("CommaDelimitedList"), {"It": Mixed((UNKNOWN, ",b"))}, [UNKNOWN, "b"],
    ),
    "no type": ({"Default": "a"}, {}, "a"),
    "what the template does not declare": (declared("String", Default="a"), {"Other": "b"}, "a"),
}  # fmt: skip


@pytest.mark.parametrize(("parameter", "given", "expected"), CASES.values(), ids=CASES)
def test_the_value_of_a_parameter(parameter: dict[str, Any], given: dict[str, Any], expected: Any) -> None:
    assert effective_of(parameter, given) == expected


LIVE = {
    "that nobody gives": (declared("String"), {}, "<parameter main/Network.It>"),
    "of a name in SSM": (
        declared("AWS::SSM::Parameter::Value<String>", Default="/a/b"), {}, "<SSM parameter /a/b>",
    ),
    "of a list in SSM": (
        declared("AWS::SSM::Parameter::Value<List<String>>"), {"It": "/c"}, "<SSM parameter /c>",
    ),
    "of an image in SSM": (
        declared("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default="/ami"), {}, "<SSM parameter /ami>",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("parameter", "given", "expected"), LIVE.values(), ids=LIVE)
def test_a_parameter_that_only_the_account_knows(
    parameter: dict[str, Any], given: dict[str, Any], expected: str
) -> None:
    value = effective_of(parameter, given)
    assert isinstance(value, Live)
    assert str(value) == expected


@pytest.mark.parametrize("echo", [True, "true", "True"])
@pytest.mark.parametrize("kind", ["String", "Number", "CommaDelimitedList"])
@pytest.mark.parametrize("given", [{}, {"It": "hunter2"}, {"It": ["hunter2", "b"]}])
def test_a_noecho_value_is_hidden_whatever_it_is(echo: Any, kind: str, given: dict[str, Any]) -> None:
    value = effective_of(declared(kind, NoEcho=echo, Default="hunter2"), given)
    assert isinstance(value, Hidden)
    for text in (str(value), repr(value), value.key, f"{[value]}"):
        assert "hunter2" not in text


def test_a_hidden_value_still_tells_whether_it_changed() -> None:
    secret = declared("String", NoEcho=True)
    assert effective_of(secret, {"It": "a"}) == effective_of(secret, {"It": "a"})
    assert effective_of(secret, {"It": "a"}) != effective_of(secret, {"It": "b"})


def test_noecho_false_hides_nothing() -> None:
    assert effective_of(declared("String", NoEcho=False), {"It": "a"}) == "a"


def test_a_symbol_that_a_secret_is_given_needs_no_hiding() -> None:
    assert effective_of(declared("String", NoEcho=True), {"It": UNKNOWN}) is UNKNOWN


def test_required_are_the_parameters_without_a_default() -> None:
    parameters = {"A": declared("String"), "B": declared("String", Default=""), "C": declared("Number"), "D": "broken"}
    assert required(Template("a", "a.json", {"Parameters": parameters})) == ["A", "C"]


@pytest.mark.parametrize("parameters", [None, [], "a", {"It": None}, {"It": []}])
def test_a_malformed_section_declares_nothing(parameters: Any) -> None:
    assert effective(Template("a", "a.json", {"Parameters": parameters}), {}, ("a",)) == {}


PLACES = [("prod", "eu-west-1", "prod/eu-west-1"), ("prod", "", "prod"), ("", "eu-west-1", "eu-west-1"), ("", "", "")]


@pytest.mark.parametrize(("name", "region", "expected"), PLACES)
def test_an_environment_is_called_by_its_name_and_region(name: str, region: str, expected: str) -> None:
    assert Environment(name, region).place == expected


def test_symbols_are_equal_by_what_they_stand_for() -> None:
    symbols: list[Symbol] = [Live("import", "a"), Live("import", "a"), Live("parameter", "a")]
    assert symbols[0] == symbols[1]
    assert symbols[0] != symbols[2]
    assert len(set(symbols)) == 2
    assert symbols[0] != "<import a>"
