"""Pauses between attempts: longer and longer, never too long, never all alike."""

from __future__ import annotations

from listener.backoff import Backoff


def test_pauses_grow_to_the_longest_and_begin_anew_once_it_went_well() -> None:
    backoff = Backoff(60)
    pauses = [backoff.next() for _ in range(2000)]
    for number, pause in enumerate(pauses):
        whole = min(60, 2 ** min(number, 10))
        assert whole / 2 <= pause <= whole
    assert len(set(pauses)) > 1900
    backoff.reset()
    assert backoff.next() <= 1
    assert Backoff(0.5).next() <= 0.5
