"""The deployer, installed in a stand-in as on AWS: its own template, deployed by CloudFormation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.local.cloud import Cloud

ENV = "rehearsal"
ACCOUNT = "111111111111"
REGION = "us-east-1"
STACK = "deployer"
_CODE = "rehearsal-code"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
_TABLES = ("locks", "targets", "deployments", "builds")

FUNCTIONS = {
    "AcquireLock": "acquire_lock",
    "FetchTargets": "fetch_targets",
    "InitializeDeployments": "initialize_deployments",
    "CreateStackSet": "create_stackset",
    "DeployStackInstances": "deploy_stack_instances",
    "CheckStackSetStatus": "check_stackset_status",
    "WatchAlarms": "watch_alarms",
    "RevertTargets": "revert_targets",
    "AggregateResults": "aggregate_results",
    "ReleaseLock": "release_lock",
    "UpdateBuildStatus": "update_build_status",
    "CleanUpExecution": "clean_up_execution",
    "TriggerBuild": "trigger_build",
    "S3Trigger": "s3_trigger",
}
"""The functions by their logical IDs, and the modules that they are."""


class Installed(NamedTuple):
    """Where things are."""

    machine: str
    bucket: str
    tables: Mapping[str, str]
    functions: Mapping[str, str]
    """The names of the functions by their modules."""
    queue: str
    """The ARN of the queue of executions that ended."""
    unsettled: tuple[str, ...]
    """The ARNs of the queues in which nothing may be left."""


def template() -> str:
    """The deployer's template, as ``build`` writes it."""
    from stackgen.deployer.stacks.deployer import DeployerStack
    from stackgen.template import render

    return render(DeployerStack).text


def install(cloud: Cloud) -> Installed:
    """Deploy it. Raises LocalError where that fails."""
    from stackgen.deployer import bundle

    s3, formation = cloud.client("s3"), cloud.client("cloudformation")
    s3.create_bucket(Bucket=_CODE)
    s3.put_object(Bucket=_CODE, Key=bundle.key(), Body=_archive())
    s3.put_object(Bucket=_CODE, Key="deployer.json", Body=template().encode())
    formation.create_stack(
        StackName=STACK,
        TemplateURL=f"https://{_CODE}.s3.{REGION}.amazonaws.com/deployer.json",
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in (("Env", ENV), ("CodeBucketName", _CODE))
        ],
        Capabilities=_CAPABILITIES,
    )
    cloud.clock.settle()
    stack = formation.describe_stacks(StackName=STACK)["Stacks"][0]
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise LocalError(f"the deployer cannot be installed: {_why(formation)}")
    made = _resources(formation)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    return Installed(
        outputs["StateMachineArn"],
        outputs["ArtifactBucketName"],
        {name: outputs[f"{name.capitalize()}TableName"] for name in _TABLES},
        {module: made[title] for title, module in FUNCTIONS.items()},
        _queue(made["EndedExecutions"]),
        (_queue(made["UnsettledExecutions"]), _queue(made["FailedTriggers"])),
    )


def _archive() -> bytes:
    """A bundle with nothing in it: the functions run in this process."""
    import io
    import zipfile

    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as files:
        files.writestr("handlers/__init__.py", "")
    return written.getvalue()


def _resources(formation: Any) -> dict[str, str]:
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    found = (each for page in pages for each in page["StackResourceSummaries"])
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}


def _why(formation: Any) -> str:
    events = formation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [each for each in reversed(events) if each["ResourceStatus"].endswith("FAILED")]
    first = failed[0] if failed else events[-1]
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', first['ResourceStatus'])}"


def _queue(url: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rpartition('/')[2]}"
