"""Where one of many templates is edited, one is linted again, and its parents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackgen.lint.by_template import ByTemplate
from stackgen.lint.finding import BuiltTemplate, Finding

CHILD = BuiltTemplate("shop/child", "child.json", '{"a": 1}', {"a": 1}, {})
PARENT = BuiltTemplate("shop/parent", "parent.json", "{}", {}, {"Child": "shop/child", "Gone": "shop/gone"})
BOTH = {each.name: each for each in (CHILD, PARENT)}
FOUND = [Finding("shop/child", "child.json", 3, "E3002", "no", ("Resources", "0"))]


def memory(folder: Path, base: str = "base", **changed: BuiltTemplate) -> ByTemplate:
    templates = {**BOTH, **{f"shop/{name}": each for name, each in changed.items()}}
    return ByTemplate(folder / "kept.json", base, templates)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder in which the findings of both are kept."""
    memory(tmp_path).keep({"shop/child": FOUND, "shop/parent": []})
    return tmp_path


def test_what_was_found_in_a_text_is_known(kept: Path) -> None:
    assert memory(kept).known(CHILD) == FOUND
    assert memory(kept).known(PARENT) == []


def test_another_text_is_looked_at_and_so_are_its_parents(kept: Path) -> None:
    other = CHILD._replace(text='{"a": 2}')
    assert memory(kept, child=other).known(other) is None
    assert memory(kept, child=other).known(PARENT) is None
    again = PARENT._replace(text="{ }")
    assert memory(kept, parent=again).known(again) is None
    assert memory(kept, parent=again).known(CHILD) == FOUND


def test_another_file_is_looked_at_for_findings_name_it(kept: Path) -> None:
    assert memory(kept).known(CHILD._replace(file="elsewhere/child.json")) is None


def test_a_child_that_comes_to_be_counts(kept: Path) -> None:
    assert memory(kept, gone=CHILD._replace(name="shop/gone")).known(PARENT) is None


def test_it_holds_for_its_base_only(kept: Path) -> None:
    assert memory(kept, "other").known(CHILD) is None
    assert memory(kept, "").known(CHILD) is None


def test_without_a_base_nothing_is_kept(tmp_path: Path) -> None:
    memory(tmp_path, "").keep({"shop/child": FOUND})
    assert list(tmp_path.iterdir()) == []


def test_what_is_known_of_others_stays_and_of_those_that_are_gone_goes(kept: Path) -> None:
    ByTemplate(kept / "kept.json", "base", {"shop/parent": PARENT}).keep({"shop/parent": []})
    assert list(json.loads((kept / "kept.json").read_text())["templates"]) == ["shop/parent"]
    memory(kept).keep({"shop/child": FOUND})
    assert set(json.loads((kept / "kept.json").read_text())["templates"]) == {"shop/parent", "shop/child"}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"base": "base"}', '{"base": "base", "templates": {"shop/child": 7}}',
             '{"base": "base", "templates": {"shop/child": {"of": 1}}}']
)  # fmt: skip
def test_what_is_not_ours_is_looked_at_again(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept.json").write_text(text)
    assert memory(tmp_path).known(CHILD) is None
    memory(tmp_path).keep({"shop/child": FOUND})
    assert memory(tmp_path).known(CHILD) == FOUND


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    memory(tmp_path / "in the way").keep({"shop/child": FOUND})
    assert memory(tmp_path / "in the way").known(CHILD) is None
