"""Stack policies: what an update may not replace or delete."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stackgen.errors import ProjectError
from stackgen.review.nested import NESTED_STACK
from stackgen.review.schemas import installed
from stackgen.review.schemas.stateful import loses

from .setting_forms import location_of
from .settings import NO_POLICY, PROTECT_STATEFUL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.project import Project
    from stackgen.review.model import Build

    from .settings import Settings

MOST_BYTES = 16_384
"""Source: CloudFormation API reference, SetStackPolicy."""


def policy_of(project: Project, settings: Settings, build: Build, template: str) -> str:
    """The policy that the project wants for a stack; nothing for none. Raises ProjectError, MissingExtraError."""
    said = settings.values.get("stack_policy")
    wanted = str(said.value) if said else PROTECT_STATEFUL if settings.get("protect") else NO_POLICY
    if wanted == NO_POLICY:
        return ""
    if wanted == PROTECT_STATEFUL:
        return protect_stateful(build, template)
    path = project.root / wanted
    where = (str(path), 0)
    try:
        text = path.read_text("utf-8")
        content = json.loads(text)
    except FileNotFoundError as error:
        place, _, name = said.origin.rpartition(".") if said else ("", "", "")
        problem = f"{place}.{name} is {wanted!r}, and there is no such file"
        hint = f"{PROTECT_STATEFUL}, {NO_POLICY} or the path of a policy was expected"
        raise ProjectError(problem, hint, location=location_of(project, place, name)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ProjectError(f"is no stack policy: {error}", location=where) from error
    if not isinstance(content, dict) or not isinstance(content.get("Statement"), list):
        raise ProjectError('is no stack policy: {"Statement": [...]} was expected', location=where)
    if len(text.encode()) > MOST_BYTES:
        raise ProjectError(f"is larger than {MOST_BYTES:,} bytes, which CloudFormation refuses", location=where)
    return text


def protect_stateful(build: Build, template: str) -> str:
    """The policy of one stack that lets an update neither replace nor delete what holds data; nothing without such.

    It holds for this stack's own resources, and for the nested stacks of which one below holds data: each of them
    needs a policy of its own.
    """
    types = sorted({type_ for type_ in _types(build, [template]) if loses(type_, installed())})
    holding = sorted(
        title
        for title, child in build.children(template).items()
        if child.kind == "nested"
        and child.name
        and any(loses(type_, installed()) for type_ in _types(build, build._below([child.name])))
    )
    if not types and not holding:
        return ""
    deny = {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*"}
    statements: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
    ]
    if types:
        statements.append({**deny, "Resource": "*", "Condition": {"StringEquals": {"ResourceType": types}}})
    if holding:
        statements.append({**deny, "Resource": [f"LogicalResourceId/{title}" for title in holding]})
    return json.dumps({"Statement": statements})


def _types(build: Build, templates: Iterable[str]) -> set[str]:
    found = set()
    for name in templates:
        for resource in build.templates[name].section("Resources").values():
            type_ = str(resource.get("Type"))
            if type_ != NESTED_STACK:
                found.add(type_)
    return found
