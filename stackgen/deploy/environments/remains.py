"""What AWS goes on listing by its tags after it was deleted: services and task definitions of ECS, as INACTIVE.

Source: ECS API reference, DeleteService, DeregisterTaskDefinition; Resource Groups Tagging API, GetResources ("tagged
or previously tagged").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.refusals import code_of

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVICE, _TASKS = ":service/", ":task-definition/"
_OVER = ("INACTIVE", "DELETE_IN_PROGRESS")
_GONE = frozenset({"ClusterNotFoundException", "ServiceNotFoundException", "ClientException"})
"""How ECS says that there is no such cluster, service or task definition."""


def is_gone(arn: str, client: Callable[[str], Any]) -> bool:
    """Whether it is listed only. Raises what boto3 raises."""
    if arn.split(":")[2] != "ecs" or not (_SERVICE in arn or _TASKS in arn):
        return False
    try:
        return all(each in _OVER for each in _states(arn, client("ecs")))
    except ClientError as error:
        if code_of(error) not in _GONE:
            raise
        return True


def _states(arn: str, ecs: Any) -> list[str]:
    if _TASKS in arn:
        return [ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"]]
    parts = arn.partition(_SERVICE)[2].split("/")
    cluster = {"cluster": parts[0]} if len(parts) > 1 else {}
    return [each["status"] for each in ecs.describe_services(services=[arn], **cluster)["services"]]
