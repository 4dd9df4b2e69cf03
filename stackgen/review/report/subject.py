"""What a report is about: two builds, the values that each is deployed with, and the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt

    from stackgen.project import Project
    from stackgen.review.environments import Values
    from stackgen.review.model import Build


class Subject(NamedTuple):
    """``earlier`` are the values before, where they were others; ``project`` has usage and learned times to give."""

    before: Build
    after: Build
    values: Values
    today: dt.date
    earlier: Values | None = None
    project: Project | None = None
