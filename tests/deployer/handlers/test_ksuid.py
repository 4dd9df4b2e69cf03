"""Ids of builds: what was put in comes out, they sort by time, and one event has one id."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers import ksuid

SECONDS = st.integers(ksuid.EPOCH, ksuid.LATEST)
PAYLOADS = st.binary(min_size=ksuid.PAYLOAD, max_size=ksuid.PAYLOAD)
PARTS = st.lists(st.text(max_size=8), max_size=4)


@pytest.mark.parametrize(
    ("text", "passed", "payload"),
    [
        ("000000000000000000000000000", 0, "00000000000000000000000000000000"),
        ("0ujtsYcgvSTl8PAuAdqWYSMnLOv", 107608047, "b5a1cd34b5f99d1154fb6853345c9735"),
        ("aWgEPTl1tmebfsQzFP4bxwgy80V", 2**32 - 1, "ffffffffffffffffffffffffffffffff"),
    ],
)
def test_ids_are_those_of_the_published_form(text: str, passed: int, payload: str) -> None:
    """The second is the example of the form's README."""
    assert ksuid.parse(text) == (ksuid.EPOCH + passed, bytes.fromhex(payload))
    assert ksuid.new(ksuid.EPOCH + passed, bytes.fromhex(payload)) == text


@given(SECONDS, PAYLOADS)
def test_what_was_put_in_comes_out(seconds: int, payload: bytes) -> None:
    text = ksuid.new(seconds, payload)
    assert len(text) == 27
    assert text.isascii()
    assert text.isalnum()
    assert ksuid.parse(text) == (seconds, payload)
    assert str(ksuid.parse(text)) == text


@given(st.tuples(SECONDS, PAYLOADS), st.tuples(SECONDS, PAYLOADS))
def test_texts_sort_as_what_they_hold(one: tuple[int, bytes], other: tuple[int, bytes]) -> None:
    first, second = ksuid.new(*one), ksuid.new(*other)
    assert (first < second, first == second) == (one < other, one == other)
    assert (first.encode() < second.encode()) == (first < second)


@given(SECONDS, PARTS, PARTS)
def test_one_event_has_one_id_and_two_events_have_two(seconds: int, parts: list[str], others: list[str]) -> None:
    text = ksuid.of_event(seconds, *parts)
    assert ksuid.parse(text).seconds == seconds
    assert (ksuid.of_event(seconds, *others) == text) == (parts == others)


def test_the_id_of_an_event_never_changes_from_release_to_release() -> None:
    """A duplicate may come after the functions were renewed, and must still find the build."""
    told = b"".join(len(part).to_bytes(8) + part for part in (b"bucket", b"shop/main/1.abc", b"v1"))
    expected = ksuid.new(1_700_000_000, hashlib.sha256(told).digest()[:16])
    assert ksuid.of_event(1_700_000_000, "bucket", "shop/main/1.abc", "v1") == expected
    assert expected == "2YBXZMkGSNld6AGADJYJvu7GAor"


@pytest.mark.parametrize("seconds", [ksuid.EPOCH - 1, ksuid.LATEST + 1, -1])
def test_a_moment_that_an_id_cannot_hold_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match=f"cannot hold the second {seconds}"):
        ksuid.new(seconds, bytes(16))


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_payload_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"16 bytes beside its time, not {size}"):
        ksuid.new(ksuid.EPOCH, bytes(size))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 26,
        "0" * 28,
        "0" * 26 + "-",
        "0" * 26 + "\n",
        "é" * 27,
        "٣" * 27,
        "aWgEPTl1tmebfsQzFP4bxwgy80W",
        "z" * 27,
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no id of a build"):
        ksuid.parse(text)
