"""How deployments ended, on one page: the failures first, each with its cause and the next step; then outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.outcomes import Outcome


def tell(console: Console, schema: str, outcomes: Sequence[Outcome], targets: int) -> int:
    """Say it all; the exit code. Raises the error of the only target, where that was not begun at all."""
    from stackgen.deploy.outcomes import UNCHANGED, exit_code_of

    if targets == 1 and outcomes and outcomes[0].error is not None:
        raise outcomes[0].error
    left = targets - len(outcomes)
    code = exit_code_of(outcomes)
    if console.form == "json":
        stacks = [each.as_json() for each in outcomes]
        console.json(schema, {"exit_code": code, "stacks": stacks, "not_begun": left})
        return code
    good = sum(not each.exit_code for each in outcomes)
    same = sum(each.outcome == UNCHANGED for each in outcomes)
    as_it_was = f"{same} unchanged, " if same else ""
    console.say(f"{counted(good - same, 'stack')} deployed, {as_it_was}{len(outcomes) - good} failed, {left} not begun")
    for each in sorted(outcomes, key=lambda each: not each.exit_code):
        for line in _lines(each):
            console.say(line)
    return code


def _lines(each: Outcome) -> Iterator[str]:
    counts = ", ".join(f"{number} {word}" for word, number in each.counts.items())
    more = f" ({counts})" if counts and not each.exit_code else ""
    yield f"{each.target.place}: {each.outcome}{more}"
    if each.error is not None:
        for hint in each.error.hints:
            yield f"  {hint}"
    if each.cause is not None:
        yield f"  cause: {each.cause.path} ({each.cause.type}): {each.cause.reason}"
        if each.cause.remedy is not None:
            yield f"  remedy: {each.cause.remedy.text}"
    if each.next_step:
        yield f"  next: {each.next_step}"
    for note in each.notes:
        yield f"  {note}"
    if each.backup:
        yield f"  backup: {each.backup}"
    others = [path for path, _ in each.failures if each.cause is None or path != each.cause.path]
    if others:
        yield f"  failed with it: {', '.join(dict.fromkeys(others))}"
    for name, value in sorted(each.outputs.items()) if not each.exit_code else ():
        yield f"  {name} = {value}"
