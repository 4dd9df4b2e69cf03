"""Fixtures that several files of tests use."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import sysconfig
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import PYPROJECT, ROOT, SHOP, Sandbox, environment

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Modules stay, so the collector looks at them once and not again and again: that took a quarter of the time.
gc.set_threshold(10_000, 10, 10)
_MANY = 200
_looked_at = 0


def pytest_runtest_logstart() -> None:
    """Take what was imported since the last time out of what is searched for garbage."""
    global _looked_at  # noqa: PLW0603 - of the process, as the collector is
    gc.enable()  # a command that a test ran in this process has switched it off
    if len(sys.modules) > _looked_at + _MANY:
        gc.collect()
        gc.freeze()
        _looked_at = len(sys.modules)


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Tell of a test that printed lone surrogates: workers send UTF-8, and would end with all tests."""
    return _sendable((yield))


def _sendable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_sendable(key): _sendable(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_sendable(each) for each in value)
    return value


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
