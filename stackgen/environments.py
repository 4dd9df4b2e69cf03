"""The environments of a project: which account and regions, and what values its stacks get there.

    [tool.stackgen.env.prod]
    account = "111111111111"                # where it is deployed
    regions = ["us-east-1", "eu-west-1"]    # instead of the project's
    stacks = ["tap/TapStack"]               # instead of every stack that no other nests

    [tool.stackgen.env.prod.parameters]
    EnvironmentSuffix = "prod"

    [tool.stackgen.env.prod.region.eu-west-1.parameters]
    MaxCapacity = 8

    [tool.stackgen.stack.TapStack.parameters]
    TemplatesBucketName = "tap-templates"

A value that is nearer wins: the command line, ``STACKGEN_PARAM_<Name>``, the environment's region, the environment,
the stack, the template's default.
"""

from __future__ import annotations

import os

from stackgen.records import NamedTuple

from .errors import ProjectError, UsageError, likely
from .project import line_of_setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from .project import Project

VARIABLE = "STACKGEN_PARAM_"
ALL = "all"
_ENVIRONMENT = {
    "account": "text", "regions": "list of texts", "stacks": "list of texts", "parameters": "table",
    "profile": "text", "role_arn": "text", "external_id": "text", "tags": "table",
    "parallel": "switch", "protect": "switch", "secrets_key": "text", "stack_name": "text",
}  # fmt: skip
_STACK = {
    "parameters": "table", "stack_name": "text", "parameter_files": "text", "regions_file": "text", "tags": "table",
    "environment_parameter": "text", "checks": "table", "distinct_ranges": "list of texts",
    "rollback_alarms": "list of texts", "monitoring_minutes": "number", "creation_monitoring_minutes": "number",
    "stack_policy": "text",
    "termination_protection": "switch", "notification_arns": "list of texts", "service_role_arn": "text",
    "capabilities": "list of texts", "verify": "table", "publish": "table", "minutes": "number",
    "snapshot_tags": "table", "templates_bucket": "text",
}  # fmt: skip
"""What ``stackgen.deploy.settings`` reads is known here too, so that every command refuses what nothing reads."""
_ACCOUNT = r"[0-9]{12}"


class Settings(NamedTuple):
    """What the project says of one environment. Values are texts; ``in_region`` are those of one region alone."""

    name: str
    account: str
    regions: tuple[str, ...]
    stacks: tuple[str, ...]
    parameters: Mapping[str, str]
    in_region: Mapping[str, Mapping[str, str]]


def environments_of(project: Project) -> dict[str, Settings]:
    """The environments by name. Raises ProjectError for a setting that is unknown or of another type."""
    return {name: _environment(project, name, table) for name, table in project.tables.get("env", {}).items()}


def chosen(project: Project, names: Sequence[str]) -> list[Settings]:
    """The environments that ``-e`` names; all of them for ``all``, or for none. Raises UsageError, ProjectError."""
    known = environments_of(project)
    if not names or ALL in names:
        return list(known.values())
    for name in names:
        if name not in known:
            if "," in name:
                words = " ".join(f"-e {each.strip()}" for each in name.split(",") if each.strip())
                raise UsageError(f"the project has no environment {name!r}", f"-e is repeated for several: {words}")
            hint = likely(name, known) or "add it to the project: [tool.stackgen.env.NAME]"
            raise UsageError(f"the project has no environment {name!r}", hint)
    return [known[name] for name in dict.fromkeys(names)]


def stack_parameters(project: Project) -> dict[str, dict[str, str]]:
    """The values that ``[stack.NAME.parameters]`` gives, by the name of the stack. Raises ProjectError."""
    found = {}
    for name, table in project.tables.get("stack", {}).items():
        place = f"stack.{name}"
        _known(project, place, table, _STACK)
        found[name] = _parameters(project, f"{place}.parameters", table.get("parameters", {}))
    return found


def given(words: Iterable[str]) -> dict[str, str]:
    """The values of ``-p Name=Value``. Raises UsageError."""
    values = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.isalnum():
            raise UsageError(f"-p {word}: Name=Value was expected")
        values[name] = value
    return values


def from_variables(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The values of ``STACKGEN_PARAM_<Name>``."""
    return {name.removeprefix(VARIABLE): value for name, value in environ.items() if name.startswith(VARIABLE)}


def _matches(pattern: str, text: str) -> bool:
    import re  # slow to load, and not every project has environments

    return re.fullmatch(pattern, text) is not None


def _is_region(text: str) -> bool:
    """Whether it has the form of one: ``us-gov-west-1``."""
    *words, number = text.split("-")
    return len(words) > 1 and number.isdecimal() and all(each.isalpha() and each.islower() for each in words)


def _environment(project: Project, name: str, table: Any) -> Settings:
    place = project.table_of(name)
    _known(project, place, table, {**_ENVIRONMENT, "region": "table"})
    account = table.get("account", "")
    if account and not _matches(_ACCOUNT, account):
        raise _wrong(project, place, "account", account, "the 12 digits of an account, as a text")
    said = table.get("regions", ())
    for region in said or project.regions:
        if not _is_region(region):
            raise _wrong(project, place if said else "", "regions", region, "the name of a region, such as us-east-1,")
    by_region = table.get("region", {})
    for region, inner in by_region.items():
        if not _is_region(region):
            raise _wrong(project, place, "region", region, "the name of a region")
        _known(project, f"{place}.region.{region}", inner, {"parameters": "table"})
    return Settings(
        name,
        account,
        tuple(table.get("regions") or project.regions),
        tuple(table.get("stacks", ())),
        _parameters(project, f"{place}.parameters", table.get("parameters", {})),
        {
            region: _parameters(project, f"{place}.region.{region}.parameters", inner.get("parameters", {}))
            for region, inner in by_region.items()
        },
    )


def _parameters(project: Project, place: str, table: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(project, place, name, value) for name, value in table.items()}


def _text(project: Project, place: str, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return ",".join(_text(project, place, name, each) for each in value)
    raise _wrong(project, place, name, value, "a text, a number, true, false or a list of them")


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str) and bool(value),
    "list of texts": lambda value: (
        isinstance(value, list) and bool(value) and all(isinstance(each, str) and each for each in value)
    ),
    "list of tables": lambda value: (
        isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)
    ),
    "list of lists": lambda value: isinstance(value, list) and all(isinstance(each, list) for each in value),
    "table": lambda value: isinstance(value, dict),
    "switch": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool),
}
_WORDS = {"switch": "true or false", "number": "a whole number"}


def _known(project: Project, place: str, table: Any, keys: Mapping[str, str]) -> None:
    """Refuse a table with a setting that nothing reads, or of another type."""
    if not isinstance(table, dict):
        outer, _, name = place.rpartition(".")
        raise _wrong(project, outer, name, table, "a table")
    for key, value in table.items():
        if key not in keys:
            where = (project.config_path, line_of_setting(project.config_path, key, place))
            raise ProjectError(f"{place}: unknown setting {key!r}", likely(key, keys), location=where)
        if not _CHECKS[keys[key]](value):
            raise _wrong(project, place, key, value, _WORDS.get(keys[key], f"a {keys[key]}"))


def _wrong(project: Project, place: str, key: str, value: Any, expected: str) -> ProjectError:
    where = (project.config_path, line_of_setting(project.config_path, key, place))
    name = f"{place}.{key}" if place else key
    return ProjectError(f"{name} is {value!r}, but {expected} was expected", location=where)
