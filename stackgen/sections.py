"""Conditions, mappings and rules, the sections of a template that decide, as declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .constraints import text_of
from .declaration import Declaration, caller
from .errors import DeclarationError, likely

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf
    from collections.abc import Sequence


class Condition(Declaration):
    """A named condition: ``CreateReader = Condition(Equals(EnableReader, "true"))``.

    It may stand in ``If(CreateReader, ...)``, ``Not``, ``And``, ``Or``, and as the ``Condition`` of a
    resource, an output or a child.
    """

    what = "condition"

    def __init__(self, expression: object, logical_id: str | None = None) -> None:
        super().__init__(logical_id)
        self.expression = expression

    def as_value(self) -> Any:
        """Inside another condition; in ``If`` and as an attribute the renderer writes the bare name."""
        return {"Condition": self.logical_id}


class Mapping(Declaration):
    """A named two-level table: ``Sizes = Mapping({"prod": {"Class": "db.r6g.large"}})``.

    Read with ``FindInMap(Sizes, key, attribute)``. Raises DeclarationError when a key has no attributes, or a
    value is neither scalar nor list of scalars.
    """

    what = "mapping"

    def __init__(self, table: MappingOf[str, MappingOf[str, object]], logical_id: str | None = None) -> None:
        super().__init__(logical_id)
        self.table = {text_of(key): dict(attributes) for key, attributes in table.items()}
        for key, attributes in self.table.items():
            for attribute, value in attributes.items():
                parts = value if isinstance(value, list | tuple) else [value]
                if not all(isinstance(part, str | int | float) for part in parts):
                    raise DeclarationError(
                        f"mapping value {key}.{attribute} is {value!r}, no text, number or list of them",
                        location=caller(),
                    )
        if not self.table or not all(self.table.values()):
            raise DeclarationError("a mapping needs at least one key with one attribute", location=caller())

    def as_value(self) -> Any:
        """A mapping is named only in FindInMap."""
        raise DeclarationError(
            f"{self.label} is a mapping: read it with FindInMap({self.name}, key, attribute)",
            location=self.location,
        )


class Assertion:
    """One assertion of a rule, with the sentence that CloudFormation prints when it does not hold."""

    __slots__ = ("condition", "description")

    def __init__(self, condition: object, description: str) -> None:
        self.condition = condition
        self.description = description


class Rule(Declaration):
    """A check of parameter values before anything is created: ``Rule(Assertion(...), when=Equals(...))``.

    Raises DeclarationError without an assertion.
    """

    what = "rule"

    def __init__(self, *assertions: Assertion, when: object = None, logical_id: str | None = None) -> None:
        super().__init__(logical_id)
        if not assertions:
            raise DeclarationError("a rule needs at least one Assertion", location=caller())
        self.assertions = assertions
        self.when = when

    def as_value(self) -> Any:
        """Nothing refers to a rule."""
        raise DeclarationError(f"{self.label} is a rule; nothing can refer to it", location=self.location)

    def as_declaration(self) -> dict[str, Any]:
        """The entry of the section Rules, its intrinsics not yet rendered."""
        entry: dict[str, Any] = {
            "Assertions": [
                {"Assert": each.condition, "AssertDescription": each.description} for each in self.assertions
            ]
        }
        if self.when is not None:
            entry["RuleCondition"] = self.when
        return entry


def interface(
    groups: MappingOf[str, Sequence[object]],
    labels: MappingOf[str, str],
    known: Sequence[str],
    where: tuple[str, int],
) -> dict[str, Any]:
    """``AWS::CloudFormation::Interface``: groups of parameters (declarations or names), labels by logical ID.

    Raises DeclarationError for a parameter that the template does not have.
    """
    listed = []
    for title, members in groups.items():
        names = [member.logical_id if isinstance(member, Declaration) else str(member) for member in members]
        for name in names:
            if name not in known:
                raise DeclarationError(
                    f"parameter_groups: {title!r} names {name}, which is no parameter",
                    likely(name, known),
                    location=where,
                )
        listed.append({"Label": {"default": title}, "Parameters": names})
    entry: dict[str, Any] = {"ParameterGroups": listed} if listed else {}
    if labels:
        entry["ParameterLabels"] = {name: {"default": label} for name, label in labels.items()}
    return entry
