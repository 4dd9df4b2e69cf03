"""What a test or a rehearsal imports from ``stackgen.local``."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from stackgen import local

PUBLIC = [
    "Accounts", "Clock", "Cloud", "ConflictingTransaction", "Delay", "Fail", "LeaveUnprocessed", "LocalError",
    "LoseAnswer", "ResourceType", "ServiceError", "TaskNotFinished", "Throttle", "TimeOut",
]  # fmt: skip
HOMES = local._HOME  # noqa: SLF001  the table that the tests are about


def test_the_face_is_what_it_was() -> None:
    assert local.__all__ == PUBLIC
    assert set(PUBLIC) <= set(dir(local))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_the_one_of_its_home(name: str) -> None:
    assert getattr(local, name) is getattr(import_module(f"stackgen.local.{HOMES[name]}"), name)
    assert getattr(local, name).__doc__


def test_type_checkers_and_python_find_the_same_names_in_the_same_places() -> None:
    tree = ast.parse(Path(local.__file__ or "").read_text("utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert seen == HOMES


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'stackgen\.local' has no attribute 'Clowd'"):
        local.Clowd  # noqa: B018  the point of the test


def test_importing_the_face_imports_none_of_what_it_stands_on() -> None:
    program = "import sys, stackgen.local; print(sorted({'boto3', 'botocore', 'ministack', 'moto'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
