"""The words of the command line that say what is compared with what: refs, ranges, folders.

(nothing)         HEAD with the work tree
BASE              a ref, or a folder, with the work tree
BASE..HEAD        two refs
BASE...HEAD       where HEAD left BASE, with HEAD: what a pull request changes
A B               two refs or folders
"""

from __future__ import annotations

import os

from stackgen.errors import UsageError

from .nested import SUFFIXES
from .reading import read_folder
from .unread import without_unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Build


def read_pair(words: Sequence[str], folder: str | None) -> tuple[Build, Build]:
    """The two builds that the words name, as far as both could be read; ``folder`` is the project's own, if any.

    Raises UsageError for a wrong word, OutputFileError for a folder without templates.
    """
    before, after = _pair(words, folder)
    first = read_one(before, folder)
    return without_unread(first, read_one(after, folder, like=first))


def needs_project(words: Sequence[str]) -> bool:
    """Whether the words name the project's own build or a ref of it, and not two folders or files."""
    return len(words) < 2 or (len(words) == 2 and not all(map(_is_path, words)))  # noqa: PLR2004  more are refused


def read_one(word: str, folder: str | None, like: Build | None = None) -> Build:
    """One build: a folder or file that is there, else a git ref; empty is the project's own build.

    ``like`` is one that it is probably nearly equal to.
    """
    if not word:
        return read_folder(_project(folder), "work tree", like)
    if _is_path(word):
        return read_folder(word, like=like)  # where it is not there, it raises with the likely spelling
    if folder is None:
        raise UsageError(
            f"{word} is no folder here, and without a project it is no git ref either",
            "name two folders of templates, or run it in a project",
        )
    from .git import read_ref

    return read_ref(word, _project(folder))


def _pair(words: Sequence[str], folder: str | None) -> tuple[str, str]:
    if len(words) > 2:  # noqa: PLR2004
        raise UsageError(f"two builds are compared, and {len(words)} were named: {' '.join(words)}")
    if len(words) == 2:  # noqa: PLR2004
        return words[0], words[1]
    word = words[0] if words else "HEAD"
    if ".." not in word or _is_path(word):
        return word, ""
    dots = "..." if "..." in word else ".."
    before, _, after = word.partition(dots)
    if ".." in after or after.startswith("."):
        raise UsageError(f"{word!r} is no range of commits: BASE..HEAD was expected")
    before, after = before or "HEAD", after or "HEAD"
    if dots == "...":
        from .git import merge_base

        before = merge_base(before, after, _project(folder))
    return before, after


def _is_path(word: str) -> bool:
    """Whether a word names a folder or file, also one that is not there."""
    is_there = os.path.exists(word)  # noqa: PTH110  pathlib would cost a diff more than the reading
    return is_there or word.startswith(("./", "../", "/")) or word.endswith(("/", *SUFFIXES))


def _project(folder: str | None) -> str:
    if folder is None:
        raise UsageError(
            "there is no project here, so there is no build folder and no ref of it",
            "name two folders of templates instead: diff DIR DIR",
        )
    return folder
