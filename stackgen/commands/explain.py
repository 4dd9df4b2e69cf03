"""``explain CODE``: what one of our verdicts means, why it matters, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import UsageError, likely
from stackgen.review.impact.codes import CODES

from .arguments import Parser
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console


def run(console: Console, arguments: Sequence[str]) -> int:
    """Print one code, or the list of all."""
    what = "What a code of impact or report means, why it matters and what to do."
    parser = Parser("explain", what + in_help("text", "json"))
    parser.add_argument("code", nargs="?", help="such as V201; without it, all codes are listed")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    name = (options.code or "").upper()
    if name and name not in CODES:
        hint = likely(name, CODES)
        raise UsageError(f"there is no code {options.code!r}", hint, "python -m stackgen explain lists them")
    chosen = {name: CODES[name]} if name else CODES
    if form == "json":
        console.json("explain", {"codes": [{"code": key, **value._asdict()} for key, value in chosen.items()]})
        return 0
    for key, code in chosen.items():
        console.say(f"{key} {code.kind}: {code.title}")
        if name:
            console.say(f"  why: {code.why}")
            console.say(f"  do:  {code.remedy}")
            if code.source:
                console.say(f"  see: {code.source}")
    return 0
