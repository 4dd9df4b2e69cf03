"""The page itself, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .entries import Chosen, Effect, Entry

_MOST_NAMED = 6
"""Resources that a line names; of more it tells the number."""


def markdown(name: str, found: Sequence[Entry]) -> str:
    """The page of one stack: a table of all its parameters, then each by itself. Headings begin at the second level."""
    return "\n".join([f"## Parameters of `{name}`", "", *_table(found), *_parts(found)]).rstrip() + "\n"


def as_json(entry: Entry) -> dict[str, Any]:
    """The same for programs."""
    note, effect = entry.note, entry.effect
    return {
        **entry._asdict(),
        "note": {"example": note.example, "advice": note.advice, "by_environment": dict(note.by_environment)},
        "chosen": [each._asdict() for each in entry.chosen],
        "effect": None if effect is None else effect._asdict(),
    }


def _table(found: Sequence[Entry]) -> Iterator[str]:
    environments = list(dict.fromkeys(each.place.partition("/")[0] for entry in found for each in entry.chosen))
    yield "| " + " | ".join(["parameter", "default", *environments]) + " |"
    yield "|" + "---|" * (2 + len(environments))
    for entry in found:
        default = "none: a value is needed" if entry.default is None else _code(entry.default)
        cells = [f"[`{entry.name}`](#{entry.name.lower()})", default]
        for environment in environments:
            values = [each.value for each in entry.chosen if each.place.partition("/")[0] == environment]
            cells.append(", ".join(_code(value) for value in dict.fromkeys(values)))
        yield "| " + " | ".join(cells) + " |"
    yield ""


def _parts(found: Sequence[Entry]) -> Iterator[str]:
    group = None
    for entry in found:
        if entry.group != group:
            group = entry.group
            yield f"### {group}"
            yield ""
        yield from _part(entry)


def _part(entry: Entry) -> Iterator[str]:
    yield f"#### {entry.name}"
    yield ""
    if entry.description:
        yield f"{entry.description}."
        yield ""
    pattern = f", by the pattern `{entry.pattern}`" if entry.pattern else ""
    yield f"* Takes: {entry.accepts}{pattern}; type `{entry.type}`"
    yield f"* Default: {'none, so a value must be given' if entry.default is None else _code(entry.default)}"
    if entry.note.example:
        yield f"* Example: {_code(entry.note.example)}"
    yield from _values(entry.chosen)
    if entry.note.advice:
        yield f"* {entry.note.advice}"
    yield from (f"* In {environment}: {text}" for environment, text in entry.note.by_environment.items())
    if entry.effect is not None:
        yield from _effect(entry.effect)
    yield ""


def _values(chosen: Sequence[Chosen]) -> Iterator[str]:
    by_value: dict[tuple[str, str], list[str]] = {}
    for each in chosen:
        by_value.setdefault((each.value, each.origin), []).append(each.place)
    for (value, origin), places in by_value.items():
        who = "the default" if origin == "default" else f"said by {origin}"
        yield f"* Value: {_code(value)} in {', '.join(places)}, {who}"


def _effect(effect: Effect) -> Iterator[str]:
    change = f"A change from {_code(effect.before)} to {_code(effect.after)} in {effect.place}"
    if not effect.resources:
        yield f"* {change}: no resource changes"
        return
    yield f"* {change}:"
    for word, paths in effect.resources.items():
        yield f"    * {word}: {_named(paths)}"
    for text, paths in effect.losses.items():
        yield f"    * may lose data, since {text}: {_named(paths)}"


def _named(paths: Sequence[str]) -> str:
    shown = ", ".join(f"`{path}`" for path in paths[:_MOST_NAMED])
    left = len(paths) - _MOST_NAMED
    return f"{shown} and {left} more" if left > 0 else shown


def _code(value: str) -> str:
    return f"`{value}`" if value else "nothing"
