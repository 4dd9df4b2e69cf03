"""Notes: values that only the account knows in create-only properties, types that a region lacks."""

from __future__ import annotations

from stackgen.review.evaluation.symbols import Live, symbols_in

from .codes import verdict
from .comparison import Difference
from .result import CERTAIN, REPLACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.review.evaluation.tree import Stack

    from .analysis import Analysis
    from .result import Verdict

_LIVE = ("SSM parameter", "import", "output of another stack")
"""Values that CloudFormation reads again at every update. A dynamic reference is compared as a text."""


def live_values(analysis: Analysis) -> Iterator[Verdict]:
    """V402: resources that are replaced when a value changes that the template only names."""
    if analysis.before is None or analysis.after is None:
        return
    live = [stack for stack in analysis.after.stacks.values() if _has_live_values(stack)]
    for resource in (each for stack in live for each in stack.resources.values()):
        old = analysis.before.find(resource.stack, resource.logical_id)
        impact = analysis.impacts.get(resource.owner)
        if old is None or not old.exists or not resource.exists or (impact and impact.action == REPLACE):
            continue
        for path, symbol in symbols_in(resource.properties):
            if isinstance(symbol, Live) and symbol.kind in _LIVE:
                judgement = analysis.judge.judge(Difference(path, symbol, symbol, CERTAIN), old, resource)
                if judgement.effect == REPLACE:
                    text = f"{'.'.join(path)} is {symbol.kind} {symbol.text}: replaced if that has changed"
                    yield verdict("V402", resource.address, text)
                    break


def _has_live_values(stack: Stack) -> bool:
    """Whether any value of a stack may be live; a quick look, that saves most stacks a walk over all values."""
    if any(isinstance(symbol, Live) and symbol.kind in _LIVE for _, symbol in symbols_in(stack.parameters)):
        return True
    text = stack.template.text
    return not text or "ImportValue" in text or "GetStackOutput" in text


def not_in_region(analysis: Analysis, region: str) -> Iterator[Verdict]:
    """V405: types that the schemas list in other regions only."""
    if analysis.after is None or not region:
        return
    told: set[str] = set()
    for resource in analysis.after.resources():
        if resource.exists and resource.type not in told:
            told.add(resource.type)
            if analysis.judge.schemas.available(resource.type) is False:
                yield verdict("V405", resource.address, f"{resource.type} is not known in {region}")
