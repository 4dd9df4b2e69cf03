"""What a reference to a resource gives, where its template says it already, and which of its attributes may move."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stackgen.review.evaluation.symbols import Attribute, Symbol

if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Resource, Tree

    from .judge import Judge

_STABLE = re.compile(r"(Arn|ARN|Id|ID|Name|Url|URL|Uri|DomainName)s?$")
"""Attributes that say which resource it is: they stay while the resource stays."""

_HARMLESS = {"Tags", "TagList", "Description"}
"""Properties whose change moves no attribute."""


class Identity:
    """Answers for the resources of one tree."""

    def __init__(self, tree: Tree, judge: Judge) -> None:
        self._tree = tree
        self._judge = judge

    def resolve(self, symbol: Symbol) -> Any:
        """The value that a ``Ref`` or ``Fn::GetAtt`` is known to have, such as the name that a bucket is given."""
        if not isinstance(symbol, Attribute):
            return symbol
        resource = self._tree.find(*symbol.owner)
        if resource is None:
            return symbol
        name = symbol.attribute or self._referred(resource)
        value = resource.properties.get(name)
        return symbol if value is None or isinstance(value, dict | list | Symbol) else value

    def _referred(self, resource: Resource) -> str:
        """The property that ``Ref`` gives, where the template may say it; empty otherwise."""
        schema = self._judge.schema(resource.type)
        identifier = schema.primary_identifier if schema else ()
        return identifier[0][0] if len(identifier) == 1 and len(identifier[0]) == 1 else ""

    def may_move(self, symbol: Attribute, changed: set[str]) -> bool:
        """Whether an attribute may have another value once some properties of its resource are updated in place."""
        if not symbol.attribute or not changed - _HARMLESS:
            return False
        resource = self._tree.find(*symbol.owner)
        if resource is None or _STABLE.search(symbol.attribute):
            return False
        own = symbol.attribute.split(".")[0]
        return own not in resource.properties or own in changed
