"""Two builds side by side: every template, section and entry of either, and what differs between them."""

from __future__ import annotations

from stackgen.errors import OutputFileError
from stackgen.review.nested import KINDS

from .canonical import HERE, as_list
from .masking import Veil, no_echo
from .result import Change, Diff
from .walk import Walk, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from stackgen.review.model import Build

    from .paths import Path
    from .templates import Pair

__all__ = ["Place", "compare"]

ENTRIES = ("Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs")
"""The sections that hold entries with logical IDs."""

_URL = ("Properties", "TemplateURL")
_ONLY_VERSION = "2010-09-09"
"""The version of the format that a template has, said or not (template-format-version-structure.html)."""


def compare(before: Build, after: Build) -> Diff:
    """What differs in meaning from one build to the other. Raises OutputFileError."""
    comparison = _Comparison(before, after)
    if before.templates.keys() == after.templates.keys():
        for name in before.templates:
            comparison.template((name, name))
    else:
        from .templates import paired

        for pair in paired(before, after):
            comparison.template(pair)
    return comparison.result()


class Place:
    """A resource that only one of the builds has, and where: ``pair`` is its template in both, None where in none."""

    __slots__ = ("definition", "logical_id", "name", "pair", "type", "veil")

    def __init__(self, pair: Pair, logical_id: str, definition: Any, veil: Veil) -> None:
        self.pair = pair
        self.name = pair[1] or pair[0] or ""
        self.logical_id = logical_id
        self.definition = definition
        self.type = _type_of(definition)
        self.veil = veil

    def shown(self, value: Any, path: Path = ()) -> Any:
        """A value of the resource as it may be shown."""
        return self.veil.over("Resources", self.logical_id, path, value, (self.definition, self.definition))


class _Comparison:
    """Collects the changes of all templates; what came and went is kept apart, for it may have moved."""

    def __init__(self, before: Build, after: Build) -> None:
        self.before = before
        self.after = after
        self.changes: list[Change] = []
        self.children: list[Change] = []
        self.removed: list[Place] = []
        self.added: list[Place] = []

    def template(self, pair: Pair) -> None:
        """Compare one template; None on the side that has it not. Raises OutputFileError."""
        left, right = pair
        then = self.before.templates[left] if left is not None else None
        now = self.after.templates[right] if right is not None else None
        if left is None or right is None:
            kind = "removed" if right is None else "added"
            self.changes.append(Change(right or left or "", "Template", "", kind))
        elif left != right:
            self.changes.append(Change(right, "Template", "", "renamed", origin=(left, "")))
        if then is None or now is None or not then.text or then.text != now.text:
            template = _Template(self, pair, then.content if then else {}, now.content if now else {})
            try:
                template.compare()
            except RecursionError as error:
                path = now.path if now is not None else then.path if then is not None else ""
                raise OutputFileError("is nested too deeply to be compared", location=(path, 0)) from error

    def result(self) -> Diff:
        """All changes; among what came and went, the moves are found."""
        removed, added = self.removed, self.added
        types = {each.type for each in removed}.intersection(each.type for each in added).difference([""])
        if types:
            from .moves import moves

            candidates = [[each for each in side if each.type in types] for side in (removed, added)]
            found, pairs = moves(self.before, self.after, *candidates)
            self.changes += found
            moved = {id(each) for pair in pairs for each in pair}
            removed, added = ([each for each in side if id(each) not in moved] for side in (removed, added))
        self.changes += [_whole(each, "removed", each.shown(each.definition), None) for each in removed]
        self.changes += [_whole(each, "added", None, each.shown(each.definition)) for each in added]
        return Diff(self.before.label, self.after.label, self.changes, self.children)


class _Template:
    """The comparison of one template with itself in the other build."""

    def __init__(self, comparison: _Comparison, pair: Pair, before: dict[str, Any], after: dict[str, Any]) -> None:
        self._comparison = comparison
        self._pair = pair
        self._name = pair[1] or pair[0] or ""
        self._before = before
        self._after = after
        hidden = no_echo(before.get("Parameters")) | no_echo(after.get("Parameters"))
        self._veil = Veil(hidden, self._hidden_below)

    def compare(self) -> None:
        for section in (*self._before, *(name for name in self._after if name not in self._before)):
            before, after = self._before.get(section), self._after.get(section)
            if section in ENTRIES:
                none: dict[str, Any] = {}
                left, right = none if before is None else before, none if after is None else after
                if isinstance(left, dict) and isinstance(right, dict):
                    self._entries(section, left, right)
                    continue
            elif section == "Transform":
                before, after = as_list(before), as_list(after)
            elif section == "AWSTemplateFormatVersion":
                before, after = before or _ONLY_VERSION, after or _ONLY_VERSION
            self._whole_section(section, before, after)

    def _whole_section(self, section: str, before: Any, after: Any) -> None:
        """Description, Metadata ...: what has no logical IDs."""
        if before is None or after is None:
            if before is not after:
                self._report(section, "", (), "added" if before is None else "removed", before, after)
            return
        walk = Walk()
        walk.values((), before, after, exact=True)
        for found in walk.found:
            self._report(section, "", *found, entries=(before, after))

    def _entries(self, section: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        is_resources = section == "Resources"
        for title, then in before.items():
            if title not in after:
                if is_resources:
                    self._comparison.removed.append(Place(self._pair, title, then, self._veil))
                else:
                    self._report(section, title, (), "removed", then, None)
            elif not same(then, after[title]):
                self._entry(section, title, then, after[title])
        for title, now in after.items():
            if title not in before:
                if is_resources:
                    self._comparison.added.append(Place(self._pair, title, now, self._veil))
                else:
                    self._report(section, title, (), "added", None, now)

    def _entry(self, section: str, title: str, before: Any, after: Any) -> None:
        walk = Walk()
        if section != "Resources" or not isinstance(before, dict) or not isinstance(after, dict):
            walk.values((), before, after)
            for found in walk.found:
                self._report(section, title, *found, entries=(before, after))
            return
        resource_differences(walk, before, after)
        types = _type_of(before), _type_of(after)
        for path, kind, then, now in walk.found:
            if path == _URL and types[0] in KINDS and _follows(then, now):
                self._report(section, title, path, kind, then, now, types, entries=(before, after), child=True)
            else:
                self._report(section, title, path, kind, then, now, types, entries=(before, after))

    def _report(  # noqa: PLR0917  what a walk found, spread
        self,
        section: str,
        title: str,
        path: Path,
        kind: str,
        before: Any,
        after: Any,
        types: tuple[str, str] = ("", ""),
        *,
        entries: tuple[Any, Any] | None = None,
        child: bool = False,
    ) -> None:
        inside = entries or (before, after)
        before, after = (self._veil.over(section, title, path, value, inside) for value in (before, after))
        change = Change(self._name, section, title, kind, path, before, after, type=types[1], type_before=types[0])
        (self._comparison.children if child else self._comparison.changes).append(change)

    def _hidden_below(self, title: str) -> frozenset[str]:
        """The NoEcho parameters of what a nested stack uses, before or after."""
        hidden: frozenset[str] = frozenset()
        for name, build in zip(self._pair, (self._comparison.before, self._comparison.after), strict=True):
            child = build.children(name).get(title) if name is not None else None
            if child is not None and child.name is not None:
                hidden |= no_echo(build.templates[child.name].content.get("Parameters"))
        return hidden


def resource_differences(walk: Walk, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Compare two definitions of a resource: what is empty is not there."""
    left, right = ({key: each for key, each in side.items() if each or key not in _EMPTY} for side in (before, after))
    for key in (*left, *(key for key in right if key not in left)):
        if key == "Properties":
            walk.values((key,), left.get(key, {}), right.get(key, {}))
        elif key not in right:
            walk.found.append(((key,), "removed", left[key], None))
        elif key not in left:
            walk.found.append(((key,), "added", None, right[key]))
        else:
            depth = HERE if key == "DependsOn" else 0
            walk.values((key,), left[key], right[key], key, exact=key == "Metadata", depth=depth)


_EMPTY = ("DependsOn", "Metadata", "Properties")


def _follows(before: Any, after: Any) -> bool:
    """Whether a TemplateURL differs in the digest of its template alone."""
    from .digests import undigested

    return undigested(before) == undigested(after)


def _type_of(definition: Any) -> str:
    found = definition.get("Type") if isinstance(definition, dict) else None
    return found if isinstance(found, str) else ""


def _whole(place: Place, kind: str, before: Any, after: Any) -> Change:
    return Change(place.name, "Resources", place.logical_id, kind, (), before, after, type=place.type)
