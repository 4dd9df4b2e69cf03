"""What a value may be, once intrinsics and conditions are thought through.

``branches`` takes ``Fn::If`` apart, and remembers which conditions lead where; ``literals`` tells the plain values
that a branch may have. What only AWS knows (attributes, imports, dynamic references, parameters without a default) is
UNKNOWN, and no rule finds anything in it.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Path = tuple["str | int", ...]
Scenario = dict[str, bool]
"""Conditions by name, and whether each holds."""


class Unknown:
    """The kind of UNKNOWN."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
ABSENT: Final = None
"""What ``AWS::NoValue`` leaves."""


class Branch(NamedTuple):
    """One of the values that something may have."""

    value: Any
    path: Path
    """Where it stands, below what was asked for."""
    scenario: Scenario


def function_of(value: object) -> tuple[str, Any]:
    """The name and the argument of an intrinsic function; empty for anything else."""
    if isinstance(value, dict) and len(value) == 1:
        (name,) = value
        if name == "Ref" or name == "Condition" or str(name).startswith("Fn::"):  # noqa: PLR1714  name may be no text
            return str(name), value[name]
    return "", None


def branches(value: Any, scenario: Mapping[str, bool] | None = None, path: Path = ()) -> Iterator[Branch]:
    """The value of each branch of the ``Fn::If`` that it is; ABSENT for ``AWS::NoValue``.

    A branch that the conditions of *scenario* rule out is left away.
    """
    known = dict(scenario or {})
    name, argument = function_of(value)
    if name == "Ref" and argument == "AWS::NoValue":
        yield Branch(ABSENT, path, known)
    elif name == "Fn::If" and _is_choice(argument):
        condition = str(argument[0])
        for number, holds in ((1, True), (2, False)):
            if known.get(condition, holds) is holds:
                yield from branches(argument[number], {**known, condition: holds}, (*path, "Fn::If", number))
    else:
        yield Branch(value, path, known)


def elements(value: Any, scenario: Mapping[str, bool] | None = None, path: Path = ()) -> Iterator[Branch]:
    """The elements of a list, behind ``Fn::If`` around the list and around each; a single value is a list of one."""
    for whole in branches(value, scenario, path):
        if whole.value is ABSENT:
            continue
        if not isinstance(whole.value, list):
            yield whole
            continue
        for number, each in enumerate(whole.value):
            for one in branches(each, whole.scenario, (*whole.path, number)):
                if one.value is not ABSENT:
                    yield one


class Values:
    """The literals of one template: what its parameters and mappings say."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._parameters: dict[str, Any] = _entries(template.get("Parameters"))
        self._mappings: dict[str, Any] = _entries(template.get("Mappings"))
        self._readers: dict[str, Callable[[Any], list[Any]]] = {
            "Ref": self._of_parameter,
            "Fn::If": self._of_branches,
            "Fn::FindInMap": self._of_mapping,
            "Fn::Sub": self._of_text,
            "Fn::Join": self._of_parts,
            "Fn::Select": self._of_choice,
        }

    def literals(self, value: Any) -> list[Any]:
        """The plain values that it may be as the template stands: a parameter's is its default.

        UNKNOWN is among them where that cannot be told. A list or an object is given as it is.
        """
        name, argument = function_of(value)
        if not name:
            return [value]
        reader = self._readers.get(name)
        return (reader(argument) if reader else []) or [UNKNOWN]

    def spelled(self, value: Any) -> str:
        """The text of a value, as ``texts`` tells it, with the defaults of parameters in their places."""
        text = texts(value)
        for name in self._parameters if "${" in text else ():
            found = self._of_parameter(name)
            if found and isinstance(found[0], str | int | float):
                text = text.replace(f"${{{name}}}", str(found[0]))
        return text

    def _of_parameter(self, name: object) -> list[Any]:
        declared = self._parameters.get(str(name))
        if not isinstance(declared, dict) or "Default" not in declared:
            return []
        is_stored = str(declared.get("Type", "")).startswith("AWS::SSM::")  # then it is a name in the store
        return [] if is_stored else [declared["Default"]]

    def _of_branches(self, argument: Any) -> list[Any]:
        if not _is_choice(argument):
            return []
        found = (each.value for each in branches({"Fn::If": argument}))
        return [one for each in found if each is not ABSENT for one in self.literals(each)]

    def _of_mapping(self, argument: Any) -> list[Any]:
        if not isinstance(argument, list) or len(argument) < 3:  # noqa: PLR2004  mapping, key, key
            return []
        found = [self._mappings[each] for each in map(str, self.literals(argument[0])) if each in self._mappings]
        for key in argument[1:3]:
            keys = [str(each) for each in self.literals(key) if each is not UNKNOWN]
            found = [
                inner
                for each in found
                if isinstance(each, dict)
                for inner in ([each[one] for one in keys if one in each] if keys else each.values())
            ]
        return found

    def _of_choice(self, argument: Any) -> list[Any]:
        if not _is_pair(argument):
            return []
        numbers = [int(each) for each in map(str, self.literals(argument[0])) if _INDEX.fullmatch(each)]
        found = self._parts_of(argument[1])
        return [one for each in numbers if each < len(found) for one in self.literals(found[each])]

    def _of_parts(self, argument: Any) -> list[Any]:
        if not _is_pair(argument):
            return []
        found = self._parts_of(argument[1])
        texts_of = self._combined(found) if found else []
        return [str(argument[0]).join(each) for each in texts_of]

    def _of_text(self, argument: Any) -> list[Any]:
        text, own = argument if _is_pair(argument) else (argument, {})
        if not isinstance(text, str):
            return []
        given = _entries(own)
        pieces = _VARIABLE.split(text)  # a text, a name, a text, a name, a text
        names = pieces[1::2]
        found = self._combined([given.get(each, {"Ref": each}) for each in names])
        if any("${" in each.replace("${!", "") for each in pieces[::2]):
            return []
        return ["".join(_zipped(pieces[::2], each)).replace("${!", "${") for each in found]

    def _parts_of(self, value: Any) -> list[Any]:
        """The elements of a list: as it stands, cut out of a text, or a parameter's default."""
        name, argument = function_of(value)
        if name == "Fn::Split" and _is_pair(argument):
            text = self.literals(argument[1])
            is_known = len(text) == 1 and isinstance(text[0], str) and isinstance(argument[0], str) and argument[0]
            return text[0].split(argument[0]) if is_known else []
        if name == "Ref" and "List" in str(_entries(self._parameters.get(str(argument))).get("Type", "")):
            return [one.strip() for each in self._of_parameter(argument) for one in str(each).split(",")]
        return value if isinstance(value, list) else []

    def _combined(self, parts: list[Any]) -> list[list[str]]:
        """The texts that some parts may be at once; none where one is unknown, or two of them depend on conditions."""
        found = [self.literals(each) for each in parts]
        if any(isinstance(one, dict | list | Unknown) or one is None for each in found for one in each):
            return []
        most = max(map(len, found), default=1)
        if sum(len(each) > 1 for each in found) > 1:  # which go together is not told here
            return []
        return [[_spelled(each[number % len(each)]) for each in found] for number in range(most)]


_VARIABLE = re.compile(r"\$\{\s*([^!{}\s][^{}]*?)\s*\}")
_INDEX = re.compile(r"[0-9]{1,4}")


def _zipped(texts_between: list[str], values: list[str]) -> Iterator[str]:
    for text, value in zip_longest(texts_between, values, fillvalue=""):
        yield from (text, value)


def _spelled(value: object) -> str:
    """A literal as CloudFormation writes it into a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def texts(value: Any) -> str:
    """All literal text in a value, in its order: of ``Fn::Sub`` and ``Fn::Join`` too, with ``${...}`` as it stands.

    A reference inside ``Fn::Join`` is written as ``Fn::Sub`` would write it.
    """
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    name, argument = function_of(value)
    if name == "Fn::Join" and isinstance(argument, list) and argument and isinstance(argument[-1], list):
        return texts(argument[0]).join(texts(each) for each in argument[-1])
    if name == "Fn::GetAtt" and isinstance(argument, list):
        argument = ".".join(str(each) for each in argument)
    if name == "Fn::Sub" and isinstance(argument, list):
        argument = argument[0] if argument else ""
    if name == "Fn::Sub":
        return str(argument)
    return f"${{{argument}}}" if name in ("Ref", "Fn::GetAtt") else ""


def references(value: Any) -> Iterator[str]:
    """The logical IDs and pseudo parameters that a value refers to, in every branch: Ref, GetAtt and Sub."""
    name, argument = function_of(value)
    if name == "Ref":
        yield str(argument)
    elif name == "Fn::GetAtt":
        first = argument[0] if isinstance(argument, list) and argument else argument
        yield str(first).partition(".")[0]
    elif name == "Fn::Sub":
        text, own = (str(argument[0]), _entries(argument[-1])) if isinstance(argument, list) and argument else ("", {})
        text = argument if isinstance(argument, str) else text
        for part in text.split("${")[1:]:
            inner = part.partition("}")[0]
            if not inner.startswith("!") and inner not in own:
                yield inner.partition(".")[0]
        yield from references(list(own.values()))
    elif isinstance(value, dict):
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def is_on(value: object) -> bool:
    """Whether CloudFormation takes a literal for true."""
    return str(value).lower() == "true"


def number(value: object) -> float | None:
    """The number that a literal is, written as text too."""
    try:
        return None if isinstance(value, bool) or not isinstance(value, str | int | float) else float(value)
    except (ValueError, OverflowError):
        return None


def _entries(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_choice(argument: object) -> bool:
    return isinstance(argument, list) and len(argument) == 3  # noqa: PLR2004  condition, then, else


def _is_pair(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and len(value) == 2  # noqa: PLR2004  as Join, Select and Split are written
