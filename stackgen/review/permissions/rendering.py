"""Permissions and their delta as text, as data for programs, and as Markdown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .documents import INLINE_OF_ROLE, MANAGED_POLICY, POLICIES_OF_ROLE, QUOTAS, documents, size
from .needs import PASS_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .delta import Change, Delta
    from .needs import Permissions

__all__ = ["as_dict", "as_markdown", "as_text", "delta_as_dict", "delta_as_markdown", "delta_as_text"]

_SHOWN = 3  # types beside an action, before "and 4 more"


def as_dict(permissions: Permissions) -> dict[str, Any]:
    """Everything, with the documents that a program can write to files."""
    return {
        "actions": {action: list(permissions.actions[action]) for action in permissions.grantable},
        "resources": {type_: list(found) for type_, found in permissions.addresses.items()},
        "roles": {arn: list(found) for arn, found in permissions.roles.items()},
        "without_handlers": list(permissions.without_handlers),
        "without_schema": list(permissions.without_schema),
        "unknown": {action: list(by) for action, by in permissions.unknown.items()},
        "left_out": {action: list(by) for action, by in permissions.unusable.items()},
        "documents": documents(permissions),
    }


def as_text(permissions: Permissions) -> list[str]:
    """The actions by service, and what is to be known about them."""
    made = documents(permissions)
    lines = [_headline(permissions, made)]
    for service in permissions.services:
        lines += ["", service]
        for action in permissions.grantable:
            if action.startswith(f"{service}:"):
                by = _few(permissions.actions[action])
                lines.append(f"  {action.partition(':')[2]}{f'  ({by})' if by else ''}")
                if action == PASS_ROLE:
                    lines += [f"    {arn}  ({_few(handed)})" for arn, handed in permissions.roles.items()]
    remarks = list(_remarks(permissions, made))
    return [*lines, "", *remarks] if remarks else lines


def as_markdown(permissions: Permissions) -> list[str]:
    made = documents(permissions)
    lines = [_headline(permissions, made), ""]
    remarks = list(_remarks(permissions, made))
    lines += [*(f"- {_escaped(remark)}" for remark in remarks), ""] if remarks else []
    for number, document in enumerate(made, 1):
        lines += [
            "<details>",
            f"<summary>Policy {number} of {len(made)}, {size(document):,} characters</summary>",
            "",
            "```json",
            *json.dumps(document, indent=2).splitlines(),
            "```",
            "",
            "</details>",
            "",
        ]
    return lines[:-1]


def delta_as_dict(difference: Delta) -> dict[str, Any]:
    def changes(found: Sequence[Change], by: str) -> list[dict[str, Any]]:
        return [{"name": change.name, by: list(change.needed_by)} for change in found]

    return {
        "added": changes(difference.added, "types"),
        "removed": changes(difference.removed, "types"),
        "roles_added": changes(difference.roles_added, "resources"),
        "roles_removed": changes(difference.roles_removed, "resources"),
    }


def delta_as_text(difference: Delta) -> list[str]:
    """``+ dynamodb:CreateTable  (AWS::DynamoDB::Table)``."""
    if not difference:
        return ["the deploying role needs what it needed before"]
    return [f"{sign} {name}{f'  ({by})' if by else ''}" for sign, name, by in _changes(difference)]


def delta_as_markdown(difference: Delta) -> list[str]:
    if not difference:
        return ["The deploying role needs what it needed before."]
    lines = ["| | Action | Needed by |", "|---|---|---|"]
    return lines + [f"| {sign} | `{name}` | {_escaped(by)} |" for sign, name, by in _changes(difference)]


def _changes(difference: Delta) -> Iterator[tuple[str, str, str]]:
    for sign, actions, roles in (
        ("+", difference.added, difference.roles_added),
        ("-", difference.removed, difference.roles_removed),
    ):
        for change in actions:
            yield sign, change.name, _few(change.needed_by)
        for change in roles:
            yield sign, f"{PASS_ROLE} {change.name}", _few(change.needed_by)


def _headline(permissions: Permissions, made: Sequence[dict[str, Any]]) -> str:
    actions, services, types = len(permissions.grantable), len(permissions.services), len(permissions.addresses)
    total = sum(map(size, made))
    return (
        f"{_counted(types, 'resource type')}: {_counted(actions, 'action')} of {_counted(services, 'service')}, "
        f"{total:,} characters in {_counted(len(made), 'managed policy', 'managed policies')} "
        f"of at most {MANAGED_POLICY:,}"
    )


def _remarks(permissions: Permissions, made: Sequence[dict[str, Any]]) -> Iterator[str]:
    if len(made) > POLICIES_OF_ROLE:
        yield f"a role has at most {POLICIES_OF_ROLE} managed policies unless AWS allows more ({QUOTAS})"
    total = sum(map(size, made))
    if total > INLINE_OF_ROLE:
        yield f"too much for inline policies, which have {INLINE_OF_ROLE:,} characters together ({QUOTAS})"
    if PASS_ROLE in permissions.actions and not permissions.roles:
        yield f"{PASS_ROLE} is allowed for every role: narrow it ({_few(permissions.actions[PASS_ROLE])})"
    wild = [action for action in permissions.grantable if action.endswith(":*")]
    for action in wild:
        yield f"{action} is all of a service: so says the schema of {_few(permissions.actions[action])}"
    if permissions.without_handlers:
        types = _all(permissions.without_handlers)
        yield f"the schemas do not say what is needed for {types}"
    if permissions.without_schema:
        yield f"there is no schema of {_all(permissions.without_schema)}"
    if permissions.unknown:
        yield f"not in AWS's list of actions, though a schema names them: {_named(permissions.unknown)}"
    if permissions.unusable:
        yield f"left out, for no policy can allow them: {_named(permissions.unusable)}"


def _named(actions: Mapping[str, tuple[str, ...]]) -> str:
    return ", ".join(f"{action or 'an empty text'} ({_few(by)})" for action, by in actions.items())


def _all(names: Sequence[str]) -> str:
    return ", ".join(names)


def _few(names: Sequence[str]) -> str:
    """``A, B, C and 4 more``."""
    if len(names) <= _SHOWN + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")
