"""Requirements, the tests that prove them, and the table in the README."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stackgen.errors import ProjectError
from stackgen.traceability import (
    BEGIN,
    END,
    Proof,
    Requirement,
    check_known,
    proofs_in,
    requirements_in,
    table,
    with_table,
)
from tests.support import ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

TESTS = '''\
import pytest


class TestThings:
    @pytest.mark.requirement("SHOP-1")
    def test_snapshots_are_kept(self):
        """A cluster without a final
        snapshot.

        More words.
        """


@pytest.mark.slow
@pytest.mark.requirement("SHOP-1", "SHOP-2")
@pytest.mark.requirement("TAP-1")
async def test_several_things():
    """Anything | everything."""


def test_without_a_marker():
    pass
'''


def proofs_of(folder: Path, text: str) -> list[Proof]:
    (folder / "test_shop.py").write_text(text)
    return proofs_in(folder)


def test_markers_are_read_from_the_sources(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text("boom(")
    path = str(tmp_path / "test_shop.py")
    first, second = sorted(proofs_of(tmp_path, TESTS), key=lambda proof: proof.location)
    assert first == Proof("test_snapshots_are_kept", (path, 6), ("SHOP-1",), "A cluster without a final snapshot.")
    assert second == Proof("test_several_things", (path, 17), ("SHOP-1", "SHOP-2", "TAP-1"), "Anything | everything.")


def marked(marker: str, definition: str = "def test_it():", body: str = '"""Something."""') -> str:
    return f"@pytest.mark.requirement{marker}\n{definition}\n    {body}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (marked('("A-1")', body="pass"), "test_it does not say what would make it fail"),
        (marked('("A-1", "A-2", "A-3", "A-4")'), "test_it claims 4 requirements, 3 at most\n  split it"),
        (marked("()"), "test_it names no requirement, or one twice"),
        (marked(""), "test_it names no requirement, or one twice"),
        (marked('("A-1", "A-1")'), "test_it names no requirement, or one twice"),
        (marked("(A)"), "the requirement A cannot be read without running the test"),
        (marked("(1)"), "the requirement 1 cannot be read without running the test"),
        (marked('(*["A-1"])'), "cannot be read without running the test"),
        (marked('("A-1")', "class TestIt:"), "TestIt is no test\n  mark the tests themselves"),
        (marked('("A-1")', "def helper():"), "helper is no test"),
    ],
)
def test_a_marker_that_says_too_little_is_refused_on_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ProjectError) as caught:
        proofs_of(tmp_path, text)
    assert message in str(caught.value)
    assert caught.value.location == (str(tmp_path / "test_shop.py"), 2)


def test_a_test_that_is_no_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"test_shop\.py:2: cannot be read"):
        proofs_of(tmp_path, "\nboom(")


def test_requirements_are_read_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "requirements.toml"
    path.write_text('[B-2]\ntext = "b"\n[A-1]\ntext = "a"\nnot_yet = "later"\n')
    assert requirements_in(path) == [
        Requirement("B-2", "b", "", str(path)),
        Requirement("A-1", "a", "later", str(path)),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[A-1", "cannot be read"),
        ("A = 1", "A is 1"),
        ("[A-1]", "A-1 is {}"),
        ('[A-1]\ntext = "a"\nnotyet = "b"', "text and perhaps not_yet were expected"),
    ],
)
def test_wrong_requirements_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "requirements.toml"
    path.write_text(text)
    with pytest.raises(ProjectError) as caught:
        requirements_in(path)
    assert message in str(caught.value)
    assert str(caught.value.location) == str((str(path), 0))


def test_missing_requirements_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be read"):
        requirements_in(tmp_path / "requirements.toml")


def proof(name: str, *ids: str) -> Proof:
    return Proof(name, ("tests/test_shop.py", 1), ids, "It | fails.")


FIRST, SECOND = Requirement("A-1", "One | two", "", "r.toml"), Requirement("A-2", "Three", "later", "r.toml")


def test_the_table_has_a_row_for_each_test_and_for_what_is_not_yet() -> None:
    proofs = [proof("test_a_thing", "A-1", "B-1"), proof("test_another", "A-1"), proof("test_other", "B-1")]
    assert table([FIRST, SECOND], proofs).splitlines() == [
        "| requirement | proved by | fails when |",
        "| --- | --- | --- |",
        r"| **A-1** One \| two | a thing | It \| fails. |",
        r"|  | another | It \| fails. |",
        "| **A-2** Three | not yet | later |",
    ]


@pytest.mark.parametrize(
    ("proofs", "message"),
    [
        ([], "r.toml: A-1 has neither a test nor a reason why not yet"),
        ([proof("test_a", "A-1", "A-2")], "r.toml: A-2 is said to be not yet, but is tested"),
    ],
)
def test_a_requirement_is_either_tested_or_not_yet(proofs: list[Proof], message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        table([FIRST, SECOND], proofs)


def test_a_test_of_an_unknown_requirement_is_refused() -> None:
    check_known([proof("test_a", "A-1")], ["A-1"])
    with pytest.raises(ProjectError, match=r"tests/test_shop\.py:1: test_a proves A-3\n  did you mean A-1\?"):
        check_known([proof("test_a", "A-3")], ["A-1"])


def test_the_table_stands_between_two_comments() -> None:
    readme = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert with_table(readme, "new\n") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


@pytest.mark.parametrize("readme", ["", BEGIN, f"{END}\n{BEGIN}"])
def test_a_readme_without_a_place_for_it_is_refused(readme: str) -> None:
    with pytest.raises(ProjectError, match="has no place for the table"):
        with_table(readme, "")


# scripts/requirements.py


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one system, whose README has no table yet."""
    for name, text in {
        "stacks/shop/requirements.toml": '[SHOP-1]\ntext = "Snapshots"\n',
        "stacks/shop/README.md": f"# Shop\n{BEGIN}\n{END}\n",
        "tests/test_shop.py": marked('("SHOP-1")'),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def run(root: Path, *arguments: str) -> tuple[int, str, str]:
    """The script of this repository, in another one."""
    script = root / "scripts" / "requirements.py"
    script.parent.mkdir(exist_ok=True)
    script.write_bytes((ROOT / "scripts" / "requirements.py").read_bytes())
    command = [sys.executable, str(script), *arguments]
    done = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_script_writes_the_table_once(repository: Path) -> None:
    readme = os.path.join("stacks", "shop", "README.md")  # noqa: PTH118  as the script shows it
    assert run(repository) == (0, f"1 requirement of 1 system: {readme} written\n", "")
    assert "| **SHOP-1** Snapshots | it | Something. |" in (repository / readme).read_text()
    assert run(repository) == (0, "1 requirement of 1 system: nothing written\n", "")
    assert run(repository, "--check") == (0, "1 requirement of 1 system: every README is right\n", "")


def test_the_script_tells_a_stale_readme_and_writes_nothing(repository: Path) -> None:
    before = (repository / "stacks/shop/README.md").read_bytes()
    code, out, err = run(repository, "--check")
    assert (code, out) == (4, "")
    assert err.startswith("error: not what the tests say: stacks")
    assert (repository / "stacks/shop/README.md").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (("tests/test_shop.py", marked('("SHOP-2")')), 1, "test_it proves SHOP-2"),
        (("stacks/shop/README.md", "# Shop\n"), 1, "README.md: the README has no place for the table"),
        (("stacks/shop/requirements.toml", "["), 1, "cannot be read"),
    ],
)
def test_the_script_refuses_what_is_wrong(repository: Path, change: tuple[str, str], code: int, message: str) -> None:
    name, text = change
    (repository / name).write_text(text)
    found, _, err = run(repository, "--check")
    assert (found, message in err) == (code, True), err


def test_the_script_knows_one_switch(repository: Path) -> None:
    assert run(repository, "--chek")[0] == 2


def test_a_system_without_a_readme_is_refused(repository: Path) -> None:
    (repository / "stacks/shop/README.md").unlink()
    code, _, err = run(repository)
    assert (code, "cannot be read" in err) == (1, True)


def test_the_readmes_of_this_repository_are_right() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "requirements.py"), "--check"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
