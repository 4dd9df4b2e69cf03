"""Three-valued answers: yes, no, and None for what the texts do not settle."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Answer", "all_of", "any_of", "inverse"]

Answer = bool | None


def all_of(answers: Iterable[Answer]) -> Answer:
    """Yes where all say yes; no as soon as one says no."""
    verdict: Answer = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            verdict = None
    return verdict


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes as soon as one says yes; no where all say no."""
    verdict: Answer = False
    for answer in answers:
        if answer is True:
            return True
        if answer is None:
            verdict = None
    return verdict


def inverse(answer: Answer) -> Answer:
    return None if answer is None else not answer
