"""Resources that stand elsewhere: the same type and properties under another logical ID, or in another template.

Pairs are found by meaning, with references among the candidates left open, and then checked with the references
renamed. Several equal candidates are told apart by their names, and only where these leave one choice.
"""

from __future__ import annotations

from stackgen.jsontext import compact

from .canonical import canonical
from .compare import resource_differences
from .lists import common
from .references import renamed
from .result import Change
from .walk import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from stackgen.review.model import Build

    from .compare import Place

    Pairing = dict[int, int]

SIMILAR = 0.8
"""The share of equal values from which a single candidate counts as the same resource."""

MOST_COMPARED = 2_000
"""Pairs of one type beyond which similar ones are not looked for."""

MOST_TOLD_APART = 40_000
"""Pairs of equal resources, such as 200 removed and 200 added, beyond which names do not tell which is which."""


def moves(
    before: Build, after: Build, removed: list[Place], added: list[Place]
) -> tuple[list[Change], list[tuple[Place, Place]]]:
    """The renamed and moved resources as changes, and as pairs of places."""
    search = _Search(before, after, removed, added)
    search.equal()
    search.verify()
    search.similar()
    pairs = [(removed[left], added[right]) for left, right in search.pairs.items()]
    similarities = [search.similarity(left, right) for left, right in search.pairs.items()]
    return [_change(*pair, similarity) for pair, similarity in zip(pairs, similarities, strict=True)], pairs


class _Search:
    """Which of the removed resources is which of the added ones: places in the two lists."""

    def __init__(self, before: Build, after: Build, removed: list[Place], added: list[Place]) -> None:
        self._sides = removed, added
        self._meanings = [[_meaning(each.definition) for each in side] for side in self._sides]
        self._places = [
            {(each.pair[side], each.logical_id): at for at, each in enumerate(self._sides[side])} for side in (0, 1)
        ]
        self._trees = _Trees(before, after)
        self.pairs: Pairing = {}
        self._back: Pairing = {}

    def equal(self) -> None:
        """Pair what is equal but for references among the candidates: in one template first, then in one tree."""
        texts = [self._open_texts(side) for side in (0, 1)]
        placed = [
            [f"{place.pair} {text}" for place, text in zip(side, several, strict=True)]
            for side, several in zip(self._sides, texts, strict=True)
        ]
        for keys, suits in ((placed, self._same_template), (texts, self._same_tree)):
            self._pair(self._nearest(self._choices(keys, suits, MOST_TOLD_APART)))

    def verify(self) -> None:
        """Drop every pair whose references do not lead to the same resources, until all do."""
        while wrong := [at for at, other in self.pairs.items() if not self._is_exact(at, other)]:
            for at in wrong:
                del self._back[self.pairs.pop(at)]

    def similar(self) -> None:
        """Pair what is left and similar, where there is one choice on either side."""
        types = [[each.type for each in side] for side in self._sides]
        choices = self._choices(types, self._is_similar, MOST_COMPARED)
        wanted: dict[int, int] = {}
        for several in choices.values():
            for other in several:
                wanted[other] = wanted.get(other, 0) + 1
        single = {at: several[0] for at, several in choices.items() if len(several) == 1}
        self._pair({at: other for at, other in single.items() if wanted[other] == 1})

    def similarity(self, left: int, right: int) -> float:
        """The share of values that two resources have in common, 1 where all are."""
        if self._is_exact(left, right):
            return 1.0
        here, there = map(_leaves, self._marked(left, right))
        both = sum(min(count, there.get(leaf, 0)) for leaf, count in here.items())
        total = sum(here.values()) + sum(there.values())
        return min(2 * both / total, 0.999) if total else 0.0

    def _is_similar(self, left: int, right: int) -> bool:
        return (self._same_template(left, right) or self._same_tree(left, right)) and self.similarity(
            left, right
        ) >= SIMILAR

    def _is_exact(self, left: int, right: int) -> bool:
        then, now = self._marked(left, right)
        return _text(then) == _text(now)

    def _marked(self, left: int, right: int) -> tuple[Any, Any]:
        """What two resources mean, with one mark for whatever is paired in their templates: the same both ways."""
        before, after = self._sides[0][left].pair[0], self._sides[1][right].pair[1]

        def then(name: str) -> str | None:
            at = self._places[0].get((before, name), -1)
            other = self.pairs.get(at, -1)
            if at == left:
                return "<self>"
            return f"<{at}>" if other >= 0 and self._sides[1][other].pair[1] == after else None

        def now(name: str) -> str | None:
            other = self._places[1].get((after, name), -1)
            at = self._back.get(other, -1)
            if other == right:
                return "<self>"
            return f"<{at}>" if at >= 0 and self._sides[0][at].pair[0] == before else None

        return renamed(self._meanings[0][left], then), renamed(self._meanings[1][right], now)

    def _choices(self, keys: list[list[str]], suits: Callable[[int, int], bool], most: int) -> dict[int, list[int]]:
        """Which of the free added ones each free removed one may be: those of its key, unless there are too many."""
        groups: list[dict[str, list[int]]] = [{}, {}]
        for group, texts, paired in zip(groups, keys, (self.pairs, self._back), strict=True):
            for at, text in enumerate(texts):
                if at not in paired:
                    group.setdefault(text, []).append(at)
        return {
            at: [other for other in groups[1][text] if suits(at, other)]
            for text, several in groups[0].items()
            if len(several) * len(groups[1].get(text, ())) in range(1, most + 1)
            for at in several
        }

    def _pair(self, found: Pairing) -> None:
        self.pairs.update(found)
        self._back.update((other, at) for at, other in found.items())

    def _open_texts(self, side: int) -> list[str]:
        """What each candidate of one side means, with references to candidates replaced by their types."""
        types = {(place.pair[side], place.logical_id): place.type for place in self._sides[side]}
        texts = []
        for place, meaning in zip(self._sides[side], self._meanings[side], strict=True):
            template = place.pair[side]

            def opened(name: str, template: str | None = template) -> str | None:
                found = types.get((template, name))
                return None if found is None else f"<{found}>"

            texts.append(_text(renamed(meaning, opened)))
        return texts

    def _same_template(self, left: int, right: int) -> bool:
        return self._sides[0][left].pair == self._sides[1][right].pair

    def _same_tree(self, left: int, right: int) -> bool:
        then, now = self._sides[0][left], self._sides[1][right]
        has_content = then.logical_id == now.logical_id or bool(then.definition.get("Properties"))
        return has_content and self._trees.have_both(then.pair[0] or "", now.pair[1] or "")

    def _nearest(self, choices: dict[int, list[int]]) -> Pairing:
        """The pairs that each side prefers: the only choice, or that of the nearest name."""
        back: dict[int, list[int]] = {}
        for at, several in choices.items():
            for other in several:
                back.setdefault(other, []).append(at)
        forth = {at: self._best([(at, other) for other in several]) for at, several in choices.items()}
        return {
            pair[0]: pair[1]
            for pair in forth.values()
            if pair is not None and self._best([(each, pair[1]) for each in back[pair[1]]]) == pair
        }

    def _best(self, pairs: list[tuple[int, int]]) -> tuple[int, int] | None:
        if len(pairs) < 2:  # noqa: PLR2004  no choice
            return pairs[0] if pairs else None
        names = [(self._sides[0][left].logical_id, self._sides[1][right].logical_id) for left, right in pairs]
        scores = sorted(((_nearness(*each), at) for at, each in enumerate(names)), reverse=True)
        return pairs[scores[0][1]] if scores[0][0] > scores[1][0] else None


class _Trees:
    """Which templates are nested in one another, in either build."""

    def __init__(self, before: Build, after: Build) -> None:
        self._above: dict[str, str] = {}
        for build in (before, after):
            for name in build.templates:
                for child in build.children(name).values():
                    if child.kind == "nested" and child.name is not None:
                        self._above[self._top(child.name)] = self._top(name)

    def have_both(self, one: str, other: str) -> bool:
        return self._top(one) == self._top(other)

    def _top(self, name: str) -> str:
        while self._above.get(name, name) != name:
            name = self._above[name]
        return name


def _change(then: Place, now: Place, similarity: float) -> Change:
    changes: list[Change] = []
    if similarity < 1:
        walk = Walk()
        resource_differences(walk, then.definition, now.definition)
        for path, kind, left, right in walk.found:
            values = [then.shown(now.shown(value, path), path) for value in (left, right)]
            changes.append(Change(now.name, "Resources", now.logical_id, kind, path, *values, type=now.type))
    values = [then.shown(now.shown(place.definition)) for place in (then, now)]
    return Change(
        now.name,
        "Resources",
        now.logical_id,
        "renamed" if then.pair == now.pair else "moved",
        (),
        *values,
        type=now.type,
        origin=(then.pair[0] or "", then.logical_id),
        similarity=similarity,
        changes=sorted(changes, key=Change.order),
    )


def _meaning(definition: Any) -> Any:
    """A resource in one spelling."""
    found = canonical(definition)
    if not isinstance(definition, dict):
        return found
    found["DependsOn"] = canonical(definition.get("DependsOn", []), depth=1)
    if definition.get("Metadata"):
        found["Metadata"] = canonical(definition["Metadata"], exact=True)
    return {key: each for key, each in found.items() if each or key not in ("DependsOn", "Metadata", "Properties")}


def _text(value: Any) -> str:
    return compact(value, sort_keys=True)


def _leaves(value: Any) -> dict[str, int]:
    """How often each path with its text occurs in a resource, but for its type."""
    found: dict[str, int] = {}
    pending: list[tuple[str, Any]] = [("", value)]
    while pending:
        path, each = pending.pop()
        children: Iterable[tuple[str, Any]] = ()
        if isinstance(each, dict):
            children = [(f"{path}.{key}", item) for key, item in each.items() if path or key != "Type"]
        elif isinstance(each, list):
            children = [(f"{path}[]", item) for item in each]
        else:
            leaf = f"{path} {_text(each)}"
            found[leaf] = found.get(leaf, 0) + 1
        pending += children
    return found


def _nearness(one: str, other: str) -> float:
    """How much two names have in common, in order; the same both ways."""
    return 2 * len(common(one, other)) / (len(one) + len(other))
