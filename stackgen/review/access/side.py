"""One of the two states that are compared: its resources, and what its values refer to."""

from __future__ import annotations

from stackgen.records import NamedTuple

from .names import Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.review.evaluation.tree import Resource, Tree

    from .names import Holder, Place

__all__ = ["Side"]


class Side(NamedTuple):
    """Resources that are certainly absent are not in it."""

    resources: list[Resource]
    names: Names
    account: str

    @classmethod
    def of(cls, tree: Tree | None, renamed: Mapping[Place, Place]) -> Side:
        """A tree's side; that of no tree is empty."""
        if tree is None:
            return cls([], Names([], renamed), "")
        resources = [each for each in tree.resources() if each.exists is not False]
        return cls(resources, Names(resources, renamed, tree.environment), tree.environment.account)

    def typed(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        wanted = frozenset(types)
        return (each for each in self.resources if each.type in wanted)

    def has(self, holder: Holder) -> bool:
        """Whether a resource of the tree is meant, and not one outside."""
        return holder in self.names.resources
