"""Files of parameters, in the forms that people have them in.

    [{"ParameterKey": "Name", "ParameterValue": "value"}]   CloudFormation's own
    {"Name": "value"}                                       flat
    {"Parameters": {"Name": "value"}}                       CodePipeline's
    Name = "value"                                          TOML, or a table Parameters in it

A value may also be a number, true, false or a list, and is then the text that CloudFormation is given.
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import ProjectError, likely
from stackgen.positions import line_of
from stackgen.project import line_of_setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from stackgen.errors import Location

SUFFIXES = (".json", ".toml")
KEY, VALUE, WRAPPED = "ParameterKey", "ParameterValue", "Parameters"
MOST_BYTES = 1_000_000
"""Far more than 200 parameters of 4,096 bytes take."""

_FORMS = f'[{{"{KEY}": ..., "{VALUE}": ...}}], {{"Name": "value"}} or {{"{WRAPPED}": {{...}}}} was expected'
_SCALAR = "a text, a number, true, false or a list of them"


class File(NamedTuple):
    """The values of one file, and where each of them stands."""

    path: Path
    text: str
    values: Mapping[str, Any]
    places: Mapping[str, tuple[str, ...]]
    """The path of each value in the file's content."""

    def location(self, name: str) -> Location:
        """Where a value stands; the file alone for a name that it does not have."""
        place = self.places.get(name)
        return str(self.path), _line(self.path, self.text, place) if place else 0


def read(path: Path, commit: str = "") -> File:
    """The parameters of a file, as texts, also as it was in a commit.

    Raises ProjectError, which says the line and what was expected.
    """
    text, content = _content(path, commit)
    entries, places = (_of_array if isinstance(content, list) else _of_table)(path, text, content)
    values = {name: text_of(value, path, text, places[name]) for name, value in entries.items()}
    return File(path, text, values, places)


def near(path: Path) -> str:
    """``did you mean prod.json?`` for a file that is not there."""
    folder = path.parent
    names = [each.name for each in folder.iterdir() if each.suffix in SUFFIXES] if folder.is_dir() else []
    hint = likely(path.name, names)
    return hint if hint.startswith("did you mean") else ""


def read_regions(path: Path, commit: str = "") -> dict[str, File]:
    """A file of values by region: ``{"eu-west-1": {"Name": "value"}}``, or tables in TOML. Raises ProjectError.

    The values are as they are written: which of them are parameters, the template says.
    """
    text, content = _content(path, commit)
    if not isinstance(content, dict):
        raise ProjectError('{"eu-west-1": {"Name": "value"}} was expected', location=(str(path), 1))
    for region, entries in content.items():
        if not isinstance(entries, dict):
            problem = f'{region} is {_shown(entries)}, but {{"Name": "value"}} was expected'
            raise ProjectError(problem, location=(str(path), _line(path, text, (region,))))
    return {
        region: File(path, text, entries, {name: (region, name) for name in entries})
        for region, entries in content.items()
    }


def text_of(value: Any, path: Path, text: str, place: tuple[str, ...]) -> str:
    """A value as CloudFormation is given it; lists with commas. Raises ProjectError for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return ",".join(text_of(each, path, text, place) for each in value)
    name = place[-1] if place[-1] != VALUE else "its value"
    problem = f"{name} is {_shown(value)}, but {_SCALAR} was expected"
    raise ProjectError(problem, location=(str(path), _line(path, text, place)))


def _content(path: Path, commit: str) -> tuple[str, Any]:
    """What a file says, and its text. Raises ProjectError."""
    where = (str(path), 0)
    try:
        text = _text_at(path, commit) if commit else _text(path)
    except FileNotFoundError as error:
        raise ProjectError("there is no such file", near(path), location=where) from error
    except UnicodeDecodeError as error:
        raise ProjectError(f"is not UTF-8: {error.reason}", location=where) from error
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", "a file was expected", location=where) from error
    return text, _toml(path, text) if path.suffix == ".toml" else _json(path, text)


def _text(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        problem = f"is larger than {MOST_BYTES:,} bytes, so it is no file of parameters"
        raise ProjectError(problem, location=(str(path), 0))
    return path.read_bytes().decode("utf-8-sig")


def _text_at(path: Path, commit: str) -> str:
    from stackgen.review.git import text_at

    text = text_at(commit, str(path))
    if text is None:
        raise FileNotFoundError
    return text.removeprefix("\ufeff")


def _toml(path: Path, text: str) -> Any:
    try:
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"is not TOML: {error}", location=(str(path), 0)) from error
    except RecursionError as error:
        raise ProjectError("is nested too deeply", _FORMS, location=(str(path), 0)) from error


def _json(path: Path, text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                line = text.count("\n", 0, text.rfind(json.dumps(name))) + 1
                raise ProjectError(f"{name} is given twice", location=(str(path), line))
            found[name] = value
        return found

    def refused(word: str) -> Any:
        raise ProjectError(f"{word} is no number", f"{_SCALAR} was expected", location=(str(path), 0))

    try:
        # numbers stay as they are written: 007 is refused, 1.50 does not become 1.5
        return json.loads(text, object_pairs_hook=once, parse_int=str, parse_float=str, parse_constant=refused)
    except json.JSONDecodeError as error:
        what = "is empty" if not text.strip() else f"is not JSON: {error.msg} at column {error.colno}"
        raise ProjectError(what, _FORMS, location=(str(path), error.lineno)) from error
    except RecursionError as error:
        raise ProjectError("is nested too deeply", _FORMS, location=(str(path), 0)) from error


def _of_array(path: Path, text: str, content: list[Any]) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """The values of CloudFormation's form by name, and where each stands."""
    values: dict[str, Any] = {}
    places: dict[str, tuple[str, ...]] = {}
    for number, entry in enumerate(content):
        where = (str(path), _line(path, text, (str(number),)))
        if not isinstance(entry, dict):
            problem = f'item {number + 1} is {_shown(entry)}, but {{"{KEY}": ..., "{VALUE}": ...}} was expected'
            raise ProjectError(problem, location=where)
        name = entry.get(KEY)
        if not isinstance(name, str) or not name:
            raise ProjectError(f"item {number + 1} has no {KEY}", _slip(KEY, entry), location=where)
        if entry.get("UsePreviousValue") in (True, "true"):
            hint = f"give {name} its {VALUE}: a file says the same whatever was deployed before"
            raise ProjectError(f"{name} says UsePreviousValue", hint, location=where)
        if VALUE not in entry:
            raise ProjectError(f"{name} has no {VALUE}", _slip(VALUE, entry), location=where)
        if name in values:
            raise ProjectError(f"{name} is given twice", location=where)
        unknown = entry.keys() - {KEY, VALUE, "UsePreviousValue", "ResolvedValue"}
        if unknown:
            raise ProjectError(f"{name} has an unknown key {min(unknown)!r}", likely(min(unknown), (KEY, VALUE)),
                               location=where)  # fmt: skip
        values[name] = entry[VALUE]
        places[name] = (str(number), VALUE)
    return values, places


def _of_table(path: Path, text: str, content: Any) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """The values of the other forms by name, and where each stands."""
    if not isinstance(content, dict):
        raise ProjectError(f"is {_shown(content)}", _FORMS, location=(str(path), 1))
    if not isinstance(content.get(WRAPPED), dict):
        return content, {name: (name,) for name in content}
    for name in content:
        if name != WRAPPED:
            hint = "tags and policies are settings of the project" if name in ("Tags", "StackPolicy") else ""
            where = (str(path), _line(path, text, (name,)))
            raise ProjectError(f"{name} stands beside {WRAPPED}, which nothing reads", hint, location=where)
    return content[WRAPPED], {name: (WRAPPED, name) for name in content[WRAPPED]}


def _slip(wanted: str, given: Iterable[str]) -> str:
    hint = likely(wanted, given)
    return f"{hint.removeprefix('did you mean ').rstrip('?')} is written there" if hint.startswith("did") else ""


def _line(path: Path, text: str, place: tuple[str, ...]) -> int:
    if path.suffix == ".toml":
        return line_of_setting(str(path), place[-1], ".".join(place[:-1]))
    return line_of(text, place)


def _shown(value: Any) -> str:
    """A value in a message; never at length, for it may be a secret in the wrong place."""
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), f"a {type(value).__name__}")
