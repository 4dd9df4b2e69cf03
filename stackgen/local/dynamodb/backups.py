"""Backups on demand: CreateBackup answers before the backup is there; a restored table tells where it came from.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BackupDetails.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.dynamodb import bodies

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock
    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response


class Backups:
    """``seconds`` is how long a backup is being made; the first look finds it where that is nothing."""

    def __init__(self, clock: Clock) -> None:
        self.seconds = 0.0
        self._clock = clock
        self._made: dict[str, float] = {}
        self._restored: dict[str, dict[str, Any]] = {}

    def around(self) -> dict[str, Around]:
        return {
            "CreateBackup": self._create,
            "DescribeBackup": self._describe,
            "DescribeTable": self._describe_table,
            "ListBackups": self._list,
            "RestoreTableFromBackup": self._restore,
        }

    def _create(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        response = forward(call)
        if response.status != bodies.OK:
            return response
        answer = bodies.told(response)
        details = answer["BackupDetails"]
        self._made[details["BackupArn"]] = self._clock.time()
        details |= {"BackupStatus": "CREATING", "BackupCreationDateTime": self._clock.time()}
        return bodies.response(answer)

    def _describe(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        response = forward(call)
        if response.status != bodies.OK:
            return response
        answer = bodies.told(response)
        self._tell(answer["BackupDescription"]["BackupDetails"])
        return bodies.response(answer)

    def _list(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        response = forward(call)
        if response.status != bodies.OK:
            return response
        answer = bodies.told(response)
        for summary in answer["BackupSummaries"]:
            self._tell(summary)
        return bodies.response(answer)

    def _restore(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        response = forward(call)
        if response.status == bodies.OK:
            table = bodies.told(response)["TableDescription"]
            self._restored[table["TableId"]] = {**table["RestoreSummary"], "RestoreInProgress": False}
        return response

    def _describe_table(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        """A table tells of which backup it was made; ministack says so only once."""
        response = forward(call)
        if response.status != bodies.OK:
            return response
        answer = bodies.told(response)
        summary = self._restored.get(answer["Table"].get("TableId", ""))
        if summary is None:
            return response
        answer["Table"]["RestoreSummary"] = summary
        return bodies.response(answer)

    def _tell(self, details: dict[str, Any]) -> None:
        made = self._made.get(details["BackupArn"])
        if made is None:
            return
        details["BackupCreationDateTime"] = made
        if made + self.seconds > self._clock.time():
            details["BackupStatus"] = "CREATING"
