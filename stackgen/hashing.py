"""What is told by a digest, and where that is kept from one run to the next.

SHA-256 is the interpreter's own: ``hashlib`` would load OpenSSL, half of what an unchanged build takes.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        if sys.version_info >= (3, 12):
            from _sha2 import sha256
        else:
            from _sha256 import sha256
    except ImportError:  # an interpreter that was built without it
        from hashlib import sha256

__all__ = ["FOLDER", "sha256"]

FOLDER = ".stackgen"
"""The folder of a project that holds what was read or built last, by its digest."""
