"""Why CloudFormation refuses a change set, where its reason only names a validation or a hook: its events say more.

From the User Guide ("Validate stack deployments"): early validations look at properties, names that are taken and
buckets that are not empty while a change set is made; DescribeEvents tells what they found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deployer.handlers.refusals import code_of

from .refusals import is_forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .changesets import ChangeSet

_NAMED_ONLY = re.compile(r"DescribeEvents|AWS::EarlyValidation::|hook\(s\)\S* ?\S* failed", re.IGNORECASE)
_KINDS = ("VALIDATION_ERROR", "HOOK_INVOCATION_ERROR", "PROVISIONING_ERROR")
_MOST = 2
"""So many are told one by one; an error has few lines."""


class Failed(NamedTuple):
    """What one validation, or one hook, found."""

    path: str
    """``shop-dev/Orders``: the stack's name, then the resource."""
    type: str
    place: str
    """``/Resources/Orders/Properties/TableName``."""
    name: str
    reason: str
    is_warning: bool

    @property
    def sentence(self) -> str:
        """For a person."""
        place = f" at {self.place}" if self.place else ""
        kind = f" ({self.type})" if self.type else ""
        return f"{self.path}{kind}{place}: {self.reason or 'no reason is told'} [{self.name}]"


class Findings(NamedTuple):
    """What there is to say of a change set that failed."""

    verdict: str
    """In place of CloudFormation's reason."""
    lines: tuple[str, ...] = ()


def findings(failed: ChangeSet, cloudformation: Any) -> Findings:
    """The reason of a change set that failed, and what CloudFormation's events say of it where that only names it."""
    return _findings(failed.reason, {"ChangeSetName": failed.id}, failed.stack_id, cloudformation)


def of_operation(reason: str, stack_id: str, cloudformation: Any) -> Findings:
    """The same of the last operation on a stack, which failed for this reason."""
    return _findings(reason, {"StackName": stack_id}, stack_id, cloudformation)


def _findings(reason: str, asked: Mapping[str, Any], stack_id: str, cloudformation: Any) -> Findings:
    if not _NAMED_ONLY.search(reason):
        return Findings(reason)
    try:
        found = [_failed(each, stack_id) for each in _read(asked, cloudformation)]
    except (ClientError, BotoCoreError) as error:
        return Findings(reason, (_note(error),))
    told = [each for each in dict.fromkeys(found) if not _NAMED_ONLY.search(each.reason)]
    told.sort(key=lambda each: each.is_warning)
    return Findings(_verdict(told), tuple(_lines(told))) if told else Findings(reason)


def _read(asked: Mapping[str, Any], cloudformation: Any) -> list[Mapping[str, Any]]:
    """What failed in the newest operation; every page."""
    found: list[Mapping[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        page = cloudformation.describe_events(**asked, Filters={"FailedEvents": True}, **more)
        found += [each for each in page["OperationEvents"] if each.get("EventType") in _KINDS]
        if not page.get("NextToken"):
            break
        more = {"NextToken": page["NextToken"]}
    newest = max(found, key=lambda each: each["Timestamp"], default={}).get("OperationId")
    return [each for each in found if each.get("OperationId") == newest]


def _failed(event: Mapping[str, Any], stack_id: str) -> Failed:
    stack = str(event.get("StackId") or stack_id).split("/")[1]
    title = event.get("LogicalResourceId", "")
    return Failed(
        f"{stack}/{title}" if title and title != stack else stack,
        event.get("ResourceType", ""),
        event.get("ValidationPath", ""),
        event.get("ValidationName") or event.get("HookType") or event.get("DetailedStatus") or event["EventType"],
        event.get("ValidationStatusReason") or event.get("HookStatusReason") or event.get("ResourceStatusReason", ""),
        "WARN" in (event.get("ValidationFailureMode"), event.get("HookFailureMode")),
    )


def _verdict(found: Sequence[Failed]) -> str:
    count = sum(not each.is_warning for each in found)
    first = found[0].sentence
    return first if count <= 1 else f"{count} validations failed, the first of them: {first}"


def _lines(found: Sequence[Failed]) -> list[str]:
    rest = found[1:]
    told = [("a warning: " if each.is_warning else "") + each.sentence for each in rest[:_MOST]]
    return [*told, *([f"and {len(rest) - _MOST} more"] if len(rest) > _MOST else [])]


def _note(error: ClientError | BotoCoreError) -> str:
    action = "cloudformation:DescribeEvents"
    if is_forbidden(error):
        return f"these credentials may not {action}, which would say of which resource, and why"
    return f"of which resource, and why, could not be read: {action}: {code_of(error)}"
