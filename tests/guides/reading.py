"""What a guide tells people to type, where they are then, and what they are told that they will see.

Guides are Markdown. Commands are the lines of blocks marked ``sh``. A comment ``<!-- where: a fresh account -->``
before them says in which state AWS is when the section is read from there; ``<!-- exit code 5 -->`` what the last
command of the next block answers, where it is not 0. A block marked ``toml`` is written into the settings, into its
table, before what is typed next. A block marked ``text`` after them has lines that were printed;
``...`` in it stands for anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PART = re.compile(
    r"^<!-- where: (?P<where>[^\n]+?) -->$|^<!-- exit code (?P<code>\d+) -->$|^(?:##+) (?P<heading>[^\n]+)$"
    r"|^```(?P<kind>\w+)\n(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(slots=True)
class Block:
    """Commands, how the last of them ends, and lines that they print; or settings that are written."""

    commands: list[str]
    code: int = 0
    shown: list[str] = field(default_factory=list)
    settings: str = ""


@dataclass(slots=True)
class Walk:
    """What is typed from one state on, until the guide says that it begins anew."""

    page: str
    heading: str
    where: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.page}: {self.heading}"


def walks(page: Path) -> list[Walk]:
    """The walks of a page. Raises ValueError for a command that stands before the first state."""
    found: list[Walk] = []
    heading, where, code = "", "", 0
    for part in _PART.finditer(page.read_text("utf-8")):
        heading, where = part["heading"] or heading, part["where"] or where
        code = int(part["code"] or code)
        if part["kind"] not in ("sh", "text", "toml"):
            continue
        if where:
            found.append(Walk(page.name, heading, where))
            where = ""
        if part["kind"] == "text" and not (found and found[-1].blocks):
            continue
        if not found:
            raise ValueError(f"{page.name}: nobody says where AWS is before {part['block'][:60]!r}")
        if part["kind"] == "toml":
            found[-1].blocks.append(Block([], settings=part["block"]))
        elif part["kind"] == "sh":
            found[-1].blocks.append(Block(_lines(part["block"]), code))
            code = 0
        else:
            found[-1].blocks[-1].shown += part["block"].splitlines()
    return found


def _lines(block: str) -> list[str]:
    """The commands of a block; one that goes on in the next line is one."""
    return [line for line in block.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]


def missing(shown: list[str], told: str) -> list[str]:
    """The lines that a guide shows and that were not told."""
    return [line for line in shown if not re.search(_pattern(line), told, re.MULTILINE)]


def _pattern(line: str) -> str:
    return "^" + ".*".join(re.escape(part) for part in line.rstrip().split("...")) + "$"
