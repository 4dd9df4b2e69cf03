"""What an analysis answers: impacts, one a resource, and verdicts on them. Values without I/O."""

from __future__ import annotations

from stackgen.records import NamedTuple

CREATE, UPDATE, REPLACE, DELETE, NONE = "create", "update", "replace", "delete", "none"
CERTAIN, CONDITIONAL, UNKNOWN = "certain", "conditional", "unknown"
"""``conditional``: AWS, or a condition, decides when it happens; ``unknown``: a value decides that is not known."""

WEIGHT = {UNKNOWN: 0, CONDITIONAL: 1, CERTAIN: 2}
"""How much is known."""


FAILS = "fails"
"""Beside ``update`` and ``replace``: what changing one property does to its resource."""


class Judgement(NamedTuple):
    """What changing one property does: ``update``, ``replace`` or ``fails``; ``certainty`` says whether it is sure."""

    effect: str
    certainty: str
    text: str
    source: str

    @property
    def strength(self) -> tuple[int, int]:
        """By which the stricter of two answers is chosen."""
        return (UPDATE, REPLACE, FAILS).index(self.effect), WEIGHT[self.certainty]


class Reason(NamedTuple):
    """Why; ``path`` is the property, ``source`` is ``schema``, ``template``, a page of AWS's or another resource."""

    path: str
    text: str
    source: str
    before: str = ""
    after: str = ""

    def as_json(self) -> dict[str, str]:
        return {key: value for key, value in self._asdict().items() if value}


class Impact(NamedTuple):
    """What happens to one resource. ``policy`` is what is done with the old one where it goes."""

    address: str
    type: str
    action: str
    certainty: str
    reasons: tuple[Reason, ...] = ()
    policy: str = ""

    @property
    def word(self) -> str:
        """The action as a person reads it."""
        certain = self.certainty == CERTAIN
        if self.action == FAILS:
            return "cannot be changed so" if certain else "may fail to change"
        if self.action == REPLACE:
            return "replaced" if certain else "may be replaced" if self.certainty == CONDITIONAL else "unknown"
        if self.action == DELETE:
            gone = "left behind" if self.policy.startswith("Retain") else "deleted"
            return gone if certain else f"may be {gone}"
        if self.action == CREATE:
            return "created" if certain else "may be created"
        return "updated in place" if certain else "may be updated in place"

    @property
    def sign(self) -> str:
        """One or two characters for a list."""
        sign = {CREATE: "+", UPDATE: "~", REPLACE: "±", DELETE: "-", NONE: " ", FAILS: "!"}[self.action]
        return sign if self.certainty == CERTAIN else f"{sign}?"

    def as_json(self) -> dict[str, object]:
        answer: dict[str, object] = {key: value for key, value in self._asdict().items() if value and key != "reasons"}
        return {**answer, "reasons": [reason.as_json() for reason in self.reasons]}


class Verdict(NamedTuple):
    """A judgement that somebody must know of; ``kind`` is what ``--fail-on`` takes, or ``note``."""

    code: str
    kind: str
    address: str
    text: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        return {key: value for key, value in self._asdict().items() if value}


DATA_LOSS, CERTAIN_FAILURE, WIDEN, NOTE = "data-loss", "certain-failure", "widen", "note"

FAIL_ON = ("replace", "destroy", DATA_LOSS, WIDEN, CERTAIN_FAILURE)
"""What ``--fail-on`` takes."""


def weaker(first: str, second: str) -> str:
    """The certainty of what needs both."""
    return min(first, second, key=WEIGHT.__getitem__)
