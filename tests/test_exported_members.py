"""The library's face: what is public, where it lives, and that the three lists of it agree."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import stackgen

PUBLIC = [
    "Assertion", "Attributes", "Condition", "Exemption", "FromParent", "Mapping", "Output", "Parameter", "Rule",
    "Stack", "Template", "adopt", "allow", "deny", "nested", "render", "trust", "typed",
]  # fmt: skip

HOMES = stackgen._HOME  # noqa: SLF001  the table that the tests are about


def test_the_face_is_what_it_was() -> None:
    """Who adds a name here also adds it to the documentation; who removes one breaks somebody."""
    assert sorted(stackgen.__all__) == PUBLIC


def test_all_is_sorted() -> None:
    assert stackgen.__all__ == sorted(stackgen.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_the_one_of_its_home(name: str) -> None:
    home = import_module(f"stackgen.{HOMES[name]}")
    assert getattr(stackgen, name) is getattr(home, name)
    assert getattr(stackgen, name).__doc__


def test_type_checkers_and_python_find_the_same_names_in_the_same_places() -> None:
    tree = ast.parse(Path(stackgen.__file__).read_text("utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert seen == HOMES
    assert set(seen) == set(stackgen.__all__)


def test_an_unknown_name_is_an_attribute_error_and_dir_knows_the_others() -> None:
    with pytest.raises(AttributeError, match="module 'stackgen' has no attribute 'Stak'"):
        stackgen.Stak  # noqa: B018  the point of the test
    assert set(PUBLIC) <= set(dir(stackgen))


def test_the_version_is_that_of_the_distribution() -> None:
    assert stackgen.__version__ == version("stackgen")


def all_of(path: Path) -> list[str] | None:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            found: list[str] = ast.literal_eval(node.value)
            return found
    return None


def test_what_a_module_exports_exists() -> None:
    package = Path(stackgen.__file__).parent
    for path in sorted(package.glob("*.py")):
        names = all_of(path)
        module = import_module(f"stackgen.{path.stem}") if names and path.stem[0] != "_" else stackgen
        assert all(hasattr(module, name) for name in names or ()), path.name
