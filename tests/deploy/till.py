"""A till on this machine that answers over HTTP, and that somebody has to log in to."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answering = Callable[[str, str, dict[str, str], str], tuple[int, dict[str, str], str]]


OPEN = {
    "/health": json.dumps({"status": "ok", "version": 7}),
    "/signed/receipt?signature=5ec2e7": "a receipt",
}
"""What the till says to everybody."""


@contextmanager
def answering(answer: Answering) -> Iterator[str]:
    """The address of what answers each method, path, headers (in lower case) and body with status, headers, body."""

    class Door(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            sent = {key.lower(): value for key, value in self.headers.items()}
            status, headers, text = answer(self.command, self.path, sent, body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def do_PUT(self) -> None:
            self.answer()

        def do_PATCH(self) -> None:
            self.answer()

        def do_DELETE(self) -> None:
            self.answer()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Till:
    """Knows one user at a time, and gives the receipts of sales at addresses that are signed."""

    users: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    wakes_after: int = 0
    """So many times it is not there yet."""
    url: str = ""

    def function(self, event: dict[str, Any], context: object) -> dict[str, str]:
        """What its function does when it is invoked."""
        del context
        if event["command"] == "put-user":
            self.users[event["username"]] = event["password"]
        else:
            del self.users[event["username"]]
        return {"done": event["command"]}

    def __call__(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, dict[str, str], str]:
        self.asked.append(f"{method} {path.partition('?')[0]}")
        if self.wakes_after:
            self.wakes_after -= 1
            return 503, {}, "not yet"
        if path == "/login":
            said = json.loads(body)
            is_right = self.users.get(said["username"]) == said["password"]
            return (200, {}, json.dumps({"token": "token-of-the-till"})) if is_right else (401, {}, said["password"])
        if method == "GET" and path in OPEN:
            return 200, {}, OPEN[path]
        if headers.get("authorization") != "Bearer token-of-the-till":
            return 401, {}, "{}"
        if method == "POST":
            return 201, {}, json.dumps({"sales": [{"id": "sale-1"}]})
        return 302, {"Location": f"{self.url}/signed/receipt?signature=5ec2e7"}, ""
