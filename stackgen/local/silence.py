"""Warnings that help nobody, kept quiet. Which are told is the process's affair, so one thread at a time changes it."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_turn = threading.Lock()


@contextmanager
def unwarned() -> Iterator[None]:
    """Nothing is warned of meanwhile; of two threads that do this at once neither undoes what the other has set."""
    with _turn, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield
