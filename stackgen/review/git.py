"""The templates of a git ref, read out of the repository without a checkout."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress

from stackgen.errors import OutputFileError, UsageError, likely

from .model import Build
from .reading import MANIFEST, build_of, listed_in, may_be_one, missing_file, with_missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .unread import UnreadFile

_MINUTE = 60
_SHORT = 12


class _GitError(OutputFileError):
    """Git was asked, and refused."""


def read_ref(ref: str, folder: str, label: str | None = None) -> Build:
    """The templates that a folder of the work tree holds at a ref; none where the ref has no such folder.

    Raises UsageError for a ref that git does not know, OutputFileError where there is no repository or no git.
    """
    top = repository_of(folder)
    commit = commit_of(ref, top)
    inside = os.path.relpath(os.path.realpath(folder), top).replace(os.sep, "/")
    prefix = "" if inside == "." else f"{inside}/"
    listing = _git(top, "ls-tree", "-r", "-z", commit, "--", prefix or ".").decode("utf-8", "surrogateescape")
    objects = {}
    for line in listing.split("\0"):
        kind, _, path = line.partition("\t")
        if path and kind.split()[1] == "blob":
            objects[path.removeprefix(prefix)] = kind.split()[2]
    texts = _contents(top, {name: blob for name, blob in objects.items() if may_be_one(name)})
    listed = listed_in(texts.get(MANIFEST, OSError("none")))
    missing: list[UnreadFile] = []
    place = f"{ref}:{prefix}".rstrip("/")
    if listed is not None:
        missing = [missing_file(f"{ref}:{prefix}{name}", name) for name in listed if name not in texts]
        texts = {name: texts[name] for name in listed if name in texts}
    build = Build(label or ref, {})
    if texts:
        with suppress(OutputFileError):  # the folder is there, and no template yet
            build = build_of(sorted(texts.items()), label or ref, place, chosen=listed is not None)
    with_missing(build, missing)
    build.commit = commit
    return build


def text_at(commit: str, path: str) -> str | None:
    """A file of the work tree as it was in a commit; None where it was not there."""
    top = repository_of(os.path.dirname(path))  # noqa: PTH120
    inside = os.path.relpath(os.path.realpath(path), top).replace(os.sep, "/")
    try:
        return _git(top, "cat-file", "blob", f"{commit}:{inside}").decode("utf-8", "replace")
    except _GitError:
        return None


def commit_of(ref: str, top: str) -> str:
    """The commit that a ref names. Raises UsageError, with the likely spelling."""
    try:
        return _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    except _GitError as error:
        refs = _git(top, "for-each-ref", "--format=%(refname:short)").decode().split()
        raise UsageError(
            f"git knows no commit {ref!r}",
            likely(ref, {*refs, "HEAD"}),
            "in a shallow clone, fetch it first: git fetch origin REF",
        ) from error


def merge_base(first: str, second: str, folder: str) -> str:
    """The commit from which two refs went their ways, as ``A...B`` asks. Raises UsageError."""
    top = repository_of(folder)
    try:
        return _git(top, "merge-base", commit_of(first, top), commit_of(second, top)).decode().strip()[:_SHORT]
    except _GitError as error:
        hint = "in a shallow clone, fetch the rest of the history first: git fetch --unshallow"
        raise UsageError(f"{first} and {second} have no commit in common", hint) from error


def repository_of(folder: str) -> str:
    """The top of the work tree that a folder lies in. Raises OutputFileError."""
    here = os.path.realpath(folder)
    while not os.path.isdir(here):  # noqa: PTH112  build/ may be missing at hand and be there in the ref
        here = os.path.dirname(here)  # noqa: PTH120
    try:
        return os.path.realpath(_git(here, "rev-parse", "--show-toplevel").decode().strip())
    except _GitError as error:
        if "not a git repository" not in str(error):  # such as one of another owner, which git will not touch
            raise
        raise OutputFileError(
            "is in no git repository, so there is no ref to compare with",
            "name two folders instead: diff DIR DIR",
            location=(folder, 0),
        ) from error


def _contents(top: str, objects: dict[str, str]) -> dict[str, str | OSError]:
    """The texts of many objects, by one process."""
    asked = "".join(f"{each}\n" for each in objects.values()).encode()
    answer = _git(top, "cat-file", "--batch", given=asked)
    texts: dict[str, str | OSError] = {}
    position = 0
    for name in objects:
        head, _, _ = answer[position:].partition(b"\n")
        size = int(head.split()[-1])
        start = position + len(head) + 1
        try:
            texts[name] = answer[start : start + size].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            texts[name] = OSError(f"is not UTF-8: {error.reason}")
        position = start + size + 1
    return texts


def _git(folder: str, *words: str, given: bytes | None = None) -> bytes:
    """What git answers. Raises OutputFileError where it fails, or is not there."""
    try:
        done = subprocess.run(  # noqa: S603  the words are ours; a ref is behind --end-of-options
            ["git", "-C", folder, *words],  # noqa: S607  whichever git the user has
            input=given,
            capture_output=True,
            check=False,
            timeout=_MINUTE,
            env={**os.environ, "LC_ALL": "C"},  # its words are looked at
        )
    except FileNotFoundError as error:
        raise OutputFileError("git is not installed, so there is no ref to read", "name two folders instead") from error
    except subprocess.TimeoutExpired as error:
        raise OutputFileError(f"git {words[0]} took longer than a minute") from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        fatal = (line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: "))
        raise _GitError(f"git {words[0]} failed: {next(fatal, lines[0] if lines else done.returncode)}")
    return done.stdout
