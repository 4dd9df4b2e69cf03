"""Two builds into one report: every part by itself, so that one that fails hides none of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackgen.review.nested import broken
from stackgen.review.unread import with_problems

from .parts import Part, after, attempt

if TYPE_CHECKING:
    import datetime as dt

    from stackgen.errors import StackgenError
    from stackgen.review.diff.result import Diff
    from stackgen.review.impact.summary import Summary
    from stackgen.review.permissions import Delta
    from stackgen.review.pricing.report import Compared

    from .pictures import Picture
    from .subject import Subject
    from .times import Timed


@dataclass(frozen=True, slots=True)
class Report:
    """A change in all its parts; ``before`` and ``after`` are what the user called the builds."""

    before: str
    after: str
    today: dt.date
    impact: Part[Summary]
    diff: Part[Diff]
    cost: Part[list[Compared]]
    times: Part[list[Timed]]
    permissions: Part[Delta]
    pictures: Part[list[Picture]]
    problems: tuple[StackgenError, ...] = ()

    @property
    def verdict(self) -> str:
        """The first line of every rendering."""
        if self.impact.content is not None:
            return self.impact.content.verdict
        return with_problems(self.impact.failure, "", self.problems)

    @property
    def places(self) -> list[str]:
        """The environments and regions that were looked at."""
        return self.impact.content.places if self.impact.content is not None else []

    @property
    def schemas(self) -> str:
        """The date of the provider schemas; empty where nothing was judged by them."""
        return self.impact.content.review.schemas if self.impact.content is not None else ""

    @property
    def failures(self) -> list[str]:
        """What the parts that could not be made say."""
        parts = (self.impact, self.diff, self.cost, self.times, self.permissions, self.pictures)
        return [part.failure for part in parts if part.failure]


def gather(subject: Subject) -> Report:
    """All parts of the report. Never raises for what is in the builds: a part that cannot be made says why."""
    impact = attempt("the impact could not be judged", lambda: _impact(subject))
    summary = impact.content
    return Report(
        before=subject.before.label,
        after=subject.after.label,
        today=subject.today,
        impact=impact,
        diff=attempt("the templates could not be compared", lambda: _diff(subject)),
        cost=attempt("the cost could not be estimated", lambda: _cost(subject)),
        times=after(impact, "the time could not be estimated", lambda made: _times(subject, made)),
        permissions=attempt("the permissions could not be listed", lambda: _permissions(subject)),
        pictures=attempt("no picture could be drawn", lambda: _pictures(subject, summary)),
        problems=summary.review.problems if summary is not None else _problems(subject),
    )


def _impact(subject: Subject) -> Summary:
    from stackgen.review.impact.review import review
    from stackgen.review.impact.summary import Summary

    return Summary(review(subject.before, subject.after, subject.values, subject.earlier))


def _diff(subject: Subject) -> Diff:
    from stackgen.review.diff.compare import compare

    found = compare(subject.before, subject.after)
    found.problems = [*subject.before.problems, *subject.after.problems, *broken(subject.after)]
    return found


def _problems(subject: Subject) -> tuple[StackgenError, ...]:
    """What could not be read or judged, where the impact, which knows it otherwise, could not be told."""
    settled = attempt("", lambda: subject.values.problems(subject.after)).content
    return (*subject.before.problems, *subject.after.problems, *(settled or ()))


def _cost(subject: Subject) -> list[Compared]:
    from .costs import compared

    return compared(subject)


def _times(subject: Subject, summary: Summary) -> list[Timed]:
    from .times import timed

    return timed(subject, summary.review.outcomes)


def _permissions(subject: Subject) -> Delta:
    from stackgen.review.permissions import delta
    from stackgen.review.permissions.gathering import permissions_of
    from stackgen.review.schemas import Schemas

    schemas = Schemas()
    before = permissions_of(subject.before, subject.earlier or subject.values, schemas)
    return delta(before, permissions_of(subject.after, subject.values, schemas))


def _pictures(subject: Subject, summary: Summary | None) -> list[Picture]:
    from .pictures import pictures

    outcomes = summary.review.outcomes if summary is not None else ()
    return pictures(subject.before, subject.after, [impact for outcome in outcomes for impact in outcome.impacts])
