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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Build


def read_pair(words: Sequence[str], folder: str | None) -> tuple[Build, Build]:
    """The two builds that the words name; ``folder`` is the project's own, None outside a project.

    Raises UsageError for a wrong word, OutputFileError for a folder without templates.
    """
    before, after = _pair(words, folder)
    return read_one(before, folder), read_one(after, folder)


def read_one(word: str, folder: str | None) -> Build:
    """One build: a folder or file that is there, else a git ref; empty is the project's own build."""
    if not word:
        return read_folder(_project(folder), "work tree")
    if os.path.exists(word):  # noqa: PTH110
        return read_folder(word)
    if _looks_like_a_path(word):
        return read_folder(word)  # raises, with the likely spelling
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
    if ".." not in word or _looks_like_a_path(word) or os.path.exists(word):  # noqa: PTH110
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


def _looks_like_a_path(word: str) -> bool:
    return word.startswith(("./", "../", "/")) or word.endswith(("/", *SUFFIXES))


def _project(folder: str | None) -> str:
    if folder is None:
        raise UsageError(
            "there is no project here, so there is no build folder and no ref of it",
            "name two folders of templates instead: diff DIR DIR",
        )
    return folder
