"""No rule raises, whatever a template holds.

All examples and the templates of the briefs make one large template. At each turn something is spoiled in each of its
resources: the next of its nodes, so that every node has its turn, and what comes there is drawn.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.decode import decode_str
from cfnlint.template import Template

from .kit import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

BRIEFS = Path(__file__).parent / "briefs"
TURNS, AT_ONCE = 120, 8
SECTIONS = ("Parameters", "Conditions", "Outputs", "Metadata", "Mappings")
FUNCTIONS = (
    "Ref", "Condition", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::If",
    "Fn::Base64", "Fn::Cidr", "Fn::GetAZs", "Fn::ImportValue", "Fn::Transform", "Fn::Equals", "Fn::And", "Fn::Or",
    "Fn::Not", "Fn::ToJsonString", "Fn::Length", "Fn::ForEach::Each",
)  # fmt: skip
ARGUMENTS: tuple[Any, ...] = (
    5, "x", "", [], {}, [5], [[]], None, True, [None], {"a": 1}, {"a": None}, ["a", "b", "c"], ["a", None, [5]],
    ["", {"Ref": "x"}], [["a"], "b", "c"], [{"a": 1}, 5], ["IsProd", {"Fn::If": []}, ["x", {"Fn::If": ["a"]}]],
    ["${a}${", "x"], "${", "${a", [{"Ref": ["a"]}, [], {}], [1.5, ["a"]], ["-1", ["a"]], ["x", [{"a": {}}]],
    [{"Fn::If": []}], ["a", [[1], [2]]], [{}, {}, {}], ["²", ["a", "b"]], [0, {"Fn::Split": [",", {"Ref": 5}]}],
)  # fmt: skip
PLAIN: tuple[Any, ...] = (
    5, -1.5, "x", "", [], {}, [5], [[]], True, None, "*", "²", "9" * 5000, 10**400, float("nan"), {"a": None}, {"": ""},
    "${", "${a", "{", "[]", "{}", "5", "null", '{"Statement": 5}', '{"States": []}', '{"States": {"a": 5}}',
)  # fmt: skip
RUBBISH = (*PLAIN, *({name: argument} for name in FUNCTIONS for argument in ARGUMENTS))
Place = tuple["str | int", ...]


@cache
def whole() -> dict[str, dict[str, Any]]:
    """All templates that the tests of the pack have, as one."""
    found: dict[str, dict[str, Any]] = {name: {} for name in ("Resources", *SECTIONS)}
    examples = [dedent(text) for each in rules().values() for text in (each.passes, each.fails)]
    for number, text in enumerate([*examples, *(each.read_text("utf-8") for each in sorted(BRIEFS.glob("*.yaml")))]):
        content, errors = decode_str(text)
        assert not errors
        for section, entries in found.items():
            for key, each in content.get(section, {}).items():
                entries[key if key not in entries else f"{key}{number}"] = each
    plain: dict[str, dict[str, Any]] = json.loads(json.dumps(found, default=str))
    return plain


def places(value: object, at: Place = ()) -> Iterator[Place]:
    """Where each node of a value is."""
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*at, key)
        yield from places(inner, (*at, key))


def spoiled(value: Any, at: Place, rubbish: object) -> Any:
    """The value with rubbish at a place."""
    if not at:
        return rubbish
    copy = value.copy()
    copy[at[0]] = spoiled(value[at[0]], at[1:], rubbish)
    return copy


def template_of(turn: int, chance: Random) -> Template:
    content: dict[str, Any] = {section: dict(entries) for section, entries in whole().items()}
    for key, each in whole()["Resources"].items():
        nodes = [(), *places(each)]
        content["Resources"][key] = spoiled(each, nodes[turn % len(nodes)], chance.choice(RUBBISH))
    for section in filter(content.get, SECTIONS):
        key = chance.choice(list(content[section]))
        nodes = [(), *places(content[section][key])]
        content[section][key] = spoiled(content[section][key], chance.choice(nodes), chance.choice(RUBBISH))
    if not turn % AT_ONCE:
        content[SECTIONS[turn // AT_ONCE % len(SECTIONS)]] = chance.choice(PLAIN)
    return Template("nothing.yaml", content, ["us-east-1"])


@pytest.mark.parametrize("first", range(0, TURNS, AT_ONCE))
def test_no_rule_raises_whatever_rubbish_a_template_holds(first: int) -> None:
    chance = Random(first)  # noqa: S311  the same rubbish each time
    for turn in range(first, first + AT_ONCE):
        cfn = template_of(turn, chance)
        for rule in rules().values():
            list(rule.match(cfn))


def test_every_node_of_the_large_template_has_its_turn() -> None:
    assert max(len(list(places(each))) for each in whole()["Resources"].values()) < TURNS
