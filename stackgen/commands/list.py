"""``list``: the stacks and the templates that they build."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stackgen.discovery import discover, templates_of

from .arguments import Parser, form_of, project_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.template import Template


def run(console: Console, arguments: Sequence[str]) -> int:
    """Render, so that children declared in loops are listed too, and print."""
    parser = Parser("list", "The stacks and the templates that they build.")
    parser.add_argument("--tree", action="store_true", help="children below their parents")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    templates = templates_of(discover(project_of(console)))
    rows = [_row(template) for template in templates]
    verdict = f"{len(templates)} templates, {sum(row['resources'] for row in rows)} resources"
    if form == "json":
        console.json("list", {"verdict": verdict, "templates": rows})
        return 0
    console.say(verdict)
    by_name = {template.name: template for template in templates}
    width = max(len(name) for name in by_name) + 8
    if not options.tree:
        for template in templates:
            console.say(_line(template.name, template, width))
        return 0
    nested = {child for template in templates for child in template.children}
    for template in templates:
        if template.name not in nested:
            console.say(_line(template.name, template, width))
            _branches(console, template, by_name, "", width)
    return 0


def _branches(console: Console, template: Template, by_name: dict[str, Template], lead: str, width: int) -> None:
    for child in template.children:
        last = child == template.children[-1]
        console.say(_line(f"{lead}{'└─ ' if last else '├─ '}{child}", by_name[child], width))
        _branches(console, by_name[child], by_name, lead + ("   " if last else "│  "), width)


def _row(template: Template) -> dict[str, int]:
    content = json.loads(template.text)
    row: dict[str, object] = {
        "name": template.name,
        "resources": len(content["Resources"]),
        "parameters": len(content.get("Parameters", {})),
        "outputs": len(content.get("Outputs", {})),
        "bytes": len(template.text.encode()),
        "digest": template.digest,
        "children": list(template.children),
        "nearest_limit": str(template.rooms[0]),
    }
    return row  # type: ignore[return-value]  # the sums read its numbers only


def _line(shown: str, template: Template, width: int) -> str:
    resources = len(json.loads(template.text)["Resources"])
    return f"  {shown:<{width}} {resources:>4} resources  {len(template.text.encode()):>7,} bytes  {template.digest}"
