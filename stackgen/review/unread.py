"""Files that could not be read: what they were is not known, so both sides of a comparison are told without them."""

from __future__ import annotations

from stackgen.errors import OutputFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.errors import StackgenError

    from .model import Build


class UnreadFile(OutputFileError):
    """A file of a build that could not be read; ``name`` is what its template would be called."""

    def __init__(self, name: str, error: OutputFileError) -> None:
        super().__init__(error.message, *error.hints, location=error.location)
        self.name = name


def without_unread(before: Build, after: Build) -> tuple[Build, Build]:
    """Both builds without the templates that could not be read on one side or the other.

    One that is there and cannot be read was not removed, nor is it new. A file that is equally broken on both sides is
    told once.
    """
    names = before.unread | after.unread
    if not names:
        return before, after
    if all(len(build.templates) + len(build.unread) == 1 for build in (before, after)):  # two files, whatever they are
        names = names.union(before.templates, after.templates)
    told = set(map(_told, after.problems))
    first = [problem for problem in before.problems if _told(problem) not in told]
    return before.without(names, first), after.without(names, after.problems)


def _told(problem: StackgenError) -> tuple[object, ...]:
    """What two problems have in common that are the same on both sides."""
    if not isinstance(problem, UnreadFile):
        return (id(problem),)
    return problem.name, problem.message, problem.location and problem.location[1]


def with_problems(verdict: str, nothing: str, problems: Iterable[StackgenError]) -> str:
    """A first line that says what it was said without; ``nothing`` is how one begins that found no change.

    ``nothing changes in what could be read; 4 files could not``, ``1 created; 1 file could not be read, 2 problems``.
    """
    found = list(problems)
    files = len({each.name for each in found if isinstance(each, UnreadFile)})
    others = sum(not isinstance(each, UnreadFile) for each in found)
    told = []
    if files and verdict.startswith(nothing):
        verdict = f"{nothing} in what could be read{verdict.removeprefix(nothing)}"
        told.append(f"{_counted(files, 'file')} could not")
    elif files:
        told.append(f"{_counted(files, 'file')} could not be read")
    if others:
        told.append(f"{others} {'further ' if files else ''}problem{'' if others == 1 else 's'}")
    return "; ".join([verdict, ", ".join(told)]) if told else verdict


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
