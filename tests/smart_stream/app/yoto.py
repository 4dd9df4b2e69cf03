"""Yoto's own services on 127.0.0.1: tokens for a refresh token that is good once, players for an access token."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from .served import Served


class YotoServices(Served):
    """Hands out ``access-1``, ``refresh-1`` and so on; ``statuses`` are answered first, each once."""

    def __init__(self, *players: str, seconds: int = 3600) -> None:
        self.players = list(players)
        self.seconds = seconds
        self.good = "refresh-0"
        self.statuses: list[int] = []
        self.asked: list[dict[str, str]] = []
        self._number = 0
        self._lock = threading.Lock()
        super().__init__(self._handler())

    @property
    def access(self) -> str:
        """The access token that is good."""
        return f"access-{self._number}"

    def refreshed(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            self.asked.append(form)
            if self.statuses:
                return self.statuses.pop(0), {"error": "secret of Yoto"}
            if form["refresh_token"] != self.good:
                return 403, {"error": "invalid_grant", "error_description": form["refresh_token"]}
            self._number += 1
            self.good = f"refresh-{self._number}"
            return 200, {"access_token": self.access, "refresh_token": self.good, "expires_in": self.seconds}

    def listed(self, authorization: str) -> tuple[int, dict[str, Any]]:
        if self._number and authorization != f"Bearer {self.access}":
            return 401, {"error": authorization}
        return 200, {"devices": [{"deviceId": each, "name": f"Player {each}"} for each in self.players]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        yoto = self

        class Services(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/oauth/token"
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer(*yoto.refreshed({name: values[0] for name, values in parse_qs(text).items()}))

            def do_GET(self) -> None:
                assert self.path == "/device-v2/devices/mine"
                self._answer(*yoto.listed(self.headers["Authorization"]))

            def log_message(self, format: str, *values: Any) -> None:  # noqa: A002 - its name in the base class
                """Say nothing."""

            def _answer(self, status: int, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Services
