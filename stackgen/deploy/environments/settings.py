"""What a project says of its environments that come and go with pull requests.

[tool.stackgen.ephemeral]
name = "pr-{pr}"                # the default
repository = "acme/shop"        # whose they are; default: GITHUB_REPOSITORY
stacks = ["shop-stack"]         # in the order of their making; default: all
like = "dev"                    # what is not said here is as in this environment
account = "222222222222"        # as in [tool.stackgen.env.X], and so are
regions = ["us-east-1"]         # profile, role_arn, external_id, parallel, stack_name
ttl = "72h"                     # how long one lives after its last deployment
longest_ttl = "14d"             # the most that anybody may ask for
most_per_owner = 3
protected = ["live"]            # names never made or removed, beside prod, dev and [tool.stackgen.env.X]
log_groups = ["/ecs/shop-{env}", "/aws/lambda/*-{env}"]     # swept after the stacks
images = ["shop-api:{env}", "shop-api:{env}-*"]             # repository:tag, swept too
retained = "keep"               # or "delete": what the stacks leave behind with their tags
notes = ["no alarms"]           # what else env show says of one

[tool.stackgen.ephemeral.parameters]
EnvironmentName = "{env}"       # {pr} is the number of the pull request

[tool.stackgen.ephemeral.tags]
CostCenter = "1234"
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.deploy.setting_forms import TAG_VALUE, location_of
from stackgen.environments import _known, _text, _wrong
from stackgen.errors import ProjectError, UsageError, likely

from .lifetimes import FORM, SHORTEST, seconds_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stackgen.project import Project

PLACE = "ephemeral"
KEEP, DELETE = "keep", "delete"
PERMANENT = ("prod", "dev")
AUTO_DELETE, PULL_REQUEST, REPOSITORY, PERSON = "AutoDelete", "PR", "Repository", "Owner"
"""The tags of a stack that say that it may be removed, with which pull request, of which repository, and whose."""

_OF_ENVIRONMENTS = {
    "account": "text", "regions": "list of texts", "profile": "text", "role_arn": "text", "external_id": "text",
    "parallel": "switch", "parameters": "table", "tags": "table", "stacks": "list of texts", "stack_name": "text",
}  # fmt: skip
_KEYS = {
    **_OF_ENVIRONMENTS, "name": "text", "repository": "text", "like": "text", "ttl": "text", "longest_ttl": "text",
    "most_per_owner": "number", "protected": "list of texts", "log_groups": "list of texts",
    "images": "list of texts", "retained": "text", "notes": "list of texts",
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*\{pr\}(-[A-Za-z0-9-]*)?|\{pr\}-[A-Za-z0-9-]+")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+")
_OPEN = re.compile(r"\{env\}[*?\[0-9]")
"""After the name nothing may stand that would let pr-1 mean pr-10 too."""
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """The table, checked."""

    pattern: str
    repository: str
    ttl: int
    longest: int
    """Seconds, as ``ttl``."""
    most_per_owner: int
    protected: frozenset[str]
    log_groups: tuple[str, ...]
    images: tuple[str, ...]
    retained: str
    notes: tuple[str, ...]
    stacks: tuple[str, ...]
    table: Mapping[str, Any]
    """What an environment of them has for ``[env.NAME]``, with ``{env}`` and ``{pr}`` in its values."""

    def name_of(self, number: int) -> str:
        """The environment of a pull request. Raises UsageError for one that is protected."""
        name = self.pattern.replace("{pr}", str(number))
        if name in self.protected:
            raise UsageError(f"{name} is permanent, and no environment of a pull request", "it is left alone")
        return name

    def number_of(self, name: str) -> int | None:
        """The pull request of an environment; None for a name that is none of theirs."""
        start, end = self.pattern.split("{pr}")
        middle = name.removeprefix(start).removesuffix(end) if name.startswith(start) and name.endswith(end) else ""
        is_number = middle.isascii() and middle.isdecimal() and not middle.startswith("0")
        whole = f"{start}{middle}{end}"
        return int(middle) if is_number and name == whole and name not in self.protected else None

    def project_with(self, project: Project, name: str, owner: str = "") -> Project:
        """The project with one of them among its environments, as if its settings had it."""
        words = {"{env}": name, "{pr}": str(self.number_of(name))}
        tags = {AUTO_DELETE: "true", PULL_REQUEST: "{pr}", REPOSITORY: self.repository}
        own = {**self.table, "tags": {**self.table.get("tags", {}), **tags, **({PERSON: owner} if owner else {})}}
        environments = {**project.tables.get("env", {}), name: _filled(own, words)}
        return project._replace(
            tables={**project.tables, "env": environments}, made_from={**project.made_from, name: PLACE}
        )


def settings_of(project: Project) -> Ephemeral:
    """What the project says. Raises ProjectError."""
    table = project.tables.get(PLACE, {})
    if not table:
        raise ProjectError(
            "has no environments that come and go: no [tool.stackgen.ephemeral]",
            'add it: [tool.stackgen.ephemeral] with like = "dev", repository = "owner/name"',
            location=(project.config_path, 0),
        )
    _known(project, PLACE, table, _KEYS)
    name = table.get("name", "pr-{pr}")
    if not _NAME.fullmatch(name):
        raise _wrong(project, PLACE, "name", name, "letters, digits, hyphens and one {pr}, such as pr-{pr},")
    ttl, longest = (_span(project, table, key, default) for key, default in (("ttl", "72h"), ("longest_ttl", "14d")))
    if ttl > longest:
        raise _wrong(project, PLACE, "ttl", table.get("ttl", "72h"), f"no more than longest_ttl, {shown(longest)},")
    most = table.get("most_per_owner", 3)
    if most < 1:
        raise _wrong(project, PLACE, "most_per_owner", most, "1 or more")
    retained = table.get("retained", KEEP)
    if retained not in (KEEP, DELETE):
        raise _wrong(project, PLACE, "retained", retained, f"{KEEP} or {DELETE}")
    return Ephemeral(
        name,
        _repository(project, table),
        ttl,
        longest,
        most,
        frozenset({*PERMANENT, *project.tables.get("env", {}), *table.get("protected", ())}),
        _swept(project, table, "log_groups"),
        _swept(project, table, "images"),
        retained,
        tuple(table.get("notes", ())),
        tuple(table.get("stacks", ())),
        _table(project, table),
    )


def with_named(project: Project, names: Iterable[str]) -> Project:
    """The project with those of the names among its environments that are such of pull requests."""
    ephemeral = settings_of(project)
    for name in names:
        if name not in project.tables.get("env", {}) and ephemeral.number_of(name) is not None:
            project = ephemeral.project_with(project, name)
    return project


def lifetime(text: str, ephemeral: Ephemeral) -> int:
    """The seconds of ``--ttl``. Raises UsageError for another form, and for what is too short or too long."""
    found = seconds_of(text)
    if found is None:
        raise UsageError(f"--ttl {text!r}: {FORM}, was expected")
    if not SHORTEST <= found <= ephemeral.longest:
        most = shown(ephemeral.longest)
        raise UsageError(
            f"--ttl {text}: {shown(SHORTEST)} to {most} was expected", "longest_ttl in [tool.stackgen.ephemeral]"
        )
    return found


def owner_of(text: str) -> str:
    """Whose it is: as said, or who set the workflow going, or nobody's. Raises UsageError for what is no tag."""
    owner = text or os.environ.get("GITHUB_ACTOR", "")
    if not TAG_VALUE.fullmatch(owner):
        raise UsageError(f"--owner {owner!r}: up to 256 letters, digits, spaces and +-=._:/@ were expected")
    return owner


def number_of(text: str) -> int:
    """The number of a pull request. Raises UsageError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS and int(text) > 0):
        raise UsageError(f"--pr {text!r}: the number of a pull request was expected")
    return int(text)


def _span(project: Project, table: Mapping[str, Any], key: str, default: str) -> int:
    text = table.get(key, default)
    found = seconds_of(text)
    if found is None or found < SHORTEST:
        raise _wrong(project, PLACE, key, text, f"{FORM}, and no less than {shown(SHORTEST)},")
    return found


def _repository(project: Project, table: Mapping[str, Any]) -> str:
    said = table.get("repository", "") or os.environ.get("GITHUB_REPOSITORY", "")
    if not said:
        raise ProjectError(
            "nobody says whose the environments are",
            'repository = "owner/name" in [tool.stackgen.ephemeral] does, or GITHUB_REPOSITORY',
            location=location_of(project, PLACE, "repository"),
        )
    if not _REPOSITORY.fullmatch(said):
        raise _wrong(project, PLACE, "repository", said, "owner/name")
    return str(said)


def _swept(project: Project, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    for text in table.get(key, ()):
        if "{env}" not in text or _OPEN.search(text):
            form = "a pattern with {env}, and neither a digit, * nor ? behind that (pr-1 would mean pr-10 too),"
            raise _wrong(project, PLACE, key, text, form)
        if key == "images" and (":" not in text or "{env}" in text.partition(":")[0]):
            raise _wrong(project, PLACE, key, text, "repository:tag with {env} in the tag")
    return tuple(table.get(key, ()))


def _table(project: Project, table: Mapping[str, Any]) -> dict[str, Any]:
    """``[env.X]`` of the environment that it is like, with what is said here before it."""
    like = table.get("like", "")
    known = project.tables.get("env", {})
    if like and like not in known:
        raise ProjectError(
            f"{PLACE}.like is {like!r}, and there is no such environment",
            likely(like, known),
            location=location_of(project, PLACE, "like"),
        )
    base = {key: value for key, value in known.get(like, {}).items() if key != "protect"}
    own = {key: value for key, value in table.items() if key in _OF_ENVIRONMENTS}
    merged = {**base, **own}
    for key in ("parameters", "tags"):
        values = {**base.get(key, {}), **own.get(key, {})}
        merged[key] = {name: _text(project, f"{PLACE}.{key}", name, value) for name, value in values.items()}
    said = own.get("parameters", {})
    merged["region"] = {
        region: {"parameters": {name: value for name, value in inner.get("parameters", {}).items() if name not in said}}
        for region, inner in base.get("region", {}).items()
    }
    return merged


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for word, text in words.items():
            value = value.replace(word, text)
        return value
    if isinstance(value, dict):
        return {key: _filled(each, words) for key, each in value.items()}
    return [_filled(each, words) for each in value] if isinstance(value, list) else value
