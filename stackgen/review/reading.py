"""A folder of templates, JSON or YAML, read into a Build; what cannot be read is told, and hides nothing else."""

from __future__ import annotations

import os
import stat

from stackgen.errors import OutputFileError, likely
from stackgen.jsontext import parsed

from .model import Build, Template
from .unread import UnreadFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from stackgen.errors import StackgenError

JSON_SUFFIXES = (".json", ".template")
YAML_SUFFIXES = (".yaml", ".yml")
MANIFEST = "manifest.json"
_MARKS = ("AWSTemplateFormatVersion", "Resources", "Transform")
_DEEPEST = "is nested too deeply to be a template"


def read_folder(folder: str, label: str | None = None, like: Build | None = None) -> Build:
    """Every template below a folder, or the one that ``folder`` names as a file.

    Where a manifest of ours lies in the folder, it says which files are templates. What ``like`` has with the same text
    is not parsed again: most files of two builds are equal. Raises OutputFileError where
    there is no such folder, or no template in it and nothing that is meant to be one.
    """
    if os.path.isfile(folder):  # noqa: PTH113  pathlib would cost a diff more than the reading
        texts = [(os.path.basename(folder), _text_of(folder))]  # noqa: PTH119
        build = build_of(texts, label or folder, os.path.dirname(folder), chosen=True)  # noqa: PTH120
        build.folder = folder
        return build
    if not os.path.isdir(folder):  # noqa: PTH112
        above = os.path.dirname(os.path.normpath(folder)) or "."  # noqa: PTH120
        near = os.listdir(above) if os.path.isdir(above) else []  # noqa: PTH112, PTH208
        hint = likely(os.path.basename(folder), near)  # noqa: PTH119
        raise OutputFileError("there is no such folder", hint if hint.startswith("did") else "", location=(folder, 0))
    manifest = os.path.join(folder, MANIFEST)  # noqa: PTH118
    listed = listed_in(_text_of(manifest)) if os.path.isfile(manifest) else None  # noqa: PTH113
    names = sorted(_files_below(folder)) if listed is None else listed
    texts = []
    missing: list[UnreadFile] = []
    for name in names:
        path = f"{folder}/{name}"
        if listed is None or os.path.isfile(path):  # noqa: PTH113
            texts.append((name, _text_of(path)))
        else:
            missing.append(missing_file(os.path.join(folder, *name.split("/")), name))  # noqa: PTH118
    build = with_missing(build_of(texts, label or folder, folder, chosen=listed is not None, like=like), missing)
    build.folder = folder
    return build


def build_of(
    texts: Iterable[tuple[str, str | OSError]], label: str, base: str, *, chosen: bool, like: Build | None = None
) -> Build:
    """The build that files make, given as their names below ``base`` and their texts.

    ``chosen`` says that each is meant to be a template; otherwise what looks like none is left out. Raises
    OutputFileError where nothing is left.
    """
    templates: dict[str, Template] = {}
    problems: list[StackgenError] = []
    unread: set[str] = set()
    others = []
    for name, text in texts:
        path = f"{base}{name}" if base.endswith(":") or not base else f"{base}/{name}"
        stem, suffix = os.path.splitext(name)  # noqa: PTH122
        title = name if stem in templates or stem in unread else stem
        twin = like.templates.get(title) if like is not None else None
        if twin is not None and twin.text == text and twin.path.endswith(suffix):
            templates[title] = Template(title, path, twin.content, twin.text)
            continue
        try:
            content = _content_of(text, name, path)
            if not chosen and not _looks_like_one(content):
                others.append(path)
                continue
            template = _checked(content, path)
        except OutputFileError as error:
            problems.append(UnreadFile(title, error))
            unread.add(title)
            continue
        templates[title] = Template(title, path, template, text if isinstance(text, str) else "")
    if not templates and not problems:
        found = f"; {others[0]} is none" if others else ""
        raise OutputFileError(f"holds no CloudFormation template{found}", location=(base.rstrip(":") or label, 0))
    build = Build(label, templates, problems)
    build.unread = frozenset(unread)
    return build


def listed_in(manifest: str | OSError) -> list[str] | None:
    """The files that a manifest of ours lists; None for another file of that name."""
    if not isinstance(manifest, str):
        return None
    try:
        content = parsed(manifest)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("schema") != "stackgen/manifest":
        return None
    files = content.get("files")
    return [str(each) for each in files] if isinstance(files, list) else None


def may_be_one(name: str) -> bool:
    """Whether a file may be a template, by its name below the folder that is read."""
    above = name.split("/")[:-1]
    return name.endswith((*JSON_SUFFIXES, *YAML_SUFFIXES)) and all(map(_is_entered, above))


def missing_file(path: str, name: str) -> UnreadFile:
    """The problem that a manifest lists what is not there."""
    problem = "is listed in the manifest, and is not there"
    error = OutputFileError(problem, "python -m stackgen build writes it", location=(path, 0))
    return UnreadFile(_stem(name), error)


def with_missing(build: Build, missing: Iterable[UnreadFile]) -> Build:
    """The build, which knows what its manifest lists in vain."""
    found = list(missing)
    build.problems[:0] = found
    build.unread |= {each.name for each in found}
    return build


def _stem(name: str) -> str:
    return os.path.splitext(name)[0]  # noqa: PTH122


def _is_entered(folder: str) -> bool:
    return not folder.startswith(".") and folder != "node_modules"


def _files_below(folder: str) -> Iterable[str]:
    for here, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = [each for each in folders if _is_entered(each)]
        above = os.path.relpath(here, folder).replace(os.sep, "/")
        for name in files:
            if name.endswith((*JSON_SUFFIXES, *YAML_SUFFIXES)):
                yield name if above == os.curdir else f"{above}/{name}"


def _unreadable(error: OSError) -> None:
    """A folder that cannot be listed would look like one whose templates were all removed."""
    raise OutputFileError(f"cannot be read: {error.strerror}", location=(str(error.filename), 0)) from error


def _text_of(path: str) -> str | OSError:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  a pipe would be waited for
            return OSError("is no file")
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read().decode().removeprefix("\ufeff")
    except OSError as error:
        return error
    except UnicodeDecodeError as error:
        return OSError(f"is not UTF-8: {error.reason}")


def _content_of(text: str | OSError, name: str, path: str) -> Any:
    """The parsed file. Raises OutputFileError."""
    if not isinstance(text, str):
        problem = f"cannot be read: {text.strerror}" if text.strerror else str(text)
        raise OutputFileError(problem, location=(path, 0)) from text
    is_yaml = name.endswith(YAML_SUFFIXES) or (text.lstrip()[:1] != "{" and not name.endswith(".json"))
    if is_yaml:
        from .yaml import parse_yaml

        return parse_yaml(text, path)
    try:
        return parsed(text)
    except ValueError as error:
        from json import JSONDecodeError

        if isinstance(error, JSONDecodeError):
            raise OutputFileError(f"is not JSON: {error.msg}", location=(path, error.lineno)) from error
        raise OutputFileError("is not JSON: a number is too long", location=(path, 0)) from error  # thousands of digits
    except RecursionError as error:
        raise OutputFileError(_DEEPEST, location=(path, 0)) from error


def _looks_like_one(content: Any) -> bool:
    return isinstance(content, dict) and any(mark in content for mark in _MARKS)


def _checked(content: Any, path: str) -> dict[str, Any]:
    """The content, where it is a template. Raises OutputFileError."""
    if not isinstance(content, dict):
        kind = type(content).__name__
        raise OutputFileError(f"is no CloudFormation template: an object was expected, not {kind}", location=(path, 1))
    resources = content.get("Resources")
    if resources is None and "Transform" in content:
        return content
    if not isinstance(resources, dict):
        found = "there are none" if resources is None else f"they are {type(resources).__name__}"
        near = (key for key in content if likely(str(key), ["Resources"]).startswith("did"))
        misspelt = next(near, "") if resources is None else ""
        raise OutputFileError(
            f"is no CloudFormation template: Resources was expected, and {found}",
            f"{misspelt} is written; did you mean Resources?" if misspelt else "",
            location=(path, 1),
        )
    for title, each in resources.items():
        is_plain = type(each) is dict and type(each.get("Type")) is str
        if not is_plain and not _is_resource(title, each):
            raise OutputFileError(f"resource {title} has no Type, or is no object", location=(path, 0))
    return content


def _is_resource(title: str, each: Any) -> bool:
    """Whether it has a type, or is what a transform or a module of rain's will make resources of."""
    if title.startswith("Fn::"):
        return True
    if not isinstance(each, dict):
        return False
    kind = each.get("Type")
    if isinstance(kind, dict) and len(kind) == 1:
        each["Type"] = kind = next(iter(kind))
    return isinstance(kind, str) or "Fn::Transform" in each
