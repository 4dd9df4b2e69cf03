"""What travels in the state of the machine has a size that does not grow with the number of targets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers.payloads import MOST_BYTES, shortened
from tests.deployer.handlers.properties import steady

ENTRIES = st.lists(st.text(max_size=40) | st.dictionaries(st.text(max_size=4), st.text(max_size=40), max_size=3))


@steady
@given(entries=ENTRIES, most=st.integers(0, 20), size=st.integers(2, 400))
def test_the_first_entries_are_kept_and_what_is_left_out_is_told(entries: list[Any], most: int, size: int) -> None:
    taken, truncated = shortened(entries, most, size)
    assert taken == entries[: len(taken)]
    assert truncated == (len(taken) < len(entries))
    assert len(taken) <= most
    assert len(json.dumps(taken, separators=(",", ":")).encode()) <= size
    if truncated and len(taken) < most:
        longer = entries[: len(taken) + 1]
        assert len(json.dumps(longer, separators=(",", ":")).encode()) + 1 > size


@pytest.mark.requirement("DEP-D42")
def test_six_hundred_failures_with_long_reasons_stay_below_the_bound() -> None:
    """A payload that is larger than Step Functions takes."""
    failure = {"account_id": "222222222222", "region": "us-east-1", "stack_events": ["é" * 300] * 5}
    taken, truncated = shortened(failure for _ in range(600))
    assert truncated
    assert 0 < len(json.dumps(taken).encode()) <= MOST_BYTES
