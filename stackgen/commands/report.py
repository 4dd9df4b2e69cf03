"""``report``: a change on one page for its reviewers, as a comment for a pull request or as a page of HTML."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import StackgenError, UsageError

from .arguments import Parser
from .forms import form_of, in_help
from .impact import add_fail_on, judge, kinds_of
from .reviewing import add_values, pair_of, tell_problems, values_of_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
A change on one page: what it replaces, loses, opens and breaks, per environment; what changed in the templates; what
it costs, how long it takes, what the deploying role needs. As one comment for a pull request (md), or as a page that
needs no network (html).

BASE is a git ref or a folder of templates, compared with the build folder; BASE..HEAD are two refs, BASE...HEAD what
HEAD changed since it left BASE.
"""
_FORMS = {".html": "html", ".htm": "html"}
"""The format that a file's name asks for, where ``--format`` asks for none."""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Gather, write, and judge by ``--fail-on``, in that order: what is refused can be read."""
    parser = Parser("report", DESCRIPTION + in_help("md", "html"))
    parser.add_argument("builds", nargs="*", metavar="BASE[..HEAD]", help="or two folders or refs")
    add_values(parser)
    parser.add_argument(
        "--key", default="", metavar="NAME", help="tells several reports of one pull request apart (md)"
    )
    add_fail_on(parser)
    options = parser.parsed(arguments)
    form = form_of(console, "text", "md", "html")
    if form == "text":
        form = _FORMS.get(Path(console.output or "").suffix.lower(), "md")
    wanted = kinds_of(options.fail_on)
    today = _today()
    from stackgen.review.report.gather import gather
    from stackgen.review.report.markdown import comment, marker
    from stackgen.review.report.subject import Subject

    marker(options.key)  # refused before the work, not after it
    pair = pair_of(console, options.builds)
    values, earlier = values_of_pair(console, options.parameter, pair)
    report = gather(Subject(pair.before, pair.after, values, today, earlier, pair.project))
    if form == "html":
        from stackgen.review.report.page import page

        console.say(page(report).removesuffix("\n"))
    else:
        console.say(comment(report, options.key).removesuffix("\n"))
    code = tell_problems(console, [*report.problems, *map(StackgenError, report.failures)])
    if report.impact.content is not None:
        judge(report.impact.content, wanted)
    return code


def _today() -> dt.date:
    """The day of the report: that of ``SOURCE_DATE_EPOCH`` where a build must be reproducible, else today."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not told:
        return dt.datetime.now(tz=dt.UTC).date()
    try:
        return dt.datetime.fromtimestamp(int(told), tz=dt.UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {told!r}: seconds since 1970 were expected") from error
