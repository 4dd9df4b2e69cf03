"""Every rule of the pack says what people need, and finds its own bad example and not its good one."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

import stackgen.lint.rules as pack

from .kit import rules, seen

FOLDER = Path(pack.__file__).parent
ALL = sorted(rules().values(), key=lambda each: each.id)


def example(rule: object, name: str) -> str:
    text = str(getattr(rule, name))
    assert text.strip(), f"{rule} has no example that {name}"
    return text


@pytest.mark.parametrize("rule", ALL, ids=lambda each: each.id)
def test_a_rule_finds_its_bad_example_and_not_its_good_one(rule: object) -> None:
    name = rule.id  # type: ignore[attr-defined]
    profiles = rule.profiles or ("",)  # type: ignore[attr-defined]
    for profile in profiles:
        assert not seen(example(rule, "passes"), name, profile=profile)
        assert seen(example(rule, "fails"), name, profile=profile)


@pytest.mark.parametrize("rule", ALL, ids=lambda each: each.id)
def test_no_other_rule_raises_on_an_example(rule: object) -> None:
    for name in ("passes", "fails"):
        seen(example(rule, name))


@pytest.mark.parametrize("rule", ALL, ids=lambda each: each.id)
def test_a_rule_says_what_it_asks_for_why_and_what_to_do(rule: object) -> None:
    for name in ("shortdesc", "why", "remedy", "source_url", "pillar"):
        text = str(getattr(rule, name))
        assert text, name
        assert text == text.strip(), name
    assert re.fullmatch(r"[EW]91\d\d", rule.id)  # type: ignore[attr-defined]
    assert rule.guidelines, "no guideline asks for it"  # type: ignore[attr-defined]
    assert all(re.fullmatch(r"GDL-\d{3}|G-\d\d|TAP", each) for each in rule.guidelines)  # type: ignore[attr-defined]


def test_each_module_is_one_rule_of_its_name_and_no_id_is_twice() -> None:
    ids = []
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        text = path.read_text("utf-8")
        title = "".join(part.capitalize() for part in path.stem.split("_"))
        assert re.findall(r"^class (\w+)\(", text, re.MULTILINE) == [title]
        (said,) = re.findall(r'^    id = "(\w+)"', text, re.MULTILINE)
        assert text.startswith(f'"""{said}'), path
        ids.append(said)
    assert sorted(ids) == sorted(rules())
    assert not [one for one, other in pairwise(sorted(ids)) if one == other]
