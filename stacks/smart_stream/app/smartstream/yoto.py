"""Yoto's own services: tokens for a refresh token, and the players of whoever the tokens are of.

A request is bounded in time, in size and in number; nothing is followed to another address; no answer gets into a
message, for it may hold tokens.
"""

from __future__ import annotations

import json
import random
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from smartstream.errors import YotoRefused, YotoUnreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGIN, API = "https://login.yotoplay.com", "https://api.yotoplay.com"
SECONDS = 4
"""For each step of a connection: three attempts end within the 30 seconds of a function."""
LONGEST = 1_000_000
"""Bytes of an answer."""
ATTEMPTS = 3
PAUSE = 0.2
"""Seconds before the second attempt; before each one after it twice as long, less a random part."""
OK, BROKEN = 200, 500
BUSY = 429


class Fresh(NamedTuple):
    """What Yoto gives for a refresh token; it may be the same one again."""

    access: str
    refresh: str
    seconds: int


class Yoto:
    """The two services for one client ID."""

    def __init__(self, client_id: str, login: str = LOGIN, api: str = API) -> None:
        self._client_id = client_id
        self._login = login
        self._api = api

    def refresh(self, token: str) -> Fresh:
        """Raises YotoRefused, YotoUnreachable."""
        form = {"grant_type": "refresh_token", "client_id": self._client_id, "refresh_token": token}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        said = _asked("POST", f"{self._login}/oauth/token", headers, urlencode(form))
        try:
            return Fresh(str(said["access_token"]), str(said.get("refresh_token") or token), int(said["expires_in"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise YotoRefused("Yoto's answer holds no tokens") from None

    def players(self, access: str) -> dict[str, str]:
        """Names by ID. Raises YotoRefused, YotoUnreachable."""
        said = _asked("GET", f"{self._api}/device-v2/devices/mine", {"Authorization": f"Bearer {access}"})
        try:
            return {str(each["deviceId"]): str(each.get("name") or "") for each in said["devices"]}
        except (KeyError, TypeError, AttributeError):
            raise YotoRefused("Yoto's answer holds no players") from None


def _asked(method: str, address: str, headers: Mapping[str, str], body: str | None = None) -> Any:
    """What was answered, as JSON. Only what may pass is tried again."""
    host = urlsplit(address).hostname
    why = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1))  # noqa: S311 - spreads, hides nothing
        try:
            status, text = _once(method, address, headers, body)
        except (OSError, HTTPException) as error:
            why = type(error).__name__
            continue
        if status == OK:
            try:
                return json.loads(text)
            except ValueError:
                raise YotoRefused(f"{host} answered no JSON") from None
        why = f"status {status}"
        if status < BROKEN and status != BUSY:
            raise YotoRefused(f"{host}: {why}")
    raise YotoUnreachable(f"{host}: {why}, {ATTEMPTS} times")


def _once(method: str, address: str, headers: Mapping[str, str], body: str | None) -> tuple[int, bytes]:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request(method, parts.path, body, {"Accept": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(LONGEST)
    finally:
        connection.close()
