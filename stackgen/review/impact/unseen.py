"""What changes outside the resources that a template lists: loops that are not known, globals of what events make."""

from __future__ import annotations

from stackgen.review.evaluation.functions import evaluated
from stackgen.review.evaluation.scope import Scope
from stackgen.review.evaluation.symbols import canonical
from stackgen.review.evaluation.tree import address_of
from stackgen.review.nested import KINDS, STACK_SET

from .codes import verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from stackgen.review.evaluation.tree import Resource, Stack, Tree
    from stackgen.review.model import Build

    from .analysis import Analysis
    from .result import Verdict

__all__ = ["not_listed"]

_IMPLICIT = ("Api", "HttpApi")
"""What the SAM transform makes of a function's events, where the template has none of its own."""


def not_listed(analysis: Analysis, before: Build, after: Build) -> Iterator[Verdict]:
    """V403, V411, V103 and V104: changes that no resource of the template shows."""
    yield from loops_and_globals(analysis)
    resources = analysis.after.resources() if analysis.after is not None else ()
    if any(_hands_on(each, analysis) for each in resources if each.type in KINDS):
        from .handed import handed_on

        yield from handed_on(analysis, before, after)


def _hands_on(resource: Resource, analysis: Analysis) -> bool:
    """Whether a nested stack or a StackSet may hand something on that changes: its tags, or a StackSet anything."""
    owner = resource.owner
    return resource.type == STACK_SET or "Tags" in analysis.changed_properties(owner)


def loops_and_globals(analysis: Analysis) -> Iterator[Verdict]:
    """V403: what a transform writes from another text, or with other values, than before."""
    if analysis.before is None or analysis.after is None:
        return
    for path, new in analysis.after.stacks.items():
        old = analysis.before.stacks.get(path)
        if old is None or old.exists is False or new.exists is False:
            continue
        earlier, later = _written(old, analysis.before), _written(new, analysis.after)
        for name in [*later, *(name for name in earlier if name not in later)]:
            if earlier.get(name) != later.get(name):
                yield verdict("V403", address_of(path), f"{name} changes, and what it makes is not seen here")


def _written(stack: Stack, tree: Tree) -> dict[str, str]:
    """What a transform makes resources of that are not known here, with the values that are known in it."""
    content = stack.template.content
    if stack.template.text and "Fn::ForEach" not in stack.template.text and "Globals" not in content:
        return {}
    from stackgen.review.evaluation.loops import loops_in
    from stackgen.review.evaluation.sam import SERVERLESS, globals_of

    found: dict[str, Any] = loops_in(content)
    for name, each in globals_of(content).items():
        if name in _IMPLICIT and not any(it.type == f"{SERVERLESS}{name}" for it in stack.resources.values()):
            found[f"Globals.{name}"] = each
    if not found:
        return {}
    scope = Scope(stack.path, stack.template, tree.environment, stack.parameters, lambda _title, _output: None)
    return {name: canonical(evaluated(each, scope)) for name, each in found.items()}
