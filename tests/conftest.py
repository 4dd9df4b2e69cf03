"""Fixtures that several files of tests use."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support import PYPROJECT, ROOT, SHOP, Sandbox, environment

if TYPE_CHECKING:
    from pathlib import Path

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """An empty folder with a project's settings."""
    return Sandbox(tmp_path / "project").write({"pyproject.toml": PYPROJECT})


@pytest.fixture
def shop(sandbox: Sandbox) -> Sandbox:
    """A project with three stacks, one of them the parent of the others."""
    return sandbox.write({"stacks/shop.py": SHOP})


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel of this source tree: what another repository installs."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture
def second_repository(installed: Path, tmp_path: Path) -> Sandbox:
    """An empty repository whose Python has the wheel, its dependencies, and no way to this source tree.

    ``-S`` leaves out the ``.pth`` file of the editable install; the libraries' folder is named instead.
    """
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    return Sandbox(tmp_path / "second", (sys.executable, "-S"), path)
