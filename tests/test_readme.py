"""The README's words hold: its example builds, passes the type checker, and fails as it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from stackgen.cli import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def example() -> str:
    found = re.search(r"```python\n(# stacks/shop.py\n.*?)```", README, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.stackgen]\nstacks = "stacks"\n')
    (tmp_path / "stacks" / "shop.py").write_text(example())
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)


def test_the_example_has_twenty_lines_and_builds_two_templates(shop: Path) -> None:
    assert len(example().splitlines()) <= 20
    built = run(shop, "stackgen", "build")
    assert built.returncode == 0, built.stderr
    assert {path.name for path in (shop / "build" / "shop").iterdir()} == {"queue-stack.json", "shop.json"}


def test_the_example_passes_mypy_in_strict_mode(shop: Path) -> None:
    checked = run(shop, "mypy", "--strict", "--follow-untyped-imports", "stacks/shop.py")
    assert checked.returncode == 0, checked.stdout


def test_the_linter_has_as_many_remarks_on_the_example_as_are_told(shop: Path) -> None:
    assert run(shop, "stackgen", "build").returncode == 0
    ran = run(shop, "stackgen", "lint")
    assert ran.returncode == 4
    assert ran.stdout.startswith("10 findings (")
    assert "has ten remarks on it" in README
    assert all("(stacks/shop.py:" in line for line in ran.stdout.splitlines() if line.startswith(" "))


def test_the_shown_mistake_gives_the_shown_message(shop: Path) -> None:
    shown = re.search(r"```\n(error: .*?)```", README, re.DOTALL)
    assert shown is not None
    wrong = example().replace("Queue.QueueUrl", "Queue.QueueUr1")
    (shop / "stacks" / "shop.py").write_text(wrong)
    refused = run(shop, "stackgen", "build")
    assert (refused.returncode, refused.stderr) == (1, shown.group(1))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_table_is_one_that_exists(command: str) -> None:
    assert f"| `{command}" in README
    assert run(ROOT, "stackgen", command, "--help").returncode == 0


def test_the_demonstration_has_five_lines_and_does_what_it_shows() -> None:
    shown = re.search(r"```sh\n(python -m stackgen local .*?)```\n\n```\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    command, answer = shown.groups()
    assert len(command.splitlines()) == 5
    words = command.replace("\\\n", " ").split()[1:]
    ran = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(answer)


def test_the_change_that_is_shown_is_the_one_in_docs() -> None:
    """The excerpt is shortened; each of its facts stands in the report of the same change."""
    shown = re.search(r"```\n(\d+ certain failures.*?)```", README, re.DOTALL)
    assert shown is not None
    report = (ROOT / "docs" / "report.md").read_text("utf-8")
    first, *lines = shown.group(1).splitlines()
    assert first in report
    addresses = [line.split()[1] for line in lines if line.startswith(("  ±", "  ~"))]
    assert len(addresses) == 3
    assert all(address in report for address in addresses)


def test_the_picture_of_tapstack_is_the_one_that_its_command_draws() -> None:
    """Where this fails, run the command in docs/README.md, and look at the picture."""
    drawn = run(ROOT, "stackgen", "graph", "TapStack", "--depth", "1", "--format", "svg")
    assert drawn.returncode == 0, drawn.stderr
    assert drawn.stdout == (ROOT / "docs" / "tapstack.svg").read_text("utf-8")
