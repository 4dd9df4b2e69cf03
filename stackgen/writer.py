"""The text of a template: sections in CloudFormation's order, keys below them sorted, indented by two.

The same as ``json.dumps(indent=2, sort_keys=True)`` below the sections, at a third of its time: with an
indent the standard library leaves its C encoder.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quoted
from math import isfinite
from typing import Any

from .errors import DeclarationError

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Globals",
    "Hooks",
    "Resources",
    "Outputs",
)
"""CloudFormation's own order, as its documentation lists the sections."""

_LEADS: dict[str, str] = {}


def json_text(sections: dict[str, Any]) -> str:
    """The golden form of a template's plain sections, whose keys are texts.

    Raises DeclarationError for a number that JSON cannot hold, and for anything but texts, numbers, booleans,
    lists and dicts.
    """
    parts = ["{"]
    comma = "\n  "
    for name in sorted(sections, key=SECTIONS.index):
        parts.append(f"{comma}{quoted(name)}: ")
        _write(sections[name], "\n    ", parts)
        comma = ",\n  "
    parts.append("\n}\n")
    return "".join(parts)


def _write(value: Any, line: str, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(quoted(value))
    elif isinstance(value, dict):
        if not value:
            parts.append("{}")
            return
        lead = "{" + line
        for key in sorted(value):
            lead_of_key = _LEADS.get(key)
            if lead_of_key is None:
                lead_of_key = _LEADS[key] = quoted(key) + ": "
            parts.append(lead + lead_of_key)
            _write(value[key], line + "  ", parts)
            lead = "," + line
        parts.append(line[:-2] + "}")
    elif isinstance(value, list):
        if not value:
            parts.append("[]")
            return
        lead = "[" + line
        for item in value:
            parts.append(lead)
            _write(item, line + "  ", parts)
            lead = "," + line
        parts.append(line[:-2] + "]")
    else:
        parts.append(_scalar(value))


def _scalar(value: object) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float) and isfinite(value):
        return float.__repr__(value)
    raise DeclarationError(f"{value!r} is a value that JSON cannot hold")
