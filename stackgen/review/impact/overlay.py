"""What AWS documents and the schemas do not say, asked about one difference."""

from __future__ import annotations

from stackgen.records import NamedTuple
from stackgen.review.schemas.registry import normal

from .result import Judgement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Resource

    from .comparison import Difference


class Documented(NamedTuple):
    """``decides`` settles what the schema leaves open."""

    judgement: Judgement
    decides: bool = False


def answer(difference: Difference, before: Resource, after: Resource) -> Documented | None:
    """The first row that decides; where none does, the strictest of those that apply."""
    from .documented import rows_of  # of which nothing is asked where nothing differs

    found = [row.applies(difference, before, after) for row in rows_of(normal(after.type))]
    if not any(found):
        return None
    documented = [
        Documented(Judgement(row.effect, row.certainty, row.text, row.source), row.decides)
        for row in found
        if row is not None
    ]
    decided = [each for each in documented if each.decides]
    return decided[0] if decided else max(documented, key=lambda each: each.judgement.strength)
