"""Which operations of an OpenAPI document anybody may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .values import branches, function_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Branch, Path

VERBS = ("get", "put", "post", "delete", "head", "patch", "x-amazon-apigateway-any-method")
"""Without OPTIONS, which browsers ask before they send credentials."""
GUARDS = ("x-amazon-apigateway-policy", "x-amazon-apigateway-auth")
"""With one of these somebody decides elsewhere who may call."""


def open_operations(body: Branch) -> Iterator[tuple[Path, str]]:
    """Where each stands, and what it is called; none where a part of the document is unknown."""
    document = body.value
    if not _is_readable(document) or any(name in document for name in (*GUARDS, "Fn::Transform")):
        return
    for paths in branches(document.get("paths"), body.scenario, (*body.path, "paths")):
        for route, item in paths.value.items() if _is_readable(paths.value) else ():
            for verb in VERBS if _is_readable(item) else ():
                for operation in branches(item.get(verb), paths.scenario, (*paths.path, route, verb)):
                    if _is_readable(operation.value) and _is_open(operation.value, document):
                        called = "ANY" if verb == VERBS[-1] else verb.upper()
                        yield operation.path, f"{called} {route}"


def _is_open(operation: dict[str, Any], document: dict[str, Any]) -> bool:
    """By its own list or the document's; an empty one says that anybody may."""
    wanted = operation.get("security", document.get("security"))
    return "x-amazon-apigateway-auth" not in operation and (wanted is None or wanted == [])


def _is_readable(value: Any) -> bool:
    return isinstance(value, dict) and not function_of(value)[0]
