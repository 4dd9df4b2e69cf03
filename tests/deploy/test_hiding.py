"""Secrets of a deployment in what AWS tells back, and texts that would do something to a terminal."""

from __future__ import annotations

import json

import pytest

from stackgen.deploy.hiding import Hiding, hides_path
from stackgen.deploy.targets import Target, Value

from .deployed import ACCOUNT, REGION, SECRET, target


def of(secret: str) -> Hiding:
    return Hiding(Target("dev", REGION, ACCOUNT, "t", "s", {"Password": Value(secret, "-p", True)}))


def test_a_secret_is_hidden_wherever_it_stands() -> None:
    hiding = Hiding(target())
    assert hiding.text(f"no {SECRET}, and x{SECRET}y") == "no ****, and x****y"
    assert json.loads(hiding.data(json.dumps({"Value": SECRET}))) == {"Value": "****"}


@pytest.mark.parametrize(("secret", "text", "shown"), [
    ("ab1", "ab1 and cab1n", "**** and cab1n"),
    ("", "nothing", "nothing"),
    ("a.c", "abc a.c", "abc ****"),
])  # fmt: skip
def test_a_short_secret_is_hidden_as_a_word_alone(secret: str, text: str, shown: str) -> None:
    assert of(secret).text(text) == shown


def test_a_text_is_one_harmless_line() -> None:
    shown = of("").text("a\nb \x1b[31mred")
    assert "\x1b" not in shown
    assert "\n" not in shown


@pytest.mark.parametrize(("path", "is_hidden"), [
    ("/MasterUserPassword", True), ("/LoginProfile/Password", True), ("/DelaySeconds", False), ("/Tags/0/Key", False),
])  # fmt: skip
def test_a_property_is_hidden_by_its_name(path: str, is_hidden: bool) -> None:
    assert hides_path(path) is is_hidden
