"""AWS's actions and the resources that they act on, as cfn-lint brings them; read when the first policy asks."""

from __future__ import annotations

from functools import cache
from typing import Any

from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource

from stackgen.iam_actions import ActionReference


@cache
def services() -> dict[str, Any]:
    """By the service's prefix."""
    content: dict[str, Any] = load_resource(AdditionalSpecs, "Policies.json")
    return content


@cache
def has(action: str) -> bool:
    """Whether there is an action, or one that a wildcard stands for."""
    return ActionReference(services()).has(action)


@cache
def resources_of(action: str) -> tuple[str, ...]:
    """The kinds of resources that an action acts on, and none where it is only for ``*`` or not known."""
    service, _, name = action.lower().partition(":")
    said = services().get(service, {}).get("Actions", {}).get(name, {}).get("Resources", ())
    return (said,) if isinstance(said, str) else tuple(said)


def has_resources(action: str) -> bool:
    """Whether a service's actions can be bound to resources of its own; so it is where the service is not known."""
    service = services().get(action.lower().partition(":")[0])
    return service is None or bool(service.get("Resources"))


@cache
def homes_of(action: str) -> frozenset[str]:
    """The services whose ARNs it acts on."""
    known = services().get(action.lower().partition(":")[0], {}).get("Resources", {})
    formats = [one for each in resources_of(action) for one in known.get(each.lower(), {}).get("ARNFormats", ())]
    return frozenset(each.split(":")[2] for each in formats if each.count(":") > 1)
