"""The project's settings of cfn-lint, checked: of an unknown rule or option cfn-lint says nothing.

A value of a wrong type it takes for another one, or ends with a traceback.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from stackgen.errors import ProjectError, likely
from stackgen.rule_ids import likely_rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CHECKS = ("ignore_checks", "include_checks", "mandatory_checks")
_TYPES = {"boolean": bool, "integer": int, "string": str, "list": list}
_WORDS = {"boolean": "true or false", "integer": "a whole number", "string": "a text", "list": "a list"}


def check_settings(file: Path, settings: Any, rules: Mapping[str, Any]) -> None:
    """Refuse what names no rule, no option of one, or a value of another type. Raises ProjectError.

    ``settings`` is cfn-lint's configuration, ``rules`` are those that it has loaded, by id.
    """
    for name in _CHECKS:
        for start in getattr(settings, name):
            if not any(rule.startswith(str(start)) for rule in rules):
                problem = f"{name} names {start!r}, and no rule begins so"
                raise _refused(file, problem, str(start), likely_rule(str(start), rules))
    for rule, options in settings.configure_rules.items():
        if rule not in rules:
            raise _refused(file, f"configure_rules names {rule!r}, which is no rule", rule, likely_rule(rule, rules))
        known = rules[rule].config_definition
        for option, value in options.items():
            if option not in known:
                raise _refused(file, f"{rule} has no option {option!r}", option, likely(option, known))
            problem = _problem(value, known[option])
            if problem:
                raise _refused(file, f"{rule}: {option} is {value!r}, but {problem} was expected", option)


def _problem(value: object, definition: Mapping[str, Any]) -> str:
    """What was expected instead; empty where it is right. One alone may stand for a list, as in cfn-lint."""
    kind, of = str(definition["type"]), str(definition.get("itemtype", ""))
    pattern = str(definition.get("pattern", ""))
    if pattern and not (isinstance(value, str) and re.fullmatch(pattern, value)):
        return str(definition["expected"])
    expected = f"{_WORDS.get(kind, kind)}{f', each of it {_WORDS.get(of, of)}' if of else ''}"
    values = value if isinstance(value, list) else [value]
    if kind != "list":
        return "" if _is(value, kind) else expected
    return "" if all(_is(each, of) for each in values) else expected


def _is(value: object, kind: str) -> bool:
    if kind not in _TYPES:
        return True
    if isinstance(value, str) and kind in ("boolean", "integer"):  # as cfn-lint's command line gives them
        return value.lower() in ("true", "false") if kind == "boolean" else value.isdecimal()
    types = (str, int) if kind == "string" else _TYPES[kind]  # of a number cfn-lint makes a text
    return isinstance(value, types) and (kind == "boolean" or not isinstance(value, bool))


def _refused(file: Path, problem: str, word: str, hint: str = "") -> ProjectError:
    return ProjectError(problem, hint, location=(str(file), _line(file, word)))


def _line(file: Path, word: str) -> int:
    """The first line that names a word; 0 where none does."""
    named = re.compile(rf"(?<![\w]){re.escape(word)}(?![\w])")
    with suppress(OSError, UnicodeDecodeError):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if named.search(line):
                return number
    return 0
