"""Which statements of one inventory another one does not already cover."""

from __future__ import annotations

from stackgen.records import NamedTuple

from .answers import all_of, any_of
from .conditions import asks_no_more
from .patterns import covers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .answers import Answer
    from .names import Guards
    from .statements import Selection, Statement

__all__ = ["Gain", "denied_less", "gained", "whenever"]


class Gain(NamedTuple):
    """What a statement says that was not covered. ``near`` covers it but for its conditions."""

    statement: Statement
    principals: Selection
    actions: tuple[Selection, ...]
    resources: tuple[Selection, ...]
    certain: bool
    near: Statement | None


def whenever(narrow: Guards, wide: Guards) -> Answer:
    """Whether what hangs on ``wide`` is there whenever what hangs on ``narrow`` is."""
    return True if wide <= narrow else None


def gained(new: Iterable[Statement], old: list[Statement]) -> list[Gain]:
    """What the Allow statements of ``new`` allow beyond those of ``old``."""
    before = [each for each in old if each.allow]
    return _beyond([each for each in new if each.allow], before, stricter=False)


def denied_less(new: list[Statement], old: Iterable[Statement]) -> list[Gain]:
    """What the Deny statements of ``old`` forbid that those of ``new`` do not."""
    after = [each for each in new if not each.allow]
    return _beyond([each for each in old if not each.allow], after, stricter=True)


def _beyond(statements: list[Statement], others: list[Statement], *, stricter: bool) -> list[Gain]:
    gains = []
    for statement in dict.fromkeys(statements):
        if statement in others:
            continue
        if statement.opaque is not None:
            gains += _of_opaque(statement, others)
            continue
        gains += _of_statement(statement, others)
    return [each for each in gains if not (stricter and each.statement.opaque)]


def _of_opaque(statement: Statement, others: list[Statement]) -> list[Gain]:
    known = any_of(
        all_of((covers(other.opaque, statement.opaque), whenever(statement.guards, other.guards)))
        for other in others
        if other.opaque is not None and statement.opaque is not None
    )
    if known is True:
        return []
    return [Gain(statement, statement.principals, (statement.actions,), (statement.resources,), False, None)]  # noqa: FBT003  by place


def _of_statement(statement: Statement, others: list[Statement]) -> list[Gain]:
    """Uncovered actions by who may do them, to what and how surely; then what has the same actions together."""
    found: dict[tuple[Selection, Selection, bool, Statement | None], list[Selection]] = {}
    for principals in statement.principals.atoms:
        for resources in statement.resources.atoms:
            for actions in statement.actions.atoms:
                answer, near = _covered(statement, principals, actions, resources, others)
                if answer is not True:
                    certain = answer is False and not statement.guards
                    found.setdefault((principals, resources, certain, near), []).append(actions)
    together: dict[tuple[Selection, tuple[Selection, ...], bool, Statement | None], list[Selection]] = {}
    for (principals, resources, certain, near), several in found.items():
        together.setdefault((principals, tuple(several), certain, near), []).append(resources)
    return [
        Gain(statement, principals, actions, tuple(resources), certain, near)
        for (principals, actions, certain, near), resources in together.items()
    ]


def _covered(
    statement: Statement,
    principals: Selection,
    actions: Selection,
    resources: Selection,
    others: list[Statement],
) -> tuple[Answer, Statement | None]:
    """Whether another statement says the same or more; else the one that would but for its conditions."""
    verdict: Answer = False
    near = None
    for other in others:
        if other.opaque is not None:
            verdict = None
            continue
        reach = other.reaches(principals, actions, resources)
        if reach is False:
            continue
        asked = asks_no_more(other.conditions, statement.conditions)
        answer = all_of((reach, asked, whenever(statement.guards, other.guards)))
        if answer is True:
            return True, None
        if answer is None:
            verdict = None
        elif near is None and reach is True:
            near = other
    return verdict, near
