"""The table of the guidelines: what keeps each here. One that nothing keeps, or that names what is not there, fails."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from stackgen.cli import COMMANDS
from stackgen.lint.explaining import everything, pack

from .catalogue import GUIDELINES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stackgen.lint.explaining import Told

FILE = "docs/guidelines.toml"
LEVELS = ("MUST", "SHOULD")
PROOFS = {
    "T": ("is a template's, and no rule of lint keeps it", {"rules", "linter"}),
    "C": ("is code's, and no test shows it", {"tests"}),
    "P": ("is a pipeline's, and no command does it and no test shows it", {"commands", "tests"}),
    "O": ("belongs to an organisation, and the checklist does not say it", {"checklist"}),
}
"""By kind: what is wrong without any of these. A guideline of several kinds needs the proof of each."""
_KEYS = {"text", "level", "kind", "linter", "tests", "commands", "checklist"}


def blocks(root: Path) -> dict[str, str]:
    """The table and the checklist as they stand in the page. Raises ValueError for what is wrong, all at once."""
    known = tomllib.loads((root / FILE).read_text("utf-8"))
    rules = _rules(pack())
    wrong = [*gaps(known), *problems(known, rules, root)]
    if wrong:
        raise ValueError(f"{FILE}: {'; '.join(wrong)}")
    head = "| guideline | level | kind | what it asks for | what keeps it |\n|---|---|---|---|---|"
    rows = [_row(name, each, rules.get(name, [])) for name, each in known.items()]
    checklist = [f"- [ ] **{name}** {each['checklist']}" for name, each in known.items() if "checklist" in each]
    return {"guidelines": "\n".join([head, *rows]), "checklist": "\n".join(checklist)}


def gaps(known: Mapping[str, Any]) -> Iterator[str]:
    """Guidelines that the table lacks, invents, or has under another's id."""
    yield from (f"{name} is missing" for name in GUIDELINES if name not in known)
    yield from (f"there is no guideline {name}" for name in known if name not in GUIDELINES)
    if list(known) != sorted(known):
        yield "they do not stand in the order of their ids"
    for name, (level, kind, word) in GUIDELINES.items():
        each = known.get(name, {})
        if each and (each.get("level"), each.get("kind")) != (level, kind):
            yield f"{name} is {each.get('level')} {each.get('kind')}, and was {level} {kind}"
        if each and word not in str(each.get("text")):
            yield f"{name} speaks of something else: {word} is not in its text"


def problems(known: Mapping[str, Any], rules: Mapping[str, list[str]], root: Path) -> Iterator[str]:
    """What the file says that is not so, and the guidelines that nothing keeps."""
    linter = everything()
    for name, each in known.items():
        if unknown := each.keys() - _KEYS:
            yield f"{name} has unknown keys: {', '.join(sorted(unknown))}"
        if each.get("level") not in LEVELS or not each.get("text") or not each.get("kind"):
            yield f"{name} lacks text, kind or a level, which is MUST or SHOULD"
        yield from (f"{name} names the rule {rule}, which there is not" for rule in each.get("linter", ())
                    if rule not in linter)  # fmt: skip
        yield from (f"{name} names the command {word}, which there is not" for word in each.get("commands", ())
                    if word not in COMMANDS)  # fmt: skip
        yield from (f"{name} names the test {test}, which there is not" for test in each.get("tests", ())
                    if not _is_there(test, root))  # fmt: skip
        if not rules.get(name) and not each.keys() & {"linter", "tests", "commands", "checklist"}:
            yield f"nothing keeps {name}: {each.get('text')}"
        kinds = str(each.get("kind")).split(", ")
        yield from (f"{name} has the kind {kind}, which there is not" for kind in kinds if kind not in PROOFS)
        kept = each.keys() | ({"rules"} if rules.get(name) else set())
        for kind in kinds:
            says, proofs = PROOFS.get(kind, ("", kept))
            if not kept & proofs:
                yield f"{name} {says}"
    foreign = {name for name in rules if name.startswith("GDL")} - known.keys()
    yield from (f"{name} is enforced by {', '.join(rules[name])}, and the table does not know it" for name in foreign)


def _rules(told: Mapping[str, Told]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in told.values():
        for name in each.guidelines:
            found.setdefault(name, []).append(each.id)
    return found


def _is_there(test: str, root: Path) -> bool:
    path, _, name = test.partition("::")
    file = root / path
    return file.is_file() and (not name or f"def {name}(" in file.read_text("utf-8"))


def _row(name: str, each: Mapping[str, Any], rules: list[str]) -> str:
    kept = [f"[{rule}](rules.md#{rule.lower()})" for rule in rules]
    kept += [f"cfn-lint's {rule}" for rule in each.get("linter", ())]
    kept += [f"`{word}`" for word in each.get("commands", ())]
    kept += [f"[{_said(test)}](../{test.partition('::')[0]})" for test in each.get("tests", ())]
    kept += ["[checklist](#checklist)"] if "checklist" in each else []
    return f"| {name} | {each['level']} | {each['kind']} | {each['text']} | {', '.join(kept)} |"


def _said(test: str) -> str:
    path, _, name = test.partition("::")
    return name.removeprefix("test_").replace("_", " ") or path.rpartition("/")[2]
