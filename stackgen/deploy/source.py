"""Where a resource of a deployed stack stands in the build: the file and the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.positions import line_of

if TYPE_CHECKING:
    from stackgen.review.model import Build


def place_of(build: Build, root: str, path: str) -> tuple[str, int] | None:
    """The template's file and the line of a resource, by its path below the stack; None where the build has none.

    What is deployed may be older than the build.
    """
    template = build.templates.get(template_of(build, root, path))
    logical_id = path.rpartition("/")[2]
    if template is None or logical_id not in template.section("Resources"):
        return None
    return template.path, line_of(template.text, ["Resources", logical_id])


def template_of(build: Build, root: str, path: str) -> str:
    """The name of the template that a resource stands in, by its path below the stack; nothing where it is unknown."""
    name = root
    for parent in path.split("/")[1:-1]:
        child = build.children(name).get(parent) if name in build.templates else None
        if child is None or not child.name:
            return ""
        name = child.name
    return name
