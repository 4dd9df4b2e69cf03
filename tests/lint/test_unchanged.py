"""A lint of which no file was written again says what the last one said; whatever it depends on makes it look."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from stackgen.cli import main
from stackgen.lint.unchanged import answer
from tests.support import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support import Sandbox

PROGRAM = "import sys; from stackgen.cli import main; print(main(sys.argv[1:]), 'argparse' in sys.modules)"
TODAY = time.strftime("%Y-%m-%d", time.gmtime())


def settle() -> None:
    """Let all files be older than the next run: of those that are as new as it nothing is kept."""
    time.sleep(0.05)


def lint(sandbox: Sandbox, *arguments: str, **variables: str) -> list[str]:
    """What it prints, its exit code, and whether the command itself was asked, which parses its arguments."""
    command = [sys.executable, "-c", PROGRAM, "lint", *arguments]
    env = {**environment(), **variables}
    ran = subprocess.run(command, cwd=sandbox.root, env=env, capture_output=True, text=True, check=True, timeout=120)
    return [*ran.stderr.splitlines(), *ran.stdout.splitlines()]


@pytest.fixture
def linted(clean: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A project whose template was linted in this process, with a finding."""
    path = clean.root / "build/shop/shop.json"
    path.write_text(path.read_text().replace('"443"', '"0"'))
    settle()
    monkeypatch.chdir(clean.root)
    assert main(["lint"]) == 4
    assert answer(str(clean.root), TODAY) is not None
    return clean


def test_the_same_is_said_again_by_nobody_who_parses_arguments(linted: Sandbox) -> None:
    first = lint(linted)  # with another path of modules than here
    assert first[-1] == "4 True"
    assert lint(linted) == [*first[:-1], "4 False"]
    assert lint(linted, "-q", "--ci") == [*first[1:-1], "4 False"]


def test_findings_are_annotated_where_github_reads_them(linted: Sandbox) -> None:
    said = lint(linted, GITHUB_ACTIONS="true")
    assert said[-1] == "4 True"
    assert any(line.startswith("::error file=") for line in said)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a template was touched": lambda root: (root / "build/shop/network.json").touch(),
    "a template is gone": lambda root: (root / "build/shop/network.json").rename(root / "elsewhere.json"),
    "the manifest was written again": lambda root: (root / "build/manifest.json").touch(),
    "another file came to the build folder": lambda root: (root / "build/shop/new.json").write_text("{}"),
    "the settings were written again": lambda root: (root / "pyproject.toml").touch(),
    "other settings count": lambda root: (root / "stackgen.toml").write_text('stacks = "stacks"\n'),
    "cfn-lint has settings": lambda root: (root / ".cfnlintrc.yml").write_text("ignore_checks: [W1020]\n"),
    "another build told where things are declared": lambda root: (root / ".stackgen/sources.json").write_text("{}"),
    "a project stands between": lambda root: (root / "build/pyproject.toml").write_text("[tool.stackgen]\n"),
    "what is kept is no answer of ours": lambda root: (root / ".stackgen/linted.json").write_text('{"at": 1}'),
    "what is kept is cut off": lambda root: (root / ".stackgen/linted.json").write_text('{"at": ["'),
    "what is kept is no text": lambda root: (root / ".stackgen/linted.json").write_bytes(b"\xff"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_command_runs_where(change: Callable[[Path], object], linted: Sandbox) -> None:
    start = str(linted.root / "build" if "pyproject" in change.__code__.co_consts else linted.root)
    change(linted.root)
    assert answer(start, TODAY) is None


def test_a_file_that_was_put_back_with_its_time_is_looked_at(linted: Sandbox) -> None:
    path = linted.root / "build/shop/shop.json"
    before, text = path.stat(), path.read_text()
    path.write_text(text.replace('"0"', '"1"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert answer(str(linted.root), TODAY) is None


def test_from_another_folder_the_paths_are_others(linted: Sandbox) -> None:
    assert answer(str(linted.root / "build"), TODAY) is None


def test_another_python_is_asked_again(linted: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(linted.root))
    assert answer(str(linted.root), TODAY) is None


def test_what_holds_today_is_looked_at_tomorrow_when_exemptions_and_runtimes_may_have_expired(linted: Sandbox) -> None:
    assert answer(str(linted.root), "2999-12-31") is None


def test_every_module_that_a_lint_loads_counts(clean: Sandbox) -> None:
    program = (
        "import sys; from stackgen.cli import main; main(['lint', '-q']); from stackgen.lint.unchanged import sources;"
        "print(*(each.__file__ for name, each in sys.modules.items() if name.startswith('stackgen')"
        " and not name.startswith('stackgen.commands')), sep=chr(10)); print('--'); print(*sources(), sep=chr(10))"
    )
    run = [sys.executable, "-c", program]
    out = subprocess.check_output(run, cwd=clean.root, env=environment(), text=True, timeout=120)
    loaded, _, counted = out.partition("\n--\n")
    assert "stackgen/lint/rules" in loaded
    assert set(loaded.splitlines()[1:]) <= set(counted.splitlines())


@pytest.mark.parametrize("words", [["shop"], ["-r", "eu-west-1"], ["--format", "json"], ["-v"]])
def test_who_asks_for_more_gets_more(words: list[str], linted: Sandbox) -> None:
    lint(linted)
    assert lint(linted, *words)[-1].endswith("True")
    assert lint(linted)[-1] == "4 False"


def test_what_may_have_changed_while_it_was_read_is_not_kept(clean: Sandbox) -> None:
    settle()
    assert lint(clean)[-1] == "0 True"
    path = clean.root / "build/shop/shop.json"
    os.utime(path, ns=(0, (clean.root / ".stackgen/linted.json").stat().st_mtime_ns + 10**10))
    (clean.root / ".stackgen/linted.json").unlink()
    assert lint(clean)[-1] == "0 True"
    assert not (clean.root / ".stackgen/linted.json").exists()
