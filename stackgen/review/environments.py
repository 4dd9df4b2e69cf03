"""Where the stacks of a build are deployed, and with which values: environments and regions, root by root."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stackgen import environments
from stackgen.errors import ProjectError, UsageError, likely
from stackgen.project import line_of_setting

from .evaluation.environment import Environment
from .evaluation.parameters import required
from .nested import broken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.environments import Settings
    from stackgen.errors import StackgenError
    from stackgen.project import Project

    from .model import Build

DEFAULTS = "defaults"
"""What a project without environments is reviewed with: the templates' own default values."""


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
        self._given = {**environments.from_variables(), **(given or {})}
        self._by_stack = environments.stack_parameters(project) if project else {}
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
        return not wanted or root in wanted or root.rsplit("/", 1)[-1] in wanted

    def of(self, place: Place, root: str) -> Environment:
        """The values of one root there; a value for a parameter that the template lacks is simply not used."""
        settings = place.settings
        parameters: dict[str, str] = {}
        for name in (root, root.rsplit("/", 1)[-1]):
            parameters |= self._by_stack.get(name, {})
        if settings:
            parameters |= settings.parameters
            parameters |= settings.in_region.get(place.region, {})
        return Environment(place.name, place.region, place.account, {**parameters, **self._given})

    def problems(self, build: Build) -> list[StackgenError]:
        """What keeps a build from being judged in full.

        A template that a nested stack lacks, or that nests itself; a stack that an environment names and the build
        lacks; a parameter that nobody gives in an environment.
        """
        found: dict[str, StackgenError] = {str(each): each for each in broken(build)}
        for place in self.places:
            if place.settings is None or self._project is None:
                continue
            config = self._project.config
            table = f"env.{place.name}"
            names = {*build.roots, *(root.rsplit("/", 1)[-1] for root in build.roots)}
            stacks, values = (line_of_setting(config, key, table) for key in ("stacks", "parameters"))
            for name in place.settings.stacks:
                if name not in names:
                    problem = f"env.{place.name}.stacks names {name!r}, and {build.label} has no such stack"
                    found[problem] = ProjectError(problem, likely(name, names), location=(str(config), stacks))
            for root in build.roots:
                if not self.deploys(place, root):
                    continue
                given = self.of(place, root).parameters
                missing = [name for name in required(build.templates[root]) if name not in given]
                if missing:
                    problem = f"{place.name} gives no value to {', '.join(missing)} of {root}"
                    hint = f"in [tool.stackgen.env.{place.name}.parameters], or leave the stack out of its stacks"
                    found[problem] = ProjectError(problem, hint, location=(str(config), values))
        return list(found.values())
