"""Outcomes of many environments and regions, told once where they are equal."""

from __future__ import annotations

from stackgen.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .result import Impact, Reason, Verdict
    from .review import Outcome

    Words = Sequence[tuple[str, str]]
    """Texts of one place, and what they stand for."""

_MOST_VALUES = 3


class GroupedImpact(NamedTuple):
    """One impact and the places where it is so; empty ``places`` means in all that have the resource's root."""

    impact: Impact
    places: tuple[str, ...]


class GroupedVerdict(NamedTuple):
    """One verdict and the places where it holds; empty ``places`` means everywhere."""

    verdict: Verdict
    places: tuple[str, ...]


def grouped_impacts(outcomes: Sequence[Outcome]) -> list[GroupedImpact]:
    """Every impact once, in the order of addresses; values that differ from place to place are all told."""
    found: dict[tuple[object, ...], list[tuple[Impact, Outcome]]] = {}
    for outcome in outcomes:
        for impact in outcome.impacts:
            reasons = tuple((reason.path, reason.text) for reason in impact.reasons)
            key = (impact.address, impact.action, impact.certainty, impact.policy, reasons)
            found.setdefault(key, []).append((impact, outcome))
    everywhere = _places_by_root(outcomes)
    grouped = []
    for same in found.values():
        first = same[0][0]
        by_place = [[(reason, each.words) for reason in impact.reasons] for impact, each in same]
        impact = first._replace(reasons=tuple(map(_merged, zip(*by_place, strict=True))))
        places = [str(each.place) for _, each in same]
        grouped.append((first.address, places, impact))
    return [
        GroupedImpact(impact, _told(places, everywhere.get(_root(address), ())))
        for address, places, impact in sorted(grouped, key=lambda each: each[:2])
    ]


def _merged(same: Sequence[tuple[Reason, Words]]) -> Reason:
    """One reason of many places, with the values of all of them."""
    return same[0][0]._replace(
        before=_values([(reason.before, words) for reason, words in same]),
        after=_values([(reason.after, words) for reason, words in same]),
    )


def _values(texts: Sequence[tuple[str, Words]]) -> str:
    """The one value, or what it is a region's or parameter's value of, or all of them."""
    distinct = list(dict.fromkeys(text for text, _ in texts))
    if len(distinct) == 1:
        return distinct[0]
    neutral = {_neutral(text, words) for text, words in texts}
    if len(neutral) == 1:
        return neutral.pop()
    more = ["..."] if len(distinct) > _MOST_VALUES else []
    return " or ".join([text or "nothing" for text in distinct[:_MOST_VALUES]] + more)


def grouped_verdicts(outcomes: Sequence[Outcome]) -> list[GroupedVerdict]:
    """Every verdict once, by its code; where only a region or a parameter's value differs, its name is shown."""
    found: dict[Verdict, dict[str, Verdict]] = {}
    for outcome in outcomes:
        for verdict in outcome.verdicts:
            neutral = verdict._replace(text=_neutral(verdict.text, outcome.words))
            found.setdefault(neutral, {})[str(outcome.place)] = verdict
    everywhere = _places_by_root(outcomes)
    grouped = []
    for neutral, by_place in found.items():
        texts = set(by_place.values())
        shown = next(iter(texts)) if len(texts) == 1 else neutral
        places = _told(list(by_place), everywhere.get(_root(neutral.address), ()))
        grouped.append(GroupedVerdict(shown, places))
    return sorted(grouped)


def _neutral(text: str, words: Words) -> str:
    for word, name in words:
        text = text.replace(word, name)
    return text


def _places_by_root(outcomes: Sequence[Outcome]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.label or outcome.root.rsplit("/", 1)[-1], []).append(str(outcome.place))
    return found


def _root(address: str) -> str:
    return address.partition("/")[0]


def _told(places: list[str], everywhere: Sequence[str]) -> tuple[str, ...]:
    """The places, by environment where all regions of one agree; none where it is so everywhere."""
    if set(places) == set(everywhere):
        return ()
    regions: dict[str, set[str]] = {}
    for place in everywhere:
        regions.setdefault(place.partition("/")[0], set()).add(place)
    told: list[str] = []
    for place in places:
        name = place.partition("/")[0]
        word = name if regions.get(name, set()) <= set(places) else place
        if word not in told:
            told.append(word)
    return tuple(told)
