"""The file of saved plans: written whole with a digest of its own, read with every part of it looked at."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from stackgen.assembly import replace as write_whole
from stackgen.assembly import see_that_it_can_be_written
from stackgen.errors import OutputFileError, shown

from .errors import StalePlanError
from .plans import CREATE, UPDATE
from .saved import SavedPlan, Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["read", "see_that_it_can_be_written", "write"]

SCHEMA, VERSION = "stackgen/plan", 1
_SEAL = "digest"
_WORDS = {dict: "a table", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


class _BrokenError(Exception):
    """A part of the file that is missing, or of another form; its text is for a person."""


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write plans as ``saved.content_of`` gives them. Raises OutputFileError."""
    whole = {"schema": SCHEMA, "version": VERSION, **content}
    write_whole(path, json.dumps({**whole, _SEAL: _digest(whole)}, indent=2) + "\n")


def read(path: Path) -> tuple[Values, tuple[SavedPlan, ...]]:
    """A file of plans. Raises OutputFileError for one that is not there, StalePlanError for one that is broken."""
    where = (str(path), 0)
    again = f"python -m stackgen plan --save {shown(str(path))} writes it anew"
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OutputFileError(f"cannot be read: {error.strerror}", location=where) from error
    except (ValueError, RecursionError) as error:
        raise StalePlanError("is no plan: not JSON", again, location=where) from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        hint = f"python -m stackgen plan --save {shown(str(path))} writes one"
        raise StalePlanError(f"is no plan: schema {SCHEMA} was expected", hint, location=where)
    if content.get("version") != VERSION:
        problem = f"is version {content.get('version')}, and this stackgen reads {VERSION}"
        raise StalePlanError(problem, again, location=where)
    try:
        found = _values(content), tuple(_plans(content))
        seal = _text(content, _SEAL, "")
    except _BrokenError as error:
        raise StalePlanError(f"is broken: {error}", again, location=where) from error
    if seal != _digest({name: each for name, each in content.items() if name != _SEAL}):
        problem = "was changed since it was written: its digest is of another content"
        raise StalePlanError(problem, "a plan is carried out as it was made, or made anew", again, location=where)
    return found


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _values(content: Mapping[str, Any]) -> Values:
    said = _part(content, "values", dict, "")
    return Values(_texts(said, "given", "values."), _names(said, "files"), _names(said, "hidden"))


def _plans(content: Mapping[str, Any]) -> Iterator[SavedPlan]:
    for number, each in enumerate(_part(content, "plans", list, "")):
        place = f"plans[{number}]"
        if not isinstance(each, dict):
            raise _BrokenError(f"{place}: a table was expected, not {_word(each)}")
        yield _plan(each, f"{place}.")


def _plan(content: Mapping[str, Any], place: str) -> SavedPlan:
    found = SavedPlan(
        kind=_text(content, "kind", place),
        environment=_text(content, "environment", place),
        template=_text(content, "template", place),
        stack=_text(content, "stack", place),
        region=_text(content, "region", place),
        account=_text(content, "account", place),
        stack_id=_text(content, "stack_id", place),
        state=_text(content, "state", place),
        change_set=_text(content, "change_set", place),
        parameters=_texts(content, "parameters", place),
        tags=_texts(content, "tags", place),
        templates=_texts(content, "templates", place),
        digests=_texts(content, "digests", place),
    )
    if found.kind not in (CREATE, UPDATE):
        raise _BrokenError(f"{place}kind: {CREATE} or {UPDATE} was expected, not {found.kind!r}")
    if not found.change_set_name:
        raise _BrokenError(f"{place}change_set: the ARN of a change set was expected, not {found.change_set!r}")
    return found


def _part(content: Mapping[str, Any], name: str, kind: type, place: str) -> Any:
    if name not in content:
        raise _BrokenError(f"{place}{name} is missing")
    if not isinstance(content[name], kind):
        raise _BrokenError(f"{place}{name}: {_WORDS[kind]} was expected, not {_word(content[name])}")
    return content[name]


def _text(content: Mapping[str, Any], name: str, place: str) -> str:
    return str(_part(content, name, str, place))


def _texts(content: Mapping[str, Any], name: str, place: str) -> dict[str, str]:
    found = _part(content, name, dict, place)
    return {key: _text(found, key, f"{place}{name}.") for key in found}


def _names(content: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = _part(content, name, list, "values.")
    for each in found:
        if not isinstance(each, str):
            raise _BrokenError(f"values.{name}: a list of texts was expected, and it has {_word(each)}")
    return tuple(found)


def _word(found: Any) -> str:
    return "nothing" if found is None else _WORDS[type(found)]
