"""What a reference to a resource gives, where its template says it already, and which of its attributes may move."""

from __future__ import annotations

from stackgen.review.evaluation.functions import joined
from stackgen.review.evaluation.symbols import Attribute, Mixed, Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from stackgen.review.evaluation.tree import Resource, Tree

    from .judge import Judge

_STABLE = tuple(word + end for word in ("Arn", "ARN", "Id", "ID", "Name", "Url", "URL", "Uri") for end in ("", "s"))
"""Attributes that say which resource it is: they stay while the resource stays."""

_FREE = ("Custom::", "AWS::CloudFormation::CustomResource")
"""Types whose attributes and physical ID are what their function answers, at an update too.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html."""

_MOVES = {
    ("AWS::Batch::JobDefinition", ""): "",  # its ARN ends with a revision
    ("AWS::DynamoDB::GlobalTable", "StreamArn"): "StreamSpecification",
    ("AWS::DynamoDB::Table", "StreamArn"): "StreamSpecification",
}
"""What moves although its name says that it stays: with a property, or with any (empty).

Sources: the pages of the types in the template reference; a stream of another view type is a new stream."""

_REF_IS_ANOTHER = {"AWS::Batch::JobDefinition", "AWS::Events::Rule"}
"""Types whose ``Ref`` is not what the schema calls their identifier. Source: their pages in the template reference."""

_AS_REF = {("AWS::EC2::SecurityGroup", "GroupId")}
"""Attributes beside the identifier that ``Ref`` gives as well, from the page of the type."""

_HARMLESS = {"Tags", "TagList", "Description"}
"""Properties whose change moves no attribute."""


class Identity:
    """Answers for the resources of one tree."""

    def __init__(self, tree: Tree, judge: Judge) -> None:
        self._tree = tree
        self._judge = judge

    def resolve(self, symbol: Symbol) -> Any:
        """The value that a ``Ref`` or ``Fn::GetAtt`` is known to have, such as the name that a bucket is given.

        A ``Fn::GetAtt`` of what ``Ref`` gives as well becomes the ``Ref``; in a text each part is resolved.
        """
        if isinstance(symbol, Mixed):
            return joined([self.resolve(part) if isinstance(part, Symbol) else part for part in symbol.parts])
        if not isinstance(symbol, Attribute):
            return symbol
        resource = self._tree.find(*symbol.owner)
        if resource is None:
            return symbol
        referred = self._referred(resource)
        value = resource.value(symbol.attribute or referred)
        if value is not None and not isinstance(value, dict | list | Symbol):
            return value
        same = symbol.attribute and (symbol.attribute == referred or (resource.type, symbol.attribute) in _AS_REF)
        return Attribute(symbol.stack, symbol.logical_id) if same else symbol

    def _referred(self, resource: Resource) -> str:
        """The property that ``Ref`` gives, where the template may say it; empty otherwise."""
        schema = self._judge.schema(resource.type) if resource.type not in _REF_IS_ANOTHER else None
        identifier = schema.primary_identifier if schema else ()
        return identifier[0][0] if len(identifier) == 1 and len(identifier[0]) == 1 else ""

    def may_move(self, symbol: Attribute, changed: set[str]) -> bool:
        """Whether an attribute may have another value once some properties of its resource are updated in place."""
        resource = self._tree.find(*symbol.owner)
        if resource is None or is_harmless(changed):
            return False
        if resource.type.startswith(_FREE) or symbol.attribute.startswith("Outputs."):
            return True
        mover = _MOVES.get((resource.type, symbol.attribute))
        if mover is not None:
            return not mover or mover in changed
        if not symbol.attribute or symbol.attribute.endswith(_STABLE):
            return False
        own = symbol.attribute.split(".")[0]
        return own not in resource.properties or own in changed


def is_harmless(changed: set[str]) -> bool:
    """Whether a change of some properties moves no attribute, whichever it is."""
    return changed <= _HARMLESS
