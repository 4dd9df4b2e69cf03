"""Two evaluated values compared, leaf by leaf, with how sure it is that they differ."""

from __future__ import annotations

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import (
    Attribute,
    Choice,
    Hidden,
    Live,
    Mixed,
    Symbol,
    canonical,
    symbols_in,
    text_of,
)

from .pairing import paired
from .result import CERTAIN, CONDITIONAL, UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .pairing import Pairs

    Path = tuple[str, ...]
    Resolve = Callable[[Symbol], Any]


class Difference(NamedTuple):
    """One difference: where, from what to what (None: nothing is there), and how sure it is."""

    path: Path
    before: Any
    after: Any
    certainty: str


def _same(symbol: Symbol) -> Any:
    return symbol


def differences(
    before: Any, after: Any, resolve_before: Resolve = _same, resolve_after: Resolve = _same, path: Path = ()
) -> Iterator[Difference]:
    """Every place where two values differ, the deepest that both share.

    ``resolve_*`` answer what a reference to a resource is known to give on either side, or the symbol itself: a
    ``Ref`` of a bucket with a name of its own is that name.
    """
    if before == after and _same_kinds(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = (*path, str(key))
            yield from differences(before.get(key), after.get(key), resolve_before, resolve_after, inner)
    elif isinstance(before, list) and isinstance(after, list):
        pairs = paired(before, after)
        for number, first, second in pairs:
            yield from differences(first, second, resolve_before, resolve_after, (*path, str(number)))
        yield from _reordered(before, after, pairs, path)
    elif isinstance(before, Choice) or isinstance(after, Choice):
        found = _chosen(before, after, resolve_before, resolve_after)
        if found:
            yield Difference(path, before, after, found)
    elif canonical(before) != canonical(after):
        first, second = _resolved(before, resolve_before), _resolved(after, resolve_after)
        if canonical(first) != canonical(second):
            yield Difference(path, before, after, _certainty(first, second))


def _same_kinds(before: Any, after: Any) -> bool:
    """Whether two equal values are so for more than being equal: 1 and True are equal, and mean two things."""
    if type(before) is not type(after):
        return False
    if type(before) is dict:
        return all(_same_kinds(each, after[key]) for key, each in before.items() if type(each) is not str)
    return type(before) is not list or all(map(_same_kinds, before, after))


def _resolved(value: Any, resolve: Resolve) -> Any:
    return resolve(value) if isinstance(value, Symbol) else value


def _chosen(before: Any, after: Any, resolve_before: Resolve, resolve_after: Resolve) -> str:
    """How sure it is that two values differ, of which one is a choice; empty where they do not."""
    choice = before if isinstance(before, Choice) else after
    branches = []
    for side in ("then", "otherwise"):
        first, second = (
            getattr(each, side) if isinstance(each, Choice) and each.condition == choice.condition else each
            for each in (before, after)
        )
        if isinstance(first, Choice) and isinstance(second, Choice):  # two conditions that are not known
            branches.append({UNKNOWN} if first != second else set())
        else:
            found = differences(first, second, resolve_before, resolve_after)
            branches.append({each.certainty for each in found})
    if not any(branches):
        return ""
    return CERTAIN if all(CERTAIN in each for each in branches) else CONDITIONAL


def _certainty(before: Any, after: Any) -> str:
    """Certain where what is unknown on both sides cannot make them equal."""
    dynamic = [isinstance(each, Live) and each.kind == "dynamic reference" for each in (before, after)]
    if before is None or after is None:
        return CONDITIONAL if isinstance(before or after, Choice) else CERTAIN
    if all(dynamic) or (isinstance(before, Mixed) and isinstance(after, Mixed) and _symbols(before) == _symbols(after)):
        return CERTAIN
    known = [not isinstance(each, Symbol) for each in (before, after)]
    certainty = UNKNOWN if any(known) and not all(known) and not _cannot_be(before, after) else CERTAIN
    for _, symbol in symbols_in([before, after]):
        if isinstance(symbol, Choice):
            return CONDITIONAL
        if not isinstance(symbol, Attribute | Hidden | Mixed):
            certainty = UNKNOWN
    return certainty


def _symbols(text: Mixed) -> list[Symbol]:
    """The symbols of a text, in order: with the same ones, other words make another text."""
    return [part for part in text.parts if isinstance(part, Symbol)]


def _reordered(before: list[Any], after: list[Any], pairs: Pairs, path: Path) -> Iterator[Difference]:
    """The same items in another order: a change, as far as anybody knows."""
    same = all(canonical(first) == canonical(second) for _, first, second in pairs)
    if same and [canonical(each) for each in before] != [canonical(each) for each in after]:
        yield Difference(path, before, after, CERTAIN)


def _cannot_be(before: Any, after: Any) -> bool:
    """Whether a known value cannot be what a symbol stands for: of another type, or with another end."""
    symbol, value = (before, after) if isinstance(before, Symbol) else (after, before)
    if isinstance(value, dict | list):
        return isinstance(symbol, Attribute | Mixed | Hidden)
    if not isinstance(symbol, Mixed):
        return False
    text, first, last = text_of(value), symbol.parts[0], symbol.parts[-1]
    return (isinstance(first, str) and not text.startswith(first)) or (
        isinstance(last, str) and not text.endswith(last)
    )
