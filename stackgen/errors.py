"""Every error that stackgen raises on purpose.

    StackgenError                exit code 1
    ├── DeclarationError         a stack class says something that cannot be true
    │   ├── ParameterError       unknown, missing, mistyped or out of its constraints
    │   ├── OutputError          unknown, never set, set twice or of another type
    │   ├── ReferenceError       a reference that leads nowhere or to another stack's child
    │   ├── NamingError          a logical ID or physical name that AWS refuses
    │   ├── PolicyError          an IAM statement without action or resource
    │   ├── DuplicateError       one name given twice
    │   ├── CycleError           resources or stacks that wait for each other
    │   ├── LimitError           more than CloudFormation takes
    │   └── MachineError         a state machine that would get stuck, or keep what it holds
    ├── ProjectError             no project, a misspelt setting, a folder that is not there
    │   └── SourceError          a stack's file that cannot be imported, or raises
    ├── OutputFileError          a file that cannot be written
    ├── MissingExtraError        a command whose optional packages are not installed
    ├── UsageError               exit code 2: a wrong flag or name
    ├── DeclinedError            exit code 3: the person who was asked said no, or there was nobody to ask
    │   └── LeftError            exit code 130: somebody interrupted the command where it asked
    ├── FindingsError            exit code 4: stale files, findings of a linter
    └── LockedError              exit code 7: another operation runs, and this one did not start

A message says what was found, what was expected and the likely spelling. ``location`` is the place to look at
first. The whole is at most five lines.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Location = tuple[str, int]

__all__ = [
    "CycleError",
    "DeclarationError",
    "DeclinedError",
    "DuplicateError",
    "FindingsError",
    "LeftError",
    "LimitError",
    "LockedError",
    "MachineError",
    "MissingExtraError",
    "NamingError",
    "OutputError",
    "OutputFileError",
    "ParameterError",
    "PolicyError",
    "ProjectError",
    "ReferenceError",
    "SourceError",
    "StackgenError",
    "UsageError",
    "likely",
    "meant",
    "shown",
]

PARTIAL = 8
"""Exit code of a command that did some of what it was to do, and some not."""

MOST_LINES = 5
LONGEST_LINE = 500


class StackgenError(Exception):
    """The base of all; ``hints`` are further lines, the most useful first."""

    exit_code = 1

    def __init__(self, message: str, *hints: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hints = [hint for hint in hints if hint]
        self.location = location

    def __str__(self) -> str:
        """The place, the message and the hints; a long message is cut, so that the hints are seen."""
        hints = [line for hint in self.hints for line in _lines(hint)][: MOST_LINES - 1]
        lines = [*_lines(self.message)[: MOST_LINES - len(hints)], *hints]
        if self.location is not None:
            path, line = self.location
            lines[0] = f"{shown(path)}:{line}: {lines[0]}" if line else f"{shown(path)}: {lines[0]}"
        return "\n  ".join(lines)


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    return [line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 4] + " ..." for line in lines]


class DeclarationError(StackgenError):
    """A stack class says something that cannot be true."""


class ParameterError(DeclarationError):
    """A parameter is unknown, missing, of another type or outside its constraints."""


class OutputError(DeclarationError, AttributeError):
    """An output is unknown, never set, set twice or of another type."""


class ReferenceError(DeclarationError):  # noqa: A001  CloudFormation's own word; never imported bare
    """A reference leads nowhere, or to another stack's child."""


class NamingError(DeclarationError):
    """A logical ID or a physical name that AWS refuses."""


class PolicyError(DeclarationError):
    """An IAM statement that allows nothing, or everything."""


class DuplicateError(DeclarationError):
    """One name is given twice."""


class CycleError(DeclarationError):
    """Resources or stacks wait for each other."""


class LimitError(DeclarationError):
    """A template is larger than CloudFormation takes."""


class MachineError(DeclarationError):
    """A state machine that would get stuck, fail where nothing catches it, or end with what it holds."""


class ProjectError(StackgenError):
    """There is no project here, or its settings are wrong."""


class SourceError(ProjectError):
    """A stack's file cannot be imported, or its code raises."""


class OutputFileError(StackgenError):
    """A file or folder cannot be written or read."""


class MissingExtraError(StackgenError):
    """A command needs packages of an extra that is not installed."""


class UsageError(StackgenError):
    """A wrong flag, command or name on the command line."""

    exit_code = 2


class DeclinedError(StackgenError):
    """What would have been done was asked about, and nobody said yes: nothing was done."""

    exit_code = 3


class LeftError(DeclinedError):
    """Somebody interrupted the command where it asked: nothing was done either."""

    exit_code = 130


class FindingsError(StackgenError):
    """A check did its work and found something."""

    exit_code = 4


class LockedError(StackgenError):
    """Another operation runs on the same thing: nothing was done."""

    exit_code = 7


def likely(word: str, known: Iterable[str]) -> str:
    """``did you mean X?`` for a misspelt word, or what there is to choose from."""
    from difflib import get_close_matches  # only a failing command pays for it

    names = sorted(known)
    close = get_close_matches(word.casefold(), {name.casefold() for name in names}, n=1, cutoff=0.6)
    if close:
        same = [name for name in names if name.casefold() == close[0]]
        return f"did you mean {get_close_matches(word, same, n=1, cutoff=0)[0]}?"
    if not names:
        return ""
    listed = ", ".join(names[:16]) + (", ..." if len(names) > 16 else "")  # noqa: PLR2004  one line's worth
    return f"known: {listed}"


def meant(error: BaseException) -> str:
    """``did you mean X?`` for a name that Python, or troposphere, did not find: anywhere at all."""
    name, known = _sought(error)
    close = likely(name, known) if isinstance(name, str) else ""
    return close if close.startswith("did you mean") else ""


def _sought(error: BaseException) -> tuple[object, Iterable[str]]:
    """The name that was not found, and those that might have been meant; only a failing command asks."""
    import re
    import sys

    name: object = getattr(error, "name", None)
    text = str(error)
    variables, called = _last_frame(error)
    if isinstance(error, ImportError):
        package, _, last = str(name).rpartition(".")  # of a module that is not there
        found = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", text)
        return (found[1], _inside(sys.modules.get(found[2]))) if found else (last, _inside(sys.modules.get(package)))
    if isinstance(error, NameError):
        return name, variables
    if isinstance(error, AttributeError):
        found = re.search(r" object does not support attribute (\w+)$", text)
        if found is None:
            return name, dir(error.obj)
        owner = variables.get("self")
        return found[1], {*getattr(owner, "props", ()), *getattr(owner, "attributes", ())}
    found = re.match(r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'", text)
    code = getattr(called(found[1]), "__code__", None) if found else None
    return (found[2], code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]) if found and code else (None, ())


def _inside(package: object) -> set[str]:
    """The names of a module, and of the modules in a package."""
    import os

    names = {*dir(package), *getattr(package, "__all__", ())} if package else set()
    for folder in getattr(package, "__path__", ()):
        if os.path.isdir(folder):  # noqa: PTH112  pathlib is not loaded here
            names.update(each.removesuffix(".py") for each in os.listdir(folder) if each.endswith(".py"))  # noqa: PTH208
    return names


def _last_frame(error: BaseException) -> tuple[dict[str, object], Callable[[str], object]]:
    """The variables where the error was raised, and how a function is found by its qualified name."""
    import builtins
    import sys

    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    variables = {**vars(builtins), **step.tb_frame.f_globals, **step.tb_frame.f_locals} if step else {}

    def called(qualified: str) -> object:
        first, *others = qualified.split(".")
        ours = getattr(sys.modules.get("stackgen"), "__all__", ())
        found = variables.get(first)
        if found is None and first in ours:  # under another name, or as stackgen.Parameter
            found = getattr(sys.modules["stackgen"], first)
        for name in others:
            found = getattr(found, name, None)
        return found

    return variables, called


def shown(path: str, start: str | None = None) -> str:
    """A path as a person reads it: from the folder at hand (or ``start``), unless it lies outside."""
    import os

    try:
        relative = os.path.relpath(path, start)
    except (OSError, ValueError):  # the folder at hand is gone; another drive
        return path
    return path if relative.startswith(os.pardir) else relative
