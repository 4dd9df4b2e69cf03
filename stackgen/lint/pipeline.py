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

    from .finding import BuiltTemplate, Finding
    from .runner import Linter


def findings_of(
    linter: Linter,
    chosen: Sequence[BuiltTemplate],
    templates: Mapping[str, BuiltTemplate],
    further: Sequence[Finding] = (),
    *,
    tell_unused: bool,
) -> list[Finding]:
    """The findings in the chosen templates, by file and line; ``templates`` are all of the build, by name.

    ``further`` are findings about these templates that stand elsewhere.
    """
    longest_first = sorted(chosen, key=lambda each: -len(each.text))
    owners, tasks = [], []
    for template in longest_first:
        passes: list[Callable[[], list[Finding]]] = [partial(linter.texts, template)]
        if template.children:
            passes.append(partial(linter.across, template, templates))
        owners += [template.name] * len(passes)
        tasks += passes
    found: dict[str, list[Finding]] = {template.name: [] for template in chosen}
    for name, findings in zip(owners, run_all(tasks), strict=True):
        found[name] += findings
    left: set[Finding] = set()
    across = between(templates)
    for template in chosen:
        ours = [*check_contracts(template, templates, linter.attribute), *across[template.name]]
        ours += [each for each in further if each.template == template.name]
        left.update(applied(template, [*found[template.name], *ours], linter.mandatory, tell_unused=tell_unused))
    return sorted(left, key=lambda each: (each.file, each.line, each.rule, each.message, each.path))
