"""The ``Globals`` of a SAM template, in the properties of every resource that inherits them.

What a resource says itself outweighs a global; maps are merged, and of lists the global items come first.
Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/
sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


__all__ = ["SERVERLESS", "SERVERLESS_TRANSFORM", "globals_of", "inherited"]

SERVERLESS = "AWS::Serverless::"
SERVERLESS_TRANSFORM = "AWS::Serverless-"


def globals_of(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the resources of each SAM type inherit: ``Function``, ``Api`` ..."""
    written = content.get("Globals")
    entries = written.items() if isinstance(written, dict) else ()
    return {name: each for name, each in entries if isinstance(each, dict)}


def inherited(content: dict[str, Any]) -> dict[str, Any]:
    """A template whose resources have the properties that they inherit."""
    known, resources = globals_of(content), content.get("Resources")
    if not known or not isinstance(resources, dict):
        return content
    return {**content, "Resources": {title: _resource(each, known) for title, each in resources.items()}}


def _resource(resource: Any, known: dict[str, dict[str, Any]]) -> Any:
    kind = str(resource.get("Type")) if isinstance(resource, dict) else ""
    given = known.get(kind.removeprefix(SERVERLESS)) if kind.startswith(SERVERLESS) else None
    own = resource.get("Properties", {}) if given else None
    if given is None or not isinstance(own, dict):
        return resource
    ignored = resource.get("IgnoreGlobals")
    if ignored == "*":
        return resource
    left_out = ignored if isinstance(ignored, list) else []
    kept = {name: each for name, each in given.items() if name not in left_out}
    return {**resource, "Properties": _merged(kept, own)}


def _merged(general: Any, own: Any) -> Any:
    if isinstance(general, list) and isinstance(own, list):
        return [*general, *own]
    if not _is_map(general) or not _is_map(own):
        return own
    shared = {key: _merged(each, own[key]) if key in own else each for key, each in general.items()}
    return {**shared, **{key: each for key, each in own.items() if key not in general}}


def _is_map(value: Any) -> bool:
    """Whether a value is an object, and no function, which stands for a value."""
    if not isinstance(value, dict):
        return False
    first = str(next(iter(value), ""))
    return len(value) != 1 or not (first in ("Ref", "Condition") or first.startswith("Fn::"))
