"""What people know of parameters and templates do not say: an example of each, and what to choose.

A TOML file with a table for each parameter::

    [VpcCidr]
    example = "10.4.0.0/16"
    advice = "For good: give each region a range of its own."
    production = "A range that is free in the network of the company."

Every other key is the name of an environment, with what to choose there.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.constraints import text_of
from stackgen.errors import ProjectError, likely
from stackgen.review.misfits import misfit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from stackgen.review.model import Template

EXAMPLE, ADVICE = "example", "advice"


class Note(NamedTuple):
    """What is said of one parameter; ``by_environment`` says what to choose in each."""

    example: str = ""
    advice: str = ""
    by_environment: Mapping[str, str] = {}


def read(path: Path, template: Template, environments: Collection[str]) -> dict[str, Note]:
    """The notes of a file on a template's parameters.

    Raises ProjectError for what is no TOML, names no parameter or environment, or shows an example that the template
    would refuse.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", location=(str(path), 0)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"is no TOML: {error}", location=(str(path), 0)) from error
    declared = template.section("Parameters")
    found = {}
    for name, said in content.items():
        if name not in declared:
            problem = f"{template.name} has no parameter {name!r}"
            raise ProjectError(problem, likely(name, declared), location=(str(path), 0))
        found[name] = _note(name, said, declared[name], environments, path)
    return found


def _note(name: str, said: Any, declared: Mapping[str, Any], environments: Collection[str], path: Path) -> Note:
    if not isinstance(said, dict):
        problem = f"{name}: a table was expected, and {said!r} was found"
        raise ProjectError(problem, f'[{name}] with example = "..."', location=(str(path), 0))
    known = (EXAMPLE, ADVICE, *environments)
    for key, value in said.items():
        if key not in known:
            raise ProjectError(f"{name}: unknown key {key!r}", likely(key, known), location=(str(path), 0))
        if not isinstance(value, str) and key != EXAMPLE:
            problem = f"{name}.{key}: a text was expected, and {value!r} was found"
            raise ProjectError(problem, location=(str(path), 0))
    example = text_of(said.get(EXAMPLE, ""))
    why = misfit(name, declared, example) if example else ""
    if why:
        raise ProjectError(f"the example of {why}", location=(str(path), 0))
    further = {key: value for key, value in said.items() if key in environments}
    return Note(example, said.get(ADVICE, ""), further)
