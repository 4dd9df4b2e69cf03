"""The values of a stack's parameters, each with who gave it.

The nearest wins: ``-p``, ``--parameters FILE``, ``STACKGEN_PARAM_<Name>``, the environment's region, the environment,
the stack's files of parameters, its file of regions, the stack, the template's default.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stackgen.constraints import text_of
from stackgen.environments import VARIABLE, from_variables, stack_parameters
from stackgen.errors import ProjectError, UsageError, likely, shown
from stackgen.project import line_of_setting
from stackgen.review.misfits import hides

from . import parameter_files
from .settings import DEFAULT, names_of
from .targets import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from stackgen.environments import Settings as Environment
    from stackgen.errors import Location, StackgenError
    from stackgen.project import Project
    from stackgen.review.model import Build, Template

    from .settings import Settings

FLAG = "-p"
ANY, ASKED, ROOTS, OWN = "any", "asked", "roots", "own"
"""For whom the values of a source are: for nobody in particular, for the stacks that are asked for, for any stack of
the project, for one stack alone. What nobody there has a parameter for is refused."""


class Source(NamedTuple):
    """Values from one place."""

    origin: str
    values: Mapping[str, str]
    scope: str
    locate: Callable[[str], Location | None] = lambda _: None


class Decided(NamedTuple):
    """The value of a parameter, and where it stands."""

    value: Value
    location: Location | None = None
    is_open: bool = False
    """Whether the deployment will fill it in, and it is not known yet with what."""


def commanded(given: Mapping[str, str], files: Sequence[str], record: Source | None = None) -> list[Source]:
    """What the command line gives, and the variables around it, the nearest last. Raises ProjectError.

    *record* is what an older version was given: before all but ``-p``.
    """
    variables = from_variables()
    found = [Source(f"{VARIABLE}{name}", {name: value}, ANY) for name, value in variables.items()]
    for name in files:
        file = parameter_files.read(Path(name))
        found.append(Source(name, file.values, ASKED, file.location))
    return [*found, *([record] if record else []), Source(FLAG, dict(given), ASKED)]


def strangers(build: Build) -> Iterator[str]:
    """What is wrong with variables that give parameters: no stack of the project has one of that name."""
    known = {name for root in build.roots for name in build.templates[root].section("Parameters")}
    for name in from_variables():
        if name not in known:
            near = likely(name, known)
            meant = f"; {near}" if near.startswith("did you mean") else ""
            yield f"{VARIABLE}{name} is passed over: no stack of the project has a parameter {name}{meant}"


def written(
    project: Project, environment: Environment | None, region: str, template: str, settings: Settings
) -> Iterator[Source]:
    """What the project gives a stack in an environment and region, the nearest last. Raises ProjectError."""
    by_stack = stack_parameters(project)
    for name in names_of(template):
        if name in by_stack:
            yield _table(project, f"stack.{name}.parameters", by_stack[name], OWN)
    yield from files(project, region, settings)
    if environment is not None:
        table = project.table_of(environment.name)
        yield _table(project, f"{table}.parameters", environment.parameters, ROOTS)
        inner = f"{table}.region.{region}.parameters"
        yield _table(project, inner, environment.in_region.get(region, {}), ROOTS)


def files(project: Project, region: str, settings: Settings) -> Iterator[Source]:
    """What the files that the project names for a stack give it, the nearest last. Raises ProjectError."""
    yield from _of_region(project, region, settings)
    file = file_of(project, settings)
    if file is None:
        return
    try:
        read = parameter_files.read(file, project.commit)
    except ProjectError as error:
        error.hints.append(f"{settings.values['parameter_files'].origin} names it")
        raise
    yield Source(shown(str(file)), read.values, OWN, read.location)


def file_of(project: Project, settings: Settings) -> Path | None:
    """The stack's file of parameters in an environment, if the project names one."""
    name = settings.text("parameter_files")
    return project.root / name if name else None


def region_of(project: Project, region: str, settings: Settings) -> parameter_files.File | None:
    """What the stack's file of regions says of one, if the project names such a file. Raises ProjectError."""
    name = settings.text("regions_file")
    if not name:
        return None
    path = project.root / name
    by_region = parameter_files.read_regions(path, project.commit)
    if region not in by_region:
        hint = likely(region, by_region)
        raise ProjectError(f"says nothing of {region}, to which the stack goes", hint, location=(str(path), 0))
    return by_region[region]


def decide(template: Template, sources: Sequence[Source]) -> dict[str, Decided]:
    """The value of each parameter that has one; of several sources the last counts."""
    found: dict[str, Decided] = {}
    for name, said in template.section("Parameters").items():
        is_secret = hides(said)
        source = next((each for each in reversed(sources) if name in each.values), None)
        if source is not None:
            found[name] = Decided(Value(source.values[name], source.origin, is_secret), source.locate(name))
        elif "Default" in said:
            found[name] = Decided(Value(text_of(said["Default"]), DEFAULT, is_secret))
    return found


def unknown(
    sources: Sequence[Source], own: Template, asked: Collection[str], roots: Collection[str]
) -> Iterator[StackgenError]:
    """The values that nobody has a parameter for; ``asked`` and ``roots`` are the parameters of those stacks."""
    declared = own.section("Parameters")
    for source in sources:
        known = {OWN: declared, ASKED: asked, ROOTS: roots}.get(source.scope)
        for name in source.values if known is not None else ():
            if name in (known or ()):
                continue
            whose = {OWN: own.name, ASKED: own.name}.get(source.scope, "no stack")
            has = "has a parameter" if whose == "no stack" else "has no parameter"
            hint = likely(name, known or declared)
            if source.origin == FLAG:
                yield UsageError(f"-p {name}: {whose} {has} of that name", hint)
            else:
                location = source.locate(name)
                start = f"{source.origin}: " if location is None or ".parameters" in source.origin else ""
                yield ProjectError(f"{start}{whose} {has} {name!r}", hint, location=location)


def _table(project: Project, table: str, values: Mapping[str, str], scope: str) -> Source:
    return Source(
        table, values, scope, lambda name: (project.config_path, line_of_setting(project.config_path, name, table))
    )


def _of_region(project: Project, region: str, settings: Settings) -> Iterator[Source]:
    file = region_of(project, region, settings)
    if file is None:
        return
    checks = settings.get("checks", {})
    values = {
        name: parameter_files.text_of(value, file.path, file.text, file.places[name])
        for name, value in file.values.items()
        if name not in checks
    }
    yield Source(shown(str(file.path)), values, OWN, file.location)
