"""Parameters that are read in Parameter Store, as CloudFormation shows them: their name there, and what it was read as.

From API_Parameter: ResolvedValue is "the value that corresponds to a SSM parameter key", for such types alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def show(parameters: Iterable[dict[str, Any]], kept: Mapping[str, Any]) -> bool:
    """Show the values of a stack or a change set so; ministack shows what they were read as. Whether there is one."""
    values = kept.get("_resolved_params") or {}
    found = False
    for shown in parameters:
        value = values.get(shown["ParameterKey"]) or {}
        if value.get("SsmName") and not value.get("NoEcho"):
            shown |= {"ParameterValue": value["SsmName"], "ResolvedValue": value["Value"]}
            found = True
    return found
