"""Another repository uses the library as this one does: from its wheel, with nothing of this source tree at hand."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

import stackgen
from tests.support import PYPROJECT, ROOT, SHOP, Sandbox, environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(second_repository: Sandbox) -> Sandbox:
    """It has stacks of its own, in a package of its own name."""
    return second_repository.write(
        {
            "pyproject.toml": PYPROJECT.replace('"stacks"', '"infrastructure"'),
            "infrastructure/__init__.py": "",
            "infrastructure/shop.py": SHOP,
        }
    )


def run(sandbox: Sandbox, program: str) -> str:
    command = [*sandbox.python, "-c", program]
    return subprocess.check_output(command, cwd=sandbox.root, env=environment(**sandbox.always), text=True)


def test_it_sees_the_wheel_and_not_the_source_tree(repository: Sandbox, installed: Path) -> None:
    out = run(repository, "import sys, stackgen; print(stackgen.__file__, *sys.path, sep='\\n')").splitlines()
    assert out[0] == str(installed / "stackgen" / "__init__.py")
    assert str(ROOT) not in out


def test_the_wheel_holds_the_library_its_types_and_nothing_else(installed: Path) -> None:
    tops = {path.name for path in installed.iterdir()}
    assert tops == {"stackgen", f"stackgen-{stackgen.__version__}.dist-info"}
    assert (installed / "stackgen" / "py.typed").is_file()
    source = {path.relative_to(ROOT).as_posix() for path in (ROOT / "stackgen").rglob("*.py")}
    assert {path.relative_to(installed).as_posix() for path in installed.rglob("*.py")} == source


def test_the_wheel_installs_the_command(installed: Path) -> None:
    text = next(installed.glob("*.dist-info/entry_points.txt")).read_text()
    assert "[console_scripts]\nstackgen = stackgen.cli:run\n" in text


def test_it_builds_lists_and_checks_its_stacks(repository: Sandbox) -> None:
    assert repository.run("build") == (
        0,
        "built 3 templates: 3 written, 0 unchanged, 0 removed\n",
        "  wrote    build/shop/network.json\n  wrote    build/shop/queue.json\n  wrote    build/shop/shop.json\n",
    )
    assert repository.run("build").out == "built 3 templates: nothing has changed\n"
    assert repository.run("build", "--check").code == 0
    assert "  └─ shop/queue" in repository.run("list", "--tree").out


def test_it_wires_with_nested(repository: Sandbox) -> None:
    repository.run("build")
    template = json.loads(repository.contents("build")["shop/shop.json"])
    orders = template["Resources"]["Orders"]["Properties"]
    assert orders["Parameters"] == {"DelaySeconds": "10"}
    assert orders["TemplateURL"]["Fn::Sub"].startswith("https://${TemplatesBucketName}.s3.${AWS::Region}.")


def test_its_mistakes_are_told_as_ours(repository: Sandbox) -> None:
    repository.write({"infrastructure/shop.py": SHOP.replace("VpcId)", "VpdId)")})
    ran = repository.run("build")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: infrastructure/shop.py:")
    assert "did you mean VpcId?" in ran.err
