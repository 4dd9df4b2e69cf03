"""What a project says of its deployments, each setting with where it was said.

    [tool.stackgen.env.prod]
    profile = "prod"                        # whose credentials, of ~/.aws/config
    role_arn = "arn:aws:iam::{account}:role/deployer"   # assumed with them
    external_id = "..."                     # what that role asks for
    secrets_key = "alias/{env}-secrets"     # the KMS key of what secrets put makes, instead of AWS's own
    protect = true                          # termination protection, and a stack policy for what holds data
    parallel = true                         # regions at the same time
    stack_name = "shop-{file}-{env}"        # before that of [tool.stackgen.stack.NAME]

    [tool.stackgen.env.prod.tags]
    CostCenter = "1234"

    [tool.stackgen.stack.master-stack]      # a file, or system/file
    stack_name = "{system}-{env}"           # also {file} and {region}
    parameter_files = "parameters/{env}.json"
    regions_file = "parameters/regions.json"
    templates_bucket = "{CodeBucket}"       # of a stack that nests no others; {words}, and its parameters
    rollback_alarms = ["arn:aws:cloudwatch:{region}:{account}:alarm:errors-{env}"]   # composite:ARN for a composite one
    monitoring_minutes = 10                 # 0 to 180: alarms are watched so long after the last change
    creation_monitoring_minutes = 0         # the same after a first creation; default: monitoring_minutes
    stack_policy = "protect-stateful"       # or "none", or a file
    termination_protection = true
    notification_arns = ["arn:aws:sns:{region}:{account}:deployments"]
    service_role_arn = "arn:aws:iam::{account}:role/cloudformation"
    capabilities = ["CAPABILITY_IAM"]       # instead of those that the templates need
    environment_parameter = "EnvironmentName"   # must say the environment's name
    distinct_ranges = ["VpcCidr"]           # address ranges that regions may not share

    minutes = 15                            # what time --measure holds a creation or an update against
    snapshot_tags = { EnvironmentSuffix = "{env}" }     # of the snapshots that snapshots prune may delete

    [tool.stackgen.stack.master-stack.checks.Models]    # see stackgen.deploy.availability

    [tool.stackgen.stack.master-stack.verify]           # see stackgen.deploy.verifying.settings

    [tool.stackgen.stack.master-stack.publish.pages]    # see stackgen.deploy.publishing.settings

Types are checked by ``stackgen.environments``, for every command; here the form of a value is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.environments import _text, _wrong
from stackgen.errors import ProjectError, likely

from .setting_forms import BUCKET, NAME, ROLE, check_capabilities, check_form, check_tag, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.project import Project

DEFAULT = "default"
PROTECT_STATEFUL, NO_POLICY = "protect-stateful", "none"
OWNER = "Environment"
"""The tag that says whose stack it is; the planner refuses to change another environment's."""

TEMPLATES_BUCKET = "templates_bucket"
"""Its words are parameters too, so it is filled once they are known."""

MOST_MONITORING = 180
MOST_ALARMS = MOST_TOPICS = 5
MOST_TAGS = 50
"""Source: CloudFormation API reference, RollbackConfiguration, CreateStack."""

_IN_ENV = ("profile", "role_arn", "external_id", "parallel", "protect", "secrets_key", "stack_name")
_IN_STACK = (
    "stack_name", "parameter_files", "regions_file", "rollback_alarms", "monitoring_minutes",
    "creation_monitoring_minutes", "stack_policy", "termination_protection", "notification_arns", "service_role_arn",
    "capabilities", "environment_parameter", "distinct_ranges", "checks",
    "verify", "publish", "minutes", "snapshot_tags", TEMPLATES_BUCKET,
)  # fmt: skip
_FORMS: dict[str, tuple[str, str]] = {
    "role_arn": ROLE,
    "service_role_arn": ROLE,
    "secrets_key": (r"(arn:aws[a-z-]*:kms:.+|alias/[\w/-]+|[\w-]+)", "the ID, ARN or alias/NAME of a KMS key"),
    "external_id": (r"[\w+=,.@:/-]{2,1224}", "2 to 1224 letters, digits and +=,.@:/-"),
    "stack_name": NAME,
    TEMPLATES_BUCKET: BUCKET,
    "rollback_alarms": (r"(composite:)?arn:aws[a-z-]*:cloudwatch:.+", "the ARN of an alarm"),
    "notification_arns": (r"arn:aws[a-z-]*:sns:.+", "the ARN of a topic"),
    "environment_parameter": (r"[A-Za-z0-9]{1,255}", "the name of a parameter"),
    "distinct_ranges": (r"[A-Za-z0-9]{1,255}", "the name of a parameter"),
}
_WORD = re.compile(r"\{([^{}]*)\}")


class Setting(NamedTuple):
    """A value, and where it was said: ``env.prod.profile``, ``--profile``, ``default``."""

    value: Any
    origin: str


class Settings(NamedTuple):
    """What holds for one stack in one environment and region; names without a value are left out."""

    values: Mapping[str, Setting]
    tags: Mapping[str, Setting]

    def text(self, name: str) -> str:
        """A text, or nothing."""
        found = self.values.get(name)
        return str(found.value) if found else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, which may be empty."""
        found = self.values.get(name)
        return tuple(found.value) if found else ()

    def get(self, name: str, default: Any = None) -> Any:
        """A value of any type."""
        found = self.values.get(name)
        return found.value if found else default


def names_of(template: str) -> tuple[str, ...]:
    """The names under which the project may speak of a template: ``system/file``, then ``file``, the nearer last."""
    return tuple(dict.fromkeys((template, template.rpartition("/")[2])))


def words_of(env: str, region: str, account: str, template: str) -> dict[str, str]:
    """What the ``{words}`` of settings stand for."""
    system, _, file = template.rpartition("/")
    return {"env": env, "region": region, "account": account, "system": system or file, "file": file}


def settings_of(project: Project, env: str, template: str, words: Mapping[str, str]) -> Settings:
    """What holds for a stack in an environment; ``words`` fill the ``{words}`` of its values.

    Words without a value (the account, where it is not known yet) are left as they stand. Raises ProjectError.
    """
    values: dict[str, Setting] = {}
    tags: dict[str, Setting] = {}
    for table, place, known in _tables(project, env, template):
        for name in known:
            if name in table:
                value = _checked(project, place, name, table[name], words)
                values[name] = Setting(value, f"{place}.{name}")
        for key, value in table.get("tags", {}).items():
            text = filled(project, f"{place}.tags", key, _text(project, f"{place}.tags", key, value), words)
            _check_tag(project, f"{place}.tags", key, text)
            tags[key] = Setting(text, f"{place}.tags")
    return Settings(values, tags)


def filled(project: Project, place: str, name: str, text: str, words: Mapping[str, str]) -> str:
    """A text with its ``{words}`` replaced. Raises ProjectError for a word that is none."""
    for word in _WORD.findall(text):
        if word not in words:
            problem = f"{place}.{name} is {text!r}, and {{{word}}} is none of its words"
            raise ProjectError(problem, likely(word, words), location=location_of(project, place, name))
    return _WORD.sub(lambda found: words[found[1]] or found[0], text)


def bucket_with(project: Project, said: Setting, words: Mapping[str, str]) -> str:
    """The bucket that ``templates_bucket`` names; nothing while a word has no value. Raises ProjectError."""
    place, _, name = said.origin.rpartition(".")
    text = _formed(project, place, name, str(said.value), words)
    return text if is_filled(text) else ""


def is_filled(text: str) -> bool:
    """Whether every word of a text had a value."""
    return not _WORD.search(text)


def _tables(project: Project, env: str, template: str) -> Iterator[tuple[Mapping[str, Any], str, tuple[str, ...]]]:
    """The tables that speak of a stack in an environment, the nearest last."""
    for name in names_of(template):
        table = project.tables.get("stack", {}).get(name)
        if table is not None:
            yield table, f"stack.{name}", _IN_STACK
    table = project.tables.get("env", {}).get(env)
    if table is not None:
        yield table, project.table_of(env), _IN_ENV


def _checked(project: Project, place: str, name: str, value: Any, words: Mapping[str, str]) -> Any:
    """A setting's value with its words filled in. Raises ProjectError for a value of another form."""
    if isinstance(value, list):
        texts = tuple(_formed(project, place, name, each, words) for each in value)
        most = {"rollback_alarms": MOST_ALARMS, "notification_arns": MOST_TOPICS}.get(name)
        if most and len(texts) > most:
            raise _wrong(project, place, name, value, f"no more than {most}")
        if name == "capabilities":
            check_capabilities(project, place, texts)
        return texts
    if isinstance(value, str):
        return value if name == TEMPLATES_BUCKET else _formed(project, place, name, value, words)
    if name == "minutes" and value < 1:
        raise _wrong(project, place, name, value, "at least 1")
    if name.endswith("monitoring_minutes") and not 0 <= value <= MOST_MONITORING:
        raise _wrong(project, place, name, value, f"0 to {MOST_MONITORING}")
    return value


def _formed(project: Project, place: str, name: str, text: str, words: Mapping[str, str]) -> str:
    text = filled(project, place, name, text, words)
    form = _FORMS.get(name)
    if form and is_filled(text):
        check_form(project, place, name, text, form)
    return text


def _check_tag(project: Project, place: str, key: str, text: str) -> None:
    if key == OWNER:
        raise ProjectError(
            f"{place}.{key}: this tag says whose stack it is, and is the name of the environment",
            location=location_of(project, place, key),
        )
    check_tag(project, place, key, text)
