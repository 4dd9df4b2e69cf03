"""Reading a build folder: which templates there are, and which of them nests which."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.assembly import MANIFEST, listed
from stackgen.errors import OutputFileError, UsageError, likely

from .addresses import NESTED, leads_to, template_at
from .finding import PACK, BuiltTemplate, entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BUILD = "python -m stackgen build"


def read_build(folder: Path) -> list[BuiltTemplate]:
    """Every template of a build folder, by name: those that its manifest lists, or all below a folder without one.

    Raises OutputFileError for a folder without templates and for a file that is none.
    """
    if not folder.is_dir():
        raise OutputFileError("there is no such folder", f"build first: {_BUILD}", location=(str(folder), 0))
    ours = [folder / name for name in listed(folder, templates=True)]
    there = (path for path in ours if path.is_file()) if ours else folder.rglob("*.json")
    paths = sorted(path for path in there if path.suffix == ".json" and path != folder / MANIFEST)
    if not paths:
        raise OutputFileError("holds no template", f"build first: {_BUILD}", location=(str(folder), 0))
    names = {path.relative_to(folder).with_suffix("").as_posix(): path for path in paths}
    return with_children([_read(name, path) for name, path in names.items()])


def chosen(templates: Sequence[BuiltTemplate], wanted: Iterable[str]) -> list[BuiltTemplate]:
    """Those that are wanted, as ``tap/network-stack`` or ``network-stack``. Raises UsageError."""
    names: dict[str, list[str]] = {}
    for each in templates:
        for alias in {each.name, each.name.rsplit("/", 1)[-1]}:
            names.setdefault(alias, []).append(each.name)
    found = set()
    for word in wanted:
        meant = names.get(word.removesuffix(".json"))
        if meant is None:
            raise UsageError(f"no template {word!r} in the build folder", likely(word, names), _elsewhere(word))
        if len(meant) > 1:
            raise UsageError(f"{word!r} may be {' or '.join(meant)}")
        found.add(meant[0])
    return [each for each in templates if each.name in found]


def _elsewhere(word: str) -> str:
    """What to do with a template that stands elsewhere; empty where the word names none."""
    is_file = word.endswith((".json", ".yaml", ".yml", ".template")) and Path(word).is_file()
    return f"for a template of another origin: cfn-lint -a {PACK} -- {word}" if is_file else ""


def _read(name: str, path: Path) -> BuiltTemplate:
    try:
        text = path.read_text("utf-8")
        content = json.loads(text)
    except OSError as error:
        raise OutputFileError(f"cannot be read: {error.strerror}", location=(str(path), 0)) from error
    except json.JSONDecodeError as error:
        where = (str(path), error.lineno)
        raise OutputFileError(f"is not JSON: {error.msg}", f"build it again: {_BUILD}", location=where) from error
    except UnicodeDecodeError as error:
        raise OutputFileError(
            f"is not UTF-8: {error.reason}", f"build it again: {_BUILD}", location=(str(path), 0)
        ) from error
    if not isinstance(content, dict):
        raise OutputFileError(
            "is no template: an object was expected", f"build it again: {_BUILD}", location=(str(path), 1)
        )
    return BuiltTemplate(name, str(path), text, content, children_of(content))


def children_of(content: dict[str, Any]) -> dict[str, str]:
    """Nested stacks of a template by logical ID: the name of the template that the TemplateURL leads to.

    A template of another origin, whose URL does not end like ours, is nobody's child.
    """
    nested = {title: each for title, each in entry(content, "Resources").items() if _is_nested(each)}
    named = {title: template_at(entry(each, "Properties").get("TemplateURL")) for title, each in nested.items()}
    return {title: name for title, name in named.items() if name}


def with_children(templates: Sequence[BuiltTemplate]) -> list[BuiltTemplate]:
    """The templates of a build with the children too that they name by other URLs than ours."""
    by_name = {each.name: each for each in templates}
    whole = []
    for template in templates:
        children = dict(template.children)
        for title, content in template.section("Resources").items():
            if title not in children and _is_nested(content):
                found = leads_to(content, template, by_name)
                if len(found) == 1 and not found[0].scenario:
                    children[title] = found[0].value
        whole.append(template._replace(children=children))
    return whole


def _is_nested(resource: object) -> bool:
    return isinstance(resource, dict) and resource.get("Type") == NESTED
