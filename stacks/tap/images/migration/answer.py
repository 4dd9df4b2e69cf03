"""The answer to CloudFormation: an object put where its pre-signed URL says (crpg-ref-responses.html)."""

from __future__ import annotations

import http.client
import json
import random
import re
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import AnswerLost
from .request import physical_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST = 4096
"""Bytes of an answer; CloudFormation takes no more."""
_REASON = 1000
"""Bytes of a reason, which JSON may make twice as many."""
_ATTEMPTS = 4
_SECONDS = 3.0
"""For one attempt: four of them and their pauses fit into what the watchdog leaves."""


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Answer(NamedTuple):
    """Done, or failed for a reason."""

    reason: str = ""
    data: Mapping[str, str] | None = None

    def body(self, event: Mapping[str, Any]) -> bytes:
        """As CloudFormation reads it."""
        said: dict[str, Any] = {
            "Status": "FAILED" if self.reason else "SUCCESS",
            "PhysicalResourceId": physical_id(event)[:256],
            **{name: str(event.get(name, "")) for name in ("StackId", "RequestId", "LogicalResourceId")},
        }
        if self.reason:
            said["Reason"] = _bounded(self.reason)
        if self.data:
            said["Data"] = dict(self.data)
        return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def _bounded(reason: str) -> str:
    """On one line, of no more bytes than fit."""
    written = _CONTROL.sub(" ", " ".join(reason.split())).encode("utf-8", "replace")
    if len(written) > _REASON:
        written = written[: _REASON - 4] + b" ..."
    return written.decode("utf-8", "ignore")


def send(
    event: Mapping[str, Any], answer: Answer, sleep: Callable[[float], None] = time.sleep, seconds: float = _SECONDS
) -> None:
    """Put it there; again, where that is not confirmed within *seconds*: it is the same object.

    Raises AnswerLost, which does not show the URL: whoever has it may answer.
    """
    url = event.get("ResponseURL")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise AnswerLost("the request says no URL to answer to")
    body = answer.body(event)
    failed = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            sleep(0.25 * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - spreads, hides nothing
        asked = urllib.request.Request(url, body, {"Content-Type": ""}, method="PUT")  # noqa: S310 - the scheme was looked at
        try:
            with urllib.request.urlopen(asked, timeout=seconds):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            error.close()
            failed = f"status {error.code}"
        except (OSError, http.client.HTTPException) as error:
            failed = type(error).__name__
    raise AnswerLost(f"CloudFormation could not be told after {_ATTEMPTS} attempts: {failed}")
