"""Resources that give the same access on both sides, so that nothing of them need be read or compared.

The two trees share a resource that is written alike and is given the same values. What such a one says is the same on
both sides, unless it names another resource, whose own name, type or place is not.
"""

from __future__ import annotations

from stackgen.review.evaluation.symbols import Attribute, Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from stackgen.review.evaluation.tree import Resource

    from .names import Names, Place
    from .side import Side

__all__ = ["Alike"]


class Alike:
    """Answers of a resource whether it is alike on both sides."""

    def __init__(self, before: Side, after: Side) -> None:
        olds = {id(each) for each in before.resources}
        self._shared = {id(each) for each in after.resources if id(each) in olds}
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
    places = {*before.resources, *after.resources}
    other = [place for place in places if before.resources.get(place) is not after.resources.get(place)]
    found = {place for place in other if before.meaning(place) != after.meaning(place)}
    for old, new in [*before.renamed.items(), *after.renamed.items()]:
        found |= {old, new}
    return found
