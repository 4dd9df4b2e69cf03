"""What rules ask again and again: whether a property certainly is not what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .values import ABSENT, is_on, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .values import Branch
    from .view import Resource


def unfit(
    resource: Resource, *names: str, fits: Callable[[Any], bool] = is_on, absent: bool = False
) -> Iterator[Branch]:
    """What a property may be that does not fit: by default, what is not ``true``.

    A property that is not there fits only with *absent*; what only AWS knows always fits.
    """
    for found in resource.said(*names):
        if not (absent if found.value is ABSENT else fits(found.value)):
            yield found


def never_fit(
    resource: Resource, *names: str, fits: Callable[[Any], bool] = is_on, absent: bool = False
) -> list[Branch]:
    """As ``unfit``, but only where it fits in no scenario that production may be in: else somebody chose."""
    found = list(unfit(resource, *names, fits=fits, absent=absent))
    whole, said = list(resource.values(*names)), list(resource.said(*names))
    if _is_all(found, whole, said):
        return found
    found, whole, said = (
        [each for each in some if resource.in_production(each.scenario) is not False] for some in (found, whole, said)
    )
    return found if _is_all(found, whole, said) else []


def _is_all(found: list[Branch], whole: list[Branch], said: list[Branch]) -> bool:
    """Whether each literal that is said was found, and nothing else is there that nobody knows."""
    return len(found) == len(said) and {each.path for each in found} == {each.path for each in whole}


def is_of_a_cluster(resource: Resource) -> bool:
    """Whether a database instance may be a member of a cluster, whose the data and their protection are."""
    return any(each.value is not ABSENT for each in resource.values("DBClusterIdentifier"))


def one_of(*words: str) -> Callable[[Any], bool]:
    """Whether a value is one of some words, in any case."""
    known = {each.lower() for each in words}
    return lambda value: str(value).lower() in known


def none_of(*words: str) -> Callable[[Any], bool]:
    """Whether a value is none of some words, in any case."""
    is_one = one_of(*words)
    return lambda value: not is_one(value)


def at_least(least: float) -> Callable[[Any], bool]:
    """Whether a value is no number, or one that is large enough."""
    return lambda value: (found := number(value)) is None or found >= least


def is_given(value: object) -> bool:
    """Whether a value says anything: no empty text, list or object."""
    return bool(value)
