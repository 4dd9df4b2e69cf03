"""How errors read: the place first, then the message and the hints, at most five lines."""

from __future__ import annotations

import inspect
import os
import re

import pytest

from stackgen import errors
from stackgen.errors import StackgenError, likely, meant, shown

KINDS = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, StackgenError)]


def test_every_error_stands_in_the_tree_with_its_base() -> None:
    drawn: dict[str, str] = {}
    bases: list[str] = []
    for line in inspect.getdoc(errors).splitlines():  # type: ignore[union-attr]  # it has one
        found = re.match(r"( {4}[│├└─ ]*)(\w+Error)\b", line)
        if found:
            depth = (len(found[1]) - 4) // 4
            bases[depth:] = [found[2]]
            drawn[found[2]] = bases[depth - 1] if depth else "Exception"
    assert drawn == {kind.__name__: kind.__bases__[0].__name__ for kind in KINDS}


def test_every_error_is_exported() -> None:
    assert {kind.__name__ for kind in KINDS} <= set(errors.__all__)


def test_usage_is_2_a_no_3_findings_4_a_lock_7_who_leaves_130_and_the_rest_is_1() -> None:
    codes = {kind.__name__: kind.exit_code for kind in KINDS if kind.exit_code != 1}
    assert codes == {"UsageError": 2, "DeclinedError": 3, "LeftError": 130, "FindingsError": 4, "LockedError": 7}


def test_the_place_goes_before_the_message_and_hints_after_it() -> None:
    error = StackgenError("wrong", "this way", "", "or that", location=("/some/file.py", 3))
    assert str(error) == "/some/file.py:3: wrong\n  this way\n  or that"
    assert str(StackgenError("wrong", location=("/some/file.py", 0))) == "/some/file.py: wrong"


@pytest.mark.parametrize("lines", [1, 5, 6, 100])
@pytest.mark.parametrize("hints", [0, 1, 2, 20])
def test_an_error_has_at_most_five_lines_and_keeps_its_first_hint(lines: int, hints: int) -> None:
    text = str(StackgenError("\n".join(["message"] * lines), *[f"hint {number}" for number in range(hints)]))
    assert len(text.splitlines()) <= errors.MOST_LINES
    assert text.startswith("message")
    assert not hints or "hint 0" in text


def test_a_long_line_is_cut() -> None:
    assert len(str(StackgenError("x" * 10_000))) == errors.LONGEST_LINE


def test_an_empty_message_is_still_a_line() -> None:
    assert str(StackgenError("", location=("/file", 1))) == "/file:1: "


LIKELY = [
    ("VpdId", ["VpcId", "SubnetId"], "did you mean VpcId?"),
    ("vpcid", ["VpcId"], "did you mean VpcId?"),
    ("Outptu", ["output", "Output", "OUTPUT"], "did you mean Output?"),
    ("zzz", ["b", "a"], "known: a, b"),
    ("zzz", [], ""),
    ("zzz", list("abcdefghijklmnopqr"), "known: a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..."),
]


@pytest.mark.parametrize(("word", "known", "expected"), LIKELY)
def test_the_likely_spelling_or_the_choice(word: str, known: list[str], expected: str) -> None:
    assert likely(word, known) == expected


MEANT = [
    ("from stackgen import Outptu", "did you mean Output?"),
    ("from troposphere.ec2 import VCP", "did you mean VPC?"),
    ("import os; os.getcdw()", "did you mean getcwd?"),
    ("import nonsense_of_no_library", ""),
    ("import troposphere.sqss", "did you mean sqs?"),
    ("from troposphere import sqss", "did you mean sqs?"),
    ("from troposphere import sqs; sqs.Quue('Q')", "did you mean Queue?"),
    ("from troposphere import sqs; sqs.Queue('Q', QueuName='a')", "did you mean QueueName?"),
    ("from troposphere import sqs; sqs.Queue('Q', DeletionPolcy='Retain')", "did you mean DeletionPolicy?"),
    ("from troposphere import sqs; sqs.Queue('Q').QueuName = 'a'", "did you mean QueueName?"),
    ("from stackgen import Parameter; Parameter(Default='a')", "did you mean default?"),
    ("from stackgen import Parameter as P; P(defualt='a')", "did you mean default?"),
    ("import stackgen; stackgen.Output(Valeu='a')", "did you mean value?"),
    ("from stackgen import Attributes; Attributes(DeletionPolcy='Retain')", "did you mean DeletionPolicy?"),
    ("def queue(name): pass\nqueue(nmae='a')", "did you mean name?"),
    ("class Own:\n    def make(self, *, name): pass\nOwn().make(nmae='a')", "did you mean name?"),
    ("queue(nmae='a')", ""),
    ("dict.fromkeys(valeu='a')", ""),
    ("from stackgen import Stack\nclass A(Stac): pass", "did you mean Stack?"),
    ("class A:\n    Network = 1\n    Other = Netwrok", "did you mean Network?"),
    ("pritn(1)", "did you mean print?"),
    ("from os import zzzzzzzz", ""),
    ("import os; os.zzzzzzzz", ""),
    ("zzzzzzzz", ""),
    ("1 / 0", ""),
]


@pytest.mark.parametrize(("code", "expected"), MEANT)
def test_a_name_that_python_did_not_find_is_guessed(code: str, expected: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011  each line has its own
        exec(code, {})  # noqa: S102  the table's own code
    assert meant(caught.value) == expected


def test_a_path_is_shown_from_the_folder_at_hand() -> None:
    assert shown(os.path.join(os.getcwd(), "stacks", "a.py")) == "stacks/a.py"  # noqa: PTH109, PTH118  texts
    assert shown("/nowhere/a.py") == "/nowhere/a.py"
    assert shown("/nowhere/a.py", "/nowhere") == "a.py"
