"""What of one tree can stand in another: resources that are written alike, in stacks that give them the same values.

Two builds of a change are nearly equal, so most of the second need not be evaluated again.
"""

from __future__ import annotations

from .symbols import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tree import Resource, Stack, Tree

_SECTIONS = ("Conditions", "Mappings", "Parameters", "Transform")


def reusable(like: Tree | None, stack: Stack, *, has_children: bool) -> dict[str, Resource]:
    """The resources of the stack at the same place in another tree that are the same in this one, by logical ID.

    A stack with children is left out, for their outputs may differ; so is one in which something was refused.
    """
    twin = like.stacks.get(stack.path) if like is not None and not has_children else None
    if like is None or twin is None or twin.when != stack.when or like.faults:
        return {}
    ours, theirs = stack.template.content, twin.template.content
    if any(ours.get(name) != theirs.get(name) for name in _SECTIONS):
        return {}
    if canonical(stack.parameters) != canonical(twin.parameters):
        return {}
    own, others = stack.template.section("Resources"), twin.template.section("Resources")
    if own.keys() != others.keys():  # a name may be a resource in one and nothing in the other
        return {}
    return {title: twin.resources[title] for title, definition in own.items() if definition == others[title]}
