"""Start the next operation of a rollout: an exact rectangle of accounts and regions, created, updated or deleted.

In: ``env``, ``repo``, ``sk``, ``stack_set_name``, ``targets``, ``batch_index``. Out: ``operation_id`` (empty where nothing is
left), ``account_ids`` and ``regions`` (the first 100), ``batch_index``, ``batch_count``, ``action``, ``truncated``. Raises
OperationInProgressException, which the state machine waits for; StackSetNotFoundException.

Which targets, the plan says that ``create_stackset`` kept; ``targets`` is part of the event for whoever reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import locks, payloads, plans
from .create_stackset import begin
from .entry import entry
from .errors import MissingInput
from .inputs import Build, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings


class Request(NamedTuple):
    """Which operation of the plan."""

    build: Build
    stack_set_name: str
    batch_index: int

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        return cls(Build.from_event(event), text(event, "stack_set_name"), number(event, "batch_index", 0))


def deploy_stack_instances(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    build = request.build
    locks.renew(build, clients, settings)
    header = plans.find(build, clients, settings)
    if header is None:
        raise MissingInput(f"build {build.sk} has no plan: create_stackset comes first")
    index = max(request.batch_index, header.started)  # an execution that continues another begins where that stood
    if index >= header.batch_count:
        return _answer("", [], [], index, header.batch_count, "")
    operation_id = begin(build, request.stack_set_name, index, header, settings, clients)
    batch = plans.batch(build, index, clients, settings)
    accounts, regions = batch.rectangle
    return _answer(operation_id, accounts, regions, index, header.batch_count, batch.action)


def _answer(operation_id: str, accounts: Any, regions: Any, index: int, count: int, action: str) -> dict[str, Any]:
    shown, truncated = payloads.shortened(accounts)
    shown_regions, _ = payloads.shortened(regions)
    return {
        "operation_id": operation_id,
        "account_ids": shown,
        "regions": shown_regions,
        "batch_index": index,
        "batch_count": count,
        "action": action,
        "truncated": truncated,
    }


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return deploy_stack_instances(Request.from_event(event), settings, clients)
