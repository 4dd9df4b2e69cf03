"""The statements of all IAM policies of a template, wherever they stand: objects, texts, and texts in ``Fn::Sub``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.jsontext import parsed
from stackgen.policy_documents import BOUNDARIES, DOCUMENTS, ENDPOINT, IDENTITY, RESOURCE, TRUST

from .managed import attached
from .pointers import HOLE, owner_of, pointer, spellings
from .values import ABSENT, UNKNOWN, Branch, Path, Scenario, branches, elements, function_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .view import Resource, View

BOUNDARY = "boundary"
"""The kind of a managed policy that is nothing but the bounds of others: it allows nobody anything."""

__all__ = ["BOUNDARY", "ENDPOINT", "IDENTITY", "RESOURCE", "TRUST", "Said", "Statement", "statements"]


class Said(NamedTuple):
    """One of the texts of a statement, as ``Fn::Sub`` would write it, and where it stands.

    In ``text`` is what the template says of parameters and mappings; in ``symbol`` they stand as they are, for who asks
    whether it may be something else, too.
    """

    text: str
    path: Path
    scenario: Scenario
    symbol: str


class Statement:
    """A statement in a scenario. What it does not say for sure is left out of its lists, and ``unclear`` tells it."""

    def __init__(
        self, resource: Resource, kind: str, found: Branch, view: View, *, effect: Any = "Allow", is_text: bool = False
    ) -> None:
        self.resource = resource
        self.view = view
        self.kind = kind
        self.content: dict[str, Any] = found.value
        self.path = found.path
        self.scenario = found.scenario
        self.is_text = is_text
        self.unclear: set[str] = set()
        """The names of the members of which a part only AWS knows."""
        self.allows = effect == "Allow" or (isinstance(effect, dict) and "Allow" in spellings(effect, view))
        self.may_allow = self.allows or bool(function_of(effect)[0])
        """As ``allows``, or only AWS knows."""
        self.denies = effect == "Deny"
        """For sure, apart from conditions."""
        self.actions = self._texts("Action")
        self.resources = self._texts("Resource")
        self.all_actions_but = "NotAction" in self.content
        self.all_resources_but = "NotResource" in self.content

    def __repr__(self) -> str:
        return f"{self.kind} of {self.resource}: {self.content}"

    @property
    def principals(self) -> list[tuple[str, Said]]:
        """Who it is about, with the kind: AWS, Service, Federated, CanonicalUser; AWS for ``*`` alone."""
        found = []
        for each in branches(self.content.get("Principal"), self.scenario):
            if isinstance(each.value, dict) and not function_of(each.value)[0]:
                for kind in each.value:
                    path = ("Principal", *each.path, kind)
                    found += [(str(kind), one) for one in self._of(each.value[kind], each.scenario, path, "Principal")]
            else:
                found += [
                    ("AWS", one) for one in self._of(each.value, each.scenario, ("Principal", *each.path), "Principal")
                ]
        return found

    def at(self, member: str) -> Path:
        """Where a member stands, or the statement where the document is a text."""
        return self.path if self.is_text or member not in self.content else (*self.path, member)

    def _texts(self, member: str) -> list[Said]:
        if member not in self.content:
            return []
        return list(self._of(self.content[member], self.scenario, (member,), member))

    def _of(self, value: Any, scenario: Scenario, path: Path, member: str) -> Iterator[Said]:
        for each in elements(value, scenario, path):
            if not self.view.can_be(each.scenario):
                continue
            symbol = pointer(each.value, in_text=self.is_text)
            if symbol is UNKNOWN or not isinstance(symbol, str):
                self.unclear.add(member)
                symbol = HOLE
            for text in spellings(each.value, self.view, in_text=self.is_text):
                yield Said(text, self.path if self.is_text else (*self.path, *each.path), each.scenario, symbol)


def statements(view: View, *kinds: str) -> list[Statement]:
    """All statements of a template, of these kinds."""
    if "statements" not in view.kept:
        found = [
            one for each in view.resources.values() if each.type in DOCUMENTS for one in _statements_of(each, view)
        ]
        bounds = _boundaries(view) if found else set()
        for each in found:
            if each.resource.title in bounds:
                each.kind = BOUNDARY
        view.kept["statements"] = found
    return [each for each in view.kept["statements"] if not kinds or each.kind in kinds]


def _statements_of(resource: Resource, view: View) -> Iterator[Statement]:
    for document in DOCUMENTS.get(resource.type, ()):
        names = [each.removesuffix("[]") for each in document.path.split(".")]
        reader = resource.each if document.path.endswith("[]") else resource.values
        for found in reader(*names):
            yield from _in_document(resource, document.kind, found, view)


def _boundaries(view: View) -> set[str]:
    pointed = [found.value for each in view.of_type(*BOUNDARIES) for found in each.values(BOUNDARIES[each.type])]
    given = {owner.title for each in attached(view) if (owner := owner_of(each.text, view))}
    return {owner.title for each in pointed if (owner := owner_of(pointer(each), view))} - given


def _in_document(resource: Resource, kind: str, found: Branch, view: View) -> Iterator[Statement]:
    content, is_text = _read(found.value)
    for whole in branches(content.get("Statement"), found.scenario):
        is_list = isinstance(whole.value, list)
        entries: Iterable[Branch] = elements(whole.value, whole.scenario, whole.path)
        for each in entries:
            if isinstance(each.value, dict) and not function_of(each.value)[0]:
                path = found.path if is_text else (*found.path, "Statement", *each.path)
                for effect in branches(each.value.get("Effect"), each.scenario) if is_list or each.value else ():
                    one = Branch(each.value, path, effect.scenario)
                    if view.can_be(one.scenario):
                        yield Statement(resource, kind, one, view, effect=effect.value, is_text=is_text)


def _read(value: Any) -> tuple[dict[str, Any], bool]:
    """A document, and whether it was written as a text."""
    if isinstance(value, dict) and not function_of(value)[0]:
        return value, False
    if value is ABSENT:
        return {}, False
    text = pointer(value)
    try:
        content = parsed(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        content = {}
    return (content if isinstance(content, dict) else {}), True
