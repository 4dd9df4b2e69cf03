"""Start the next operation of a rollout: an exact rectangle of accounts and regions, created, updated or deleted.

In: ``env``, ``repo``, ``sk``, ``stack_set_name``, ``targets``, ``batch_index``. Out: ``operation_id`` (empty where
nothing is left), ``account_ids`` and ``regions`` (the first 100), ``batch_index``, ``batch_count``, ``action``,
``truncated``. Raises OperationInProgressException, which the state machine waits for; StackSetNotFoundException.

Which targets, the plan says that ``create_stackset`` kept; ``targets`` is part of the event for whoever reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import locks, payloads, plans
from .create_stackset import begin
from .entry import entry
from .errors import MissingInput
from .inputs import Build, number, text
from .planning import NOWHERE, Batch

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
        nothing = Batch("", 0, NOWHERE)
        return {"operation_id": "", **_shown(nothing), "batch_index": index, "batch_count": header.batch_count}
    operation_id = begin(build, index, header, settings, clients)
    batch = plans.batch(build, index, clients, settings)
    return {"operation_id": operation_id, **_shown(batch), "batch_index": index, "batch_count": header.batch_count}


def _shown(batch: Batch) -> dict[str, Any]:
    accounts, truncated = payloads.shortened(batch.rectangle.accounts)
    regions, _ = payloads.shortened(batch.rectangle.regions)
    return {"account_ids": accounts, "regions": regions, "action": batch.action, "truncated": truncated}


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return deploy_stack_instances(Request.from_event(event), settings, clients)
