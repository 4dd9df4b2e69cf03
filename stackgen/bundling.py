"""Packages of Lambda functions: the same bytes on every machine, under a key that says what is in them.

A digest is of the sources and of the lock, so that a template names the code before anybody makes a zip. Libraries are
taken as they are installed: each file is compared with the hash that its distribution recorded, and each version with
the lock. Files are stored, not packed, in a fixed order, with one date and one mode.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import MissingExtraError, ProjectError
from stackgen.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.metadata import Distribution

__all__ = ["digest", "libraries", "locked", "zipped"]

DIGITS = 16
"""Hex digits of the SHA-256 in a key, as many as in the key of a template."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that a zip can hold."""
_MODE = 0o100644
_UNIX = 3
_OF_THE_INSTALLER = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json")
"""They differ from one machine to the next, and nothing reads them in Lambda."""


def digest(sources: Mapping[str, bytes], lock: Path) -> str:
    """What the key of a package of these sources and this lock ends with."""
    content = sha256()
    for name, text in [*sorted(sources.items()), (lock.name, lock.read_bytes())]:
        content.update(f"{name}\0{len(text)}\0".encode())
        content.update(text)
    return content.hexdigest()[:DIGITS]


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The zip of files by their names in it."""
    from io import BytesIO
    from zipfile import ZIP_STORED, ZipFile, ZipInfo

    written = BytesIO()
    with ZipFile(written, "w", ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = ZipInfo(name, _DATE)
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            archive.writestr(entry, content)
    return written.getvalue()


def locked(lock: Path) -> Mapping[str, str]:
    """The versions of the libraries by name."""
    return dict(_PIN.findall(lock.read_text("utf-8")))


def libraries(lock: Path, what: str, extra: str) -> dict[str, bytes]:
    """The files of all libraries of the lock. ``what`` needs them; ``extra`` is how one gets them.

    Raises MissingExtraError for a library that is not there in its version, ProjectError for one that was changed.
    """
    found: dict[str, bytes] = {}
    for name, version in locked(lock).items():
        found.update(_library(name, version, what, f"{extra}, with the versions of {lock.name}"))
    return found


def _library(name: str, version: str, what: str, hint: str) -> dict[str, bytes]:
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise MissingExtraError(f"{what} needs {name} {version}, which is not installed", hint) from None
    if found.version != version:
        raise MissingExtraError(f"{what} needs {name} {version}, and {found.version} is installed", hint)
    return dict(_recorded(found))


def _recorded(library: Distribution) -> Iterator[tuple[str, bytes]]:
    """The files of an installed distribution that belong to it wherever it is installed."""
    from base64 import urlsafe_b64encode

    for file in library.files or ():
        name = file.as_posix()
        if (
            name.startswith("..")
            or name.endswith(".pyc")
            or (file.parent.name.endswith(".dist-info") and file.name in _OF_THE_INSTALLER)
        ):
            continue
        place = Path(str(library.locate_file(file)))
        content = place.read_bytes()
        recorded = file.hash.value if file.hash else ""
        if urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode() != recorded:
            raise ProjectError(
                f"{name} is not as {library.name} {library.version} was released",
                f"install it anew: pip install --force-reinstall {library.name}=={library.version}",
                location=(str(place), 0),
            )
        yield name, content
