"""What is known of the values in the templates of a build: the literals, and the defaults of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .kit.values import UNKNOWN, Values, branches, function_of, is_on, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .finding import BuiltTemplate
    from .kit.values import Branch

_BY_WORD = ("Ref", "Fn::FindInMap")


class Known:
    """Reads literals; those of a nested template's parameters are its parent's to say, so that no default counts."""

    def __init__(self, templates: Mapping[str, BuiltTemplate]) -> None:
        self._nested = {child for each in templates.values() for child in each.children.values()}
        self._values: dict[str, Values] = {}

    def literal(self, value: Any, template: BuiltTemplate) -> Any:
        """The one value that it can be; UNKNOWN where it may be several, or only AWS knows."""
        if template.name not in self._values:
            is_nested = template.name in self._nested
            told = (
                {}
                if is_nested
                else {
                    name: each for name, each in template.section("Parameters").items() if not is_on(each.get("NoEcho"))
                }
            )
            self._values[template.name] = Values({**template.content, "Parameters": told})
        found = self._values[template.name].literals(value)
        return found[0] if len(found) == 1 else UNKNOWN

    def names(self, value: Any, template: BuiltTemplate, scenario: dict[str, bool] | None = None) -> Iterator[Branch]:
        """The text of a name in each branch, with ``${...}`` where it has holes; empty where it is none."""
        for found in branches(value, scenario):
            is_read = function_of(found.value)[0] in _BY_WORD and not found.scenario  # a condition may ask for another
            literal = self.literal(found.value, template) if is_read else UNKNOWN
            yield found._replace(value=literal if isinstance(literal, str) else texts(found.value))
