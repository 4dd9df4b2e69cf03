"""What a rehearsal prints while it runs: calls, events of stacks, where it serves. One line at a time, any thread."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stackgen.console import Console
    from stackgen.local.gateway import Note

FAILED = "_FAILED"
MASK = "****"
_LONG_ENOUGH = 4
"""A shorter secret is masked only where it stands alone, or every other word would be."""


class Teller:
    """The console of a rehearsal. When nobody reads any more, *unread* is called, and nothing is printed after that.

    With ``--format json`` each line of data is an object of its own, and what is data is not narrated.
    """

    def __init__(self, console: Console, unread: Callable[[], object]) -> None:
        self._console = console
        self._unread = unread
        self._lock = threading.Lock()
        self._is_read = True
        self._secrets: set[str] = set()
        self.as_json = console.form == "json"
        self.calls = 0
        self.refused = 0

    def keep_secret(self, values: Iterable[str]) -> None:
        """Mask these wherever they would be shown."""
        self._secrets |= {value for value in values if value}

    def masked(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            if text == secret:
                return MASK
            if len(secret) >= _LONG_ENOUGH:
                text = text.replace(secret, MASK)
        return text

    def say(self, *lines: str) -> None:
        """Lines of data."""
        self._print(self._console.say, *lines)

    def tell(self, *lines: str) -> None:
        """Lines of narration."""
        self._print(self._console.tell, *lines)

    def warn(self, line: str) -> None:
        """Something that is allowed but hardly meant."""
        self._print(self._console.warn, line)

    def data(self, kind: str, content: dict[str, object]) -> None:
        """An object of data, on one line."""
        self.say(json.dumps({"schema": f"stackgen/local-{kind}", "version": 1, **content}))

    def call(self, note: Note) -> None:
        """A call that a client made; for the gateway."""
        self.calls += 1
        self.refused += bool(note.error)
        when = datetime.fromtimestamp(note.at, UTC)
        operation = f"{note.service}:{note.operation}"
        if self.as_json:
            content = {"time": _iso(when), "account": note.account, "region": note.region, "call": operation}
            self.data("call", {**content, "error": note.error})
        else:
            error = self._painted(note.error)
            self.tell(f"{when:%Y-%m-%d %H:%M:%S}  {note.account}/{note.region}  {operation}  {error}".rstrip())

    def event(self, event: dict[str, Any], path: str) -> None:
        """An event of a stack, under the path of its resource in the tree."""
        reason = self.masked(event.get("ResourceStatusReason") or "")
        status = event["ResourceStatus"]
        _, _, _, region, account, *_ = event["StackId"].split(":")
        if self.as_json:
            content = {"time": event["Timestamp"], "account": account, "region": region, "path": path}
            self.data("event", {**content, "type": event["ResourceType"], "status": status, "reason": reason})
        else:
            if event["LogicalResourceId"] == event["StackName"] and "/" in path:
                return  # a nested stack, of which its parent says the same
            when = event["Timestamp"][:19].replace("T", " ")
            shown = self._painted(status) if status.endswith(FAILED) else status
            reason = "" if reason == "User Initiated" else reason
            self.tell(f"{when}  {path}  {event['ResourceType']}  {shown}  {reason}".rstrip())

    def ready(self, url: str, account: str, region: str) -> None:
        """Where it serves, and how clients find it."""
        variables = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if self.as_json:
            content: dict[str, object] = {"url": url, "account": account, "region": region, "environment": variables}
            self.data("ready", content)
            return
        exports = [f"export {name}={value}" for name, value in variables.items()]
        self.say(f"a stand-in for AWS serves at {url}, account {account}, region {region}", *exports)
        self.tell("an access key of 12 digits is the account that a client acts in; Ctrl-C stops it, and nothing stays")

    def _painted(self, text: str) -> str:
        import sys

        return self._console.paint(text, "31", sys.stderr) if text else ""

    def _print(self, show: Callable[[str], None], *lines: str) -> None:
        import sys

        with self._lock:
            if not self._is_read:
                return
            try:
                for line in lines:
                    show(line)
                if sys.stdout is not None:
                    sys.stdout.flush()
            except OSError:  # the reader, such as head, had enough
                self._is_read = False
                self._unread()


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"
