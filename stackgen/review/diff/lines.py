"""A diff as lines, grouped by template and entry: what its renderings as text and as Markdown have in common."""

from __future__ import annotations

from .paths import path_text
from .result import SECTIONS
from .shortening import cut, lines_of, pair, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .result import Change, Diff

SIGNS = {"added": "+", "removed": "-", "changed": "~", "reordered": "~", "renamed": ">", "moved": ">"}

REFACTORING = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html"
NOTE = (
    "What is renamed or moved is a new resource to an update: CloudFormation creates it and deletes the old one. "
    "A stack refactoring done first keeps it: of at most 5 stacks, nested ones too, with no other change of a resource."
)


class Line:
    """One line: its sign, how deep it stands, what it says; ``is_title`` of an entry's first."""

    __slots__ = ("depth", "is_title", "sign", "text")

    def __init__(self, sign: str, depth: int, text: str, *, is_title: bool = False) -> None:
        self.sign = sign
        self.depth = depth
        self.text = text
        self.is_title = is_title

    def __repr__(self) -> str:
        return f"Line({self.sign}{'  ' * self.depth}{self.text})"


class Group:
    """One template with its lines; ``entries`` are those of one entry each."""

    __slots__ = ("entries", "name", "sign", "title")

    def __init__(self, name: str, sign: str, title: str, entries: list[list[Line]]) -> None:
        self.name = name
        self.sign = sign
        self.title = title
        self.entries = entries


def groups_of(diff: Diff) -> list[Group]:
    """Every template that differs, in order of their names."""
    by_template: dict[str, list[Change]] = {}
    for change in diff.changes:
        by_template.setdefault(change.template, []).append(change)
    following: dict[str, list[Change]] = {}
    for change in diff.children:
        following.setdefault(change.template, []).append(change)
    groups = []
    for name in sorted({*by_template, *following}):
        changes = by_template.get(name, [])
        whole = next((change for change in changes if change.section == "Template"), None)
        sign, title = ("~", name) if whole is None else (SIGNS[whole.kind], f"{name} ({_whole(whole)})")
        entries = [_entry(several) for several in _by_entry(changes)]
        entries += [[_child_line(change)] for change in following.get(name, [])]
        groups.append(Group(name, sign, title, entries))
    return groups


def has_moves(diff: Diff) -> bool:
    """Whether a resource was renamed or moved."""
    return any(change.origin is not None and change.section != "Template" for change in diff.changes)


def _by_entry(changes: list[Change]) -> Iterator[list[Change]]:
    found: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if change.section != "Template":
            found.setdefault((change.section, change.logical_id), []).append(change)
    known = {name: at for at, name in enumerate(SECTIONS)}
    for _, several in sorted(found.items(), key=lambda item: (known.get(item[0][0], len(known)), item[0])):
        yield several


def _entry(changes: list[Change]) -> list[Line]:
    first = changes[0]
    title = _title(first)
    if first.path or not first.logical_id:
        if not first.logical_id and len(changes) == 1 and not first.path:
            return list(_value_lines(first, 1, title))
        lines = [Line("~", 1, title, is_title=True)]
        for change in sorted(changes, key=lambda each: each.path[:1] == ("Properties",)):
            lines += _value_lines(change, 2, _place(change))
        return lines
    lines = [Line(SIGNS[first.kind], 1, title, is_title=True)]
    if first.section != "Resources":
        if len(changes) == 1 and first.kind != "reordered":
            return list(_value_lines(first, 1, title))
        for change in changes:
            lines += _value_lines(change, 2, "")
        return lines
    if first.origin is not None:
        lines[0].text += f"  {_origin(first)}"
        for change in first.changes:
            lines += _value_lines(change, 2, _place(change))
        return lines
    definition = first.after if first.kind == "added" else first.before
    if isinstance(definition, dict):
        properties = definition.get("Properties")
        several = {f"{key} (attribute)": each for key, each in definition.items() if key not in ("Properties", "Type")}
        several |= properties if isinstance(properties, dict) else {}
        sign = SIGNS[first.kind]
        lines += [Line(sign, 2, f"{key}: {cut(shown(each))}") for key, each in several.items()]
    return lines


def _value_lines(change: Change, depth: int, place: str) -> Iterator[Line]:
    sign = SIGNS[change.kind]
    label = f"{place}: " if place else ""
    if change.kind == "added":
        yield Line(sign, depth, f"{label}{cut(shown(change.after))}")
    elif change.kind == "removed":
        yield Line(sign, depth, f"{label}{cut(shown(change.before))}")
    elif change.kind == "reordered":
        before, after = pair(change.before, change.after)
        yield Line(sign, depth, f"{label}another order: {before} -> {after}")
    else:
        lines = lines_of(change.before, change.after)
        if lines is None:
            before, after = pair(change.before, change.after)
            yield Line(sign, depth, f"{label}{before} -> {after}")
            return
        yield Line(sign, depth, label.rstrip())
        for line in lines:
            inner = line[:1] if line[:1] in ("+", "-") else " "
            yield Line(inner, depth + 1, line[1:] if line[:1] in "+- " else line)


def _title(change: Change) -> str:
    if change.section == "Resources":
        types = change.type if change.type == change.type_before else f"{change.type_before} -> {change.type}"
        return f"{change.logical_id}  {types}".rstrip()
    noun = change.section.removesuffix("s") if change.logical_id else change.section
    return f"{noun} {change.logical_id}".rstrip()


def _place(change: Change) -> str:
    """The path as it is shown: that of a property without its first word, another attribute marked."""
    if change.section != "Resources" or not change.path:
        return path_text(change.path)
    if change.path[0] == "Properties":
        return path_text(change.path[1:]) or "Properties"
    return f"{path_text(change.path)} (attribute)"


def _origin(change: Change) -> str:
    template, logical_id = change.origin or ("", "")
    alike = "" if change.similarity == 1 else f", {int(change.similarity * 100)} % alike"
    if change.kind == "renamed":
        return f"renamed from {logical_id}{alike}"
    return f"moved from {template}{f', {logical_id}' if logical_id != change.logical_id else ''}{alike}"


def _whole(change: Change) -> str:
    return f"renamed from {change.origin[0]}" if change.origin is not None else change.kind


def _child_line(change: Change) -> Line:
    return Line(" ", 1, f"{change.logical_id}  {change.type}: a new TemplateURL, as its template has another digest")
