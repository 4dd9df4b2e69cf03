"""What both renderings show of a review, as plain values: reasons in a line, a matrix of places, a tree of stacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import shown
from stackgen.review.impact.result import CERTAIN, CREATE, DELETE, NOTE, REPLACE, UPDATE
from stackgen.review.impact.text import condensed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.errors import StackgenError
    from stackgen.review.impact.grouping import GroupedImpact, GroupedVerdict
    from stackgen.review.impact.result import Impact, Reason
    from stackgen.review.impact.summary import Summary

NESTED = "AWS::CloudFormation::Stack"
PROBLEMS = "Could not be read or judged"


def grave(summary: Summary) -> list[GroupedVerdict]:
    """The verdicts that somebody must answer."""
    return [each for each in summary.verdicts if each.verdict.kind != NOTE]


def notes(summary: Summary) -> list[GroupedVerdict]:
    """The verdicts that somebody should know of."""
    return [each for each in summary.verdicts if each.verdict.kind == NOTE]


def is_passed_on(impact: Impact) -> bool:
    """Whether a nested stack is only updated because of what is in it."""
    return impact.type == NESTED and impact.action == UPDATE


def own_impacts(summary: Summary) -> list[GroupedImpact]:
    """What happens to resources, without nested stacks that only hand it on."""
    return [each for each in summary.impacts if not is_passed_on(each.impact)]


def reasons_of(impact: Impact) -> Sequence[Reason]:
    """Every reason; that something is new is seen without one."""
    return () if impact.action == CREATE and impact.certainty == CERTAIN else impact.reasons


def reason_lines(impact: Impact) -> list[str]:
    """The reasons, one line each; many that say the same of one property are one line."""
    return condensed(impact._replace(reasons=tuple(reasons_of(impact))))


def place_of(problem: StackgenError) -> str:
    """Where somebody has to look: ``build/app.json:3``; nothing where no file is to blame."""
    path, line = problem.location or ("", 0)
    return f"{shown(path)}:{line}" if line else path and shown(path)


def words_of(problem: StackgenError) -> str:
    """What a problem says, with its hints, in one line."""
    return "; ".join([problem.message, *problem.hints])


def policy_of(impact: Impact) -> str:
    """What is done with the old one, where that is not simply to delete it."""
    is_told = impact.action in (DELETE, REPLACE) and impact.policy not in ("", "Delete")
    return f", {impact.policy}" if is_told else ""


class Cell(NamedTuple):
    """What happens to a resource in one place; nothing does where ``action`` is empty."""

    action: str
    sign: str
    word: str


class MatrixRow(NamedTuple):
    """One resource in all places; None where its stack is not deployed."""

    address: str
    type: str
    cells: tuple[Cell | None, ...]


UNCHANGED = Cell("", "", "unchanged")


def matrix(summary: Summary) -> Iterator[MatrixRow]:
    """Every resource that changes anywhere, with what happens to it in each place."""
    places = summary.places
    types: dict[str, str] = {}
    found: dict[tuple[str, str], Cell] = {}
    deployed: set[tuple[str, str]] = set()
    for outcome in summary.review.outcomes:
        place = str(outcome.place)
        deployed.add((place, outcome.root.rpartition("/")[2]))
        for impact in outcome.impacts:
            if not is_passed_on(impact):
                types.setdefault(impact.address, impact.type)
                found[place, impact.address] = Cell(impact.action, impact.sign, impact.word)
    for address in sorted(types):
        root = address.partition("/")[0]
        cells = [found.get((place, address)) or (UNCHANGED if (place, root) in deployed else None) for place in places]
        yield MatrixRow(address, types[address], tuple(cells))


@dataclass(slots=True)
class Branch:
    """A stack of the tree: what happens to it, to its resources, and to the stacks in it."""

    name: str
    address: str
    own: list[GroupedImpact] = field(default_factory=list)
    resources: dict[str, list[GroupedImpact]] = field(default_factory=dict)
    stacks: dict[str, Branch] = field(default_factory=dict)

    def everything(self) -> Iterator[GroupedImpact]:
        """The impacts in it, at any depth."""
        for several in self.resources.values():
            yield from several
        for stack in self.stacks.values():
            yield from stack.own
            yield from stack.everything()


def tree_of(summary: Summary) -> list[Branch]:
    """The roots that change, each with the stacks in it."""
    roots: dict[str, Branch] = {}
    stacks = {each.impact.address for each in summary.impacts if each.impact.type == NESTED}
    for each in summary.impacts:
        parts = each.impact.address.split("/")
        inner = parts if each.impact.address in stacks else parts[:-1]
        branch = roots.setdefault(parts[0], Branch(parts[0], parts[0]))
        for number, name in enumerate(inner[1:], 2):
            branch = branch.stacks.setdefault(name, Branch(name, "/".join(parts[:number])))
        if each.impact.address in stacks:
            branch.own.append(each)
        else:
            branch.resources.setdefault(parts[-1], []).append(each)
    return list(roots.values())


def label(text: str, most: int = 60) -> str:
    """What the user called a build, in so many characters; a folder by its end."""
    return text if len(text) <= most else f"…{text[-most + 1 :]}"
