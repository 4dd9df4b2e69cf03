"""What is asked of a resource by its type, and which answers are right.

Sources: the API references of each service, of the states of its resources: Lambda "GetFunctionConfiguration" (State,
LastUpdateStatus), RDS "Viewing DB cluster status", DynamoDB "TableDescription", ECS "Deployment" (rolloutState), EC2
"VpcEndpoint", KMS "KeyMetadata", Step Functions "DescribeStateMachine".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .checked import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Clients = Callable[[str], Any]
    Asking = Callable[[str, Clients], Seen]

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_MISSING = ("NotFound", "DoesNotExist", "ServiceNotFoundException", "ClusterNotFoundException")
_GONE = Seen(
    "it does not exist", is_right=False, remedy="somebody deleted it beside CloudFormation: {drift} tells more"
)
_IN_USE = frozenset({"available", "backing-up", "configuring-enhanced-monitoring", "configuring-iam-database-auth",
                     "configuring-log-exports", "storage-optimization"})  # fmt: skip
"""A database in these states answers."""
_STUCK = frozenset({"failed", "stopped", "stopping", "deleting", "inaccessible-encryption-credentials",
                    "inaccessible-encryption-credentials-recoverable", "incompatible-network",
                    "incompatible-parameters", "incompatible-restore", "storage-full"})  # fmt: skip


def seen(type_: str, physical_id: str, clients: Clients) -> Seen:
    """What AWS says of a resource now. Raises what boto3 raises, but for a resource that is not there."""
    try:
        return ASKING[type_](physical_id, clients)
    except ClientError as error:
        if any(word in error.response.get("Error", {}).get("Code", "") for word in _MISSING):
            return _GONE
        raise


def alarms(names: list[str], cloudwatch: Any) -> dict[str, Seen]:
    """The same of alarms, a hundred in one call."""
    found: dict[str, Seen] = {}
    for start in range(0, len(names), 100):
        kinds = ["MetricAlarm", "CompositeAlarm"]
        pages = cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNames=names[start : start + 100], AlarmTypes=kinds
        )
        for page in pages:
            for each in [*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())]:
                found[each["AlarmName"]] = _alarm(each)
    return {name: found.get(name, _GONE) for name in names}


def _alarm(told: Mapping[str, Any]) -> Seen:
    state = told["StateValue"]
    if state == "ALARM":
        reason = told.get("StateReason", "")
        return Seen(
            f"ALARM: {reason}" if reason else "ALARM", is_right=False, remedy="see to what it watches; {rollback}"
        )
    return Seen(state)


def _function(name: str, clients: Clients) -> Seen:
    told = clients("lambda").get_function_configuration(FunctionName=name)
    state, last = told.get("State", "Active"), told.get("LastUpdateStatus", "Successful")
    reason = told.get("StateReason" if state not in ("Active", "Inactive") else "LastUpdateStatusReason", "")
    said = f"{state}, last update {last}" + (f": {reason}" if reason else "")
    is_right = state == "Active" and last == "Successful"
    may_settle = not is_right and "Failed" not in (state, last) and state != "Inactive"
    if state == "Inactive":
        return Seen(said, is_right=False, remedy="Lambda put it to rest: one invocation wakes it, then {verify}")
    return Seen(said, is_right, may_settle, "" if is_right else "mend what the reason says, then {deploy}")


def _database(told: Mapping[str, Any], key: str) -> Seen:
    status = told[key]
    is_right = status in _IN_USE
    remedy = "" if is_right else "{status} tells whether something runs; the RDS console tells why it is in this state"
    return Seen(status, is_right, not is_right and status not in _STUCK, remedy)


def _cluster(name: str, clients: Clients) -> Seen:
    return _database(clients("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0], "Status")


def _instance(name: str, clients: Clients) -> Seen:
    told = clients("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    return _database(told, "DBInstanceStatus")


def _table(name: str, clients: Clients) -> Seen:
    status = clients("dynamodb").describe_table(TableName=name)["Table"]["TableStatus"]
    return _one_of(status, right="ACTIVE", settling=("CREATING", "UPDATING"))


def _service(arn: str, clients: Clients) -> Seen:
    cluster = arn.split("/")[1] if arn.count("/") > 1 else "default"
    services = clients("ecs").describe_services(cluster=cluster, services=[arn])["services"]
    if not services or services[0]["status"] == "INACTIVE":
        return _GONE
    told = services[0]
    running, wanted, rollouts = told["runningCount"], told["desiredCount"], told.get("deployments", ())
    said = f"{told['status']}, {running} of {wanted} tasks run, {len(rollouts)} deployment(s)"
    is_right = told["status"] == "ACTIVE" and running == wanted and len(rollouts) <= 1
    has_failed = any(each.get("rolloutState") == "FAILED" for each in rollouts)
    remedy = "" if is_right else "its events in the ECS console tell why tasks do not stay; then {deploy}"
    return Seen(said, is_right, not is_right and not has_failed, remedy)


def _endpoint(name: str, clients: Clients) -> Seen:
    told = clients("ec2").describe_vpc_endpoints(VpcEndpointIds=[name])["VpcEndpoints"][0]
    return _one_of(told["State"].lower(), right="available", settling=("pending",))


def _key(name: str, clients: Clients) -> Seen:
    return _one_of(clients("kms").describe_key(KeyId=name)["KeyMetadata"]["KeyState"], right="Enabled")


def _machine(arn: str, clients: Clients) -> Seen:
    return _one_of(clients("stepfunctions").describe_state_machine(stateMachineArn=arn)["status"], right="ACTIVE")


def _one_of(state: str, right: str, settling: tuple[str, ...] = ()) -> Seen:
    is_right = state == right
    remedy = "" if is_right else f"it should be {right}: {{drift}} tells what somebody changed"
    return Seen(state, is_right, state in settling, remedy)


ASKING: dict[str, Asking] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ECS::Service": _service,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::Function": _function,
    "AWS::RDS::DBCluster": _cluster,
    "AWS::RDS::DBInstance": _instance,
    "AWS::StepFunctions::StateMachine": _machine,
}
"""What can be asked; of other types their stack's status tells all that there is to know."""
