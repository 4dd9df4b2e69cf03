"""What looks like a secret, and which parameters hold one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .values import is_on, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .view import View

DYNAMIC = ("{{resolve:secretsmanager:", "{{resolve:ssm-secure:")
"""The dynamic references to secrets."""

_SHAPES = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # an access key of AWS
    r"|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22}"
    r"|\bxox[abprs]-[0-9A-Za-z-]{10}"
    r"|\bsk_live_[0-9a-zA-Z]{16}"
    r"|\bAIza[0-9A-Za-z_-]{35}\b"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."  # a JSON Web Token
    r"|\b[a-z][a-z0-9+]*://[^/\s:@${}]+:[^/\s:@${}]+@"  # a password in an address
)
_NAMES = re.compile(
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|private|secret|access)_?key)(?:_?value)?$", re.IGNORECASE
)
_HARMLESS = re.compile(
    r"true|false|none|null|yes|no|on|off|enabled?|disabled?|required|optional|auto|default"  # a switch
    r"|header|cookie|query|body|bearer|basic|jwt|oauth2?|hmac"  # where it is, or of which kind
    r"|[\d.]*|.*[/:].*",
    re.IGNORECASE | re.DOTALL,
)
_ACCESS_KEY = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9+/]{40}")
"""A secret access key of AWS, which may have the look of a path."""
_ASSIGNED = re.compile(
    r"^\s*(?:export\s+)?\w*(?:PASSWORD|SECRET|TOKEN)=['\"]?[^\s'\"$<{`]{6,}", re.IGNORECASE | re.MULTILINE
)


def looks_secret(text: str) -> bool:
    """Whether a text holds what has the shape of a key, a token or a password in an address."""
    found = _SHAPES.search(text)
    return bool(found) and "EXAMPLE" not in text


def is_assigned(script: str) -> bool:
    """Whether a script gives a literal to a variable that is named as a secret."""
    return bool(_ASSIGNED.search(script))


def is_secret_by_name(name: str, value: str) -> bool:
    """Whether something named so, with a literal value, is a secret: no path, address, number or switch."""
    text = value.strip()
    return bool(_NAMES.search(name)) and (not _HARMLESS.fullmatch(text) or bool(_ACCESS_KEY.fullmatch(text)))


def shown_default(value: Any, view: View) -> str:
    """The first parameter in a value that is a secret by its own name, with a default that everybody reads."""
    named = {name: view.parameters[name].get("Default") for name in references(value) if name in view.parameters}
    return next((name for name, each in named.items() if each and is_secret_by_name(name, str(each))), "")


def silent_parameters(value: Any, view: View) -> Iterator[str]:
    """The parameters with NoEcho that a value has in it."""
    for name in references(value):
        if name in view.parameters and is_on(view.parameters[name].get("NoEcho")):
            yield name
