"""Fixtures of the linter's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.lint.runner import Linter
from tests.lint.kit import CLEAN, built

if TYPE_CHECKING:
    from stackgen.lint.finding import BuiltTemplate
    from tests.support import Sandbox


@pytest.fixture(scope="session")
def linter(tmp_path_factory: pytest.TempPathFactory) -> Linter:
    """cfn-lint with its rules loaded, once in each process."""
    root = tmp_path_factory.mktemp("linted")
    (root / "build").mkdir()
    return Linter(["us-east-1", "eu-west-1"], root, root / "build")


@pytest.fixture
def clean(sandbox: Sandbox) -> Sandbox:
    """A built project in which nothing is to be found."""
    sandbox.write({"stacks/shop.py": CLEAN})
    assert sandbox.run("build").code == 0
    return sandbox


@pytest.fixture
def template() -> BuiltTemplate:
    """A template with one resource."""
    return built("shop/topic", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
