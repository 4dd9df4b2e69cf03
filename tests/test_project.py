"""Where a project's settings are found, and what is refused in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from stackgen.errors import ProjectError
from stackgen.project import TABLES, Project

if TYPE_CHECKING:
    from pathlib import Path

TABLE = '[tool.stackgen]\nstacks = "stacks"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "stacks" / "shop").mkdir(parents=True)
    return tmp_path


def test_the_settings_have_defaults(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.stackgen]\n")
    project = Project.find(root)
    assert (project.root, project.config) == (root, root / "pyproject.toml")
    assert (project.stacks, project.build) == (root / "stacks", root / "build")
    empty: dict[str, object] = {name: {} for name in TABLES}
    assert (project.regions, project.tables) == (("us-east-1",), empty)


def test_all_settings_are_read(root: Path) -> None:
    (root / "infra").mkdir()
    (root / "pyproject.toml").write_text(
        '[tool.stackgen]\nstacks = "infra"\nbuild = "./out/templates"\nregions = ["eu-west-1", "eu-west-2"]\n'
    )
    project = Project.find(root)
    assert (project.stacks, project.build) == (root / "infra", root / "out" / "templates")
    assert project.regions == ("eu-west-1", "eu-west-2")


def test_the_nearest_settings_above_count(root: Path) -> None:
    (root / "pyproject.toml").write_text(TABLE)
    assert Project.find(root / "stacks" / "shop").root == root


def test_a_pyproject_without_settings_on_the_way_is_passed(root: Path) -> None:
    (root / "pyproject.toml").write_text(TABLE)
    (root / "stacks" / "pyproject.toml").write_text("[project]\nname = 'inner'\n")
    assert Project.find(root / "stacks" / "shop").root == root


def test_stackgen_toml_goes_first(root: Path) -> None:
    (root / "pyproject.toml").write_text(TABLE)
    (root / "stackgen.toml").write_text('build = "templates"\n')
    project = Project.find(root)
    assert (project.config.name, project.build) == ("stackgen.toml", root / "templates")


def test_a_named_config_counts_from_anywhere(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (root / "other.toml").write_text('build = "templates"\n')
    project = Project.find(tmp_path_factory.mktemp("elsewhere"), config=root / "other.toml")
    assert (project.root, project.build) == (root, root / "templates")


WRONG = {
    "no table": ("[project]\nname = 'x'\n", r"pyproject.toml: has no \[tool.stackgen\]\n  add it"),
    "misspelt": (TABLE + 'biuld = "x"\n', r"pyproject.toml:3: unknown setting 'biuld'\n  did you mean build\?"),
    "unknown": (
        TABLE + "zzz = 1\n",
        r"unknown setting 'zzz'\n  known: build, env, ephemeral, image, profiles, regions, stack, stacks",
    ),
    "number for text": ("[tool.stackgen]\nbuild = 3\n", r"pyproject.toml:2: build is 3, but a text was expected"),
    "empty text": (TABLE + 'build = ""\n', r"pyproject.toml:3: build is empty, but a text was expected"),
    "text for list": (TABLE + 'regions = "x"\n', r":3: regions is 'x', but a list of texts was expected"),
    "list of numbers": (TABLE + "regions = [1]\n", r":3: regions is \[1\], but a list of texts was expected"),
    "empty list": (TABLE + "regions = []\n", r":3: regions is empty, but a list of texts was expected"),
    "a text for the table": ('[tool]\nstackgen = "x"\n', r"tool.stackgen is 'x', but a table was expected"),
    "a text for the tools": ('tool = "x"\n', r"has no \[tool.stackgen\]"),
    "not TOML": (TABLE + "<<<<<<< HEAD\n", r"pyproject.toml:3: is not TOML: .+line 3"),
    "no folder": ('[tool.stackgen]\nstacks = "none"\n', r"pyproject.toml:2: there is no folder none"),
    "no identifier": ('[tool.stackgen]\nstacks = "my-stacks"\n', r":2: stacks is 'my-stacks', which Python"),
    "the root as build": (TABLE + 'build = "."\n', r":3: build is '\.', but a folder of its own"),
    "a folder above as build": (TABLE + 'build = ".."\n', r":3: build is '\.\.', but a folder of its own"),
    "the stacks as build": (TABLE + 'build = "stacks"\n', r":3: build is 'stacks', but a folder of its own"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_wrong_settings_are_refused(root: Path, text: str, message: str) -> None:
    (root / "my-stacks").mkdir()
    (root / "pyproject.toml").write_text(text)
    with pytest.raises(ProjectError, match=message):
        Project.find(root)


def test_the_line_is_that_of_our_own_table(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.other]\nbuild = "x"\n\n[tool.stackgen]  # ours\nbuild = 3\n')
    with pytest.raises(ProjectError, match=r"pyproject.toml:5: build is 3"):
        Project.find(root)


def test_settings_that_are_no_text_are_refused(root: Path) -> None:
    (root / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProjectError, match="is not UTF-8"):
        Project.find(root)


def test_a_config_that_is_not_there_is_refused(root: Path) -> None:
    with pytest.raises(ProjectError, match=r"none.toml: cannot be read: No such file"):
        Project.find(config=root / "none.toml")


def test_without_a_project_the_message_says_where_it_looked(root: Path) -> None:
    with pytest.raises(ProjectError, match=f"no project in {re.escape(str(root))}: .+\n  .+--config FILE"):
        Project.find(root)
