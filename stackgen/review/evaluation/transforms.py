"""What AWS's own transforms make of a template, as far as its text tells: loops written out, globals inherited."""

from __future__ import annotations

from stackgen.review.model import Template

from .scope import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .environment import Environment
    from .symbols import Path

__all__ = ["transformed", "transforms_of", "unseen_transforms"]


def transforms_of(template: Template) -> list[str]:
    """The macros that a template asks for."""
    asked = template.content.get("Transform", [])
    return [str(each) for each in (asked if isinstance(asked, list) else [asked])]


def unseen_transforms(template: Template) -> list[str]:
    """The macros of a transformed template of which it is not known what they make."""
    if "Transform" not in template.content:
        return []
    from .loops import LANGUAGE_EXTENSIONS, loops_in

    is_seen = not loops_in(template.content)
    return [each for each in transforms_of(template) if each != LANGUAGE_EXTENSIONS or not is_seen]


def transformed(template: Template, path: Path, environment: Environment, parameters: dict[str, Any]) -> Template:
    """The template as a stack has it with these parameters; the same one where no transform is known."""
    if "Transform" not in template.content:
        return template
    from .loops import LANGUAGE_EXTENSIONS, unrolled  # most templates have none
    from .sam import SERVERLESS_TRANSFORM, inherited

    asked = transforms_of(template)
    content = template.content
    if LANGUAGE_EXTENSIONS in asked:
        content = unrolled(content, Scope(path, template, environment, parameters, _no_output))
    if any(each.startswith(SERVERLESS_TRANSFORM) for each in asked):
        content = inherited(content)
    return template if content == template.content else Template(template.name, template.path, content, template.text)


def _no_output(_title: str, _output: str) -> None:
    """Nothing is known of a nested stack before its parent is written out."""
