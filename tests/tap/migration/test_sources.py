"""Which files a migration takes: their names, their statements, and what they may take from code that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.tap.images.migration.errors import SourcesInvalid
from stacks.tap.images.migration.rules import CONTRACTING, EXPANDING, judged
from stacks.tap.images.migration.sources import CONTRACT, migrations
from stacks.tap.images.migration.splitting import split
from tests.tap.migration.schemas import GROWTH, written

TABLE = "CREATE TABLE t (id INT) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"


def test_a_statement_ends_at_a_semicolon_that_is_none_of_a_text_a_name_or_a_comment() -> None:
    text = """
        -- one; not
        INSERT INTO t (a) VALUES ('it''s; \\';', "two;") # three;
        /* four; */ ; UPDATE `a;b` SET c = 'x -- y' WHERE d = 1--1
    """
    first, second = split(text)
    assert first.text == """INSERT INTO t (a) VALUES ('it''s; \\';', "two;")"""
    assert first.shape == "INSERT INTO t () VALUES ()"
    assert second.text == "UPDATE `a;b` SET c = 'x -- y' WHERE d = 1--1"
    assert second.shape == "UPDATE a;b SET c = '' WHERE d = 1--1"
    assert [first.number, second.number] == [1, 2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("UPDATE t SET a = 'b", "' is opened and not closed"),
        ("UPDATE t SET a = 1 /* b", "/\\* is opened"),
        ("UPDATE t SET a = (1", "statement 1 has unequal parentheses"),
        ("UPDATE t SET a = 1); SELECT (1", "statement 1 has unequal parentheses"),
        ("UPDATE t SET a = 1;;", "nothing before the semicolon after statement 1"),
        ("/*!50000 DROP TABLE t */;", "databases read differently"),
        ("/*M! DROP TABLE t */;", "databases read differently"),
    ],
)
def test_what_is_no_list_of_statements_is_refused(text: str, words: str) -> None:
    with pytest.raises(SourcesInvalid, match=words):
        split(text)


@given(st.lists(st.text("ab'\"`;#-/* \n\\\\", max_size=12), max_size=5))
def test_texts_that_are_quoted_rightly_never_change_where_statements_end(texts: list[str]) -> None:
    quoted = [each.replace("\\\\", "\\\\\\\\").replace("\\", "\\\\").replace("'", "''") for each in texts]
    statements = [f"INSERT INTO t (a) VALUES ('{each}')" for each in quoted]  # noqa: S608 - nothing runs it
    assert [each.text for each in split(";\n-- ;\n".join(statements))] == statements


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "create table t (id int) engine=InnoDB default character set utf8mb4 collate utf8mb4_bin",
        "ALTER TABLE t ADD COLUMN c INT NULL",
        "ALTER TABLE t ADD COLUMN c DECIMAL(10, 2) NOT NULL DEFAULT 0",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 'a, b'",
        "CREATE INDEX i ON t (a, b)",
        "CREATE VIEW v AS SELECT a FROM t",
        "INSERT INTO t (a) VALUES ('DROP TABLE t')",
        "UPDATE t SET a = 1 WHERE b = 'x'",
    ],
)
def test_what_old_code_does_not_notice_may_stand_in_any_file(text: str) -> None:
    (statement,) = split(text)
    assert judged(statement, contract=False).statement == statement
    assert judged(statement, contract=True).statement == statement


TAKING = [
    "DROP TABLE t",
    "DROP VIEW IF EXISTS v",
    "CREATE OR REPLACE VIEW v AS SELECT a FROM t",
    "DROP INDEX i ON t",
    "ALTER TABLE t DROP COLUMN c",
    "ALTER TABLE t MODIFY COLUMN c VARCHAR(10)",
    "ALTER TABLE t RENAME COLUMN c TO d",
    "ALTER TABLE t RENAME TO u",
    "ALTER TABLE t ADD COLUMN c INT NOT NULL",
    "ALTER TABLE t ADD COLUMN c INT NULL UNIQUE",
    "ALTER TABLE t ADD CONSTRAINT n CHECK (a > 0)",
    "ALTER TABLE t ADD CONSTRAINT n FOREIGN KEY (a) REFERENCES u (a)",
    "CREATE UNIQUE INDEX i ON t (a)",
    "DELETE FROM t",
]


@pytest.mark.requirement("TAP-D31")
@pytest.mark.parametrize("text", TAKING)
def test_what_takes_something_from_old_code_needs_a_file_that_says_so(text: str, tmp_path: Path) -> None:
    """code that was rolled back finds a column or a table gone, or cannot write any more"""
    folder = written(tmp_path / "sql", {"V0001__a.sql": f"-- a remark\n{TABLE};\n{text};"})
    with pytest.raises(SourcesInvalid, match=r"V0001__a.sql: statement 2 .+ takes something .+ -- contract"):
        migrations(folder)
    written(folder, {"V0001__a.sql": f"{CONTRACT}\n{TABLE};\n{text};"})
    ((_, _, _, changes),) = migrations(folder)
    assert [each.statement.text for each in changes] == [TABLE, text]


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE t ADD COLUMN a INT NULL, ADD COLUMN b INT NULL",
        "ALTER TABLE t DROP COLUMN a, DROP COLUMN b",
        "ALTER TABLE t CHANGE COLUMN a b INT",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS c INT NULL",
        "CREATE INDEX IF NOT EXISTS i ON t (a)",
        "CREATE TABLE t (a INT)",
        "CREATE TABLE t (a INT) ENGINE = MyISAM DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        f"{TABLE} AS SELECT 1",
        "CREATE OR REPLACE TABLE t (a INT) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "CREATE TABLE t (a INT) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci",
        "INSERT INTO t (a) VALUES (1) RETURNING a",
        "CREATE USER u IDENTIFIED BY 'secret'",
        "GRANT ALL ON *.* TO u",
        "SET GLOBAL max_connections = 1",
        "DROP DATABASE transactions",
        "TRUNCATE TABLE t",
        "LOCK TABLES t WRITE",
        "COMMIT",
        "SELECT 1",
        "DELIMITER //",
    ],
)
@pytest.mark.parametrize("contract", [True, False])
def test_what_cannot_be_continued_or_is_not_known_to_both_databases_is_refused(text: str, contract: bool) -> None:
    (statement,) = split(text)
    with pytest.raises(SourcesInvalid, match=re.escape(f"statement 1 ({statement})")):
        judged(statement, contract=contract)


def test_every_form_but_one_runs_in_the_tests_on_a_real_database(tmp_path: Path) -> None:
    """``DROP TABLE`` leaves nothing to look at; what guards it is what guards a renamed table"""
    ran = [
        change.statement.shape
        for migration in migrations(written(tmp_path / "sql", GROWTH))
        for change in migration.changes
    ]
    left = [form.words for form in (*EXPANDING, *CONTRACTING) if not any(map(form.pattern.match, ran))]
    assert left == ["DROP TABLE t"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"V1__a.sql": TABLE}, "V1__a.sql must be named as"),
        ({"V0001__A.sql": TABLE}, "V0001__A.sql must be named as"),
        ({"V0002__a.sql": TABLE}, "V0002__a.sql stands where version 1 is due"),
        ({"V0001__a.sql": TABLE, "V0001__b.sql": TABLE}, "V0001__b.sql stands where version 2 is due"),
        ({"V0001__a.sql": TABLE, "V0003__b.sql": TABLE}, "V0003__b.sql stands where version 2 is due"),
        ({"V0001__a.sql": "-- nothing yet"}, "V0001__a.sql holds no statement"),
    ],
)
def test_files_are_numbered_without_a_gap_and_hold_something(files: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(SourcesInvalid, match=re.escape(words)):
        migrations(written(tmp_path / "sql", files))


def test_a_file_is_utf_8(tmp_path: Path) -> None:
    folder = written(tmp_path / "sql", {"V0001__a.sql": TABLE})
    (folder / "V0001__a.sql").write_bytes(b"-- caf\xe9\n")
    with pytest.raises(SourcesInvalid, match=r"V0001__a.sql is no UTF-8: byte 6"):
        migrations(folder)
