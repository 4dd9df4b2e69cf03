"""Settings are parsed once, and again as soon as a byte of them is another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.errors import ProjectError
from stackgen.project import Project

if TYPE_CHECKING:
    from pathlib import Path

TABLE = '[tool.stackgen]\nstacks = "stacks"\nregions = ["eu-west-1"]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "stacks").mkdir()
    (tmp_path / ".stackgen").mkdir()
    (tmp_path / "pyproject.toml").write_text(TABLE)
    return tmp_path


def test_settings_are_remembered_for_their_bytes(root: Path) -> None:
    first = Project.find(root)
    kept = root / ".stackgen" / "settings.json"
    assert json.loads(kept.read_text())["table"] == {"stacks": "stacks", "regions": ["eu-west-1"]}
    assert Project.find(root) == first
    (root / "pyproject.toml").write_text(TABLE.replace("eu-west-1", "eu-west-2"))
    assert Project.find(root).regions == ("eu-west-2",)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"of": 1, "table": {}}', "\xff"])
def test_a_memory_that_is_none_is_not_believed(root: Path, text: str) -> None:
    (root / ".stackgen" / "settings.json").write_text(text, "latin-1")
    assert Project.find(root).regions == ("eu-west-1",)


def test_what_is_refused_is_refused_again(root: Path) -> None:
    (root / "pyproject.toml").write_text(TABLE + "day = 2026-11-20\n")
    for _ in range(2):
        with pytest.raises(ProjectError, match="unknown setting 'day'"):
            Project.find(root)


def test_nothing_is_written_where_nothing_was_built(root: Path) -> None:
    (root / ".stackgen").rmdir()
    Project.find(root)
    assert not (root / ".stackgen").exists()
