"""``explain CODE``: what one of our verdicts or a rule of ``lint`` means, why it matters, what to do."""

from __future__ import annotations

import re
from textwrap import indent
from typing import TYPE_CHECKING

from stackgen.errors import UsageError, likely
from stackgen.review.impact.codes import CODES

from .arguments import Parser
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stackgen.console import Console
    from stackgen.lint.explaining import Told

_RULE = re.compile(r"[EWI]\d{4}")


def run(console: Console, arguments: Sequence[str]) -> int:
    """Print one code or rule, or the list of all codes, or of all our rules."""
    what = "What a code of impact or report, or a rule of lint, means, why it matters and what to do."
    parser = Parser("explain", what + in_help("text", "json"))
    parser.add_argument("code", nargs="?", help="such as V201 or E9130; without it, the codes are listed")
    parser.add_argument("--rules", action="store_true", help="list our rules of lint instead")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    name = (options.code or "").upper()
    if name and options.rules:
        raise UsageError(f"--rules lists them all, and {options.code!r} is one", "give one of the two")
    if options.rules or _RULE.fullmatch(name):
        _tell_rules(console, name, form)
        return 0
    if name and name not in CODES:
        raise _unknown(options.code, CODES)
    chosen = {name: CODES[name]} if name else CODES
    if form == "json":
        console.json("explain", {"codes": [{"code": key, **value._asdict()} for key, value in chosen.items()]})
        return 0
    for key, code in chosen.items():
        console.say(f"{key} {code.kind}: {code.title}")
        if name:
            _say(console, ("why", code.why), ("do", code.remedy), ("see", code.source))
    return 0


def _tell_rules(console: Console, name: str, form: str) -> None:
    from stackgen.lint.explaining import everything, pack

    known = everything() if name else pack()
    if name and name not in known:
        raise _unknown(name, known)
    chosen = [known[name]] if name else list(known.values())
    if form == "json":
        console.json("explain", {"rules": [each._asdict() for each in chosen]})
        return
    for each in chosen:
        console.say(f"{each.id} {each.kind}: {each.title}")
        if name:
            _say(console, ("why", each.why), ("do", each.remedy), ("see", each.source), *_further(each))


def _further(rule: Told) -> Iterator[tuple[str, str]]:
    yield "pillar", rule.pillar
    yield "guidelines", ", ".join(rule.guidelines)
    yield "also known as", ", ".join(rule.public)
    yield "only for", ", ".join(rule.profiles)
    for option, default in rule.options.items():
        yield "configure", f".cfnlintrc: configure_rules: {{{rule.id}: {{{option}: {default!r}}}}}"
    for title, text in (("passes", rule.passes), ("fails", rule.fails)):
        yield title, f"\n{indent(text, '    ')}" if text else ""


def _say(console: Console, *lines: tuple[str, str]) -> None:
    for title, text in lines:
        if text:
            console.say(f"  {title}:".ljust(6) + (text if text.startswith("\n") else f" {text}".rstrip()))


def _unknown(code: str, known: Mapping[str, object]) -> UsageError:
    return UsageError(
        f"there is no code {code!r}",
        likely(code.upper(), known),
        "python -m stackgen explain lists them, and explain --rules our rules of lint",
    )
