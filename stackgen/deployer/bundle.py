"""The functions' bundle: their sources as the package ``handlers``, and the libraries that Lambda's runtime lacks.

``bundling`` says how it is made. boto3 is not in it: the runtime brings one that knows all that the functions call, AWS
mends it there, and with botocore's models a bundle would be many times as large.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen import bundling

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["bundle", "files", "key", "locked"]

HANDLERS = Path(__file__).parent / "handlers"
LOCK = Path(__file__).parent / "handlers.lock"
PREFIX = "deployer/handlers"


def key(handlers: Path = HANDLERS, lock: Path = LOCK) -> str:
    """Where the bundle of these sources and this lock lies in its bucket."""
    return f"{PREFIX}/{bundling.digest(sources(handlers), lock)}.zip"


def bundle(handlers: Path = HANDLERS, lock: Path = LOCK) -> bytes:
    """The zip. Raises as ``bundling.libraries``."""
    return bundling.zipped(files(handlers, lock))


def files(handlers: Path = HANDLERS, lock: Path = LOCK) -> dict[str, bytes]:
    """Every file of the bundle by its name there. Raises as ``bundle``."""
    return {
        **sources(handlers),
        **bundling.libraries(lock, "the functions' bundle", 'pip install "stackgen[deployer]"'),
    }


def sources(handlers: Path = HANDLERS) -> dict[str, bytes]:
    """The functions' own modules."""
    return {f"handlers/{path.name}": path.read_bytes() for path in handlers.iterdir() if path.suffix == ".py"}


def locked(lock: Path = LOCK) -> Mapping[str, str]:
    """The versions of the libraries by name."""
    return bundling.locked(lock)
