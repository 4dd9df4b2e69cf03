"""All that lint does with the templates of a build, in an order that depends on nothing but their texts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .between import between
from .contracts import check_contracts
from .cores import run_all
from .suppressions import applied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .by_template import ByTemplate
    from .finding import BuiltTemplate, Finding
    from .runner import Linter


def findings_of(
    linter: Linter,
    chosen: Sequence[BuiltTemplate],
    templates: Mapping[str, BuiltTemplate],
    memory: ByTemplate,
    further: Sequence[Finding] = (),
    *,
    tell_unused: bool,
) -> list[Finding]:
    """The findings in the chosen templates, by file and line; ``templates`` are all of the build, by name.

    ``memory`` knows those of texts that have not changed; ``further`` are findings that stand elsewhere.
    """
    known = {template.name: memory.known(template) for template in chosen}
    found = {name: findings for name, findings in known.items() if findings is not None}
    found |= _found(linter, [each for each in chosen if each.name not in found], templates)
    memory.keep(found)
    left: set[Finding] = set()
    across = between(templates)
    for template in chosen:
        ours = [*check_contracts(template, templates, linter.attribute), *across[template.name]]
        ours += [each for each in further if each.template == template.name]
        left.update(applied(template, [*found[template.name], *ours], linter.mandatory, tell_unused=tell_unused))
    return sorted(left, key=lambda each: (each.file, each.line, each.rule, each.message, each.path))


def _found(
    linter: Linter, chosen: Sequence[BuiltTemplate], templates: Mapping[str, BuiltTemplate]
) -> dict[str, list[Finding]]:
    """What cfn-lint and our rules find in each template by itself, and between it and its children."""
    owners, tasks = [], []
    for template in sorted(chosen, key=lambda each: -len(each.text)):  # the longest first
        passes: list[Callable[[], list[Finding]]] = [partial(linter.texts, template)]
        if template.children:
            passes.append(partial(linter.across, template, templates))
        owners += [template.name] * len(passes)
        tasks += passes
    found: dict[str, list[Finding]] = {template.name: [] for template in chosen}
    for name, findings in zip(owners, run_all(tasks), strict=True):
        found[name] += findings
    return found
