"""Values that fit no parameter: of a name that no template declares, or that CloudFormation would refuse."""

from __future__ import annotations

from stackgen.errors import ProjectError, UsageError, likely
from stackgen.project import line_of_setting
from stackgen.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import Any

    from stackgen.errors import Location

    from .model import Build, Template

_SECRET = (True, "true", "True")
_LONGEST = 60
"""Characters of a value that a message quotes."""


class Layer(NamedTuple):
    """Values from one place: a table of the project's settings, or ``-p`` and the like, which has no table."""

    start: str
    values: Mapping[str, str]
    table: str = ""
    locate: Callable[[str], Location | None] | None = None
    """Where a value stands, if not in the settings."""


def declared_in(build: Build, roots: Iterable[str]) -> set[str]:
    """The parameters of some templates of a build."""
    return {name for root in roots if root in build.templates for name in build.templates[root].section("Parameters")}


def refuse_unknown(given: Iterable[str], builds: Collection[Build], roots: Collection[str]) -> None:
    """Raises UsageError for a value of ``-p`` that none of these stacks takes.

    Where a file could not be read, it may be the one that does.
    """
    if any(build.unread for build in builds):
        return
    known = {name for build in builds for name in declared_in(build, roots)}
    for name in given:
        if name not in known:
            nested = [
                other
                for build in builds
                for other, each in build.templates.items()
                if name in each.section("Parameters")
            ]
            where = f"it is one of {nested[0]}, to which the stack above gives its values" if nested else ""
            raise UsageError(f"-p {name}: no stack that is looked at has such a parameter", where, likely(name, known))


def unknown(layer: Layer, known: Collection[str], what: str, config: str) -> Iterator[ProjectError]:
    """The names in a table of settings that are parameters of nothing; ``what`` a message says before them."""
    for name in layer.values:
        if name not in known:
            where = (config, line_of_setting(config, name, layer.table))
            yield ProjectError(f"{layer.table}: {what} {name!r}", likely(name, known), location=where)


class Misfits:
    """Collects the values that CloudFormation would refuse, each told once for all roots that it is given to."""

    def __init__(self, config: str | None) -> None:
        self._config = config
        self._found: dict[str, tuple[Layer, str, dict[str, None]]] = {}

    def add(self, layers: Iterable[Layer], template: Template) -> None:
        """The values of one root; of several for one parameter, the last counts."""
        declared = template.section("Parameters")
        nearest = {name: (layer, value) for layer in layers for name, value in layer.values.items()}
        for name, (layer, value) in nearest.items():
            why = misfit(name, declared[name], value) if name in declared else ""
            if why:
                _, _, roots = self._found.setdefault(f"{layer.start}{why}", (layer, name, {}))
                roots[template.name] = None

    def problems(self) -> Iterator[ProjectError]:
        """One for each value and what is wrong with it."""
        for text, (layer, name, roots) in self._found.items():
            where = None
            if layer.locate is not None:
                where = layer.locate(name)
            elif layer.table and self._config is not None:
                where = (self._config, line_of_setting(self._config, name, layer.table))
            yield ProjectError(f"{text}: CloudFormation would refuse it for {', '.join(roots)}", location=where)


def misfit(name: str, declared: Mapping[str, Any], value: str) -> str:
    """``Size = '17' is above 16``, or nothing; what nobody may see is not quoted."""
    why = _refusal(declared, value)
    if not why:
        return ""
    is_secret = hides(declared)
    if is_secret and why.startswith("is not one of "):
        why = "is not one of its AllowedValues"
    return f"{name}{'' if is_secret else f' = {_quoted(value)}'} {why}"


def hides(declared: Mapping[str, Any]) -> bool:
    """Whether a parameter's value is shown to nobody."""
    return declared.get("NoEcho") in _SECRET


def _refusal(declared: Mapping[str, Any], value: str) -> str:
    """What is wrong with a value; nothing where the declaration itself is, which is for lint to say."""
    from stackgen.constraints import refusal  # slow to load, and most values come from no setting

    try:
        return " ".join(refusal(declared, value).split())
    except (TypeError, ValueError, ArithmeticError):
        return ""


def _quoted(value: str) -> str:
    return repr(value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…")
