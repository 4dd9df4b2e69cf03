"""The outcome of a build, counted from its records and written to it.

In: ``env``, ``repo``, ``sk``. Out: ``build_status``, ``partial_success``, ``failed_deployments`` (``account/region``,
the first 100), ``deployment_summary`` {total, succeeded, failed}, ``error_msg``.

Whatever is not SUCCESS here has failed; no records at all is a failure too. That the build cannot be written is a
warning: the clean-up of the execution does it. Raises RecordsNotRead, Transient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from . import builds, payloads, plans, settling
from .entry import entry, log
from .inputs import Build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings

NEVER = "not attempted: an operation before it failed or was stopped"


def aggregate_results(build: Build, settings: Settings, clients: Clients, why: str = NEVER) -> dict[str, Any]:
    """*why* is written to records that are still open."""
    found = settling.close(build, why, clients, settings)
    counts = settling.counted(found)
    total, failed = counts["total"], counts["failed"]
    forward = plans.find(build, clients, settings)
    back = plans.find(build, clients, settings, plans.REVERT)
    reason = forward.revert_reason if forward else ""
    is_good = bool(total) and not failed and not reason
    message = "" if is_good else _message(total, failed, reason, back)
    shown, _ = payloads.shortened(str(each.pair) for each in found if each.status == builds.FAILED)
    status = builds.SUCCESS if is_good else builds.FAILED
    try:
        more = {"reverted_to": back.good_build_id} if back and back.good_build_id else {}
        if not builds.move(build, status, clients, settings, error_msg=message, **more):
            log.warning("build %s is not there, or has ended otherwise", build.sk)
    except (ClientError, BotoCoreError) as error:
        log.warning("build %s is not written: %s", build.sk, error)
    return {
        "build_status": status,
        "partial_success": 0 < failed < total,
        "failed_deployments": shown,
        "deployment_summary": {"total": total, "succeeded": counts["succeeded"], "failed": failed},
        "error_msg": message,
    }


def _message(total: int, failed: int, reason: str, back: plans.Header | None) -> str:
    if not total:
        return "no deployment records found"
    if not reason:
        return f"{failed} of {total} deployments failed" if failed < total else f"all {total} deployments failed"
    outcome = back.outcome if back else ""
    return f"{reason}; {outcome or 'the way back did not end'}"


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return aggregate_results(Build.from_event(event), settings, clients)
