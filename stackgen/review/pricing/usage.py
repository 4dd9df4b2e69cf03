"""The usage file: what no template says, such as requests and gigabytes a month.

    version = 1
    hours_per_month = 730

    [defaults."AWS::Lambda::Function"]
    requests = [10_000, 100_000, 1_000_000]       # low, typical, high
    duration_ms = 120                             # the same in all three

    [overrides."TapStack/ComputeStack/TransactionValidator"]
    requests = 5_000_000

    [env.staging.defaults."AWS::Lambda::Function"]
    requests = 20_000                             # in the environment staging alone

An override is named by a resource's address, or by the end of it. A system has its usage in its package, as
``stacks/<system>/usage.toml``. Everything that is wrong with a file is told at once.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stackgen.errors import OutputFileError, ProjectError, likely

from .amounts import Range, decimal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from stackgen.errors import StackgenError

VERSION = 1
HOURS = Decimal(730)
"""A month as AWS's own calculators count it."""
MOST_HOURS = 744
_KEYS = ("version", "hours_per_month", "defaults", "overrides", "env")
_SECTIONS = ("defaults", "overrides")
_SCENARIOS = 3

Amounts = dict[str, dict[str, Range]]


@dataclass(frozen=True, slots=True)
class Usage:
    """What is known of the usage of a system; without a file, nothing."""

    file: str = ""
    hours: Decimal = HOURS
    defaults: Mapping[str, Mapping[str, Range]] = field(default_factory=dict)
    overrides: Mapping[str, Mapping[str, Range]] = field(default_factory=dict)
    environments: Mapping[str, tuple[Amounts, Amounts]] = field(default_factory=dict)
    """Defaults and overrides that only one environment has."""

    def within(self, environment: str) -> Usage:
        """The usage in one environment: what is said of it alone is nearer than what is said of all."""
        own = self.environments.get(environment)
        if own is None:
            return self
        defaults, overrides = own
        return Usage(self.file, self.hours, _joined(self.defaults, defaults), _joined(self.overrides, overrides))

    def given(self, type: str, address: str, key: str) -> Range | None:  # noqa: A002  CloudFormation's word
        """One amount: of the override with the longest name that fits, or of the type."""
        fitting = [name for name in self.overrides if fits(address, name) and key in self.overrides[name]]
        if fitting:
            return self.overrides[max(fitting, key=len)][key]
        return self.defaults.get(type, {}).get(key)

    def idle(self, known: Mapping[str, str], words: Mapping[str, Mapping[str, str]]) -> list[str]:
        """The overrides that change nothing, in sentences: no such resource, or not of its type.

        ``known`` are the types of all resources by address, ``words`` what each type may be told.
        """
        sentences = []
        for name, amounts in self.overrides.items():
            types = {type_ for address, type_ in known.items() if fits(address, name)}
            if not types:
                hint = likely(name, known)
                sentences.append(
                    f"{self.file}: no resource is {name}" + (f"; {hint}" if hint.startswith("did") else "")
                )
            sentences += [
                f"{self.file}: {name} is {', '.join(sorted(types))}, which has no {key}"
                for key in amounts
                if types and not any(key in words.get(type_, {}) for type_ in types)
            ]
        return sentences


def _joined(all_: Mapping[str, Mapping[str, Range]], own: Amounts) -> Amounts:
    return {name: {**all_.get(name, {}), **own.get(name, {})} for name in {**all_, **own}}


def fits(address: str, name: str) -> bool:
    """Whether an address is meant by a name: all of it, or its end."""
    return address == name or address.endswith(f"/{name}")


def read_usage(path: Path, words: Mapping[str, Mapping[str, str]]) -> tuple[Usage, list[StackgenError]]:
    """A usage file, and everything that is wrong with it. Raises OutputFileError where it cannot be read at all.

    ``words`` are the types and what may be said of each.
    """
    try:
        text = path.read_text("utf-8")
        content = tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        raise OutputFileError(f"cannot be read: {error.strerror}", location=(str(path), 0)) from error
    except UnicodeDecodeError as error:
        raise OutputFileError(f"is not UTF-8: {error.reason}", location=(str(path), 0)) from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        raise OutputFileError(f"is not TOML: {error}", location=(str(path), int(at[1]) if at else 0)) from error
    reading = _Reading(str(path), text, words)
    return reading.usage(content), reading.problems


class _Reading:
    """Checks one file, and collects what is wrong."""

    def __init__(self, file: str, text: str, words: Mapping[str, Mapping[str, str]]) -> None:
        self.problems: list[StackgenError] = []
        self._file = file
        self._text = text
        self._words = words

    def usage(self, content: Mapping[str, Any]) -> Usage:
        for key in content:
            if key not in _KEYS:
                self._refuse(("", key), f"unknown key {key!r}", likely(key, _KEYS))
        if content.get("version") != VERSION:
            self._refuse(("", "version"), f"version is {content.get('version')!r}, but {VERSION} was expected")
        hours = decimal_of(content.get("hours_per_month", HOURS))
        if hours is None or not 0 < hours <= MOST_HOURS:
            shown = content["hours_per_month"]
            self._refuse(("", "hours_per_month"), f"hours_per_month is {shown}, but 1 to {MOST_HOURS} was expected")
        every = sorted({word for words in self._words.values() for word in words})
        own = {
            name: self._sections(table, f"env.{name}.", every) for name, table in self._tables(content, "env").items()
        }
        return Usage(self._file, hours or HOURS, *self._sections(content, "", every), environments=own)

    def _sections(self, content: Mapping[str, Any], within: str, every: Iterable[str]) -> tuple[Amounts, Amounts]:
        """Defaults and overrides, of all environments or ``within`` one."""
        if within:
            for key in content:
                if key not in _SECTIONS:
                    place = within.rstrip(".")
                    self._refuse((place, key), f"{place}: unknown key {key!r}", likely(key, _SECTIONS))
        defaults = self._section(content, within, "defaults", lambda name: self._of_type(within, name))
        return defaults, self._section(content, within, "overrides", lambda _name: every)

    def _of_type(self, within: str, name: str) -> Iterable[str] | None:
        if name in self._words:
            return self._words[name]
        self._refuse(
            (f"{within}defaults.{name}", ""),
            f"{within}defaults: nothing is charged by usage of {name!r}",
            likely(name, self._words),
        )
        return None

    def _tables(self, content: Mapping[str, Any], section: str, within: str = "") -> dict[str, Mapping[str, Any]]:
        """The tables of a section by name."""
        tables = content.get(section, {})
        if not isinstance(tables, dict):
            self._refuse((within.rstrip("."), section), f"{within}{section} is {tables!r}, but a table was expected")
            return {}
        section = f"{within}{section}"
        for name, table in tables.items():
            if not isinstance(table, dict):
                self._refuse((section, name), f"{section}.{name} is {table!r}, but a table was expected")
        return {name: table for name, table in tables.items() if isinstance(table, dict)}

    def _section(
        self, content: Mapping[str, Any], within: str, section: str, words: Callable[[str], Iterable[str] | None]
    ) -> Amounts:
        found: Amounts = {}
        tables = self._tables(content, section, within)
        section = f"{within}{section}"
        for name, table in tables.items():
            known = words(name)
            if known is None:
                continue
            for key, value in table.items():
                amount = self._amount((f"{section}.{name}", key), key, value, known)
                if amount is not None:
                    found.setdefault(name, {})[key] = amount
        return found

    def _amount(self, where: tuple[str, str], key: str, value: Any, known: Iterable[str]) -> Range | None:
        if key not in known:
            self._refuse(where, f"{where[0]}: unknown key {key!r}", likely(key, known))
            return None
        parts = value if isinstance(value, list) else [value] * _SCENARIOS
        amounts = [None if isinstance(part, str) else decimal_of(part) for part in parts]
        known_amounts = [each for each in amounts if each is not None]
        if len(parts) != _SCENARIOS or len(known_amounts) < _SCENARIOS or sorted(known_amounts) != known_amounts:
            shown = f"[{', '.join(map(str, value))}]" if isinstance(value, list) else repr(value)
            problem = f"{where[0]}: {key} is {shown}"
            self._refuse(where, problem, "a number from 0, or a rising list [low, typical, high], was expected")
            return None
        return Range(*known_amounts)

    def _refuse(self, where: tuple[str, str], problem: str, hint: str = "") -> None:
        self.problems.append(ProjectError(problem, hint, location=(self._file, self._line(*where))))

    def _line(self, table: str, key: str) -> int:
        """The line of a key in its table, or of the table; 0 where it is written in another way."""
        current, found = "", 0
        for number, line in enumerate(self._text.splitlines(), 1):
            words = line.split("#")[0].strip()
            if words.startswith("["):
                current = words.strip("[] ").replace('"', "").replace("'", "")
                found = number if current == table and table else found
            elif current == table and key and words.split("=")[0].strip(" \"'") == key:
                return number
        return found
