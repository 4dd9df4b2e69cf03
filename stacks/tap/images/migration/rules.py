"""Which statements a file may hold, and how one that was cut off is told to have been done.

Two databases must read a statement alike, Aurora MySQL and the MariaDB of the tests; the code that runs must not notice
one of a file that expands; and one that was begun and not noted as done must be recognised. So only these forms are
known, and anything else is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .errors import SourcesInvalid

if TYPE_CHECKING:
    from .splitting import Statement

COLUMN = "columns WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s"
CONSTRAINT = "table_constraints WHERE table_schema = DATABASE() AND table_name = %s AND constraint_name = %s"
INDEX = "statistics WHERE table_schema = DATABASE() AND table_name = %s AND index_name = %s"
TABLE = "tables WHERE table_schema = DATABASE() AND table_name = %s"

_SINGLE = r"(?!.*,)"
"""One change in a statement: of two, nobody could tell which was done."""
_TABLE, _THING = r"(?P<table>\w+)", r"(?!IF\b)(?P<thing>\w+)"
_DIFFERENT = re.compile(r"utf8mb4_0900|utf8mb4_uca1400|\bRETURNING\b|\bCREATE OR REPLACE TABLE\b", re.IGNORECASE)
"""What only one of the two databases knows."""


class Guard(NamedTuple):
    """How to tell that a change of the schema was made: what is there then, or is there no more."""

    query: str
    names: tuple[str, ...]
    there: bool


class Form(NamedTuple):
    """A statement that is known."""

    words: str
    """As a message shows it."""
    pattern: re.Pattern[str]
    guard: tuple[str, tuple[str, ...], bool] | None = None
    """None for one that may be done twice, or that is data and committed together with the note that it is done."""
    data: bool = False


def _form(
    words: str, pattern: str, guard: tuple[str, tuple[str, ...], bool] | None = None, *, data: bool = False
) -> Form:
    return Form(words, re.compile(rf"{pattern}\Z", re.IGNORECASE), guard, data)


_TOGETHER = ("table", "thing")
_OF_CODE_TO_COME = r"(?!.*\b(?:UNIQUE|PRIMARY|REFERENCES|CHECK|AUTO_INCREMENT)\b)(?!(?!.*\bDEFAULT\b).*\bNOT NULL\b)"
"""A column that old code, which does not know it, can leave out."""

EXPANDING = (
    _form(
        "CREATE TABLE t (...) ENGINE = InnoDB DEFAULT CHARACTER SET c COLLATE c",
        rf"CREATE TABLE {_THING} ?\(\) ENGINE ?= ?InnoDB DEFAULT CHARACTER SET ?=? ?\w+ COLLATE ?=? ?\w+",
        (TABLE, ("thing",), True),
    ),
    _form(
        "ALTER TABLE t ADD COLUMN c ..., which is NULL or has a DEFAULT, and no other constraint",
        rf"ALTER TABLE {_TABLE} ADD COLUMN {_THING} {_SINGLE}{_OF_CODE_TO_COME}.+",
        (COLUMN, _TOGETHER, True),
    ),
    _form(
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT d",
        rf"ALTER TABLE {_TABLE} ALTER COLUMN {_THING} SET DEFAULT {_SINGLE}.+",
    ),
    _form("CREATE INDEX i ON t (...)", rf"CREATE INDEX {_THING} ON {_TABLE} ?\(\)", (INDEX, _TOGETHER, True)),
    _form("CREATE VIEW v AS ...", rf"CREATE VIEW {_THING} AS .+", (TABLE, ("thing",), True)),
    _form("INSERT INTO ...", r"INSERT (?:IGNORE )?INTO .+", data=True),
    _form("UPDATE ...", r"UPDATE .+", data=True),
)
CONTRACTING = (
    _form("DELETE FROM ...", r"DELETE FROM .+", data=True),
    _form("DROP TABLE t", rf"DROP TABLE {_THING}", (TABLE, ("thing",), False)),
    _form("CREATE OR REPLACE VIEW v AS ...", r"CREATE OR REPLACE VIEW \w+ AS .+"),
    _form("DROP VIEW IF EXISTS v", r"DROP VIEW IF EXISTS \w+"),
    _form("DROP INDEX i ON t", rf"DROP INDEX {_THING} ON {_TABLE}", (INDEX, _TOGETHER, False)),
    _form("ALTER TABLE t DROP COLUMN c", rf"ALTER TABLE {_TABLE} DROP COLUMN {_THING}", (COLUMN, _TOGETHER, False)),
    _form("ALTER TABLE t MODIFY COLUMN c ...", rf"ALTER TABLE {_TABLE} MODIFY COLUMN {_THING} {_SINGLE}.+"),
    _form(
        "ALTER TABLE t RENAME COLUMN c TO d",
        rf"ALTER TABLE {_TABLE} RENAME COLUMN \w+ TO {_THING}",
        (COLUMN, _TOGETHER, True),
    ),
    _form("ALTER TABLE t RENAME TO u", rf"ALTER TABLE \w+ RENAME TO {_THING}", (TABLE, ("thing",), True)),
    _form(
        "CREATE UNIQUE INDEX i ON t (...)",
        rf"CREATE UNIQUE INDEX {_THING} ON {_TABLE} ?\(\)",
        (INDEX, _TOGETHER, True),
    ),
    _form(
        "ALTER TABLE t ADD COLUMN c ...",
        rf"ALTER TABLE {_TABLE} ADD COLUMN {_THING} {_SINGLE}.+",
        (COLUMN, _TOGETHER, True),
    ),
    _form(
        "ALTER TABLE t ADD CONSTRAINT n CHECK (...) or FOREIGN KEY (...) ...",
        rf"ALTER TABLE {_TABLE} ADD CONSTRAINT {_THING} (?:CHECK|FOREIGN KEY) ?\(\){_SINGLE}.*",
        (CONSTRAINT, _TOGETHER, True),
    ),
)
"""They take from the code that ran before what it may need."""


class Change(NamedTuple):
    """A statement with what is known of its form."""

    statement: Statement
    data: bool
    guard: Guard | None


def judged(statement: Statement, *, contract: bool) -> Change:
    """Raises SourcesInvalid, without the name of the file."""
    if different := _DIFFERENT.search(statement.text):
        raise SourcesInvalid(f"statement {statement.number} ({statement}): not every database knows {different[0]}")
    found = _matching(statement, EXPANDING) or (_matching(statement, CONTRACTING) if contract else None)
    if found is not None:
        return found
    if not contract and (taking := _form_of(statement, CONTRACTING)):
        raise SourcesInvalid(
            f"statement {statement.number} ({statement}) takes something from code that still runs: {taking.words}. "
            "Only a file whose first line is -- contract may do that, once nobody needs it"
        )
    forms = "; ".join(form.words for form in (*EXPANDING, *(CONTRACTING if contract else ())))
    raise SourcesInvalid(f"statement {statement.number} ({statement}) has none of the forms that are known: {forms}")


def _matching(statement: Statement, forms: tuple[Form, ...]) -> Change | None:
    form = _form_of(statement, forms)
    if form is None:
        return None
    if form.guard is None:
        return Change(statement, form.data, None)
    matched = form.pattern.match(statement.shape)
    query, groups, there = form.guard
    names = tuple(str(matched[group]) for group in groups) if matched else ()
    return Change(statement, form.data, Guard(query, names, there))


def _form_of(statement: Statement, forms: tuple[Form, ...]) -> Form | None:
    return next((form for form in forms if form.pattern.match(statement.shape)), None)
