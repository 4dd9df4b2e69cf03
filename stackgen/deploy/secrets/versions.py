"""Which parameter of a stack decides the version of a secret that CloudFormation reads.

CloudFormation reads a secret only when it updates the resource that refers to it, and it updates that only when the
text of the reference changes. So a template that lets a secret be rotated has a parameter in it:
``{{resolve:ssm-secure:${Name}:${Version}}}``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.deploy.texts import texts_in

from .wanted import PARAMETER_STORE, SECRETS_MANAGER

if TYPE_CHECKING:
    from stackgen.review.model import Build

    from .wanted import Use

_VERSION = {
    PARAMETER_STORE: re.compile(r"\{\{resolve:ssm-secure:.+:\$\{(\w+)\}\}\}"),
    SECRETS_MANAGER: re.compile(r"\{\{resolve:secretsmanager:.+:SecretString:[^:]*:[^:]*:\$\{(\w+)\}\}\}"),
}


def version_parameter(build: Build, store: str, use: Use) -> str:
    """The root's parameter that says which version a resource gets; nothing where there is none."""
    templates = [use.stack[0]]
    for title in use.stack[1:]:
        child = build.children(templates[-1]).get(title)
        if child is None or not child.name:
            return ""
        templates.append(child.name)
    definition = build.templates[templates[-1]].section("Resources").get(use.logical_id, {})
    text = definition.get("Properties", {}).get(use.name)
    name = next((found[1] for each in texts_in(text) if (found := _VERSION[store].search(each))), "")
    for template, title in zip(reversed(templates[:-1]), reversed(use.stack[1:]), strict=True):
        parent = build.templates[template].section("Resources")[title].get("Properties", {})
        given = parent.get("Parameters", {}).get(name) if name else None
        name = given["Ref"] if isinstance(given, dict) and isinstance(given.get("Ref"), str) else ""
    return name
