"""The templates of a git ref, read out of the repository without a checkout."""

from __future__ import annotations

import os
import subprocess

from stackgen.errors import OutputFileError, UsageError, likely

from .model import Build
from .reading import JSON_SUFFIXES, MANIFEST, YAML_SUFFIXES, build_of, listed_in

_MINUTE = 60
_SHORT = 12


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
    wanted = [name for name in objects if name.endswith((*JSON_SUFFIXES, *YAML_SUFFIXES))]
    texts = _contents(top, {name: objects[name] for name in wanted})
    listed = listed_in(texts.get(MANIFEST, OSError("none")))
    if listed is not None:
        texts = {name: texts[name] for name in listed if name in texts}
    if not texts:
        return Build(label or ref, {})
    try:
        return build_of(sorted(texts.items()), label or ref, f"{ref}:{prefix}".rstrip("/"), chosen=listed is not None)
    except OutputFileError:  # the folder is there, and no template yet
        return Build(label or ref, {})


def commit_of(ref: str, top: str) -> str:
    """The commit that a ref names. Raises UsageError, with the likely spelling."""
    try:
        return _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    except OutputFileError as error:
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
    except OutputFileError as error:
        raise UsageError(f"{first} and {second} have no commit in common") from error


def repository_of(folder: str) -> str:
    """The top of the work tree that a folder lies in. Raises OutputFileError."""
    here = os.path.realpath(folder)
    while not os.path.isdir(here):  # noqa: PTH112  build/ may be missing at hand and be there in the ref
        here = os.path.dirname(here)  # noqa: PTH120
    try:
        return os.path.realpath(_git(here, "rev-parse", "--show-toplevel").decode().strip())
    except OutputFileError as error:
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
        )
    except FileNotFoundError as error:
        raise OutputFileError("git is not installed, so there is no ref to read", "name two folders instead") from error
    except subprocess.TimeoutExpired as error:
        raise OutputFileError(f"git {words[0]} took longer than a minute") from error
    if done.returncode:
        problem = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise OutputFileError(f"git {words[0]} failed: {problem[-1] if problem else done.returncode}")
    return done.stdout
