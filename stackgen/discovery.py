"""From a project's folder of stacks to the classes that are templates."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from .errors import DuplicateError, NamingError, ProjectError, SourceError, StackgenError
from .stack import Stack
from .template import Renderer, author_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

    from .project import Project
    from .template import Template

_FILE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def discover(project: Project) -> list[type[Stack]]:
    """The stack classes that the project's modules define and that name a file, by name.

    Raises SourceError when a module cannot be imported, DuplicateError when two classes claim one file.
    """
    modules = [_imported(name, path, project) for name, path in _modules(project.stacks, project.stacks.name)]
    found = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Stack) and value.__module__ == module.__name__ and value.file
    }
    if not found:
        raise ProjectError(
            "no stack found: no class derives from stackgen.Stack and names a file",
            location=(str(project.stacks), 0),
        )
    stacks = sorted(found, key=lambda stack: (stack.system, stack.file, stack.__qualname__))
    check_files(stacks)
    return stacks


def templates_of(stacks: Sequence[type[Stack]]) -> list[Template]:
    """The templates of the classes and of all that they nest, by name."""
    renderer = Renderer()
    for stack in stacks:
        renderer.template(stack)
    check_files(list(renderer.templates))
    return sorted(renderer.templates.values(), key=lambda template: template.name)


def check_files(stacks: Sequence[type[Stack]]) -> None:
    """Each class has a file of its own, below ``build/``. Raises DuplicateError, NamingError."""
    claimed: dict[tuple[str, str], type[Stack]] = {}
    for stack in stacks:
        for part in (stack.system, stack.file):
            if part and (not _FILE_CHARACTERS.issuperset(part) or part.startswith(".")):
                raise NamingError(
                    f"{stack.__name__}: {part!r} cannot be a file's name", "letters, digits, '-', '_' and '.'",
                    location=stack.location,
                )  # fmt: skip
        first = claimed.setdefault((stack.system.casefold(), stack.file.casefold()), stack)
        if first is not stack:
            path, line = first.location or ("", 0)
            inherited = "file" not in vars(stack)
            raise DuplicateError(
                f"{stack.__name__} and {first.__name__} both write {stack.system}/{stack.file}.json",
                f"{first.__name__} stands in {path.rsplit('/', 1)[-1]}:{line}",
                f"{stack.__name__} inherits its file: give it one of its own" if inherited else "",
                location=stack.location,
            )


def _modules(folder: Path, package: str) -> Iterator[tuple[str, Path]]:
    """Every module of a package; sub-folders count when they are packages themselves, so image sources do not."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".py" and path.stem.isidentifier():
            yield package if path.stem == "__init__" else f"{package}.{path.stem}", path
        elif path.is_dir() and path.name.isidentifier() and (path / "__init__.py").is_file():
            yield from _modules(path, f"{package}.{path.name}")


def _imported(name: str, path: Path, project: Project) -> ModuleType:
    above = str(project.stacks.parent)
    if above not in sys.path:
        sys.path.insert(0, above)
    try:
        module = importlib.import_module(name)
    except StackgenError as error:
        if error.location is None:
            error.location = author_line(error)
        raise
    except SyntaxError as error:
        raise SourceError(
            f"{type(error).__name__}: {error.msg}", (error.text or "").strip(),
            location=(error.filename or str(path), error.lineno or 0),
        ) from error  # fmt: skip
    except Exception as error:
        raise SourceError(f"{type(error).__name__}: {error}", location=author_line(error) or (str(path), 0)) from error
    if getattr(module, "__file__", None) != str(path):
        raise SourceError(
            f"import {name} gives {getattr(module, '__file__', 'another package')}",
            f"another package called {name.split('.')[0]!r} hides it: rename the folder, and the setting stacks",
            location=(str(path), 0),
        )
    return module
