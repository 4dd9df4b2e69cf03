"""One row of what AWS documents: a property, and what its change does to the resource.

``path`` is as the schemas write it, with a point between names: ``GlobalSecondaryIndexes.*.KeySchema``; the empty path
stands for every property of the type. ``default`` is what AWS takes where the property is not given, so that naming it
is no change. A row with ``when`` holds where that says True; where a value is not known, and ``when`` therefore says
None, a row that warns is a doubt and a row that gives the all-clear says nothing.
"""

from __future__ import annotations

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import Attribute, Symbol, canonical
from stackgen.review.impact.result import CERTAIN, CONDITIONAL, FAILS, UPDATE
from stackgen.review.schemas.pointers import ANY, below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from stackgen.review.evaluation.tree import Resource
    from stackgen.review.impact.comparison import Difference

    Table = dict[str, tuple["Row", ...]]

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
USER_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"

_SURE_TO_MOVE = ("", "Arn")  # Ref and the ARN of a resource that is replaced; its other attributes may stay the same


class Change(NamedTuple):
    """What ``when`` is asked about: the values at the row's path, and both resources as wholes."""

    before: Any
    after: Any
    old: Resource
    new: Resource


class Row(NamedTuple):
    """``effect`` is ``update``, ``replace`` or ``fails``; one that ``decides`` overrules the schema."""

    path: str
    effect: str
    text: str
    source: str
    certainty: str = CERTAIN
    when: Callable[[Change], bool | None] | None = None
    decides: bool = False
    default: Any = None

    @property
    def pointer(self) -> tuple[str, ...]:
        return tuple(self.path.split(".")) if self.path else ()

    def applies(self, difference: Difference, old: Resource, new: Resource) -> Row | None:
        """The row as it holds for a difference; None where it does not."""
        rest = below(self.pointer, difference.path)
        if rest is None or (rest and self.effect == UPDATE):  # more changes there than what is cleared
            return None
        before, after = (list(_inside(value, rest)) for value in (difference.before, difference.after))
        referred = _is_symbol(difference.before) and _is_symbol(difference.after)
        if not referred and _same(before, after, self.default):
            return None
        hidden = _hidden(before, after)
        doubtful = hidden or _may_stay(difference) if self.effect == FAILS else hidden and bool(rest)
        row = self._doubted() if doubtful else self
        if row is not None and self.when is not None:
            answer = self.when(self._change(difference, old, new))
            return row._doubted() if answer is None else row if answer else None
        return row

    def _doubted(self) -> Row | None:
        return None if self.effect == UPDATE else self._replace(certainty=CONDITIONAL, decides=False)

    def _change(self, difference: Difference, old: Resource, new: Resource) -> Change:
        if ANY in self.pointer or not self.path:
            before, after = difference.before, difference.after
        else:
            before, after = (next(_inside(each.properties, self.pointer)) for each in (old, new))
        before, after = (self.default if value is None else value for value in (before, after))
        return Change(before, after, old, new)


def reference(type_: str, *names: str) -> str:
    """The page of a type (``KMS::Key``) in the template reference, or of a property there."""
    page = type_.lower().replace("::", "-")
    anchor = "-".join(("#cfn", page, *(name.lower() for name in names))) if names else ""
    return f"{REFERENCE}/aws-resource-{page}.html{anchor}"


def _inside(value: Any, rest: tuple[str, ...]) -> Iterator[Any]:
    """The values at a place below one; None where there is nothing."""
    if not rest or isinstance(value, Symbol):
        yield value
    elif rest[0] == ANY:
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for item in items:
            yield from _inside(item, rest[1:])
    elif isinstance(value, list):  # a path may leave out the ``*`` of a list
        for item in value:
            yield from _inside(item, rest)
    else:
        yield from _inside(value.get(rest[0]) if isinstance(value, dict) else None, rest[1:])


def _same(before: list[Any], after: list[Any], default: Any) -> bool:
    first, second = ([default if each is None else each for each in values] for values in (before, after))
    return canonical(first) == canonical(second)


def _hidden(before: list[Any], after: list[Any]) -> bool:
    """Whether one side is known and the other is not, so that they may be equal."""
    return any(map(_is_symbol, before)) != any(map(_is_symbol, after))


def _may_stay(difference: Difference) -> bool:
    """Whether the value may be the same after the resource that it comes from is replaced."""
    value = difference.after
    if difference.before is not value and difference.before != value:
        return False
    return not (isinstance(value, Attribute) and value.attribute in _SURE_TO_MOVE)


def _is_symbol(value: Any) -> bool:
    return isinstance(value, Symbol)
