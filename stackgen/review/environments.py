# ruff: noqa: PTH112, PTH113, PTH118, PTH208 # pathlib is slow to import
"""Where the stacks of a build are deployed, and with which values: environments and regions, root by root."""

from __future__ import annotations

import os

from stackgen import environments
from stackgen.errors import ProjectError, UsageError, likely
from stackgen.project import line_of_setting
from stackgen.records import NamedTuple

from .evaluation.environment import Environment
from .evaluation.parameters import required
from .misfits import Layer, Misfits, declared_in, unknown
from .nested import broken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stackgen.environments import Settings
    from stackgen.errors import StackgenError
    from stackgen.project import Project

    from .model import Build

DEFAULTS = "defaults"
"""What a project without environments is reviewed with: the templates' own default values."""

_FILES = ("parameter_files", "regions_file")


class Place(NamedTuple):
    """One environment in one region; ``settings`` is None where the project declares no environment."""

    name: str
    region: str
    account: str = ""
    settings: Settings | None = None

    def __str__(self) -> str:
        return "/".join(part for part in (self.name, self.region) if part)


class Values:
    """Answers which environments there are, and what each gives to the parameters of a root template."""

    def __init__(
        self,
        project: Project | None,
        names: Sequence[str] = (),
        regions: Sequence[str] = (),
        given: Mapping[str, str] | None = None,
    ) -> None:
        """Read the project's settings. Raises UsageError for an unknown environment, ProjectError."""
        self._project = project
        self._given = (
            Layer(environments.VARIABLE, environments.from_variables()),
            Layer("-p ", dict(given or {})),
        )
        self._by_stack = environments.stack_parameters(project) if project else {}
        self._read: dict[tuple[str, str, str], tuple[list[Layer], list[StackgenError]]] = {}
        if names and project is None:
            raise UsageError("there is no project here, so there is no environment to choose with -e")
        chosen = environments.chosen(project, names) if project else []
        self.places = [
            Place(each.name, region, each.account, each)
            for each in chosen
            for region in each.regions
            if not regions or region in regions
        ]
        if not chosen:
            default = project.regions if project else ("",)
            self.places = [Place(DEFAULTS, region) for region in (regions or default)]
        if not self.places:
            known = {region for each in chosen for region in each.regions}
            raise UsageError(f"no environment is deployed to {', '.join(regions)}", likely(regions[0], known))

    def at(self, place: Place) -> Place | None:
        """The same environment and region, as these settings know it."""
        same = (each for each in self.places if (each.name, each.region) == (place.name, place.region))
        return next(same, None)

    def deploys(self, place: Place, root: str) -> bool:
        """Whether an environment has the stack of a root template."""
        wanted = place.settings.stacks if place.settings else ()
        return not wanted or root in wanted or _last(root) in wanted

    def of(self, place: Place, root: str) -> Environment:
        """The values of one root there; a value for a parameter that the template lacks is simply not used."""
        parameters = {name: value for layer in self._layers(place, root) for name, value in layer.values.items()}
        return Environment(place.name, place.region, place.account, parameters)

    def problems(self, build: Build) -> list[StackgenError]:
        """What keeps a build from being judged in full, each told once.

        A template that a nested stack lacks, or that nests itself; a stack that the settings name and the build lacks;
        a parameter that nobody gives in an environment, and one that is given and that no stack has; a value that
        CloudFormation would refuse. Where a file could not be read, what it may hold is not missed.
        """
        found: list[StackgenError] = [*broken(build)]
        config = self._project.config_path if self._project else None
        if config is not None:
            found += self._lacking(build, config)
            if build.templates and not build.unread:
                found += self._unknown(build, config)
        misfits = Misfits(config)
        for place in self.places:
            for root in build.roots:
                if self.deploys(place, root):
                    found += self._files(place, root)[1]
                    misfits.add(self._layers(place, root), build.templates[root])
        found += misfits.problems()
        return list({str(each): each for each in found}.values())

    def _is_own(self, name: str) -> bool:
        """Whether the project's own build has such a template."""
        folder = self._project.build_path if self._project else ""
        systems = os.listdir(folder) if os.path.isdir(folder) else []
        return any(os.path.isfile(os.path.join(folder, system, f"{name}.json")) for system in ("", *systems))

    def _layers(self, place: Place, root: str) -> Iterator[Layer]:
        """What gives a root its values there, the nearest last."""
        for name in dict.fromkeys((root, _last(root))):
            if name in self._by_stack:
                yield _layer(f"stack.{name}.parameters", self._by_stack[name])
        yield from self._files(place, root)[0]
        if place.settings:
            yield from _of_environment(place.settings, place.region)
        yield from self._given

    def _files(self, place: Place, root: str) -> tuple[list[Layer], list[StackgenError]]:
        """What the files that the settings name give a root there, and why one of them cannot be read."""
        key = (place.name, place.region, root)
        if key not in self._read:
            self._read[key] = self._reading(place, root)
        return self._read[key]

    def _reading(self, place: Place, root: str) -> tuple[list[Layer], list[StackgenError]]:
        tables = self._project.tables.get("stack", {}) if self._project and place.settings else {}
        said = [tables.get(name, {}) for name in (root, _last(root))]
        if self._project is None or not any(name in table for table in said for name in _FILES):
            return [], []
        from stackgen.deploy.parameters import files
        from stackgen.deploy.settings import settings_of, words_of

        layers: list[Layer] = []
        try:
            words = words_of(place.name, place.region, place.account, root)
            settings = settings_of(self._project, place.name, root, words)
            layers.extend(
                Layer("", source.values, locate=source.locate)
                for source in files(self._project, place.region, settings)
            )
        except ProjectError as error:
            return layers, [error]
        return layers, []

    def _lacking(self, build: Build, config: str) -> Iterator[StackgenError]:
        """Stacks that an environment names and the build lacks, and parameters that it gives no value."""
        names = {*build.roots, *map(_last, build.roots)}
        there = names.union(build.unread, map(_last, build.unread))
        known = declared_in(build, build.roots)
        for place in self.places:
            if place.settings is None:
                continue
            table = f"env.{place.name}"
            for name in place.settings.stacks:
                if name not in there:
                    problem = f"{table}.stacks names {name!r}, and {build.label} has no such stack"
                    line = line_of_setting(config, "stacks", table)
                    yield ProjectError(problem, likely(name, names), location=(config, line))
            for root in build.roots:
                if not self.deploys(place, root) or (build.unread and not place.settings.stacks):
                    continue  # it may be nested in what could not be read
                given = self.of(place, root).parameters
                missing = [name for name in required(build.templates[root]) if name not in given]
                if missing:
                    problem = f"{place.name} gives no value to {', '.join(missing)} of {root}"
                    hint = f"in [tool.stackgen.{table}.parameters], or leave the stack out of its stacks"
                    line = line_of_setting(config, "parameters", table)
                    slips = _slips(given, known, missing)
                    yield ProjectError(problem, *slips, hint, location=(config, line))

    def _unknown(self, build: Build, config: str) -> Iterator[StackgenError]:
        """What the settings give to a stack or parameter that the build has not."""
        for name, values in self._by_stack.items():
            roots = [root for root in build.roots if name in (root, _last(root))]
            if roots:
                layer = _layer(f"stack.{name}.parameters", values)
                yield from unknown(layer, declared_in(build, roots), f"{roots[0]} has no parameter", config)
                continue
            is_nested = any(name in (each, _last(each)) for each in build.templates)
            if not is_nested and self._is_own(name):
                continue  # the build at hand is another one, of an earlier commit say
            hint = "it is nested, and the stack above gives it its values" if is_nested else ""
            problem = f"stack.{name} is for a stack that {build.label} has not"
            near = likely(name, {*build.roots, *map(_last, build.roots)})
            line = line_of_setting(config, name, "stack")
            yield ProjectError(problem, hint or near, location=(config, line))
        known = declared_in(build, build.roots)
        for settings in {place.name: place.settings for place in self.places if place.settings}.values():
            for layer in _of_environment(settings, *settings.in_region):
                yield from unknown(layer, known, f"no stack of {build.label} has a parameter", config)


def _of_environment(settings: Settings, *regions: str) -> Iterator[Layer]:
    yield _layer(f"env.{settings.name}.parameters", settings.parameters)
    for region in regions:
        yield _layer(f"env.{settings.name}.region.{region}.parameters", settings.in_region.get(region, {}))


def _layer(table: str, values: Mapping[str, str]) -> Layer:
    return Layer(f"{table}.", values, table)


def _slips(given: Mapping[str, str], known: set[str], missing: Sequence[str]) -> Iterator[str]:
    """Names that were given, that nothing has, and that one of those is like that are missing."""
    for name in given:
        hint = "" if name in known else likely(name, missing)
        if hint.startswith("did you mean"):
            yield f"{name} is given; {hint}"


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]
