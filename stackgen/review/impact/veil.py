"""Values as a reason shows them: one line, and no secret in it.

What a NoEcho parameter gives is hidden already when it is evaluated; here is hidden what its name gives away, what is
handed to a NoEcho parameter of another stack, and what stands inside a text.
"""

from __future__ import annotations

from stackgen.review.diff.masking import Mask, masked_text, no_echo, no_echo_inline, places_of
from stackgen.review.diff.secret_names import MASK, is_open, may_hold, scrubbed
from stackgen.review.evaluation.symbols import Choice, Computed, Live, Mixed, Symbol, shown
from stackgen.review.nested import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from stackgen.review.evaluation.tree import Resource, Tree
    from stackgen.review.model import Build


def told_value(
    value: Any, path: Sequence[str], properties: Any, kind: str = "", names: frozenset[str] = frozenset()
) -> str:
    """A value at a path of the properties of a resource of a type; a reference stays readable, for it shows no secret.

    ``names`` are the NoEcho parameters of what the resource is made from, a nested stack or a StackSet.
    """
    entry = {"Properties": properties}
    return _one_line(shown(_Veil(names, places_of(kind)).at(("Properties", *path), value, (entry, entry))))


def hidden_below(resource: Resource, tree: Tree | None, build: Build | None) -> frozenset[str]:
    """The NoEcho parameters of the template that a nested stack or a StackSet is made from; none of other resources.

    That of a StackSet is found in the build alone, for a tree has no stack of it.
    """
    if resource.type not in KINDS or tree is None:
        return frozenset()
    names = no_echo_inline({"Properties": resource.properties})
    stack = tree.stacks.get((*resource.stack, resource.logical_id))
    if stack is not None:
        return names | no_echo(stack.template.content.get("Parameters"))
    if build is not None:
        child = build.children(tree.stacks[resource.stack].template.name).get(resource.logical_id)
        if child is not None and child.name is not None:
            names |= no_echo(build.templates[child.name].content.get("Parameters"))
    return names


class _Veil(Mask):
    """Looks into symbols as well: what they are made from may be written."""

    def leaf(self, value: Any, *, hidden: bool) -> Any:
        if isinstance(value, Mixed):
            text = str(value)
            return MASK if hidden and not is_open(text) else masked_text(text)
        if isinstance(value, Choice):
            return Choice(value.condition, *(self.over(each, hidden=hidden) for each in (value.then, value.otherwise)))
        if isinstance(value, Computed):
            return Computed(value.function, *(self.over(each, hidden=hidden) for each in value.arguments))
        if isinstance(value, Live):
            return self._live(value, hidden=hidden)
        if isinstance(value, Symbol):
            return value
        return super().leaf(value, hidden=hidden)

    @staticmethod
    def _live(value: Live, *, hidden: bool) -> Any:
        """What the account knows; of a transform the arguments are shown, and these are written."""
        if value.kind == "transform" and (hidden or may_hold(value.text)):
            return Live(value.kind, MASK)
        return Live(value.kind, scrubbed(value.text))


def _one_line(text: str) -> str:
    """What breaks a line, moves the cursor or is not seen, as the mark that a program's text has for it."""
    return text if text.isprintable() else "".join(each if each.isprintable() else _mark(each) for each in text)


def _mark(character: str) -> str:
    return " " if character == "\N{NO-BREAK SPACE}" else character.encode("unicode_escape").decode()
