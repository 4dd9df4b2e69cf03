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

    def of(self, owner: Owner) -> Iterable[Use]:
        """Every reference to a resource."""
        path, logical_id = owner
        stack = self._tree.stacks[path]
        if self._all is None and not _leaves(logical_id, stack):
            needs = stack.template.needs
            users = (each for title, each in stack.resources.items() if logical_id in needs[title])
            return [use for user in users for use in _references(user) if use[2].owner == owner]
        if self._all is None:
            self._all = {}
            for resource in self._tree.resources():
                for use in _references(resource):
                    self._all.setdefault(use[2].owner, []).append(use)
        return self._all.get(owner, ())


def _references(user: Resource) -> Iterator[Use]:
    for path, symbol in symbols_in(user.properties):
        if isinstance(symbol, Attribute):
            yield user.owner, path, symbol


def _leaves(logical_id: str, stack: Stack) -> bool:
    """Whether a reference to a resource of a stack may be found where its name is not written."""
    template = stack.template
    nested = (title for title, each in stack.resources.items() if each.type == NESTED_STACK)
    elsewhere = {"Outputs": template.section("Outputs"), "Conditions": template.section("Conditions")}
    return any(logical_id in template.needs[title] for title in nested) or logical_id in targets_of(elsewhere)
