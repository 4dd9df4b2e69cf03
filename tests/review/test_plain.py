"""What strangers write shows as text."""

from __future__ import annotations

import html as standard
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review import plain
from tests.review.report.reports import EVIL

ANYTHING = st.text(st.characters(codec=None)) | st.text("`|\\*_<>&#@$[]()~!ab1 \n:/w.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a plain name-1.2_3", "a plain name-1.2_3"),
        ("<b> & **c** _d_", "&lt;b&gt; &amp; &#42;&#42;c&#42;&#42; &#95;d&#95;"),
        ("[a](b)", "&#91;a&#93;(b)"),
        ("a | b \\ c", "a &#124; b &#92; c"),
        ("ask @octocat about #12 and a#b", "ask @&#8203;octocat about #&#8203;12 and a#b"),
        ("$x$", "<span>$</span>x<span>$</span>"),
        ("https://example.org www.example.org", "https:&#8203;//example.org www.&#8203;example.org"),
        ("two\nlines\tand\x1bcontrol", "two lines and\ufffdcontrol"),
        ("turned \u202earound and \u200bhidden \ud800", "turned \ufffdaround and \ufffdhidden \ufffd"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text: str, shown: str) -> None:
    assert plain.markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "`a`"),
        ("", ""),
        ("a`b", "`` a`b ``"),
        ("`", "`` ` ``"),
        ("a|b", "`a\\|b`"),
        ("a\\|b", "`a\\¦b`"),
    ],
)
def test_code_in_a_table_ends_where_it_should(text: str, shown: str) -> None:
    assert plain.code(text, in_table=True) == shown


def test_a_sentence_shows_names_in_backticks_as_code() -> None:
    assert plain.markdown_sentence("`a*b` may **x**") == "`a*b` may &#42;&#42;x&#42;&#42;"
    assert plain.html_sentence("`a<b` may <x>") == "<code>a&lt;b</code> may &lt;x&gt;"


def test_two_codes_side_by_side_do_not_grow_together() -> None:
    assert plain.markdown_sentence("`a``b`") == "`a`&#8203;`b`"


@given(ANYTHING)
def test_html_gives_the_text_back_and_nothing_else(text: str) -> None:
    shown = plain.html(text)
    assert not set(shown) & set("<>\"'")
    assert standard.unescape(shown) == plain.clean(text)


@given(ANYTHING)
def test_markdown_leaves_no_sign_that_means_something(text: str) -> None:
    shown = plain.markdown(text).replace("<span>$</span>", "")
    assert not set(shown) & set("\\`*[]|~<>$\n")
    assert not re.search(r"@\w|(?<!&)#\d|[A-Za-z]://", shown)


@given(ANYTHING)
def test_a_sentence_holds_backticks_in_pairs_alone(text: str) -> None:
    assert plain.markdown_sentence(text).count("`") % 2 == 0


@given(st.lists(ANYTHING))
def test_nothing_closes_a_fence_early(lines: list[str]) -> None:
    first, *inner, last = plain.fenced([plain.indented(line) for line in lines], "diff")
    assert first == f"{last}diff"
    assert all(last not in line for line in inner)


@given(ANYTHING)
def test_every_text_can_be_written_as_utf_8(text: str) -> None:
    for write in (plain.markdown, plain.html, plain.kept, plain.code, plain.markdown_sentence, plain.html_sentence):
        write(text).encode()
        assert "\n" not in write(text)


def test_a_long_text_is_cut() -> None:
    assert plain.markdown("x" * 5_000) == "x" * 999 + "…"


def test_nothing_of_a_hostile_name_is_left_to_a_browser() -> None:
    assert "<" not in plain.html(EVIL)
