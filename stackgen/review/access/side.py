"""The two states that are compared: their resources, what their values refer to, and what is alike in both.

The two trees share a resource that is written alike and is given the same values. What such a one says is the same on
both sides, unless it names another resource, whose own name, type or place is not.
"""

from __future__ import annotations

from operator import attrgetter

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import Attribute, Symbol

from .names import Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from stackgen.review.evaluation.tree import Resource, Tree

    from .names import Holder, Place

__all__ = ["Alike", "Side"]


class Side(NamedTuple):
    """One of the two. Resources that are certainly absent are not in it."""

    resources: list[Resource]
    names: Names
    account: str
    types: frozenset[str]

    @classmethod
    def of(cls, tree: Tree | None, renamed: Mapping[Place, Place]) -> Side:
        """A tree's side; that of no tree is empty."""
        if tree is None:
            return cls([], Names([], renamed), "", frozenset())
        resources = [each for each in tree.resources() if each.exists is not False]
        types = frozenset(map(attrgetter("type"), resources))
        return cls(resources, Names(resources, renamed, tree.environment), tree.environment.account, types)

    def typed(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        wanted = self.types.intersection(types)
        return (each for each in self.resources if each.type in wanted) if wanted else iter(())

    def has(self, holder: Holder) -> bool:
        """Whether a resource of the tree is meant, and not one outside."""
        return holder in self.names.resources


class Alike:
    """Answers of a resource whether it gives the same access on both sides, so that nothing of it need be read."""

    def __init__(self, before: Side, after: Side) -> None:
        self._shared = set(map(id, before.resources)).intersection(map(id, after.resources))
        self._places = _moved(before.names, after.names)
        self._texts = {name for (_, name), _ in before.names.aliases.items() ^ after.names.aliases.items()}

    def __call__(self, resource: Resource) -> bool:
        if id(resource) not in self._shared:
            return False
        return not (self._places or self._texts) or not self._names_another(resource.properties)

    def _names_another(self, properties: dict[str, Any]) -> bool:
        """Whether a value refers to what does not mean the same on both sides, or may do so by a name."""
        pending: list[Any] = [properties]
        while pending:
            value = pending.pop()
            if isinstance(value, str):
                if any(value.endswith(text) for text in self._texts):  # an ARN ends with the name
                    return True
            elif isinstance(value, dict):
                pending += value.values()
            elif isinstance(value, list | tuple):
                pending += value
            elif isinstance(value, Symbol):
                if value.key in self._texts or (isinstance(value, Attribute) and value.owner in self._places):
                    return True
                pending += value.inner()
        return False


def _moved(before: Names, after: Names) -> set[Place]:
    """The places of what is not named alike in both trees, as either of them calls it."""
    other = {place for place, _ in before.resources.items() ^ after.resources.items()}
    found = {place for place in other if before.meaning(place) != after.meaning(place)}
    for old, new in [*before.renamed.items(), *after.renamed.items()]:
        found |= {old, new}
    return found
