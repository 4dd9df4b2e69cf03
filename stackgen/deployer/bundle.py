"""The functions' bundle: their sources as the package ``handlers``, and the libraries that Lambda's runtime lacks.

The key of a bundle is a digest of the sources and of the lock, so that a template names the code before anybody makes
a zip. ``bundle()`` makes it from what is installed: each file is compared with the hash that its distribution recorded,
and each version with ``handlers.lock``. Files are stored, not packed, in a fixed order, with one date and one mode: the
same bytes on every machine. boto3 is not in it: the runtime brings one that knows all that the functions call, AWS
mends it there, and with botocore's models a bundle would be many times as large.
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

__all__ = ["bundle", "files", "key", "locked"]

HANDLERS = Path(__file__).parent / "handlers"
LOCK = Path(__file__).parent / "handlers.lock"
PREFIX = "deployer/handlers"
DIGITS = 16
"""Hex digits of the SHA-256 in a key, as many as in the key of a template."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that a zip can hold."""
_MODE = 0o100644
_UNIX = 3
_OF_THE_INSTALLER = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json")
"""They differ from one machine to the next, and nothing reads them in Lambda."""


def key(handlers: Path = HANDLERS, lock: Path = LOCK) -> str:
    """Where the bundle of these sources and this lock lies in its bucket."""
    content = sha256()
    for name, text in [*sorted(sources(handlers).items()), (LOCK.name, lock.read_bytes())]:
        content.update(f"{name}\0{len(text)}\0".encode())
        content.update(text)
    return f"{PREFIX}/{content.hexdigest()[:DIGITS]}.zip"


def bundle(handlers: Path = HANDLERS, lock: Path = LOCK) -> bytes:
    """The zip.

    Raises MissingExtraError for a library that is not there in its version, ProjectError for one that was changed.
    """
    from io import BytesIO
    from zipfile import ZIP_STORED, ZipFile, ZipInfo

    written = BytesIO()
    with ZipFile(written, "w", ZIP_STORED) as archive:
        for name, content in sorted(files(handlers, lock).items()):
            entry = ZipInfo(name, _DATE)
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            archive.writestr(entry, content)
    return written.getvalue()


def files(handlers: Path = HANDLERS, lock: Path = LOCK) -> dict[str, bytes]:
    """Every file of the bundle by its name there. Raises as ``bundle``."""
    found = sources(handlers)
    for name, version in locked(lock).items():
        found.update(_library(name, version))
    return found


def sources(handlers: Path = HANDLERS) -> dict[str, bytes]:
    """The functions' own modules."""
    return {f"handlers/{path.name}": path.read_bytes() for path in handlers.iterdir() if path.suffix == ".py"}


def locked(lock: Path = LOCK) -> Mapping[str, str]:
    """The versions of the libraries by name."""
    return dict(_PIN.findall(lock.read_text("utf-8")))


def _library(name: str, version: str) -> dict[str, bytes]:
    from importlib.metadata import PackageNotFoundError, distribution

    hint = 'pip install "stackgen[deployer]", with the versions of handlers.lock'
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise MissingExtraError(f"the functions' bundle needs {name} {version}, which is not installed", hint) from None
    if found.version != version:
        raise MissingExtraError(f"the functions' bundle needs {name} {version}, and {found.version} is installed", hint)
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
