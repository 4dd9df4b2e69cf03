"""``diff``: what changed between two builds, by resource and property, over the whole tree of nested stacks.

Two folders are compared in twice the time that Python itself takes to start, so nothing is imported here before it
is needed.
"""

from __future__ import annotations

import gc

from stackgen.review.diff.compare import compare
from stackgen.review.nested import broken
from stackgen.review.sources import needs_project, read_pair

from .forms import form_of, in_help

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.errors import StackgenError

DESCRIPTION = """\
What changed: templates, resources, properties, parameters, outputs, conditions; what was only renamed or moved. Equal
meanings are no change: another order of keys, "true" for true, a GetAtt as text or list.

BASE is a git ref or a folder of templates, compared with the build folder; BASE..HEAD are two refs, BASE...HEAD what
HEAD changed since it left BASE. Without words: HEAD compared with the build folder.
"""
FORMS = ("text", "json", "md")
_EXIT_CODE = "--exit-code"
_CHANGED = 3


def run(console: Console, arguments: Sequence[str]) -> int:
    """Compare and print; with ``--exit-code`` the answer is also the exit code."""
    gc.disable()  # two builds hold no cycles worth looking for
    if any(word.startswith("-") and word != _EXIT_CODE for word in arguments):
        words, exit_code = _parsed(arguments)
    else:
        words, exit_code = [word for word in arguments if word != _EXIT_CODE], _EXIT_CODE in arguments
    form = form_of(console, *FORMS)
    before, after = read_pair(words, _project(console, words))
    diff = compare(before, after)
    diff.problems = [*before.problems, *after.problems, *broken(after)]
    if form == "json":
        console.json("diff", diff.as_json())
    elif form == "md":
        from stackgen.review.diff.markdown import markdown

        console.say(markdown(diff))
    else:
        from stackgen.review.diff.text import text_lines

        for line in text_lines(diff, console.paint):
            console.say(line)
    return _told(console, diff.problems) or (_CHANGED if exit_code and diff else 0)


def _parsed(arguments: Sequence[str]) -> tuple[list[str], bool]:
    from .arguments import Parser

    parser = Parser("diff", DESCRIPTION + in_help(*FORMS))
    parser.add_argument("builds", nargs="*", metavar="BASE[..HEAD]", help="or two folders or refs")
    parser.add_argument(_EXIT_CODE, action="store_true", help=f"exit with {_CHANGED} where anything differs")
    options = parser.parsed(arguments)
    return options.builds, options.exit_code


def _project(console: Console, words: Sequence[str]) -> str | None:
    """The project's build folder; None where two folders are named, which need none. Raises ProjectError."""
    if not needs_project(words):
        return None
    from .reviewing import project_of_words

    project = project_of_words(console, words)
    return project.build_path if project else None


def _told(console: Console, problems: Sequence[StackgenError]) -> int:
    for problem in problems:
        console.error(problem)
    return max((problem.exit_code for problem in problems), default=0)
