"""Stack policies: what an update may not modify, replace or delete.

Source: protect-stack-resources.html: without a policy everything is allowed, with one only what it allows; a Deny
outweighs an Allow; a policy counts during updates alone, not for what they create. assumed: the wording where no
statement allows, and that a policy given with an update as the stack's new one counts for that update already.
"""

from __future__ import annotations

import contextvars
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.local.formation.records import Stack

MODIFY, REPLACE, DELETE = "Update:Modify", "Update:Replace", "Update:Delete"

during: contextvars.ContextVar[str] = contextvars.ContextVar("during", default="")
"""The policy that overrides the stack's own while the current update of a root runs."""


class PolicyDenied(ValueError):
    """A stack policy does not allow it."""


def read(parameters: Mapping[str, Any], name: str) -> str:
    """A policy of a call, from its body or its URL.

    :raises ServiceError: ValidationError, where there is none, or it is none.
    """
    from ministack.services.cloudformation import helpers

    from stackgen.local.formation import requests

    keys = (f"{name}Body", f"{name}URL")
    said = {key: [parameters[key]] for key in keys if parameters.get(key)}
    text, refusal = helpers._resolve_document(said, *keys, "Stack policy")
    if refusal is not None:
        raise ServiceError("ValidationError", requests.message_of(refusal[2]))
    if text:
        try:
            list(_statements(text))
        except (ValueError, AttributeError) as error:
            message = "Error validating stack policy: Invalid stack policy"
            raise ServiceError("ValidationError", message) from error
    return text or ""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a policy speaks of."""

    logical_id: str
    kind: str
    physical_id: str


def see_that_it_allows(stack: Stack, resource: Resource, action: str, override: str = "") -> None:
    """Hold an action on a resource against the policy of its stack.

    :raises PolicyDenied: in CloudFormation's words.
    """
    policy = override or stack.get("_stack_policy") or ""
    if not policy:
        return
    allowed = False
    for number, statement in enumerate(_statements(policy), 1):
        said = _action(statement, action)
        if not said or not _reaches(statement, resource) or not _holds(statement, resource.kind):
            continue
        if statement.get("Effect") == "Deny":
            denied = (
                f"Statement [#{number}] does not allow [{said}] for resource [LogicalResourceId/{resource.logical_id}];"
            )
            raise PolicyDenied(f"Action denied by stack policy: {denied}")
        allowed = True
    if not allowed:
        denied = f"no statement allows [{action}] for resource [LogicalResourceId/{resource.logical_id}];"
        raise PolicyDenied(f"Action denied by stack policy: {denied}")


def action_of(kind: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    """What a change of properties does to a resource, as far as the type tells before it happens."""
    from ministack.services.cloudformation import provisioners

    handler = provisioners._RESOURCE_HANDLERS.get(kind, {}).get("update")
    names: frozenset[str] = getattr(getattr(handler, "__self__", None), "replaced_by", frozenset())
    replaced = provisioners._replacing_change(kind, old, new) or any(old.get(name) != new.get(name) for name in names)
    return REPLACE if replaced else MODIFY


def _statements(policy: str) -> Iterator[dict[str, Any]]:
    said = json.loads(policy).get("Statement", [])
    for statement in said if isinstance(said, list) else [said]:
        statement.get("Effect")
        yield statement


def _action(statement: Mapping[str, Any], action: str) -> str:
    """The pattern of a statement that an action matches, empty where none does."""
    if "NotAction" in statement:
        excluded = any(_matches(pattern, action) for pattern in _listed(statement["NotAction"]))
        return "" if excluded else action
    return next((pattern for pattern in _listed(statement.get("Action")) if _matches(pattern, action)), "")


def _reaches(statement: Mapping[str, Any], resource: Resource) -> bool:
    names = (f"LogicalResourceId/{resource.logical_id}", f"PhysicalResourceId/{resource.physical_id}")
    patterns = _listed(statement.get("NotResource", statement.get("Resource")))
    found = any(_matches(pattern, name) for pattern in patterns for name in names)
    return not found if "NotResource" in statement else found


def _holds(statement: Mapping[str, Any], kind: str) -> bool:
    conditions = statement.get("Condition") or {}
    return all(
        any(_matches(value, kind) if operator == "StringLike" else value == kind for value in _listed(values))
        for operator, keys in conditions.items()
        for key, values in keys.items()
        if key == "ResourceType"
    )


def _listed(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _matches(pattern: str, text: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text) is not None
