"""Records of backups: what was backed up, under which ARN, and how the stack was deployed at that time.

A record is a file of its own, ``backups/{stack}-{YYYYMMDD-HHMMSS}.json``. It is there before the first backup is begun,
so that a run that is cut off leaves what it has begun under its names. It holds no secret: of parameters with NoEcho it
has the names alone.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.assembly import replace as write_whole
from stackgen.errors import OutputFileError, StackgenError, likely

from .backup_kinds import AVAILABLE, CREATING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "backups"
"""Where they are, in the project."""

SCHEMA, VERSION = "stackgen/backup-record", 1
_WRITING = threading.Lock()


class RecordError(StackgenError):
    """A file that is no record of a backup, or is broken."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One backup, or what was tried."""

    path: str
    """``shop-prod/Data/Orders``: of which resource."""
    type: str
    source: str
    """The name of the table, database or cluster."""
    name: str
    arn: str = ""
    status: str = AVAILABLE
    reason: str = ""
    """Why there is none."""
    bytes: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What it takes to restore it where the original is gone."""

    @property
    def is_good(self) -> bool:
        return self.status == AVAILABLE


@dataclass(frozen=True, slots=True)
class Left:
    """What holds data and was not backed up, and what to do about it."""

    path: str
    type: str
    source: str
    advice: str


@dataclass(frozen=True, slots=True)
class Record:
    """A backup of a stack."""

    stack: str
    stack_id: str
    account: str
    region: str
    environment: str
    template: str
    """The name of the root in the build."""
    stamp: str
    """``20261129-201500``, in UTC; the backups have it in their names."""
    saved: tuple[Saved, ...] = ()
    left: tuple[Left, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """The parameters whose values nobody keeps."""
    tags: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, Any] = field(default_factory=dict)
    """As deployed, by the path of the stack that was made from it."""

    @property
    def place(self) -> str:
        return f"{self.stack} in {self.account}/{self.region}"

    @property
    def is_good(self) -> bool:
        """Whether everything that was tried is there."""
        return all(each.is_good for each in self.saved)

    @property
    def is_complete(self) -> bool:
        """Whether the run that made it came to its end; else nobody has seen whether all of it is there."""
        return all(each.status != CREATING for each in self.saved)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class RecordFile:
    """The file of one record, written before a backup is begun, and again as the backups come about."""

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        self.folder = folder
        self._path = path

    @property
    def is_there(self) -> bool:
        return self._path is not None

    @property
    def path(self) -> Path:
        """Where it is; there once it was written."""
        assert self._path is not None  # noqa: S101 - back_up writes it before anything else
        return self._path

    def write(self, record: Record) -> None:
        """Write the record whole, beside those of others. Raises OutputFileError."""
        text = json.dumps({"schema": SCHEMA, "version": VERSION, **record.as_json()}, indent=2) + "\n"
        with _WRITING:  # two regions may have the same stack in the same second
            path = self._path or _free(self.folder, f"{record.stack}-{record.stamp}")
            write_whole(path, text)
            self._path = path


def _free(folder: Path, name: str) -> Path:
    path, number = folder / f"{name}.json", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.json"
    return path


def read(path: Path) -> Record:
    """A record. Raises OutputFileError for a file that is not there, RecordError for one that is broken."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OutputFileError(f"cannot be read: {error.strerror}", location=(str(path), 0)) from error
    except (ValueError, RecursionError) as error:
        raise RecordError("is no record of a backup: not JSON", location=(str(path), 0)) from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise RecordError(f"is no record of a backup: schema {SCHEMA} was expected", location=(str(path), 0))
    if content.get("version") != VERSION:
        problem = f"is version {content.get('version')}, and this stackgen reads {VERSION}"
        raise RecordError(problem, "a newer one reads it", location=(str(path), 0))
    try:
        return _record(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise RecordError(f"is broken: {error} is missing, or of another form", location=(str(path), 0)) from error


def _record(content: Mapping[str, Any]) -> Record:
    plain = {name: value for name, value in content.items() if name not in ("schema", "version")}
    for name, kind in (("parameters", dict), ("tags", dict), ("templates", dict), ("secrets", list), ("saved", list)):
        if not isinstance(plain[name], kind):
            raise TypeError(name)
    return Record(**{
        **plain,
        "saved": tuple(Saved(**each) for each in plain["saved"]),
        "left": tuple(Left(**each) for each in plain["left"]),
        "secrets": tuple(plain["secrets"]),
    })  # fmt: skip


def found(word: str, folder: Path) -> Path:
    """The file that a word names: itself, or where the word is a stack's name its newest record in a folder.

    Raises RecordError where the folder has none of that stack.
    """
    path = Path(word)
    if path.suffix == ".json" or path.exists():
        return path
    known = [(where, record) for where, record in listed(folder) if isinstance(record, Record)]
    of_stack = [where for where, record in known if record.stack == word]
    if not of_stack:
        hint = likely(word, {record.stack for _, record in known})
        raise RecordError(
            f"{folder} has no record of a stack {word!r}", hint, "python -m stackgen backup list tells all"
        )
    return of_stack[0]


def listed(folder: Path) -> list[tuple[Path, Record | StackgenError]]:
    """The records of a folder, the newest first; a broken one with what is wrong with it."""
    records: list[tuple[Path, Record | StackgenError]] = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            records.append((path, read(path)))
        except StackgenError as error:
            records.append((path, error))
    return sorted(records, key=lambda each: each[1].stamp if isinstance(each[1], Record) else "", reverse=True)


def incomplete(folder: Path, stack: str, account: str, region: str) -> list[Path]:
    """The records of a stack whose run was cut off."""
    return [
        path
        for path, record in listed(folder)
        if isinstance(record, Record)
        and not record.is_complete
        and (record.stack, record.account, record.region) == (stack, account, region)
    ]
