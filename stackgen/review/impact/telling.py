"""How outcomes of several roots and places are told apart, and told as one: labels of roots, words of places."""

from __future__ import annotations

from collections import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stackgen.review.evaluation.environment import Environment

    from .result import Impact, Verdict

    Words = tuple[tuple[str, str], ...]
    """Texts of one place, and what they stand for."""

_SHORTEST_WORD = 3
"""Shorter values stand in too many texts by chance; so do ``true`` and ``false``."""


def labels_of(roots: Iterable[str]) -> dict[str, str]:
    """The first part of the addresses below each root: the last of its name, or all of it where two share that."""
    names = list(roots)
    shared = Counter(name.rsplit("/", 1)[-1] for name in names)
    lasts = {name: name.rsplit("/", 1)[-1] for name in names}
    return {name: last if shared[last] == 1 else name.replace("/", ".") for name, last in lasts.items()}


def relabelled(
    root: str, label: str, impacts: Iterable[Impact], verdicts: Iterable[Verdict]
) -> tuple[tuple[Impact, ...], tuple[Verdict, ...]]:
    """Impacts and verdicts with addresses below the label."""
    last = root.rsplit("/", 1)[-1]
    if label == last:
        return tuple(impacts), tuple(verdicts)
    return (
        tuple(each._replace(address=label + each.address[len(last) :]) for each in impacts),
        tuple(each._replace(address=label + each.address[len(last) :]) for each in verdicts),
    )


def words_of(environment: Environment, others: Sequence[Environment]) -> Words:
    """The texts of one place that are not the same in all: its region, account and parameters, the longest first."""
    known = {environment.region: "${AWS::Region}", environment.account: "${AWS::AccountId}"}
    for name, value in environment.parameters.items():
        differs = any(each.parameters.get(name) != value for each in others)
        if differs and len(value) >= _SHORTEST_WORD and value not in ("true", "false") and not value.isdecimal():
            known[value] = f"${{{name}}}"
    return tuple(sorted(((text, name) for text, name in known.items() if text), key=lambda each: -len(each[0])))
