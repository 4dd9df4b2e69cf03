"""From the project's settings to what a StackSet should be: its cells, the values of each, what is common to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from stackgen.deploy import checks, parameters
from stackgen.deploy.buckets import place_of
from stackgen.deploy.choosing import named
from stackgen.deploy.parameters import OWN, Source
from stackgen.deploy.resolving import INJECTED, combined
from stackgen.deploy.setting_forms import location_of
from stackgen.deploy.settings import filled, settings_of, words_of
from stackgen.deploy.targets import Value
from stackgen.deployer.handlers.inputs import Pair
from stackgen.environments import ALL, environments_of
from stackgen.environments import chosen as environments_chosen
from stackgen.errors import ProjectError, UsageError
from stackgen.review.capabilities import IAM, NAMED_IAM
from stackgen.review.capabilities import capabilities_of as needed_by
from stackgen.review.misfits import hides

from .settings import OWNER
from .wanted import Cell, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stackgen.deploy.settings import Settings
    from stackgen.environments import Settings as Environment
    from stackgen.errors import StackgenError
    from stackgen.project import Project
    from stackgen.review.model import Build, Template

    from .settings import Declared
    from .wanted import Home

    Expand = Callable[[Declared], Sequence[Pair]]


class Wish(NamedTuple):
    """What a person asked for beside the settings."""

    environments: Sequence[str] = ()
    regions: Sequence[str] = ()
    given: Mapping[str, str] = {}
    files: Sequence[str] = ()


class Scope(NamedTuple):
    """Which of a table's sets, and what is asked of AWS about it."""

    env: str
    """Of a table with a set for each environment, or nothing."""
    home: Home
    expand: Expand
    """Answers the cells of organizational units."""


class Place(NamedTuple):
    """A cell before its values are known, and what the project says of it alone."""

    pair: Pair
    environment: Environment | None
    own: Mapping[str, str]


def names(project: Project, declared: Declared, wish: Sequence[str]) -> list[tuple[str, str]]:
    """The sets of a table: the name of each with its environment, or with nothing for all. Raises UsageError."""
    if not declared.is_per_environment:
        return [(declared.set_name(project, ""), "")]
    found = environments_chosen(project, wish)
    said = declared.texts("environments")
    envs = [each.name for each in found if not said or each.name in said]
    if not wish and len(envs) > 1:
        raise UsageError(f"which environment? {declared.key} has a StackSet in each", f"-e NAME: {', '.join(envs)}")
    if not envs:
        raise UsageError(f"{declared.key} goes to none of these environments", f"it goes to {', '.join(said)}")
    return [(declared.set_name(project, env), env) for env in envs]


def resolve(project: Project, build: Build, declared: Declared, scope: Scope, wish: Wish) -> Wanted:
    """One set. Raises UsageError, ProjectError for what is wrong with settings, values, cells."""
    env, home = scope.env, scope.home
    try:
        name = named(build, declared.template)
    except UsageError as error:
        where = location_of(project, declared.place, "template")
        raise ProjectError(f"{declared.place}.template: {error.message}", *error.hints, location=where) from None
    resolving = _Resolving(project, build, declared, build.templates[name], home, wish)
    places = resolving.places(env, scope.expand)
    cells, problems = [], []
    kept: dict[tuple[object, ...], Mapping[str, Value]] = {}
    for place in places:
        who = place.environment.name if place.environment else ""
        account = place.pair.account_id if place.environment else ""
        key = (who, account, place.pair.region, tuple(sorted(place.own.items())))
        if key not in kept:
            kept[key], wrong = resolving.values(place)
            problems += wrong
        said = resolving.settings(who, place.pair)
        cells.append(
            Cell(place.pair, who, kept[key], said.texts("rollback_alarms"), int(said.get("monitoring_minutes", 0)))
        )
    if problems:
        raise combined(problems)
    order = declared.policy.region_order or tuple(dict.fromkeys(cell.pair.region for cell in cells))
    return Wanted(
        replace(
            declared,
            values={**declared.values, **_roles(project, declared, env, home)},
            policy=declared.policy._replace(region_order=order),
        ),
        declared.set_name(project, env),
        home,
        resolving.template.text,
        _common(cells, resolving.base()),
        tuple(cells),
        frozenset(resolving.chosen(cells, env)),
        _tags(declared, name, env),
        resolving.capabilities(),
        is_nested=len(build._below([name])) > 1,
        secrets=frozenset(each for each, said in resolving.template.section("Parameters").items() if hides(said)),
    )


def _roles(project: Project, declared: Declared, env: str, home: Home) -> dict[str, str]:
    """The roles that the project names, with their words filled in. Raises ProjectError."""
    found = {}
    for name in ("administration_role", "execution_role"):
        said = declared.text(name)
        if said:
            words = {"account": home.account, **({"env": env} if env else {})}
            found[name] = filled(project, declared.place, name, said, words)
    return found


def _common(cells: Sequence[Cell], base: Mapping[str, Value]) -> dict[str, Value]:
    """The set's values: that on which all cells agree, else what holds without an environment, else the first's."""
    found: dict[str, Value] = {}
    for name in dict.fromkeys(each for cell in cells for each in cell.values):
        values = [cell.values[name] for cell in cells if name in cell.values]
        is_common = len({value.text for value in values}) == 1
        found[name] = values[0] if is_common else base.get(name, values[0])
    return found


def _tags(declared: Declared, template: str, env: str) -> dict[str, str]:
    system = template.rpartition("/")[0] or template
    own = {"Project": system, "ManagedBy": "cloudformation", OWNER: declared.key}
    return {**own, **({"Environment": env} if env else {}), **declared.tags}


@dataclass(frozen=True, slots=True)
class _Resolving:
    """What is the same for all cells of one set."""

    project: Project
    build: Build
    declared: Declared
    template: Template
    home: Home
    wish: Wish

    def places(self, env: str, expand: Expand) -> list[Place]:
        """The cells. Raises ProjectError where two are one, or where there is none."""
        found = list(self._places(env, expand))
        seen: dict[Pair, Place] = {}
        for each in found:
            other = seen.setdefault(each.pair, each)
            if other is not each:
                whose = [place.environment.name if place.environment else "targets" for place in (other, each)]
                raise ProjectError(
                    f"{self.declared.place}: {each.pair} is there twice, for {' and '.join(whose)}",
                    'name = "...-{env}" makes a StackSet for each environment; environments = [...] chooses some',
                    location=location_of(self.project, self.declared.place, "template"),
                )
        if not found:
            raise ProjectError(
                f"{self.declared.place} goes nowhere: no environment, and no targets",
                "targets = [{ accounts = [...], regions = [...] }] says where to",
                location=location_of(self.project, self.declared.place, "template"),
            )
        return found

    def _places(self, env: str, expand: Expand) -> Iterator[Place]:
        known = environments_of(self.project)
        if self.declared.is_service_managed:
            yield from (Place(pair, known.get(env), {}) for pair in expand(self.declared))
        elif self.declared.groups:
            for group in self.declared.groups:
                if not env or group.environment in ("", env):
                    environment = known.get(group.environment or env)
                    yield from (Place(pair, environment, group.parameters) for pair in group.pairs)
        else:
            said = [env] if env else list(self.declared.texts("environments")) or list(known)
            for environment in environments_chosen(self.project, said) if said else ():
                account = environment.account or self.home.account
                yield from (Place(Pair(account, region), environment, {}) for region in environment.regions)

    def chosen(self, cells: Sequence[Cell], env: str) -> Iterator[Pair]:
        """The cells that -e and -r leave. Raises UsageError where none is left."""
        envs = () if env else {each.name for each in environments_chosen(self.project, self.wish.environments)}
        is_for_all = env or not self.wish.environments or ALL in self.wish.environments
        found = [
            cell.pair
            for cell in cells
            if (is_for_all or cell.env in envs) and (not self.wish.regions or cell.pair.region in self.wish.regions)
        ]
        if not found:
            words = [*self.wish.environments, *self.wish.regions]
            raise UsageError(f"{self.declared.key} goes to none of {', '.join(words)}")
        yield from found

    def values(self, place: Place) -> tuple[dict[str, Value], list[StackgenError]]:
        """What the stack of a cell gets, and what is wrong with that."""
        sources = [*self._sources(place)]
        decided = parameters.decide(self.template, sources)
        bucket = place_of(self.build, self.template.name)
        if bucket and bucket.parameter and not (bucket.parameter in decided and decided[bucket.parameter].value.text):
            system = self.template.name.rpartition("/")[0] or self.template.name
            value = bucket.value(system, place.pair.region, self.home.account)
            decided[bucket.parameter] = parameters.Decided(Value(value, INJECTED))
        declared = self.template.section("Parameters")
        near = {name: source.origin for source in sources for name in source.values if name not in declared}
        roots = {each for root in self.build.roots for each in self.build.templates[root].section("Parameters")}
        table = self.project.table_of(place.environment.name) if place.environment else ""
        problems = [
            *parameters.unknown(sources, self.template, set(declared), roots),
            *checks.problems(self.template, decided, near, self.project.config_path, table),
        ]
        return {name: each.value for name, each in decided.items()}, problems

    def base(self) -> dict[str, Value]:
        """What holds whatever the environment and region."""
        pair = Pair("", self.home.region)
        sources = list(self._sources(Place(pair, None, {}), with_files=False))
        return {name: each.value for name, each in parameters.decide(self.template, sources).items()}

    def _sources(self, place: Place, *, with_files: bool = True) -> Iterator[Source]:
        """Who gives values, the nearest last: the stack and its files, the StackSet, the environment, the cell."""
        env = place.environment.name if place.environment else ""
        settings = self.settings(env, place.pair)
        if not with_files:
            settings = settings._replace(values={})
        written = list(
            parameters.written(self.project, place.environment, place.pair.region, self.template.name, settings)
        )
        of_environment = [each for each in written if each.origin.startswith("env.")]
        yield from (each for each in written if each not in of_environment)
        yield self._own("parameters", self.declared.parameters)
        yield from of_environment
        yield self._own("targets", place.own)
        yield from parameters.commanded(self.wish.given, self.wish.files)

    def settings(self, env: str, pair: Pair) -> Settings:
        """What the project says of the stack of a cell."""
        words = words_of(env, pair.region, pair.account_id, self.template.name)
        return settings_of(self.project, env, self.template.name, words)

    def _own(self, key: str, values: Mapping[str, str]) -> Source:
        place = self.declared.place
        return Source(f"{place}.{key}", values, OWN, lambda name: location_of(self.project, f"{place}.{key}", name))

    def capabilities(self) -> tuple[str, ...]:
        """What is acknowledged: what the templates need, or what the project says. Raises ProjectError."""
        tree = [self.build.templates[each].content for each in sorted(self.build._below([self.template.name]))]
        needed, said = needed_by(tree), self.declared.texts("capabilities")
        for capability in needed if said else ():
            if capability not in said and not (capability == IAM and NAMED_IAM in said):
                place = self.declared.place
                location = location_of(self.project, place, "capabilities")
                raise ProjectError(f"{place}.capabilities lacks {capability}, which it needs", location=location)
        return said or needed
