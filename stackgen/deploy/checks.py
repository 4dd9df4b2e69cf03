"""The values of a deployment against its template: everything that CloudFormation would refuse, said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import ProjectError, likely
from stackgen.review.misfits import misfit

from .settings import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from stackgen.review.model import Template

    from .parameters import Decided


def problems(
    template: Template, values: Mapping[str, Decided], near: Mapping[str, str], config: str, table: str
) -> Iterator[ProjectError]:
    """What is wrong with the values of one stack.

    ``table`` is that of the environment, if there is one. ``near`` are names that were given and that nothing takes,
    with who gave them: a slip explains what is missing.
    """
    declared = template.section("Parameters")
    table = table or f"stack.{names_of(template.name)[-1]}"
    for name, said in declared.items():
        found = values.get(name)
        if found is None:
            slip = _slip(name, near)
            yield ProjectError(
                f"{template.name} needs a value for {name}",
                f"{slip} is given by {near[slip]}; it may be meant" if slip else "",
                *_expected(said),
                f"in [tool.stackgen.{table}.parameters], in a file of parameters, or -p {name}=...",
                location=(config, 0),
            )
        elif not found.is_open:
            why = misfit(name, said, found.value.text)
            if why:
                start = "" if found.location else f"{found.value.origin} "
                yield ProjectError(f"{start}{why}", *_expected(said), location=found.location)


def _slip(name: str, near: Iterable[str]) -> str:
    """The name that may have been meant for one that is missing."""
    hint = likely(name, near)
    return hint.removeprefix("did you mean ").rstrip("?") if hint.startswith("did") else ""


def _expected(said: Mapping[str, Any]) -> Iterator[str]:
    """What the template says of the values that it takes."""
    words = said.get("ConstraintDescription")
    if isinstance(words, str) and words:
        yield f"expected: {words}"
