"""What CloudFormation asks of a custom resource (crpg-ref-requests.html), each field checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import RequestInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_ADDRESS = re.compile(r"[A-Za-z0-9.-]{1,255}")
_SCHEMA = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class Request(NamedTuple):
    """Bring the schema to a version; ``lowers`` where the resource had a higher one, as in a rollback."""

    host: str
    port: int
    schema: str
    version: int
    lowers: bool

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """Of a Create or an Update. Raises RequestInvalid, which names all that is wrong."""
        kind = event.get("RequestType")
        if kind not in ("Create", "Update"):
            raise RequestInvalid(f"RequestType must be Create, Update or Delete, and is {str(kind)[:80]!r}")
        properties = event.get("ResourceProperties")
        properties = properties if isinstance(properties, dict) else {}
        wrong: list[str] = []

        def text(name: str, pattern: re.Pattern[str], words: str) -> str:
            value = str(properties.get(name, ""))
            if not pattern.fullmatch(value):
                wrong.append(f"{name} must be {words}, and is {value[:80]!r}")
            return value

        host = text("ClusterEndpoint", _ADDRESS, "a host name")
        schema = text("DatabaseName", _SCHEMA, "the name of a schema")
        port = text("DatabasePort", _NUMBER, "a number from 1")
        version = text("SchemaVersion", _NUMBER, "a number from 1")
        if wrong:
            raise RequestInvalid("; ".join(wrong))
        before = event.get("OldResourceProperties")
        had = str(before.get("SchemaVersion", "")) if isinstance(before, dict) else ""
        lowers = bool(_NUMBER.fullmatch(had)) and int(had) > int(version)
        return cls(host, int(port), schema, int(version), lowers)


def physical_id(event: Mapping[str, Any]) -> str:
    """The same for a cluster for ever: another would make CloudFormation delete the one before."""
    known = event.get("PhysicalResourceId")
    if event.get("RequestType") == "Delete" and known:
        return str(known)
    properties = event.get("ResourceProperties")
    cluster = properties.get("ClusterIdentifier") if isinstance(properties, dict) else None
    return f"schema-{cluster}" if cluster else str(known or f"schema-{event.get('LogicalResourceId', '')}")
