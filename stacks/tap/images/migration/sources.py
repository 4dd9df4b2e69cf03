"""The SQL files in their order, each read, split and judged before the first is run."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from .errors import SourcesInvalid
from .rules import Change, judged
from .splitting import split

SQL = Path(__file__).parent / "sql"
CONTRACT = "-- contract"

_NAME = re.compile(r"V([0-9]{4})__[a-z0-9]+(?:_[a-z0-9]+)*\.sql")


class Migration(NamedTuple):
    """One file."""

    version: int
    name: str
    checksum: str
    changes: tuple[Change, ...]

    def digest(self, count: int) -> str:
        """Of the first *count* statements: what ran of a file that did not run to its end."""
        return sha256("\0".join(change.statement.text for change in self.changes[:count]).encode()).hexdigest()


def migrations(folder: Path = SQL) -> tuple[Migration, ...]:
    """Versions 1 and up, without a gap. Raises SourcesInvalid, which names the file, or the folder."""
    try:
        found = [_read(path) for path in sorted(folder.iterdir()) if path.suffix == ".sql"]
    except OSError as error:
        raise SourcesInvalid(f"{error.filename or folder} cannot be read: {type(error).__name__}") from None
    for expected, migration in enumerate(found, 1):
        if migration.version != expected:
            raise SourcesInvalid(f"{migration.name} stands where version {expected} is due: one file for each, no gap")
    return tuple(found)


def _read(path: Path) -> Migration:
    name = _NAME.fullmatch(path.name)
    if name is None:
        raise SourcesInvalid(f"{path.name} must be named as V0001__what_it_does.sql is")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
        statements = split(text)
        contract = text.splitlines()[:1] == [CONTRACT]
        changes = tuple(judged(statement, contract=contract) for statement in statements)
    except UnicodeDecodeError as error:
        raise SourcesInvalid(f"{path.name} is no UTF-8: byte {error.start}") from None
    except SourcesInvalid as error:
        raise SourcesInvalid(f"{path.name}: {error}") from None
    if not changes:
        raise SourcesInvalid(f"{path.name} holds no statement")
    return Migration(int(name[1]), path.name, sha256(content).hexdigest(), changes)
