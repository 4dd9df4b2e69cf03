"""Which test proves which requirement: read from the markers, written as a table into a system's README.

A requirement is a table of a system's ``requirements.toml``:

    [TAP-22]
    text = "Final snapshots of the cluster"
    not_yet = "why no test proves it yet"       # only while that is so

A test names up to three of them, ``@pytest.mark.requirement("TAP-22")``, and its docstring says in one sentence
what would make it fail. The markers are read from the sources, so that the table can be made, and checked,
without running a test.
"""

from __future__ import annotations

import ast
import tomllib
from typing import TYPE_CHECKING, NamedTuple

from .errors import ProjectError, likely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from .errors import Location

MARKER = "pytest.mark.requirement"
MOST_IDS = 3
BEGIN, END = "<!-- requirements: begin, made from the tests -->", "<!-- requirements: end -->"


class Proof(NamedTuple):
    """One test and what it proves."""

    test: str
    location: Location
    ids: tuple[str, ...]
    fails_when: str


class Requirement(NamedTuple):
    """One requirement of a system."""

    id: str
    text: str
    not_yet: str
    file: str


def proofs_in(folder: Path) -> list[Proof]:
    """Every marked test below a folder.

    Raises ProjectError for a marker that cannot be read, and for a test without a docstring.
    """
    return [proof for path in sorted(folder.rglob("test_*.py")) for proof in _proofs(path)]


def _proofs(path: Path) -> Iterator[Proof]:
    try:
        tree = ast.parse(path.read_text("utf-8"), str(path))
    except (OSError, SyntaxError, ValueError) as error:
        raise ProjectError(f"cannot be read: {error}", location=(str(path), getattr(error, "lineno", 0))) from error
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        markers = [each for each in node.decorator_list if ast.unparse(each).partition("(")[0] == MARKER]
        if markers:
            yield _proof(node, markers, (str(path), node.lineno))


def _proof(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, markers: list[ast.expr], where: Location
) -> Proof:
    ids = tuple(name for marker in markers for name in _ids(marker, where))
    fails_when = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
    problem, hint = "", ""
    if isinstance(node, ast.ClassDef) or not node.name.startswith("test_"):
        problem, hint = "is no test", "mark the tests themselves"
    elif not ids or len(set(ids)) < len(ids):
        problem, hint = "names no requirement, or one twice", f'@{MARKER}("TAP-22")'
    elif len(ids) > MOST_IDS:
        problem, hint = f"claims {len(ids)} requirements, {MOST_IDS} at most", "split it"
    elif not fails_when:
        problem, hint = "does not say what would make it fail", "write it as its docstring"
    if problem:
        raise ProjectError(f"{node.name} {problem}", hint, location=where)
    return Proof(node.name, where, ids, fails_when)


def _ids(marker: ast.expr, where: Location) -> Iterator[str]:
    for argument in marker.args if isinstance(marker, ast.Call) else ():
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            problem = f"the requirement {ast.unparse(argument)} cannot be read without running the test"
            raise ProjectError(problem, "write it as a text", location=where)
        yield argument.value


def requirements_in(path: Path) -> list[Requirement]:
    """The requirements of a ``requirements.toml``, in its order. Raises ProjectError."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ProjectError(f"cannot be read: {error}", location=(str(path), 0)) from error
    return [_requirement(name, entry, str(path)) for name, entry in content.items()]


def _requirement(name: str, entry: object, file: str) -> Requirement:
    if not isinstance(entry, dict) or not entry.get("text") or not set(entry) <= {"text", "not_yet"}:
        raise ProjectError(f"{name} is {entry!r}", "text and perhaps not_yet were expected", location=(file, 0))
    return Requirement(name, str(entry["text"]), str(entry.get("not_yet", "")), file)


def check_known(proofs: Iterable[Proof], known: Iterable[str]) -> None:
    """Refuse a test of a requirement that no system has. Raises ProjectError."""
    names = set(known)
    for proof in proofs:
        for name in proof.ids:
            if name not in names:
                raise ProjectError(f"{proof.test} proves {name}", likely(name, names), location=proof.location)


def table(requirements: Sequence[Requirement], proofs: Iterable[Proof]) -> str:
    """The table as Markdown.

    Raises ProjectError for a requirement that has neither a test nor a reason why not yet, or both.
    """
    by_id: dict[str, list[Proof]] = {each.id: [] for each in requirements}
    for proof in proofs:
        for name in proof.ids:
            if name in by_id:
                by_id[name].append(proof)
    rows = [("requirement", "proved by", "fails when"), ("---",) * 3]
    for each in requirements:
        found = by_id[each.id]
        if bool(found) == bool(each.not_yet):
            said = "is said to be not yet, but is tested" if found else "has neither a test nor a reason why not yet"
            raise ProjectError(f"{each.id} {said}", location=(each.file, 0))
        cells = [(_in_words(proof.test), proof.fails_when) for proof in found] or [("not yet", each.not_yet)]
        firsts = [f"**{each.id}** {each.text}"] + [""] * (len(cells) - 1)
        rows += [(first, *pair) for first, pair in zip(firsts, cells, strict=True)]
    lines = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows)
    return "".join(f"| {line} |\n" for line in lines)


def _in_words(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def with_table(readme: str, text: str) -> str:
    """A README with the table between its two comments. Raises ProjectError where they are missing."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ProjectError("the README has no place for the table", f"two lines: {BEGIN}", END)
    return f"{before}{BEGIN}\n{text}{END}{after}"
