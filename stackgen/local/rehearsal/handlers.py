"""Handlers of the project for functions of the stand-in: imported from its root, their prints kept out of the data."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any, TextIO, cast

from stackgen.errors import SourceError, UsageError, likely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stackgen.local.rehearsal.words import Handler


def imported(handler: Handler, root: Path) -> Callable[..., Any]:
    """The function that a word names.

    Raises UsageError for one that is not there, SourceError where its module raises.
    """
    words = f"--handler {handler.pattern}={handler.module}:{handler.function}"
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        with redirect_stdout(sys.stderr):
            module = importlib.import_module(handler.module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{handler.module}.".startswith(f"{error.name}."):
            raise _broken(words, error) from error
        raise UsageError(
            f"{words}: there is no module {error.name}", f"it is looked for in {root}", _near(error.name, root)
        ) from error
    except Exception as error:
        raise _broken(words, error) from error
    found = getattr(module, handler.function, None)
    if callable(found):
        return cast("Callable[..., Any]", found)
    if found is not None:
        raise UsageError(f"{words}: {handler.function} is {found!r:.80}, a function was expected")
    functions = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
    raise UsageError(
        f"{words}: {handler.module} has no function {handler.function}", likely(handler.function, functions)
    )


def _broken(words: str, error: Exception) -> SourceError:
    from stackgen.template import author_line

    return SourceError(f"{type(error).__name__}: {error}", words, location=author_line(error))


def _near(name: str, root: Path) -> str:
    folder = root.joinpath(*name.split(".")[:-1])
    if not folder.is_dir():
        return ""
    there = (path for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file())
    names = [path.stem for path in there if path.stem.isidentifier()]
    close = likely(name.rpartition(".")[2], names)
    return close if close.startswith("did you mean") else ""


@contextmanager
def quiet() -> Iterator[None]:
    """What a handler prints is narration, not data: it goes to stderr."""
    if sys.stdout is None:
        yield
        return
    with redirect_stdout(cast("TextIO", _Sorted(sys.stdout))):
        yield


class _Sorted:
    """stdout for everybody but handlers."""

    def __init__(self, stdout: TextIO) -> None:
        self._stdout = stdout

    def _here(self) -> TextIO:
        from stackgen.local.functions.environment import _inside

        return self._stdout if _inside.get() is None else sys.stderr

    def write(self, text: str) -> int:
        return self._here().write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._here(), name)
