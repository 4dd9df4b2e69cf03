"""A TemplateURL without the digest of the template that it leads to."""

from __future__ import annotations

import re

from .canonical import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?=[0-9a-f]*[0-9])[0-9a-f]{16,64}(?![0-9A-Za-z])")


def undigested(url: Any) -> str:
    """A text that two URLs share which differ in digests alone."""
    return _DIGEST.sub("*", text_of(url))
