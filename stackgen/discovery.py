"""From a project's folder of stacks to the classes that are templates.

While the stacks' code runs, what it prints goes to stderr: stdout is for data.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from . import light  # noqa: F401  before the first import of troposphere
from .errors import DuplicateError, NamingError, ProjectError, SourceError, StackgenError, likely, meant, shown
from .oversights import every_stack, oversights
from .profiles import Profile
from .project import line_of_setting
from .template import Renderer, author_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType
    from typing import TextIO

    from .errors import Location
    from .project import Project
    from .stack import Stack
    from .template import Template

_FILE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
_TAKEN = {("", "manifest")}
_SECOND = 1_000_000_000
_REFUSED = re.compile(r": (\S+) function validator '.+' threw exception:")
_STANDARD = str(Path(os.__file__).parent)


def discover(project: Project, warn: Callable[[str], None] = lambda _: None) -> list[type[Stack]]:
    """The stack classes that the project's modules define and that name a file, by name.

    ``warn`` is told what is allowed but hardly meant. Raises SourceError when a module cannot be imported,
    DuplicateError when two classes claim one file.
    """
    package = project.stacks.name
    above = str(project.stacks.parent)
    if sys.path[:1] != [above]:
        sys.path.insert(0, above)
    sources = list(_modules(project.stacks, package))
    with _stack_code():
        _import_package(project.stacks)
        for name, path in sources:
            _imported(name, path)
    names = {name for name, _ in sources}
    defined = [stack for stack in every_stack() if stack.__module__ in names]
    for stack in sorted(defined, key=lambda stack: (stack.location or ("", 0), stack.__qualname__)):
        for oversight in oversights(stack):
            warn(oversight)
    found = [stack for stack in defined if stack.file]
    if not found:
        raise ProjectError(
            "no stack found: no class here derives from stackgen.Stack and names a file",
            location=(str(project.stacks), 0),
        )
    stacks = sorted(found, key=lambda stack: (stack.system, stack.file, stack.__qualname__))
    check_files(stacks)
    _check_profiles(project, stacks)
    return stacks


def _check_profiles(project: Project, stacks: Sequence[type[Stack]]) -> None:
    """Each is one that there is, of a stack that there is. Raises ProjectError."""
    names = {name for each in stacks for name in (each.system, each.file, _name(each)) if name}
    for name, profile in project.profiles.items():
        where = (str(project.config), line_of_setting(str(project.config), name, "profiles"))
        if name not in names:
            raise ProjectError(f"profiles.{name}: there is no such system or file", likely(name, names), location=where)
        if profile not in [each.value for each in Profile]:
            raise ProjectError(
                f"profiles.{name} is {profile!r}, but one of {', '.join(Profile)} was expected",
                likely(str(profile), [each.value for each in Profile]),
                location=where,
            )


def templates_of(stacks: Sequence[type[Stack]], profiles: Mapping[str, str] | None = None) -> list[Template]:
    """The templates of the classes and of all that they nest, by name; *profiles* as ``Renderer`` takes them."""
    renderer = Renderer(profiles)
    with _stack_code():
        for stack in stacks:
            try:
                renderer.template(stack)
            except SystemExit as error:
                raise _left(error, stack.location) from error
    check_files(list(renderer.templates))
    _check_beside(renderer.templates)
    return sorted(renderer.templates.values(), key=lambda template: template.name)


def _check_beside(templates: Mapping[type[Stack], Template]) -> None:
    """What stands beside a template has a name of its own, which the list of built files can hold."""
    claimed = {f"{each.name}.json".casefold(): stack for stack, each in templates.items()}
    for stack, template in templates.items():
        for path, _ in template.beside:
            name = path.rpartition("/")[2]
            if not name.endswith(".json") or not _FILE_CHARACTERS.issuperset(name) or name.startswith("."):
                raise NamingError(
                    f"{stack.__name__}: {name!r} cannot stand beside a template",
                    "letters, digits, '-', '_' and '.' are allowed, no '.' at the start, and .json at the end",
                    location=stack.location,
                )
            first = claimed.setdefault(path.casefold(), stack)
            if first is not stack or path in {f"{template.name}.json", "manifest.json"}:
                raise DuplicateError(
                    f"{stack.__name__} and {first.__name__} both write {path}", location=stack.location
                )


def check_files(stacks: Sequence[type[Stack]]) -> None:
    """Each class has a file of its own, below ``build/``. Raises DuplicateError, NamingError."""
    claimed: dict[tuple[str, str], type[Stack]] = {}
    for stack in stacks:
        for part in (stack.system, stack.file):
            if part and (not _FILE_CHARACTERS.issuperset(part) or part.startswith(".")):
                raise NamingError(
                    f"{stack.__name__}: {part!r} cannot be a file's name",
                    "letters, digits, '-', '_' and '.' are allowed, and no '.' at the start",
                    location=stack.location,
                )
        key = (stack.system.casefold(), stack.file.casefold())
        if key in _TAKEN:
            raise NamingError(
                f"{stack.__name__}: {stack.file}.json is the list of the built files, not a template",
                "give the stack another file, or a system",
                location=stack.location,
            )
        first = claimed.setdefault(key, stack)
        if first is not stack:
            raise _duplicate(*((stack, first) if issubclass(first, stack) else (first, stack)))


def _duplicate(first: type[Stack], second: type[Stack]) -> DuplicateError:
    path, line = first.location or ("", 0)
    inherited = "file" not in vars(second)
    return DuplicateError(
        f"{second.__name__} and {first.__name__} both write {_name(second)}.json",
        f"{first.__name__} stands in {shown(path)}:{line}",
        f"{second.__name__} inherits its file: give it one of its own" if inherited else "",
        location=second.location,
    )


def _name(stack: type[Stack]) -> str:
    return f"{stack.system}/{stack.file}" if stack.system else stack.file


@contextmanager
def _stack_code() -> Iterator[None]:
    """Around code of the project: what it prints is no data, and its bytecode is as fresh as its source."""
    narration = _Narration(sys.stderr)
    stderr = cast("TextIO", narration)
    with redirect_stdout(stderr), redirect_stderr(stderr):
        try:
            yield
        except SourceError as error:
            if narration.refused:
                error.hints.append(f"troposphere refuses that value for {narration.refused}")
            raise
        finally:
            for module in list(sys.modules.values()):
                path = getattr(module, "__file__", None)
                if isinstance(path, str) and path.endswith(".py") and not _is_installed(path):
                    _drop_uncertain_bytecode(Path(path))


class _Narration:
    """stderr, but for what troposphere writes before it raises: that belongs to the error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.refused = ""

    def write(self, text: str) -> int:
        found = _REFUSED.search(text)
        if found is None:
            return self._stream.write(text)
        self.refused = found[1]
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def _is_installed(path: str) -> bool:
    return path.startswith(_STANDARD) or f"-packages{os.sep}" in path


def _drop_uncertain_bytecode(path: Path) -> None:
    """What was compiled in the second of an edit is compiled again.

    Python tells an edited source by its size and its time in whole seconds, so that it may miss a later edit
    in that second. A build must not.
    """
    with suppress(OSError, NotImplementedError):  # no bytecode, or not ours to delete
        compiled = Path(importlib.util.cache_from_source(str(path)))
        if path.stat().st_mtime_ns // _SECOND >= compiled.stat().st_mtime_ns // _SECOND:
            compiled.unlink()


def _modules(folder: Path, package: str) -> Iterator[tuple[str, Path]]:
    """Every module of a package and of the packages in it; other folders hold image sources and the like.

    Raises SourceError for a module whose name Python cannot import.
    """
    for path in sorted(folder.iterdir()):
        if path.suffix == ".py" and not path.name.startswith("."):
            if not path.stem.isidentifier():
                raise _no_module(path)
            yield package if path.stem == "__init__" else f"{package}.{path.stem}", path
        elif path.is_dir() and path.name.isidentifier() and (path / "__init__.py").is_file():
            yield from _modules(path, f"{package}.{path.name}")


def _no_module(path: Path) -> SourceError:
    likely = re.sub(r"\W", "_", path.stem)
    likely = likely if likely.isidentifier() else f"_{likely}"
    return SourceError(
        f"{path.name!r} is no name that Python can import, so no stack in it would be built",
        f"call it {likely}.py; a script belongs beside the folder of stacks",
        location=(str(path), 0),
    )


def _import_package(stacks: Path) -> None:
    """Import the project's own package of that name. Raises SourceError where another one is in its place.

    Without an ``__init__.py`` it would be a namespace package, and give way to any other package of its name.
    """
    if stacks.name not in sys.modules and not (stacks / "__init__.py").exists():
        spec = ModuleSpec(stacks.name, None, is_package=True)
        spec.submodule_search_locations = [str(stacks)]
        sys.modules[stacks.name] = importlib.util.module_from_spec(spec)
    package = _imported(stacks.name, stacks / "__init__.py")
    places = list(getattr(package, "__path__", ()))
    if str(stacks.resolve()) not in [str(Path(place).resolve()) for place in places[:1]]:
        raise SourceError(
            f"import {stacks.name} finds {(places or [getattr(package, '__file__', 'another module')])[0]}",
            "a module or package of that name hides it: rename the folder, and the setting stacks",
            location=(str(stacks), 0),
        )


def _imported(name: str, path: Path) -> ModuleType:
    _drop_uncertain_bytecode(path)
    try:
        return importlib.import_module(name)
    except StackgenError as error:
        if error.location is None:
            error.location = author_line(error)
        raise
    except SyntaxError as error:
        place = (error.filename or str(path), error.lineno or 0)
        raise SourceError(f"{type(error).__name__}: {error.msg}", error.text or "", location=place) from error
    except SystemExit as error:
        raise _left(error, (str(path), 0)) from error
    except Exception as error:
        place = author_line(error) or (str(path), 0)
        raise SourceError(f"{type(error).__name__}: {error}", meant(error), location=place) from error


def _left(error: SystemExit, where: Location | None) -> SourceError:
    return SourceError(
        f"SystemExit: {error.code}",
        "a stack's code only declares: it must not leave the program",
        location=author_line(error) or where,
    )
