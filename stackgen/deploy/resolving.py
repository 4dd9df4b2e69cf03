"""From the words of a command and the project's settings to what is deployed where: targets, all decided."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import ProjectError, likely
from stackgen.review.evaluation.environment import Environment

from . import checks, parameters
from .buckets import bucket_of, place_of, with_unknown
from .choosing import environments_of, regions_of, stacks_of
from .labels import capabilities_of, stack_name_of, tags_of
from .parameters import Decided
from .protection import policy_of
from .ranges import overlapping
from .rules import broken
from .setting_forms import location_of
from .settings import TEMPLATES_BUCKET, bucket_with, names_of, settings_of, words_of
from .targets import Target, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stackgen.environments import Settings as Configured
    from stackgen.errors import StackgenError
    from stackgen.project import Project
    from stackgen.review.model import Build, Template

    from .parameters import Source
    from .settings import Setting, Settings

INJECTED = "the deployment"
"""Who gives the parameter that names the bucket of templates, where nobody else does."""

_MOST_SHOWN = 2


class Access(NamedTuple):
    """Whose credentials an environment is deployed with."""

    env: str
    region: str
    account: str
    """As the project says, if it does."""
    profile: str = ""
    role_arn: str = ""
    external_id: str = ""
    table: str = ""
    """Where the project says it."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A target with where everything of it was said, and what is wrong with its values."""

    target: Target
    settings: Settings
    decided: Mapping[str, Decided] = field(default_factory=dict)
    problems: tuple[StackgenError, ...] = ()
    tags: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for: stacks, environments, regions, values and files of them, whose credentials."""

    words: Sequence[str] = ()
    environments: Sequence[str] = ()
    regions: Sequence[str] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[str] = ()
    profile: str | None = None
    every: bool = False
    """Whether all environments and stacks are meant where none is named."""
    every_stack: bool = False
    """The same for stacks alone."""
    record: Source | None = None
    """What an older version was given, where one is deployed again."""


def targets(
    project: Project,
    build: Build,
    words: Sequence[str] = (),
    *,
    environments: Sequence[str] = (),
    regions: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
    files: Sequence[str] = (),
    profile: str | None = None,
    account_of: Callable[[Access], str] | None = None,
) -> list[Target]:
    """What is deployed where: a target for each stack in each region of each environment.

    *account_of* asks AWS for the account, and refuses one that the project does not say; without it the account is
    that of the settings, or nothing. Raises UsageError, ProjectError.
    """
    return decided(resolve(project, build, Wish(words, environments, regions, given or {}, files, profile), account_of))


def decided(found: Sequence[Resolved]) -> list[Target]:
    """The targets. Raises what is wrong with their values, in one error."""
    problems = [problem for each in found for problem in each.problems]
    if problems:
        raise combined(problems)
    return [each.target for each in found]


def resolve(
    project: Project, build: Build, wish: Wish, account_of: Callable[[Access], str] | None = None
) -> list[Resolved]:
    """The same with origins, and with problems as values. Raises UsageError, ProjectError for all other mistakes."""
    chosen = environments_of(project, wish.environments, every=wish.every, build=build, words=wish.words)
    named = {
        each.name: stacks_of(project, build, wish.words, each, every=wish.every or wish.every_stack) for each in chosen
    }
    asked = {
        name
        for templates in named.values()
        for template in templates
        for name in build.templates[template].section("Parameters")
    }
    roots = {name for root in build.roots for name in build.templates[root].section("Parameters")}
    commanded = parameters.commanded(wish.given, wish.files, wish.record)
    resolving = _Resolving(project, build, wish, commanded, asked, roots, account_of)
    found = [
        resolving.one(environment, region, template)
        for environment in chosen
        for region in regions_of(environment, wish.regions)
        for template in named[environment.name]
    ]
    _refuse_twins(project, found)
    for place, problem in overlapping(found):
        found[place] = replace(found[place], problems=(*found[place].problems, problem))
    return found


def combined(problems: Sequence[StackgenError]) -> StackgenError:
    """One error that tells several: the first with its hint, the next in a line each, and how many there are."""
    distinct = list({str(each): each for each in problems}.values())
    first, *others = distinct
    if not others:
        return first
    hints = first.hints[:1]
    hints += [str(each).splitlines()[0] for each in others[:_MOST_SHOWN]]
    left = len(others) - _MOST_SHOWN
    if left > 0:
        hints.append(f"and {left} more, which python -m stackgen params validate lists")
    return type(first)(first.message, *hints, location=first.location)


def _refuse_twins(project: Project, found: Sequence[Resolved]) -> None:
    """Raises ProjectError where two targets would be one stack."""
    seen: dict[tuple[str, str, str], Target] = {}
    for each in found:
        target = each.target
        key = (target.account, target.region, target.stack_name)
        other = seen.setdefault(key, target)
        if other is not target:
            said = each.settings.values.get("stack_name")
            table = said.origin.rpartition(".")[0] if said else f"stack.{names_of(target.template)[-1]}"
            raise ProjectError(
                f"{other.template} of {other.env} and {target.template} of {target.env} would both be the stack "
                f"{target.stack_name} in {target.region}",
                f"{table}.stack_name tells them apart with {{env}}, {{system}} or {{file}}",
                location=location_of(project, table, "stack_name"),
            )


@dataclass(frozen=True, slots=True)
class _Resolving:
    """What is the same for all targets of one command."""

    project: Project
    build: Build
    wish: Wish
    commanded: Sequence[Source]
    asked: set[str]
    roots: set[str]
    account_of: Callable[[Access], str] | None

    def one(self, environment: Configured, region: str, name: str) -> Resolved:
        template = self.build.templates[name]
        words = words_of(environment.name, region, environment.account, name)
        first = settings_of(self.project, environment.name, name, words)
        access = self._access(environment, region, first)
        account = self.account_of(access) if self.account_of else environment.account
        words["account"] = account
        settings = settings_of(self.project, environment.name, name, words)
        sources = [
            *parameters.written(self.project, environment, region, name, settings),
            *self.commanded,
        ]
        decided = parameters.decide(template, sources)
        target = Target(
            env=environment.name,
            region=region,
            account=account,
            template=name,
            stack_name=stack_name_of(self.project, settings, words),
        )
        decided, bucket = self._bucket(decided, target, settings.values.get(TEMPLATES_BUCKET), words)
        place = Environment(environment.name, region, account)
        problems = [
            *parameters.unknown(sources, template, self.asked, self.roots),
            *self._of_values(template, decided, sources, environment, settings),
            *broken(template, decided, place, self.project.config_path, self.project.table_of(environment.name)),
        ]
        tags = tags_of(environment.name, target.system, settings)
        is_protected = settings.get("termination_protection", True if settings.get("protect") else None)
        target = Target(
            env=environment.name,
            region=region,
            account=account,
            template=name,
            stack_name=target.stack_name,
            parameters={each: value.value for each, value in decided.items()},
            tags={key: str(tag.value) for key, tag in tags.items()},
            capabilities=capabilities_of(self.project, self.build, name, settings),
            bucket=bucket,
            rollback_alarms=settings.texts("rollback_alarms"),
            monitoring_minutes=int(settings.get("monitoring_minutes", 0)),
            creation_monitoring_minutes=settings.get("creation_monitoring_minutes"),
            stack_policy=policy_of(self.project, settings, self.build, name),
            is_protected=is_protected,
            notification_arns=settings.texts("notification_arns"),
            service_role_arn=settings.text("service_role_arn"),
            profile=access.profile,
            role_arn=access.role_arn,
            external_id=access.external_id,
            files=tuple(self.wish.files),
            secrets_key=settings.text("secrets_key"),
        )
        return Resolved(target, settings, decided, tuple(problems), tags)

    def _access(self, environment: Configured, region: str, settings: Settings) -> Access:
        role, account = settings.text("role_arn"), environment.account
        place = self.project.table_of(environment.name)
        location = location_of(self.project, place, "role_arn")
        if "{account}" in role:
            raise ProjectError(f"{place}.role_arn needs the account", f"{place}.account says it", location=location)
        if role and account and role.split(":")[4] != account:
            problem = f"{place}.role_arn is of account {role.split(':')[4]}, but {place}.account is {account}"
            raise ProjectError(problem, location=location)
        profile = self.wish.profile or settings.text("profile")
        return Access(environment.name, region, account, profile, role, settings.text("external_id"), place)

    def _bucket(
        self, decided: dict[str, Decided], target: Target, said: Setting | None, words: Mapping[str, str]
    ) -> tuple[dict[str, Decided], str]:
        """The values with that of the bucket's parameter, and the bucket."""
        place = place_of(self.build, target.template)
        if place and said:
            problem = f"{said.origin}: the TemplateURLs of what {target.template} nests say where its templates lie"
            hint = f"give the parameter {place.parameter} a value" if place.parameter else ""
            raise ProjectError(problem, hint, location=location_of(self.project, *said.origin.rsplit(".", 1)))
        if said:
            values = dict.fromkeys(self.build.templates[target.template].section("Parameters"), "")
            values |= {name: each.value.text for name, each in decided.items()}
            return decided, bucket_with(self.project, said, {**values, **words})
        if place is None:
            return decided, bucket_of(target.system, target.region, target.account) if target.account else ""
        name = place.parameter
        if name and not (name in decided and decided[name].value.text):
            account, region = with_unknown(target.account, target.region)
            value = Value(place.value(target.system, region, account), INJECTED)
            decided = {**decided, name: Decided(value, is_open=not target.account)}
        texts = {each: found.value.text for each, found in decided.items() if not found.is_open}
        return decided, place.name(texts, target.region, target.account)

    def _of_values(
        self,
        template: Template,
        decided: Mapping[str, Decided],
        sources: Sequence[Source],
        environment: Configured,
        settings: Settings,
    ) -> list[StackgenError]:
        declared = template.section("Parameters")
        near = {name: source.origin for source in sources for name in source.values if name not in declared}
        place = self.project.table_of(environment.name)
        found: list[StackgenError] = [*checks.problems(template, decided, near, self.project.config_path, place)]
        name = settings.text("environment_parameter")
        if name and name not in declared:
            place, _, key = settings.values["environment_parameter"].origin.rpartition(".")
            problem = f"{place}.{key} is {name!r}, and {template.name} has no such parameter"
            location = location_of(self.project, place, key)
            found.append(ProjectError(problem, likely(name, declared), location=location))
        elif name and name in decided and decided[name].value.text != environment.name:
            value = decided[name]
            said = f"{name} = {value.value.shown!r} ({value.value.origin})"
            problem = f"{said}, but the environment is {environment.name}"
            found.append(ProjectError(problem, location=value.location))
        return found
