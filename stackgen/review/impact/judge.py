"""What changing one property of one resource does: the schema's answer, raised by what AWS documents besides."""

from __future__ import annotations

from stackgen.records import NamedTuple
from stackgen.review.schemas import governing, physical_name
from stackgen.review.schemas.effects import ABSENT
from stackgen.review.schemas.registry import normal

from .result import CERTAIN, CONDITIONAL, REPLACE, UNKNOWN, UPDATE, Judgement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from stackgen.review.evaluation.tree import Resource
    from stackgen.review.schemas import Schemas, TypeSchema
    from stackgen.review.schemas.pointers import Pointer

    from .comparison import Difference

_BY_SCHEMA = {
    "update": (UPDATE, CERTAIN),
    "never": (UPDATE, CERTAIN),
    "unknown": (REPLACE, UNKNOWN),
    "conditional": (REPLACE, CONDITIONAL),
    "replace": (REPLACE, CERTAIN),
}


class Documented(NamedTuple):
    """``decides`` settles what the schema leaves open."""

    judgement: Judgement
    decides: bool = False


class Judge:
    """Answers for the types of one region."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self._names: dict[str, Pointer | None] = {}

    def schema(self, kind: str) -> TypeSchema | None:
        """The schema of a type; None for a macro's type, a private one, a module."""
        return self.schemas.get(kind)

    def physical_name(self, kind: str) -> Pointer | None:
        """The property that carries the physical name of a type's resources; None where there is none."""
        if kind not in self._names:
            schema = self.schema(kind)
            self._names[kind] = physical_name(schema) if schema else None
        return self._names[kind]

    def judge(self, difference: Difference, before: Resource, after: Resource) -> Judgement:
        """What a difference below the properties does to the resource."""
        by_schema = self._by_schema(difference, after.type)
        documented = answer(difference, before, after)
        if documented is None:
            return by_schema
        return documented.judgement if documented.decides else max(by_schema, documented.judgement, key=_strength)

    def _by_schema(self, difference: Difference, kind: str) -> Judgement:
        schema = self.schema(kind)
        if schema is None:
            return Judgement(REPLACE, UNKNOWN, f"nothing is known of {kind}", "schema")
        effect = governing(schema, difference.path, _given(difference.before), _given(difference.after))
        return Judgement(*_BY_SCHEMA[effect.kind], effect.text, effect.source)


def answer(difference: Difference, before: Resource, after: Resource) -> Documented | None:
    """What AWS documents and the schemas do not say: the first row that decides, else the strictest that apply."""
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


def _strength(judgement: Judgement) -> tuple[int, int]:
    return judgement.strength


def _given(value: Any) -> Any:
    return ABSENT if value is None else value
