"""The outcome of a review in one sentence, in counts, and as data; what ``--fail-on`` finds in it."""

from __future__ import annotations

from collections import Counter

from stackgen.review.unread import with_problems

from .grouping import GroupedImpact, GroupedVerdict, grouped_impacts, grouped_verdicts
from .result import CERTAIN, CERTAIN_FAILURE, CREATE, DATA_LOSS, DELETE, FAILS, REPLACE, UPDATE, WIDEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .review import Review

_NESTED = "AWS::CloudFormation::Stack"
_ORDER = (
    "created",
    "updated in place",
    "left behind",
    "deleted",
    "unknown",
    "may fail to change",
    "may be replaced",
    "replaced",
)
"""What is counted, the gravest last."""

_DOUBTFUL = {CREATE: "created", UPDATE: "updated in place", DELETE: "deleted", REPLACE: "may be replaced"}
"""What an impact is counted as that has words of its own."""

_POSSIBLE = ("V103", "V104")
"""Losses of data that hang on what is not known here."""

_NOTHING = "nothing changes"
_MOST_PLACES = 4
"""As many as fit in a line."""


class Summary:
    """A review, grouped: what every rendering starts from."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.impacts: list[GroupedImpact] = grouped_impacts(review.outcomes)
        self.verdicts: list[GroupedVerdict] = grouped_verdicts(review.outcomes)

    @property
    def places(self) -> list[str]:
        """Every environment and region that was looked at."""
        return list(dict.fromkeys(str(outcome.place) for outcome in self.review.outcomes))

    @property
    def verdict(self) -> str:
        """One sentence with the counts, the gravest first; a resource counts once, whatever the place.

        It ends with how many problems there are: what is said was said without what they keep from being judged.
        """
        kinds = Counter(each.verdict.kind for each in self.verdicts)
        possible = sum(each.verdict.code in _POSSIBLE for each in self.verdicts)
        parts = [
            _counted(kinds[CERTAIN_FAILURE], "certain failure", "certain failures"),
            _counted(kinds[DATA_LOSS] - possible, "loss of data", "losses of data"),
            _counted(possible, "possible loss of data", "possible losses of data"),
            _counted(kinds[WIDEN], "widened access", "widened accesses"),
            *self._counts(),
        ]
        told = [part for part in parts if part]
        text = (", ".join(told) or _NOTHING) + self._where()
        return with_problems(text, _NOTHING, self.review.problems)

    def _where(self) -> str:
        places = self.places
        if not places:
            return ""
        return f" ({', '.join(places)})" if len(places) <= _MOST_PLACES else f" (in {len(places)} places)"

    def _counts(self) -> list[str]:
        worst: dict[str, str] = {}
        for each in self.impacts:
            impact = each.impact
            if impact.type == _NESTED and impact.action == UPDATE:
                continue
            if impact.action == FAILS and impact.certainty == CERTAIN:  # its verdict is counted
                continue
            word = impact.word
            if word not in _ORDER:
                stays = impact.action == DELETE and impact.policy.startswith("Retain")
                word = "left behind" if stays else _DOUBTFUL[impact.action]
            if _ORDER.index(word) >= _ORDER.index(worst.get(impact.address, word)):
                worst[impact.address] = word
        counts = Counter(worst.values())
        return [f"{counts[word]} {word}" for word in reversed(_ORDER) if counts[word]]

    def found(self, wanted: Iterable[str]) -> list[str]:
        """What ``--fail-on`` asks for and is there: each kind, with its count. Doubt counts as found."""
        kinds = Counter(each.verdict.kind for each in self.verdicts)
        replaced = {each.impact.address for each in self.impacts if each.impact.action == REPLACE}
        gone = [each.impact for each in self.impacts if each.impact.action == DELETE]
        deleted = {impact.address for impact in gone if not impact.policy.startswith("Retain")}
        counts = {**kinds, "replace": len(replaced), "destroy": len(deleted)}
        return [f"{counts[kind]} {kind}" for kind in wanted if counts.get(kind)]

    def as_json(self) -> dict[str, Any]:
        """The whole review for programs; ``places`` is left out where it is so everywhere."""
        return {
            "verdict": self.verdict,
            "places": self.places,
            "schemas": self.review.schemas,
            "impacts": [{**each.impact.as_json(), **_places(each.places)} for each in self.impacts],
            "verdicts": [{**each.verdict.as_json(), **_places(each.places)} for each in self.verdicts],
            "problems": [str(problem) for problem in self.review.problems],
        }


def _places(places: tuple[str, ...]) -> dict[str, list[str]]:
    return {"places": list(places)} if places else {}


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
