"""What the functions of one stack can ask: its parameters, conditions, mappings, resources."""

from __future__ import annotations

from contextlib import contextmanager

from .symbols import ABSENT, PSEUDO, Attribute, Computed, Live, Symbol, digest_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from stackgen.review.model import Template

    from .environment import Environment
    from .symbols import Path

    ChildOutput = Callable[[str, str], Any]


_LONGEST_KEY = 4096
"""A condition that is built from others, and these from others, would double with each of them."""

_AS_WRITTEN = ("AWS::CodeDeployBlueGreen", "AWS::LanguageExtensions", "AWS::SecretsManager-", "AWS::Serverless-")
"""Transforms that add no output and no mapping."""


class Scope:
    """One stack while it is evaluated; ``child_output`` follows ``Fn::GetAtt`` of a nested stack into it."""

    def __init__(
        self,
        path: Path,
        template: Template,
        environment: Environment,
        parameters: dict[str, Any],
        child_output: ChildOutput,
    ) -> None:
        self.path = path
        self.template = template
        self.environment = environment
        self.parameters = parameters
        self.faults: list[str] = []
        self._child_output = child_output
        self._pseudos: dict[str, Any] = {}
        self._conditions: dict[str, bool | Symbol] = {}
        self._resources = template.section("Resources")

    def ref(self, name: str) -> Any:
        """What ``Ref`` gives."""
        if name in self.parameters:
            return self.parameters[name]
        if name.startswith("AWS::"):
            if name not in self._pseudos:
                self._pseudos[name] = self._pseudo(name)
            return self._pseudos[name]
        if name in self._resources:
            return Attribute(self.path, name)
        return Computed("Ref", name)

    def attribute(self, name: str, attribute: str) -> Any:
        """What ``Fn::GetAtt`` gives."""
        if attribute.startswith("Outputs.") and name in self._resources:
            found = self._child_output(name, attribute.removeprefix("Outputs."))
            if found is not None:
                return found
        return Attribute(self.path, name, attribute)

    def condition(self, name: str) -> bool | Symbol:
        """Whether a condition of the template holds, or the symbol of what decides it."""
        found = self._conditions.get(name)
        if found is None:
            from .conditions import decided

            self._conditions[name] = Live("condition", name)  # what a condition that needs itself finds
            written = self.template.section("Conditions").get(name)
            found = Live("condition", name) if written is None else decided(written, self)
            if isinstance(found, Symbol) and len(found.key) > _LONGEST_KEY:
                found = Live("condition", name, digest_of(found.key))
            self._conditions[name] = found
        return found

    def mapped(self, mapping: str, key: str, attribute: str) -> Any:
        """An entry of a mapping; None where there is none."""
        keys = self.template.section("Mappings").get(mapping, {}).get(key)
        return keys.get(attribute) if isinstance(keys, dict) else None

    def reachable(self, mapping: Any, key: Any, attribute: Any) -> dict[str, Any]:
        """What a look-up may find whose keys are not all known, so that a change of it is seen."""
        maps = self.template.section("Mappings")
        if isinstance(mapping, str):
            maps = {mapping: maps.get(mapping, {})}
        found = {}
        for name, rows in maps.items():
            for row, entries in rows.items():
                wanted = not isinstance(key, str) or row == key
                if wanted and isinstance(entries, dict):
                    known = isinstance(attribute, str)
                    found[f"{name}.{row}"] = entries.get(attribute) if known else entries
        return found

    def maps_all(self, mapping: str) -> bool:
        """Whether a mapping is written out, so that what it lacks is not there."""
        keys = self.template.section("Mappings").get(mapping, {})
        return not may_grow(self.template, "Mappings") and not any(key.startswith("Fn::") for key in keys)

    def fault(self, text: str) -> None:
        """Remember what CloudFormation would refuse with these values."""
        if text not in self.faults:
            self.faults.append(text)

    @contextmanager
    def supposing(self) -> Iterator[None]:
        """Faults of what may not be there at all are no faults."""
        told = len(self.faults)
        yield
        del self.faults[told:]

    def _pseudo(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return ABSENT
        known = self.environment.pseudo(name)
        if known:
            return known
        own = name in ("AWS::StackName", "AWS::StackId", "AWS::NotificationARNs")
        return Live(PSEUDO, name, f"{name} of {'/'.join(self.path)}" if own else name)


def may_grow(template: Template, section: str) -> bool:
    """Whether a macro may add entries to a section before CloudFormation reads it."""
    asked = template.content.get("Transform", [])
    macros = asked if isinstance(asked, list) else [asked]
    written = template.content.get(section)
    entries = written if isinstance(written, dict) else {}
    return any(not str(each).startswith(_AS_WRITTEN) for each in macros) or any(
        str(key).startswith("Fn::") for key in entries
    )
