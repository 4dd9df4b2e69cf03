"""``explain CODE``: what one of our verdicts or a rule of ``lint`` means, why it matters, what to do."""

from __future__ import annotations

import re
from textwrap import indent
from typing import TYPE_CHECKING

from stackgen.errors import UsageError, likely
from stackgen.review.impact.codes import CODES
from stackgen.rule_ids import likely_rule

from .arguments import Parser
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stackgen.console import Console
    from stackgen.lint.explaining import Told

_RULE = re.compile(r"[EWI]\d{4}")


def run(console: Console, arguments: Sequence[str]) -> int:
    """Print one code or rule, or the list of all codes, or of all our rules."""
    what = "What a code of impact or report, or a rule of lint, means, why it matters and what to do."
    parser = Parser("explain", what + in_help("text", "json"))
    parser.add_argument("code", nargs="?", help="V201, E9130, GDL-025, S3.8 ...; without it, the codes are listed")
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
        _tell_named(console, options.code, form)
        return 0
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
    _tell(console, [known[name]] if name else list(known.values()), form, whole=bool(name))


def _tell_named(console: Console, name: str, form: str) -> None:
    """Our rules of a guideline or of an id elsewhere (GDL-025, S3.8, CKV_AWS_53), or that begin so (E913)."""
    from stackgen.lint.explaining import pack

    known = pack()
    word = name.casefold()
    rules = [rule for rule in known.values() if word in map(str.casefold, (*rule.guidelines, *rule.public))]
    rules = rules or [rule for rule in known.values() if rule.id.casefold().startswith(word)]
    if not rules:
        raise _unknown(name, {*CODES, *known})
    _tell(console, rules, form, whole=False)


def _tell(console: Console, chosen: Sequence[Told], form: str, *, whole: bool) -> None:
    if form == "json":
        console.json("explain", {"rules": [each._asdict() for each in chosen]})
        return
    for each in chosen:
        console.say(f"{each.id} {each.kind}: {each.title}")
        if whole:
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


def _unknown(code: str, known: Iterable[str]) -> UsageError:
    return UsageError(
        f"there is no code {code!r}",
        likely_rule(code, known) or likely(code.upper(), known),
        "python -m stackgen explain lists them, and explain --rules our rules of lint",
    )
