"""Another repository lints its templates and tests its golden files, from the wheel alone."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.lint.kit import CLEAN
from tests.support import PYPROJECT, Ran, Sandbox, environment

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN_TEST = """\
def test_template_is_the_golden_one(template, golden):
    assert template.text == golden(name=template.name)
"""


@pytest.fixture
def repository(second_repository: Sandbox) -> Sandbox:
    """It has stacks of its own and the golden test, and is built."""
    second_repository.write(
        {
            "pyproject.toml": PYPROJECT.replace('"stacks"', '"infrastructure"') + 'regions = ["eu-west-1"]\n',
            "infrastructure/shop.py": CLEAN,
            "tests/test_goldens.py": GOLDEN_TEST,
        }
    )
    assert second_repository.run("build").code == 0
    return second_repository


def run_pytest(repository: Sandbox) -> Ran:
    command = [*repository.python, "-m", "pytest", "-p", "no:cacheprovider"]
    settings = environment(**repository.always)
    done = subprocess.run(command, cwd=repository.root, env=settings, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


def wire_wrongly(repository: Sandbox) -> Path:
    path = repository.root / "build/shop/shop.json"
    path.write_text(path.read_text().replace('"Outputs.VpcId"', '"Outputs.SubnetIds"'))
    return path


def test_its_templates_are_clean(repository: Sandbox) -> None:
    assert repository.run("lint", "-q") == (0, "no findings in 3 templates for eu-west-1\n", "")


def test_a_wrong_wire_is_found(repository: Sandbox) -> None:
    wire_wrongly(repository)
    ran = repository.run("lint", "-q")
    assert ran.code == 4
    assert "E9117 Service.VpcId is handed a list of AWS::EC2::Subnet::Id, but AWS::EC2::VPC::Id" in ran.out


def test_its_golden_test_passes_and_fails_rightly(repository: Sandbox) -> None:
    ran = run_pytest(repository)
    assert (ran.code, ran.err) == (0, "")
    assert "3 passed" in ran.out
    path = wire_wrongly(repository)
    spoilt = path.read_bytes()
    ran = run_pytest(repository)
    assert ran.code == 1
    assert "1 failed, 2 passed" in ran.out
    assert '"Outputs.SubnetIds"' in ran.out
    assert path.read_bytes() == spoilt
