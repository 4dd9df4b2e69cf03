"""Which templates of the build are StackSets, and where they go.

    [tool.stackgen.stackset.baseline]
    template = "org/baseline"               # a file of the build, or system/file
    name = "baseline-{env}"                 # with {env} one set for each environment; default: the table's name
    environments = ["dev", "prod"]          # whose accounts and regions it goes to; default: all
    targets = [{ accounts = ["111111111111"], regions = ["us-east-1"], environment = "prod", parameters = {} }]
    region = "us-east-1"                    # where the set itself is; default: the project's first region
    account = "999999999999"                # whose it is; checked against the credentials
    profile = "audit"                       # whose credentials; so do role_arn and external_id
    permission_model = "SERVICE_MANAGED"    # default: SELF_MANAGED
    administration_role = "arn:aws:iam::{account}:role/AWSCloudFormationStackSetAdministrationRole"     # also {env}
    execution_role = "AWSCloudFormationStackSetExecutionRole"
    reader_role = "StackReader"             # in each account: lets causes of failures and outputs be read
    purge_role = "tap-destroyer"            # in each account: empties what goes with delete --purge-data;
                                            # default: the set's own credentials, and elsewhere the reader_role
    organizational_units = ["ou-ab12-11111111"]     # of a service-managed set, in these regions
    regions = ["us-east-1"]
    accounts = ["111111111111"]             # of those units only these, or all but these:
    account_filter = "INTERSECTION"         # or "DIFFERENCE"
    auto_deployment = { enabled = true, retain_stacks_on_account_removal = false }
    call_as = "DELEGATED_ADMIN"             # default: SELF
    managed_execution = true                # AWS queues operations that conflict
    capabilities = ["CAPABILITY_IAM"]       # instead of those that the templates need
    description = "..."
    parameters = { Size = "small" }
    tags = { CostCenter = "1234" }

    [tool.stackgen.stackset.baseline.operation]
    max_concurrent_count = 10               # or max_concurrent_percentage
    failure_tolerance_count = 0             # or failure_tolerance_percentage
    concurrency_mode = "SOFT_FAILURE_TOLERANCE"     # or STRICT_FAILURE_TOLERANCE
    region_order = ["us-east-1"]            # default: as the environments or targets name them
    region_concurrency_type = "SEQUENTIAL"  # or PARALLEL
    waves = [["111111111111"]]              # accounts that go first; the rest comes last; or canary_accounts
    mode = "fail-fast"                      # or collect-all: a failed operation does not keep the next from starting

Values of parameters that differ between cells become overrides of those cells. ``rollback_alarms`` and
``monitoring_minutes`` of the template's own table, ``[tool.stackgen.stack.NAME]``, hold for its StackSet too: they are
watched from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.deploy.setting_forms import NAME, ROLE, check_capabilities, check_form, check_tag, location_of
from stackgen.deploy.settings import filled
from stackgen.deployer.handlers.errors import TargetsInvalid
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.policy import Policy
from stackgen.environments import _known, _parameters, _text, _wrong
from stackgen.errors import ProjectError, UsageError, likely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.project import Project

SELF_MANAGED, SERVICE_MANAGED = "SELF_MANAGED", "SERVICE_MANAGED"
SELF, DELEGATED = "SELF", "DELEGATED_ADMIN"
OWNER = "StackSet"
"""The tag that says which table of a project a set is of; it goes to the stacks, and so never changes."""

_KEYS = {
    "template": "text", "name": "text", "description": "text", "environments": "list of texts",
    "targets": "list of tables", "region": "text", "account": "text", "profile": "text", "role_arn": "text",
    "external_id": "text", "permission_model": "text", "administration_role": "text", "execution_role": "text",
    "reader_role": "text", "purge_role": "text", "organizational_units": "list of texts", "regions": "list of texts",
    "accounts": "list of texts", "account_filter": "text", "auto_deployment": "table", "call_as": "text",
    "managed_execution": "switch", "capabilities": "list of texts", "parameters": "table", "tags": "table",
    "operation": "table",
}  # fmt: skip
_GROUP = {"accounts": "list of texts", "regions": "list of texts", "environment": "text", "parameters": "table"}
_AUTO = {"enabled": "switch", "retain_stacks_on_account_removal": "switch"}
_OPERATION = {
    "mode": "text", "max_concurrent_count": "number", "max_concurrent_percentage": "number",
    "failure_tolerance_count": "number", "failure_tolerance_percentage": "number", "concurrency_mode": "text",
    "region_order": "list of texts", "region_concurrency_type": "text", "canary_accounts": "list of texts",
    "waves": "list of lists",
}  # fmt: skip
_CHOICES = {
    "permission_model": (SELF_MANAGED, SERVICE_MANAGED),
    "call_as": (SELF, DELEGATED),
    "account_filter": ("INTERSECTION", "DIFFERENCE"),
}
_FORMS = {
    "account": (r"[0-9]{12}", "the 12 digits of an account, as a text"),
    "accounts": (r"[0-9]{12}", "accounts of 12 digits, as texts"),
    "region": (r"[a-z]{2,}(-[a-z]+)+-[0-9]+", "the name of a region"),
    "regions": (r"[a-z]{2,}(-[a-z]+)+-[0-9]+", "names of regions"),
    "organizational_units": (r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}", "ids such as ou-ab12-11111111"),
    "role_arn": ROLE,
    "administration_role": (r"arn:aws[a-z-]*:iam::([0-9]{12}|\{account\}):role/.+", "the ARN of a role"),
    "execution_role": (r"[\w+=,.@{}-]{1,64}", "the name of a role"),
    "reader_role": (r"[\w+=,.@/-]{1,64}", "the name of a role"),
    "purge_role": (r"[\w+=,.@/-]{1,64}", "the name of a role"),
}
"""Sources: API_CreateStackSet, API_DeploymentTargets of CloudFormation."""

_SERVICE_ONLY = ("organizational_units", "accounts", "account_filter", "auto_deployment", "regions")
_SELF_ONLY = ("targets", "environments", "administration_role", "execution_role")
_MOST_DESCRIPTION = 1024


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts times regions that the project names, and what their stacks get."""

    pairs: tuple[Pair, ...]
    environment: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declared:
    """One table, checked."""

    key: str
    template: str
    values: Mapping[str, Any]
    """Texts, lists and switches as they are written."""
    groups: tuple[Group, ...]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    policy: Policy

    @property
    def place(self) -> str:
        return f"stackset.{self.key}"

    @property
    def is_service_managed(self) -> bool:
        return bool(self.values.get("permission_model") == SERVICE_MANAGED)

    @property
    def is_per_environment(self) -> bool:
        """Whether each environment has a set of its own."""
        return "{env}" in self.text("name")

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self.values.get(name, ()))

    def set_name(self, project: Project, env: str) -> str:
        """What the set is called. Raises ProjectError."""
        words = {"env": env, "system": self.template.rpartition("/")[0], "file": self.template.rpartition("/")[2]}
        name = filled(project, self.place, "name", self.text("name") or self.key, words)
        check_form(project, self.place, "name", name, NAME)
        return name


def declared(project: Project) -> dict[str, Declared]:
    """The StackSets of a project. Raises ProjectError for what is unknown, of another type, or cannot be."""
    return {key: _declared(project, key, table) for key, table in project.tables.get("stackset", {}).items()}


def chosen(project: Project, word: str | None) -> Declared:
    """The one that a word means; without a word the only one. Raises UsageError, ProjectError."""
    known = declared(project)
    if not known:
        raise UsageError("the project has no StackSet", "add one: [tool.stackgen.stackset.NAME] with template = ...")
    if word is None:
        if len(known) > 1:
            raise UsageError(f"which StackSet? The project has {', '.join(known)}")
        return next(iter(known.values()))
    if word not in known:
        raise UsageError(f"the project has no StackSet {word!r}", likely(word, known))
    return known[word]


def _declared(project: Project, key: str, table: Any) -> Declared:
    place = f"stackset.{key}"
    _known(project, place, table, _KEYS)
    if "template" not in table:
        raise ProjectError(f"{place} names no template", 'template = "system/file" says what goes out',
                           location=location_of(project, place, "template"))  # fmt: skip
    _check_forms(project, place, table)
    model = table.get("permission_model", SELF_MANAGED)
    for name in _SELF_ONLY if model == SERVICE_MANAGED else _SERVICE_ONLY:
        if name in table:
            problem = f"{place}.{name} is not for permission_model {model}"
            raise ProjectError(problem, location=location_of(project, place, name))
    if model == SERVICE_MANAGED:
        _check_service_managed(project, place, table)
    elif table.get("call_as") == DELEGATED:
        problem = f"{place}.call_as is {DELEGATED!r}, which is for permission_model {SERVICE_MANAGED} alone"
        raise ProjectError(problem, location=location_of(project, place, "call_as"))
    if len(str(table.get("description", ""))) > _MOST_DESCRIPTION:
        raise _wrong(project, place, "description", "...", f"no more than {_MOST_DESCRIPTION} characters")
    _known(project, f"{place}.auto_deployment", table.get("auto_deployment", {}), _AUTO)
    check_capabilities(project, place, table.get("capabilities", ()))
    return Declared(
        key,
        table["template"],
        table,
        tuple(_group(project, place, each) for each in table.get("targets", ())),
        _parameters(project, f"{place}.parameters", table.get("parameters", {})),
        _tags(project, place, table.get("tags", {})),
        _policy(project, place, table.get("operation", {})),
    )


def _check_forms(project: Project, place: str, table: Mapping[str, Any]) -> None:
    for name, words in _CHOICES.items():
        if table.get(name, words[0]) not in words:
            raise _wrong(project, place, name, table[name], " or ".join(words))
    for name, form in _FORMS.items():
        value = table.get(name, [])
        for each in [value] if isinstance(value, str) else value:
            check_form(project, place, name, each, form)


def _check_service_managed(project: Project, place: str, table: Mapping[str, Any]) -> None:
    for name in ("organizational_units", "regions"):
        if name not in table:
            problem = f"{place} is {SERVICE_MANAGED}, and says no {name}"
            raise ProjectError(problem, location=location_of(project, place, "permission_model"))
    if ("accounts" in table) != ("account_filter" in table):
        problem = f"{place}: accounts and account_filter go together"
        raise ProjectError(problem, location=location_of(project, place, "accounts"))


def _group(project: Project, place: str, table: Any) -> Group:
    inner = f"{place}.targets"
    if not isinstance(table, dict):
        raise _wrong(project, place, "targets", table, "a list of tables")
    _known(project, inner, table, _GROUP)
    _check_forms(project, inner, table)
    for name in ("accounts", "regions"):
        if name not in table:
            problem = f"{inner}: a group without {name}"
            raise ProjectError(problem, location=location_of(project, place, "targets"))
    environment = table.get("environment", "")
    known = project.tables.get("env", {})
    if environment and environment not in known:
        problem = f"{inner}: the project has no environment {environment!r}"
        raise ProjectError(problem, likely(environment, known), location=location_of(project, place, "targets"))
    pairs = [Pair(account, region) for region in table["regions"] for account in table["accounts"]]
    return Group(tuple(pairs), environment, _parameters(project, inner, table.get("parameters", {})))


def _tags(project: Project, place: str, table: Mapping[str, Any]) -> dict[str, str]:
    found = {name: _text(project, f"{place}.tags", name, value) for name, value in table.items()}
    for name, value in found.items():
        also = f"{OWNER} is kept for the set's own name"
        check_tag(project, f"{place}.tags", name, value, also=also, owner=OWNER)
    return found


def _policy(project: Project, place: str, table: Any) -> Policy:
    inner = f"{place}.operation"
    _known(project, inner, table, _OPERATION)
    try:
        return Policy.read(table)
    except TargetsInvalid as error:
        problem = str(error).replace("policy:", f"{inner}:")
        raise ProjectError(problem, location=location_of(project, place, "operation")) from error
