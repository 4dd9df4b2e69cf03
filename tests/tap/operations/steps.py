"""What each command of the README says when it goes well, and what is there afterwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.local.tapstack import ACCOUNT, REGIONS, SUFFIX

from .operated import PASSWORD, ROLE, STACK, Operated

if TYPE_CHECKING:
    from collections.abc import Callable

IMAGES = {f"{name}-{SUFFIX}" for name in ("transaction-validator", "schema-migration", "snapshot-janitor")}
TRIGGERS = {f"guard-{name}-{SUFFIX}" for name in ("database", "compute", "migration", "storage")}
HOME = REGIONS[0]


class Step(NamedTuple):
    """Begins with ``words``; one that is longer is judged by the longest that fits."""

    words: str
    says: str
    """A pattern of what is told."""
    leaves: Callable[[Operated], None]


def judged(command: str, said: str, operated: Operated) -> None:
    """See that a command of the README did what it is there for. Raises AssertionError."""
    fitting = [each for each in STEPS if command.startswith(each.words)]
    assert fitting, f"nobody says what comes of {command}: add it to STEPS"
    step = max(fitting, key=lambda each: len(each.words))
    assert re.search(step.says, said, re.MULTILINE), f"{command} does not say {step.says}:\n{said}"
    step.leaves(operated)


def _repositories(operated: Operated) -> None:
    for region in REGIONS:
        found = operated.client("ecr", region).describe_repositories()["repositories"]
        assert {each["repositoryName"] for each in found} == IMAGES
        versioned = operated.client("s3", region).get_bucket_versioning(
            Bucket=f"cfn-templates-{SUFFIX}-{ACCOUNT}-{region}"
        )
        assert versioned["Status"] == "Enabled"


def _images(operated: Operated) -> None:
    for region in REGIONS:
        for name in IMAGES:
            (image,) = operated.client("ecr", region).describe_images(repositoryName=name)["imageDetails"]
            assert image["imageTags"] == ["1.0.0"]


def _secrets(operated: Operated) -> None:
    for region in REGIONS:
        found = operated.client("ssm", region).get_parameter(Name=PASSWORD, WithDecryption=True)["Parameter"]
        assert (found["Type"], found["Value"]) == ("SecureString", operated.databases[region].server.password)


def _no_secrets(operated: Operated) -> None:
    assert [region for region in REGIONS if PASSWORD in _parameters(operated, region)] == []


def _parameters(operated: Operated, region: str) -> set[str]:
    return {each["Name"] for each in operated.client("ssm", region).describe_parameters()["Parameters"]}


def _guarded(operated: Operated) -> None:
    for region in REGIONS:
        alarms = operated.client("cloudwatch", region).describe_alarms(AlarmTypes=["CompositeAlarm"])
        assert {each["AlarmName"] for each in alarms["CompositeAlarms"]} == TRIGGERS
        (rule,) = operated.client("events", region).list_rules()["Rules"]
        assert rule["State"] == "ENABLED"


def _unguarded(operated: Operated) -> None:
    for region in REGIONS:
        alarms = operated.client("cloudwatch", region).describe_alarms()
        assert alarms["CompositeAlarms"] == alarms["MetricAlarms"] == []
        assert operated.client("lambda", region).list_functions()["Functions"] == []


def _rooted(status: str) -> Callable[[Operated], None]:
    def leaves(operated: Operated) -> None:
        for region in REGIONS:
            found = _stack(operated, region)
            assert found["StackStatus"] == status
            configuration = found["RollbackConfiguration"]
            assert configuration["MonitoringTimeInMinutes"] == (0 if status == _CREATED else 5)
            assert {each["Arn"].rpartition(":")[2] for each in configuration["RollbackTriggers"]} == TRIGGERS
            assert _versions(operated, region) == [1]

    return leaves


def _stack(operated: Operated, region: str) -> dict[str, Any]:
    stacks = operated.client("cloudformation", region).describe_stacks(StackName=STACK)["Stacks"]
    (found,) = stacks
    only: dict[str, Any] = found
    return only


def _versions(operated: Operated, region: str) -> list[int]:
    """Of the schema, that ran to their end."""
    with operated.databases[region].connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT version FROM schema_migrations WHERE applied_at IS NOT NULL")
        return [version for (version,) in cursor.fetchall()]


def _verified(operated: Operated) -> None:
    """A transaction went from end to end in each region, once; its object went again, as the role that deploys may."""
    for region in REGIONS:
        ((_, account, _),) = operated.transactions(region)
        assert account == "verification"
        assert operated.versions(f"audit-logs-{SUFFIX}-{ACCOUNT}-{region}", region) == 0


def _flow_logs(number: int, status: str) -> Callable[[Operated], None]:
    def leaves(operated: Operated) -> None:
        _rooted(status)(operated)
        for region in REGIONS:
            assert len(operated.client("ec2", region).describe_flow_logs()["FlowLogs"]) == number
            listed = operated.client("cloudformation", region).list_change_sets(StackName=STACK)["Summaries"]
            assert [each for each in listed if each["ExecutionStatus"] == "AVAILABLE"] == []

    return leaves


def _no_root(operated: Operated) -> None:
    for region in REGIONS:
        stacks = operated.client("cloudformation", region).describe_stacks()["Stacks"]
        assert not [each["StackName"] for each in stacks if each["StackName"].startswith((STACK, "StackSet-"))]
        buckets = operated.client("s3", region).list_buckets()["Buckets"]
        assert not [each["Name"] for each in buckets if each["Name"].startswith("audit-logs")]
        assert len(operated.client("rds", region).describe_db_cluster_snapshots()["DBClusterSnapshots"]) == 1


def _no_root_nor_secrets(operated: Operated) -> None:
    _no_root(operated)
    _no_secrets(operated)


def _no_repositories(operated: Operated) -> None:
    for region in REGIONS:
        assert operated.client("ecr", region).describe_repositories()["repositories"] == []


def _no_buckets(operated: Operated) -> None:
    assert operated.client("s3", HOME).list_buckets()["Buckets"] == []


def _roles(*, there: bool) -> Callable[[Operated], None]:
    names = {f"tap-stackset-{name}-{SUFFIX}" for name in ("administration", "execution")}

    def leaves(operated: Operated) -> None:
        found = {each["RoleName"] for each in operated.client("iam", HOME).list_roles()["Roles"]}
        assert found >= names if there else not found & names
        assert ROLE.rpartition("/")[2] in found

    return leaves


def _sets(*statuses: str) -> Callable[[Operated], None]:
    """Of the stacks of the StackSet, if there is one."""

    def leaves(operated: Operated) -> None:
        formation = operated.client("cloudformation", HOME)
        sets = formation.list_stack_sets(Status="ACTIVE")["Summaries"]
        assert [each["StackSetName"] for each in sets] == [STACK][: len(statuses)]
        if statuses:
            found = formation.list_stack_instances(StackSetName=STACK)["Summaries"]
            assert sorted(each["Region"] for each in found) == sorted(REGIONS)
            assert [each["Status"] for each in found] == list(statuses)
            assert [_versions(operated, region) for region in REGIONS] == [[1], [1]]

    return leaves


def _deleted_set(operated: Operated) -> None:
    _sets()(operated)
    _no_root(operated)


_CREATED, _UPDATED, _CURRENT = "CREATE_COMPLETE", "UPDATE_COMPLETE", ("CURRENT", "CURRENT")
_RIGHT = r"^2 stacks: (\d+) checks, \1 right, 0 wrong$"
STEPS = (
    Step("stackgen deploy bootstrap-stack", r"^2 stacks deployed, 0 failed, 0 not begun$", _repositories),
    Step("stackgen images push", r"^6 images: 0 pushed, 6 there already, 0 missing, 0 unknown, 0 failed$", _images),
    Step("stackgen secrets put", r"^2 secrets made, 0 there already, 0 failed$", _secrets),
    Step("stackgen deploy guard-stack janitor-stack", r"^4 stacks deployed, 0 failed, 0 not begun$", _guarded),
    Step("stackgen deploy TapStack", r"^2 stacks deployed, 0 failed(?s:.*)^  AppliedVersion = 1$", _rooted(_CREATED)),
    Step("stackgen verify TapStack", _RIGHT, _verified),
    Step("stackgen time --measure TapStack", r"^2 stacks: .+, 0 of 2 longer than it may$", _rooted(_CREATED)),
    Step("stackgen plan TapStack -e dev -p EnableFlowLogs", r"^6 changes in 2 of 2 stacks, no data at risk$",
         _flow_logs(0, _CREATED)),
    Step("stackgen deploy TapStack -e dev -p EnableFlowLogs", rf"^{STACK} in .+: deployed \(3 created\)$",
         _flow_logs(1, _UPDATED)),
    Step("stackgen status TapStack", rf"^{STACK} in .+: UPDATE_COMPLETE since", _rooted(_UPDATED)),
    Step("stackgen diagnose TapStack", r"^2 stacks, 0 with a failure$", _rooted(_UPDATED)),
    # the address of the cluster leads to the database of the test: three parameters of each region
    Step("stackgen drift TapStack", r"^6 of \d+ resources drifted, .+: 2 stacks$", _rooted(_UPDATED)),
    Step("stackgen destroy TapStack", rf"^  deleted: the secret {PASSWORD} in Parameter Store$", _no_root_nor_secrets),
    Step("stackgen destroy guard-stack janitor-stack", r"^4 stacks gone, 0 not, 0 not begun$", _unguarded),
    Step("stackgen destroy bootstrap-stack", r"^2 stacks gone, 0 not, 0 not begun$", _no_repositories),
    Step("stackgen artifacts delete", r"^2 buckets of templates deleted$", _no_buckets),
    Step("stackgen deploy stackset-roles", r"^1 stack deployed, 0 failed, 0 not begun$", _roles(there=True)),
    Step("stackgen stackset plan", r": 2 to create, 0 to update, 0 to delete, 0 unchanged; 1 operation$", _sets()),
    Step("stackgen stackset apply", r": 2 stacks well, 0 failed, 0 not tried$", _sets(*_CURRENT)),
    Step("stackgen stackset verify", _RIGHT, _verified),
    Step("stackgen stackset status", r": 2 stacks, 2 current$", _sets(*_CURRENT)),
    Step("stackgen stackset drift", r": 0 drifted, 2 in sync$", _sets(*_CURRENT)),
    Step("stackgen stackset delete", r": 2 stacks deleted; the StackSet is deleted$", _deleted_set),
    Step("stackgen destroy stackset-roles", r"^1 stack gone, 0 not, 0 not begun$", _roles(there=False)),
)  # fmt: skip
