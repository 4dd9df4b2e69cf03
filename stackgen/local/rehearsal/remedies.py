"""What to do about a failed resource, where its reason says it to somebody who knows the flags of this command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.local.faults import Fault
    from stackgen.local.functions.functions import Invoked

_IMAGE = re.compile(r"Source image [^/\s]+/(\S+?)(:\S+|@sha256:\S+)? does not exist")
_SECRET = re.compile(r"\{\{resolve:ssm-secure:\S*\}\} could not be resolved: parameter (\S+?)( version \S+)? not found")
_PARAMETER = re.compile(r"(?:\{\{resolve:ssm:\S*\}\} could not be resolved: parameter|SSM parameter) '?([^\s']+)")
_NO_HANDLER = re.compile("has no handler for .+: register one")


def remedy(reason: str, function: Invoked | None, faults: Sequence[tuple[str, Fault]]) -> str:
    """The next step, or nothing; *function* is the first that failed or never ended, *faults* what was planted."""
    found = _image(reason) or _secret(reason)
    if not found:
        found = next((f"that was planted: --fault {words}" for words, fault in faults if _says(fault, reason)), "")
    return found or (_function(reason, function) if function is not None else "")


def _image(reason: str) -> str:
    found = _IMAGE.search(reason)
    if found is None:
        return ""
    tag = found[2] or ":latest"
    if tag.startswith("@"):
        return f"only images by tag can be made here: give a tag instead of the digest, and --image {found[1]}:TAG"
    return f"make it: --image {found[1]}{tag}"


def _secret(reason: str) -> str:
    if found := _SECRET.search(reason):
        return f"make it: --secret {found[1]}"
    found = _PARAMETER.search(reason)
    return f"make it: --secret {found[1]}=VALUE" if found else ""


def _function(reason: str, function: Invoked) -> str:
    if function.ended is None or _NO_HANDLER.search(f"{reason} {function.error_message}"):
        name = function.function
        return f"nothing ran for the function {name}: --handler '{name}=MODULE:FUNCTION'"
    return f"the function {function.function} failed with {function.error_type}: {function.error_message}"


def _says(fault: Fault, reason: str) -> bool:
    message = getattr(fault.kind, "message", None)
    return bool(fault.met and message) and str(message) in reason
