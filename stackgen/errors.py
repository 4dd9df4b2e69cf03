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
    │   └── LimitError           more than CloudFormation takes
    ├── ProjectError             no project, a misspelt setting, a folder that is not there
    │   └── SourceError          a stack's file that cannot be imported, or raises
    ├── OutputFileError          a file that cannot be written
    ├── MissingExtraError        a command whose optional packages are not installed
    ├── UsageError               exit code 2: a wrong flag or name
    └── FindingsError            exit code 4: stale files, findings of a linter

A message says what was found, what was expected and the likely spelling. ``location`` is the place to look at
first. The whole is at most five lines.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Location = tuple[str, int]

__all__ = [
    "CycleError",
    "DeclarationError",
    "DuplicateError",
    "FindingsError",
    "LimitError",
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


class FindingsError(StackgenError):
    """A check did its work and found something."""

    exit_code = 4


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
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")  # noqa: PLR2004  one line's worth
    return f"known: {listed}"


def meant(error: BaseException) -> str:
    """``did you mean X?`` for a name that Python did not find: in a module, in an object, or at all."""
    import re
    import sys

    name: object = getattr(error, "name", None)
    if isinstance(error, ImportError):
        found = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(error))
        name, place = (found[1], sys.modules.get(found[2])) if found else (None, None)
        known = {*dir(place), *getattr(place, "__all__", ())}
    elif isinstance(error, AttributeError):
        known = set(dir(error.obj))
    else:
        return ""
    close = likely(name, known) if isinstance(name, str) else ""
    return close if close.startswith("did you mean") else ""


def shown(path: str, start: str | None = None) -> str:
    """A path as a person reads it: from the folder at hand (or ``start``), unless it lies outside."""
    import os

    try:
        relative = os.path.relpath(path, start)
    except (OSError, ValueError):  # the folder at hand is gone; another drive
        return path
    return path if relative.startswith(os.pardir) else relative
