"""``impact``: what a change does to the stacks that are deployed, before anybody has credentials."""

from __future__ import annotations

import gc

from stackgen.errors import FindingsError, UsageError, likely
from stackgen.review.impact.result import FAIL_ON
from stackgen.review.impact.summary import Summary

from .forms import form_of, in_help
from .reviewing import add_values, pair_of, tell_problems, values_of_pair

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console

    from .arguments import Parser

DESCRIPTION = """\
What a change does to every resource: created, updated in place, replaced, deleted; followed through references and
through the outputs and parameters of nested stacks; per environment and region; without credentials.

BASE is a git ref or a folder of templates, compared with the build folder; BASE..HEAD are two refs, BASE...HEAD what
HEAD changed since it left BASE. Without words: HEAD compared with the build folder.
"""
FORMS = ("text", "json", "md")


def run(console: Console, arguments: Sequence[str]) -> int:
    """Review, print, and judge by ``--fail-on``."""
    gc.disable()  # two builds hold no cycles worth looking for
    given: Sequence[str] = ()
    words, fail_on = arguments, None
    if any(word.startswith("-") for word in arguments):
        options = _parsed(arguments)
        words, given, fail_on = options.builds, options.parameter, options.fail_on
    form = form_of(console, *FORMS)
    wanted = kinds_of(fail_on)
    pair = pair_of(console, words)
    values, earlier = values_of_pair(console, given, pair)
    from stackgen.review.impact.review import review

    summary = Summary(review(pair.before, pair.after, values, earlier))
    if form == "json":
        console.json("impact", summary.as_json())
    else:
        from stackgen.review.impact import markdown, text

        lines = text.lines_of(summary, console.paint) if form == "text" else markdown.lines_of(summary)
        for line in lines:
            console.say(line)
    code = tell_problems(console, summary.review.problems)
    judge(summary, wanted)
    return code


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    from .arguments import Parser  # slow to load, and most reviews are asked for by two words

    parser = Parser("impact", DESCRIPTION + in_help(*FORMS))
    parser.add_argument("builds", nargs="*", metavar="BASE[..HEAD]", help="or two folders or refs")
    add_values(parser)
    add_fail_on(parser)
    return parser.parsed(arguments)


def judge(summary: Summary, wanted: Sequence[str]) -> None:
    """Raises FindingsError where the change holds any of the wanted kinds."""
    found = summary.found(wanted)
    if found:
        raise FindingsError(f"--fail-on: {', '.join(found)}")


def add_fail_on(parser: Parser) -> None:
    """The option that stops a workflow."""
    parser.add_argument(
        "--fail-on",
        metavar="KINDS",
        help="exit with 4 where the change holds any of these, with commas between; what only may be counts too: "
        + ", ".join(FAIL_ON),
    )


def kinds_of(text: str | None) -> list[str]:
    """The kinds that ``--fail-on`` names, none where it is not given. Raises UsageError."""
    if text is None:
        return []
    kinds = [kind.strip() for kind in text.split(",") if kind.strip()]
    if not kinds:
        raise UsageError("--fail-on names nothing, so it would let everything pass", f"known: {', '.join(FAIL_ON)}")
    for kind in kinds:
        if kind not in FAIL_ON:
            raise UsageError(f"--fail-on {kind}: one of {', '.join(FAIL_ON)} was expected", likely(kind, FAIL_ON))
    return kinds
