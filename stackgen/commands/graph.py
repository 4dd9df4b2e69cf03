"""``graph``: the stacks of a build as a picture, in Mermaid, DOT or SVG."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stackgen.errors import StackgenError, UsageError, likely
from stackgen.review.nested import broken
from stackgen.review.picture.assembly import picture_of, roots_to_draw
from stackgen.review.picture.depth import fitting, limited, size
from stackgen.review.picture.dot import as_dot
from stackgen.review.picture.folding import folded
from stackgen.review.picture.mermaid import MOST_ARROWS, MOST_CHARACTERS, as_mermaid, is_drawn
from stackgen.review.sources import read_one
from stackgen.review.unread import without_unread

from .arguments import Parser
from .forms import form_of, in_help
from .reviewing import build_of, nearby, settings_for, tell_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stackgen.console import Console
    from stackgen.review.impact.result import Impact
    from stackgen.review.model import Build
    from stackgen.review.picture.model import Box

MOST_DRAWN = 1_000
"""An SVG of more nodes than this would be read by nobody: nested stacks stay closed until it has fewer."""
FORMS = {".svg": "svg", ".dot": "dot", ".gv": "dot"}
"""The format that a file's name asks for, where ``--format`` asks for none."""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Read a build, draw it and print the text; 1 when a file of the build could not be read."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "mermaid", "dot", "svg")
    if form == "text":
        form = FORMS.get(os.path.splitext(console.output or "")[1], "mermaid")  # noqa: PTH122  a suffix, no path
    project = nearby(console, needed=False)
    folder = str(project.build) if project else None
    build, words = _build(console, options.stacks, folder)
    base = read_one(options.changed, folder) if options.changed else None
    if base is not None:
        base, build = without_unread(base, build)
    code = tell_problems(console, [*(base.problems if base else []), *build.problems, *broken(build)])
    roots = chosen({**(base.templates if base else {}), **build.templates}, words) if words else None
    picture = drawn(console, build, roots, base)
    resources = sum(len(node.members) for node in picture.nodes())
    console.tell(f"drawing {_counted(sum(1 for _ in picture.boxes()), 'stack')}, {_counted(resources, 'resource')}")
    if options.depth is not None:
        picture = limited(picture, options.depth)
    title = _title(picture, options.changed)
    fold = _as_it_is if options.all else folded
    if form == "mermaid":
        console.say(_mermaid(console, picture, fold, lambda each: as_mermaid(each, title, types=options.types)))
        return code
    if form == "dot":
        console.say(as_dot(fold(picture), title, types=options.types))
        return code
    smaller, depth = fitting(picture, fold, lambda each: size(each) <= MOST_DRAWN)
    if depth is not None:
        whole = size(fold(picture))
        console.warn(f"{whole:,} nodes are more than the {MOST_DRAWN:,} that an SVG shows; {_closed(depth)}")
    from stackgen.review.picture.svg import as_svg

    console.say(as_svg(smaller, title, types=options.types))
    return code


def drawn(console: Console, build: Build, roots: Sequence[str] | None, base: Build | None) -> Box:
    """The picture of some templates, or of all, with every resource by itself."""
    if base is None:
        return picture_of(build, roots_to_draw(build) if roots is None else roots)
    from stackgen.review.picture.compared import compared

    return compared(base, build, roots, impacts_of(console, base, build))


def impacts_of(console: Console, base: Build, build: Build) -> list[Impact]:
    """What happens to each resource in any environment and region; nothing where that cannot be told."""
    from stackgen.review.environments import Values
    from stackgen.review.impact.review import review

    project = settings_for(console, nearby(console, needed=False), base, build)
    try:
        outcomes = review(base, build, Values(project, console.environments, console.regions)).outcomes
    except StackgenError as error:
        console.warn(f"what is replaced is not told from what is changed: {error.message}")
        return []
    return [impact for outcome in outcomes for impact in outcome.impacts]


def chosen(names: Iterable[str], words: Iterable[str]) -> list[str]:
    """The templates that words name, as ``tap/network-stack`` or ``network-stack``. Raises UsageError."""
    known: dict[str, list[str]] = {}
    for name in names:
        for alias in {name, name.rpartition("/")[2]}:
            known.setdefault(alias, []).append(name)
    found = []
    for word in words:
        meant = known.get(word) or known.get(word.removesuffix(".json"))
        if meant is None:
            raise UsageError(f"no template {word!r} in the build", likely(word, known))
        if len(meant) > 1 and word not in meant:
            raise UsageError(f"{word!r} may be {' or '.join(sorted(meant))}")
        found.append(word if word in meant else meant[0])
    return list(dict.fromkeys(found))


def _parser() -> Parser:
    parser = Parser(
        "graph",
        "The stacks as a picture: boxes in boxes, and arrows from what is needed to what needs it."
        + in_help("mermaid", "dot", "svg"),
    )
    parser.add_argument(
        "stacks",
        nargs="*",
        metavar="STACK",
        help="only these: system/file or file; a folder first is the build to draw",
    )
    parser.add_argument("--changed", metavar="BASE", help="colour what differs from a git ref or a folder of templates")
    parser.add_argument("--depth", type=_depth, metavar="N", help="levels of stacks to open; deeper ones stay closed")
    parser.add_argument("--types", action="store_true", default=True, help="with the types of resources (the default)")
    parser.add_argument("--no-types", dest="types", action="store_false", help="without them")
    parser.add_argument("--all", action="store_true", help="every resource and every arrow by itself, nothing folded")
    return parser


def _depth(word: str) -> int:
    if not word.isdecimal():
        raise UsageError(f"--depth {word}: a number of levels was expected, 0 or more")
    return int(word)


def _build(console: Console, words: Sequence[str], folder: str | None) -> tuple[Build, list[str]]:
    """The build, and the words that choose from it."""
    if words and (folder is None or _is_path(words[0])):
        return read_one(words[0], folder), list(words[1:])
    return build_of(console, "")[0], list(words)


def _is_path(word: str) -> bool:
    return word.startswith((".", "/")) or word.endswith("/") or os.path.isdir(word)  # noqa: PTH112  as in sources.py


def _mermaid(console: Console, picture: Box, fold: Callable[[Box], Box], write: Callable[[Box], str]) -> str:
    """The text, with so many stacks open that GitHub draws it."""
    smaller, depth = fitting(picture, fold, lambda each: is_drawn(write(each), each))
    if depth is not None:
        console.warn(
            f"Mermaid draws at most {MOST_CHARACTERS:,} characters and {MOST_ARROWS} arrows, and these are more; "
            f"{_closed(depth)}; --format svg or dot shows them"
        )
    return write(smaller)


def _as_it_is(picture: Box) -> Box:
    return picture


def _closed(depth: int) -> str:
    return f"stacks below level {depth} stay closed" if depth else "the stacks stay closed"


def _title(picture: Box, base: str | None) -> str:
    names = [item.lines[0] for item in picture.items]
    most = 3
    shown = ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
    return f"{shown}, changes since {base}" if base else shown


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
