"""Who refers to a resource of an evaluated tree, and where.

Most references stay in one stack, where the template says whose they are: only these are evaluated. One that an output,
a condition or a nested stack makes may turn up anywhere, so then all of the tree is.
"""

from __future__ import annotations

from stackgen.review.edges import targets_of
from stackgen.review.evaluation.symbols import Attribute, symbols_in
from stackgen.review.nested import NESTED_STACK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stackgen.review.evaluation.tree import Resource, Stack, Tree

    Owner = tuple[tuple[str, ...], str]
    Use = tuple[Owner, tuple[str, ...], Attribute]
    """The resource that refers to another, the path in its properties, and the reference."""

__all__ = ["Uses"]


class Uses:
    """Answers for one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._all: dict[Owner, list[Use]] | None = None
        self._stacks: dict[tuple[str, ...], _Written] = {}

    def of(self, owner: Owner) -> Iterable[Use]:
        """Every reference to a resource."""
        path, logical_id = owner
        if self._all is None:
            written = self._stacks.get(path) or self._stacks.setdefault(path, _Written(self._tree.stacks[path]))
            if logical_id not in written.leaving:
                users = written.users.get(logical_id, ())
                return [use for user in users for use in _references(user) if use[2].owner == owner]
            self._all = {}
            for resource in self._tree.resources():
                for use in _references(resource):
                    self._all.setdefault(use[2].owner, []).append(use)
        return self._all.get(owner, ())


class _Written:
    """What the template of a stack says: who names whom, and which names may be referred to where none is written."""

    def __init__(self, stack: Stack) -> None:
        template = stack.template
        self.users: dict[str, list[Resource]] = {}
        elsewhere = {"Outputs": template.section("Outputs"), "Conditions": template.section("Conditions")}
        self.leaving = targets_of(elsewhere)
        for title, resource in stack.resources.items():
            for name in template.needs[title]:
                self.users.setdefault(name, []).append(resource)
            if resource.type == NESTED_STACK:
                self.leaving |= template.needs[title]


def _references(user: Resource) -> Iterator[Use]:
    for path, symbol in symbols_in(user.properties):
        if isinstance(symbol, Attribute):
            yield user.owner, path, symbol
