"""``list``: the stacks and the templates that they build."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from stackgen.discovery import discover, templates_of

from .arguments import Parser
from .context import project_of
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.template import Template


class Row(TypedDict):
    """One template, as ``--format json`` shows it."""

    name: str
    resources: int
    parameters: int
    outputs: int
    bytes: int
    digest: str
    children: list[str]
    nearest_limit: str


class Line(NamedTuple):
    """One line of the table: what stands in its first column, and whose figures follow."""

    shown: str
    row: Row


def run(console: Console, arguments: Sequence[str]) -> int:
    """Render, so that children declared in loops are listed too, and print."""
    parser = Parser("list", "The stacks and the templates that they build." + in_help("text", "json"))
    parser.add_argument("--tree", action="store_true", help="children below their parents")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    project = project_of(console)
    templates = templates_of(discover(project, console.warn), project.profiles)
    rows = {template.name: _row(template) for template in templates}
    resources = sum(row["resources"] for row in rows.values())
    verdict = f"{_counted(len(rows), 'template')}, {_counted(resources, 'resource')}"
    if form == "json":
        console.json("list", {"verdict": verdict, "templates": list(rows.values())})
        return 0
    console.say(verdict)
    lines = _tree(rows) if options.tree else [Line(name, row) for name, row in rows.items()]
    for text in _table(list(lines), console.width):
        console.say(text)
    return 0


def _row(template: Template) -> Row:
    content = json.loads(template.text)
    return {
        "name": template.name,
        "resources": len(content["Resources"]),
        "parameters": len(content.get("Parameters", {})),
        "outputs": len(content.get("Outputs", {})),
        "bytes": len(template.text.encode()),
        "digest": template.digest,
        "children": list(template.children),
        "nearest_limit": str(template.rooms[0]),
    }


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _tree(rows: dict[str, Row]) -> Iterator[Line]:
    """Every template below each of its parents; what hangs below a shared one is shown once."""
    nested = {child for row in rows.values() for child in row["children"]}
    expanded: set[str] = set()
    pending = [("", "", name) for name in reversed(rows) if name not in nested]
    while pending:
        lead, branch, name = pending.pop()
        children = rows[name]["children"]
        again = name in expanded and bool(children)
        yield Line(f"{lead}{branch}{name}{' (see above)' if again else ''}", rows[name])
        if again:
            continue
        expanded.add(name)
        below = lead + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
        branches = ["├─ "] * (len(children) - 1) + ["└─ "]
        pending += reversed([(below, *pair) for pair in zip(branches, children, strict=bool(children))])


def _table(lines: Sequence[Line], width: int | None) -> Iterator[str]:
    """The lines in columns; in a narrow terminal the last columns are left out."""
    first = max(len(line.shown) for line in lines)
    for line in lines:
        resources, size = f"{line.row['resources']:>4} resources", f"{line.row['bytes']:>9,} bytes"
        cells = [f"  {line.shown:<{first}}", resources, size, line.row["digest"]]
        while width is not None and len(cells) > 1 and len("  ".join(cells)) > width:
            cells.pop()
        yield "  ".join(cells).rstrip()
