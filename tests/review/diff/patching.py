"""Applies a difference to the contents of templates: what a diff must be complete enough for."""

from __future__ import annotations

import copy
import json
from typing import Any

from stackgen.review.diff.canonical import canonical, members, text_of
from stackgen.review.diff.compare import ENTRIES
from stackgen.review.diff.result import Change, Diff

Contents = dict[str, dict[str, Any]]


def meaning_of(contents: Contents) -> dict[str, str]:
    """Every template in one spelling, as a text that tells true from 1."""
    return {name: json.dumps(_template(content), sort_keys=True) for name, content in contents.items()}


def patched(contents: Contents, diff: Diff) -> Contents:  # noqa: C901, PLR0912  one branch for each kind of change
    """The contents after all changes."""
    found = copy.deepcopy(contents)
    moves = [change for change in diff.changes if change.origin is not None and change.section != "Template"]
    names: dict[str, str] = {}
    for change in diff.changes:
        if change.section == "Template" and change.origin is not None:
            names[change.origin[0]] = change.template
    for old, new in names.items():
        found[new] = found.pop(old)
    for change in moves:
        assert change.origin is not None
        template, title = change.origin
        del found[names.get(template, template)]["Resources"][title]
    for change in diff.changes:
        if change.section == "Template":
            if change.kind == "added":
                found[change.template] = {}
        elif change.origin is not None:
            _section(found[change.template], change.section)[change.logical_id] = change.after
    by_entry: dict[tuple[str, str, str], list[Change]] = {}
    for change in [*diff.changes, *diff.children]:
        if change.section != "Template" and change.origin is None:
            by_entry.setdefault((change.template, change.section, change.logical_id), []).append(change)
    for (template, section, title), changes in by_entry.items():
        content = found[template]
        holder, key = (_section(content, section), title) if section in ENTRIES else (content, section)
        differences = [(change.path, change.kind, change.before, change.after) for change in changes]
        is_resource = section == "Resources"
        value = _patched(_spelled(holder.get(key), is_resource), differences)
        if value is _GONE:
            del holder[key]
        else:
            holder[key] = value
    for change in diff.changes:
        if change.section == "Template" and change.kind == "removed":
            assert not any(
                value for name, value in found[change.template].items() if name != "AWSTemplateFormatVersion"
            )
            del found[change.template]
    return found


class _Gone:
    pass


_GONE = _Gone()


def _spelled(value: Any, is_resource: bool) -> Any:
    if is_resource and isinstance(value, dict):
        return {"Properties": {}, **value}
    return value


def _section(content: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = content.setdefault(name, {})
    return found


def _patched(value: Any, differences: list[tuple[Any, ...]]) -> Any:
    """A value after the differences below it."""
    for path, kind, _, after in differences:
        if path == () and kind != "reordered":
            return _GONE if kind == "removed" else after
    by_step: dict[str, tuple[Any, list[tuple[Any, ...]]]] = {}
    for path, kind, before, after in differences:
        if path:
            steps = by_step.setdefault(json.dumps(path[0]), (path[0], []))[1]
            steps.append((path[1:], kind, before, after))
    if isinstance(value, dict) and all(isinstance(step, str) for step, _ in by_step.values()):
        found = dict(members(value, exact=False)) if "Statement" in by_step.__str__() else dict(value)
        for step, inner in by_step.values():
            each = _patched(found.get(step), inner)
            if each is _GONE:
                del found[step]
            else:
                found[step] = each
        return found
    items = value if isinstance(value, list) else [value]
    order = next(
        ((before, after) for path, kind, before, after in differences if path == () and kind == "reordered"), None
    )
    return _patched_list(items, by_step, order)


def _patched_list(  # noqa: C901, PLR0912  one branch for each form of a path
    items: list[Any], by_step: dict[str, tuple[Any, list[tuple[Any, ...]]]], order: Any
) -> list[Any]:
    gone: set[int] = set()
    placed: dict[int, Any] = {}
    appended: list[Any] = []
    kept: dict[int, Any] = {}
    for step, inner in by_step.values():
        whole = next((each for each in inner if each[0] == () and each[1] in ("added", "removed")), None)
        for path, kind, _, after in inner:
            if path != () or kind not in ("added", "removed"):
                continue
            if kind == "added":
                at = step if isinstance(step, int) else step[2] if len(step) > 2 else None
                if at is None:
                    appended.append(after)
                else:
                    placed[at] = after
            else:
                gone.add(step if isinstance(step, int) else _find(items, step))
        rest = [each for each in inner if each[0] != () or each[1] not in ("added", "removed")]
        if rest:
            assert whole is None or isinstance(step, int)
            if isinstance(step, int):
                left = right = step
            elif isinstance(step[0], int):
                left, right = step
            else:
                left, right = _find(items, step), -1
            value = _patched(items[left], rest)
            if right < 0:
                kept[left] = value
            else:
                gone.add(left)
                placed[right] = value
    others = [kept.get(at, item) for at, item in enumerate(items) if at not in gone]
    if order is not None:
        others = _ordered(others, *order)
    for at in sorted(placed):
        others.insert(at, placed[at])
    return others + appended


def _ordered(items: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """The items in their new order; those that the order does not name are told apart by a key."""
    left = [text_of(each) for each in before]
    found = []
    taken: set[int] = set()
    for each in after:
        at = next(at for at, text in enumerate(left) if text == text_of(each) and at not in taken)
        taken.add(at)
        found.append(items[at])
    return found


def _find(items: list[Any], step: tuple[Any, ...]) -> int:
    for at, item in enumerate(items):
        if isinstance(item, dict) and step[0] in item and text_of(item[step[0]]) == text_of(step[1]):
            return at
    raise AssertionError(step)


def _template(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for section, value in content.items():
        if section == "Resources":
            found[section] = {title: _resource(each) for title, each in value.items()}
        elif section in ENTRIES:
            found[section] = {title: canonical(each) for title, each in value.items()}
        elif section == "Transform":
            found[section] = [value] if isinstance(value, str) else value
        elif section != "AWSTemplateFormatVersion":
            found[section] = canonical(value, exact=True)
    return {section: value for section, value in found.items() if section not in ENTRIES or value}


def _resource(value: dict[str, Any]) -> dict[str, Any]:
    found = {key: canonical(each, key, exact=key == "Metadata") for key, each in value.items()}
    depends = value.get("DependsOn", [])
    found["DependsOn"] = sorted({depends} if isinstance(depends, str) else set(depends))
    return {key: each for key, each in found.items() if each or key not in ("DependsOn", "Metadata", "Properties")}
