"""A state machine as a Mermaid flowchart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SHAPES = {
    "Task": ("[", "]"),
    "Choice": ("{", "}"),
    "Wait": ("([", "])"),
    "Succeed": ("(((", ")))"),
    "Fail": ("[[", "]]"),
}
_OTHER = ("(", ")")
_COMMON = 5
"""As many states that catch to the same one are drawn as one arrow."""


def mermaid(definition: Mapping[str, Any]) -> str:
    """States by their type, arrows for what follows, dashed ones for what is caught; ends with a line feed."""
    states: Mapping[str, Any] = definition["States"]
    caught = Counter(target for state in states.values() for target in _caught(state))
    common = {target for target, count in caught.items() if count > _COMMON}
    lines = ["flowchart TD", f"    start(( )) --> {definition['StartAt']}"]
    for name, state in states.items():
        left, right = _SHAPES.get(state["Type"], _OTHER)
        lines.append(f"    {name}{left}{name}{right}")
    for name, state in states.items():
        lines += [f"    {name} {arrow} {target}" for arrow, target in _arrows(state, common)]
    for target in sorted(common):
        lines.append(f"    any>any of {caught[target]} tasks] -. error .-> {target}")
    return "\n".join(lines) + "\n"


def _arrows(state: Mapping[str, Any], common: set[str]) -> Iterator[tuple[str, str]]:
    followers = [each["Next"] for each in state.get("Choices", [])]
    followers += [state[key] for key in ("Default", "Next") if key in state]
    for target in dict.fromkeys(followers):
        yield "-->", target
    for target in _caught(state):
        if target not in common and target not in followers:
            yield "-. error .->", target


def _caught(state: Mapping[str, Any]) -> list[str]:
    """Where a state goes with an error, each place once."""
    return list(dict.fromkeys(each["Next"] for each in state.get("Catch", [])))
