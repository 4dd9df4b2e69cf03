"""Warnings are kept quiet in several threads at once."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

from stackgen.local.silence import unwarned


def test_who_overlaps_with_another_stays_quiet_and_leaves_the_filters_as_they_were() -> None:
    """The first that ends gives back the filters, and the second warns; or gives back those of the first for good."""
    before = list(warnings.filters)
    begun, first_has_left = threading.Event(), threading.Event()

    def second() -> None:
        with unwarned():
            begun.set()
            assert first_has_left.wait(60)
            warnings.warn("of nothing", UserWarning, stacklevel=1)

    with ThreadPoolExecutor(1) as pool:
        with unwarned():
            overlapping = pool.submit(second)
            begun.wait(0.2)
        first_has_left.set()
        overlapping.result()
    assert list(warnings.filters) == before
