"""What differs between two builds: values without behaviour of their own, and how they read as JSON.

A Diff as JSON (``as_json``)::

    verdict         the first line of every rendering
    before, after   what the user called the two builds
    counts          {"templates": {"added": 1}, "resources": {"changed": 2}, "parameters": ..., "children": 3}
    changes         a list of changes, in order of template, section, logical ID and path
    problems        what could not be read, each a text: files, and templates that nested stacks lack
    children        the changes of a TemplateURL that only follow the text of the child: of the same form

A change::

    template        name of the template; in the build after, unless it was removed
    section         "Resources", "Parameters", "Outputs" ...; "Template" for a template as a whole
    logical_id      the entry of the section; "" for what is no entry: Description, Transform, Metadata
    type            of the resource; "" elsewhere; "type_before" beside it only where the type changed
    kind            added, removed, changed; reordered (a list's items, of which none changed);
                    renamed (another logical ID, or a template under another name), moved (another template)
    path            from the entry to the value; [] is the whole entry. A text is a key; a number is a place in a list,
                    in the build that has the item; {"before": 1, "after": 2} an item whose place changed with its
                    content; {"Key": "Name"} the item of a list whose Key is Name, with "position" if order may matter
    before, after   the values; each only where there is one, secrets as ****
    from            of renamed and moved: {"template": ..., "logical_id": ...} before
    similarity      of renamed and moved: 1 for equal, at least 0.8; below 1, "changes" lists what differs
"""

from __future__ import annotations

from stackgen.review.unread import with_problems

from .paths import json_element, path_order, path_text, reversed_element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from stackgen.errors import StackgenError

    from .paths import Path

__all__ = ["Change", "Diff"]

SECTIONS = (
    "Template",
    "AWSTemplateFormatVersion",
    "Transform",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
    "Hooks",
)
KINDS = ("added", "changed", "reordered", "removed", "renamed", "moved")
_RANKS = {name: rank for rank, name in enumerate(SECTIONS)}
_OPPOSITE = {"added": "removed", "removed": "added"}


class Change:
    """One difference; the module says what its parts mean. ``origin`` is where a renamed or moved one stood."""

    __slots__ = (
        "after",
        "before",
        "changes",
        "kind",
        "logical_id",
        "origin",
        "path",
        "section",
        "similarity",
        "template",
        "type",
        "type_before",
    )

    def __init__(  # noqa: PLR0917  the order of the JSON, spread from a walk
        self,
        template: str,
        section: str,
        logical_id: str,
        kind: str,
        path: Path = (),
        before: Any = None,
        after: Any = None,
        *,
        type: str = "",  # noqa: A002  CloudFormation's own word
        type_before: str | None = None,
        origin: tuple[str, str] | None = None,
        similarity: float = 1.0,
        changes: Iterable[Change] = (),
    ) -> None:
        self.template = template
        self.section = section
        self.logical_id = logical_id
        self.kind = kind
        self.path = path
        self.before = before
        self.after = after
        self.type = type
        self.type_before = type if type_before is None else type_before
        self.origin = origin
        self.similarity = similarity
        self.changes = tuple(changes)

    def __repr__(self) -> str:
        place = ".".join(filter(None, [self.template, self.section, self.logical_id, path_text(self.path)]))
        return f"Change({self.kind} {place})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Change) and self._parts() == other._parts()

    __hash__ = None  # type: ignore[assignment]  # it holds lists and dicts

    def _parts(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def order(self) -> tuple[Any, ...]:
        """Where it stands among all changes; no two have the same place."""
        path = [path_order(element) for element in self.path]
        section = _RANKS.get(self.section, len(_RANKS)), self.section
        return self.template, section, self.logical_id, path, self.kind, self.origin or ("", "")

    def reversed(self, names: Mapping[str, str]) -> Change:
        """The same difference, seen from the other side; ``names`` are those of the renamed templates before."""
        template, logical_id, origin = names.get(self.template, self.template), self.logical_id, self.origin
        if origin is not None:
            (template, logical_id), origin = origin, (self.template, self.logical_id)
        return Change(
            template,
            self.section,
            logical_id,
            _OPPOSITE.get(self.kind, self.kind),
            tuple(reversed_element(element) for element in self.path),
            self.after,
            self.before,
            type=self.type_before,
            type_before=self.type,
            origin=origin,
            similarity=self.similarity,
            changes=_sorted(each.moved_to(template, logical_id).reversed({}) for each in self.changes),
        )

    def moved_to(self, template: str, logical_id: str) -> Change:
        """The same difference in another entry."""
        return Change(
            template,
            self.section,
            logical_id,
            self.kind,
            self.path,
            self.before,
            self.after,
            type=self.type,
            type_before=self.type_before,
        )

    def as_json(self) -> dict[str, Any]:
        content: dict[str, Any] = {
            "template": self.template,
            "section": self.section,
            "logical_id": self.logical_id,
            "type": self.type,
            "kind": self.kind,
            "path": [json_element(element) for element in self.path],
        }
        if self.type_before != self.type:
            content["type_before"] = self.type_before
        if self.section != "Template":
            if self.kind != "added":
                content["before"] = self.before
            if self.kind != "removed":
                content["after"] = self.after
        if self.origin is not None:
            content["from"] = {"template": self.origin[0], "logical_id": self.origin[1]}
            content["similarity"] = round(self.similarity, 3)
            if self.changes:
                content["changes"] = [each.as_json() for each in self.changes]
        return content


class Diff:
    """All that differs between two builds; ``children`` are nested stacks that merely follow their template.

    ``problems`` are what could not be read, whoever compares puts them there: the verdict counts them.
    """

    __slots__ = ("after", "before", "changes", "children", "problems")

    def __init__(
        self, before: str, after: str, changes: Iterable[Change] = (), children: Iterable[Change] = ()
    ) -> None:
        self.before = before
        self.after = after
        self.changes = _sorted(changes)
        self.children = _sorted(children)
        self.problems: Sequence[StackgenError] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.changes or self.children)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Diff) and self._parts() == other._parts()

    __hash__ = None  # type: ignore[assignment]  # it holds lists and dicts

    def __repr__(self) -> str:
        return f"Diff({self.before!r}, {self.after!r}: {self.verdict})"

    def _parts(self) -> tuple[object, ...]:
        return self.before, self.after, self.changes, self.children

    def reversed(self) -> Diff:
        """The way back: what the comparison of the two builds in the other order finds."""
        names = {
            change.template: change.origin[0]
            for change in self.changes
            if change.section == "Template" and change.origin is not None
        }
        back = [[each.reversed(names) for each in several] for several in (self.changes, self.children)]
        return Diff(self.after, self.before, *back)

    @property
    def templates(self) -> list[str]:
        """The templates in which something changed, besides the digests of their children."""
        return sorted({change.template for change in self.changes})

    @property
    def counts(self) -> dict[str, Any]:
        """How many entries of each section were added, changed ...; an entry with many changes counts once."""
        entries: dict[tuple[str, str, str], str] = {}
        for change in self.changes:
            key = (change.section, change.template, change.logical_id)
            entries[key] = _entry_kind(change) if key not in entries else entries[key]
        touched = dict.fromkeys(self.templates, "changed")
        counted: dict[str, dict[str, int]] = {"templates": {}}
        for (section, template, _), kind in entries.items():
            if section == "Template":
                touched[template] = kind
                continue
            counts = counted.setdefault(section.lower(), {})
            counts[kind] = counts.get(kind, 0) + 1
        for kind in touched.values():
            counted["templates"][kind] = counted["templates"].get(kind, 0) + 1
        ordered = {name: counted[name] for name in ("templates", *map(str.lower, SECTIONS)) if name in counted}
        rest = {name: counts for name, counts in counted.items() if name not in ordered}
        return {**ordered, **rest, "children": len(self.children)}

    @property
    def verdict(self) -> str:
        """One line: ``3 templates changed: 1 resource added, 2 changed; 1 output removed``."""
        from .verdict import NOTHING, verdict_of

        return with_problems(verdict_of(self.counts), NOTHING, self.problems)

    def as_json(self) -> dict[str, Any]:
        """For programs; the module says what each key means."""
        return {
            "verdict": self.verdict,
            "before": self.before,
            "after": self.after,
            "counts": self.counts,
            "changes": [change.as_json() for change in self.changes],
            "children": [change.as_json() for change in self.children],
            "problems": [str(problem) for problem in self.problems],
        }


def _sorted(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=Change.order)


def _entry_kind(change: Change) -> str:
    whole = not change.path and change.logical_id and change.kind in KINDS
    return change.kind if (whole or change.section == "Template") and change.kind != "reordered" else "changed"
