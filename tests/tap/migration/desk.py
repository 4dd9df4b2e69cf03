"""Where CloudFormation waits for the answers of custom resources: the object that a pre-signed URL lets one put."""

from __future__ import annotations

import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

SIGNATURE = "X-Amz-Signature=deadbeef"


class Put(NamedTuple):
    """One answer as it came."""

    path: str
    content_type: str | None
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Desk:
    """Takes answers; the first ones are refused with the statuses that are given, or are taken and not confirmed.

    An object that is put again is the same object: who was not confirmed in time gives the same answer twice, and a
    busy machine makes anybody late. So only another answer at the same address is another one.
    """

    def __init__(self, *refusals: int, unconfirmed: int = 0) -> None:
        self.puts: list[Put] = []
        self.asked = 0
        """How often an answer came, also one that was refused or known."""
        self._refusals = list(refusals)
        self._unconfirmed = unconfirmed
        self._known: set[tuple[str, bytes]] = set()
        self._addresses = itertools.count(1)
        self._one_at_a_time = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def url(self) -> str:
        """Of the next request: each has its own."""
        return f"http://127.0.0.1:{self._server.server_port}/answer-{next(self._addresses)}?{SIGNATURE}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def request(self, kind: str, **more: Any) -> dict[str, Any]:
        """What CloudFormation sends, but for the properties."""
        known = {"PhysicalResourceId": "schema-aurora-cluster-dev"} if kind in ("Update", "Delete") else {}
        return {
            "RequestType": kind,
            "ResponseURL": self.url(),
            "StackId": "arn:aws:cloudformation:us-east-1:111111111111:stack/TapStack-dev-Migration/1",
            "RequestId": "5c3f0b1e-0000-4000-8000-000000000000",
            "ResourceType": "Custom::SchemaMigration",
            "LogicalResourceId": "SchemaMigration",
            **known,
            **more,
        }

    def take(self, put: Put) -> tuple[int, bool]:
        """The status of the reply, and whether it is given now."""
        with self._one_at_a_time:
            self.asked += 1
            if self._refusals:
                return self._refusals.pop(0), True
            if (put.path, put.body) not in self._known:
                self._known.add((put.path, put.body))
                self.puts.append(put)
            self._unconfirmed -= 1
            return 200, self._unconfirmed < 0

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, now = desk.take(Put(self.path, self.headers.get("Content-Type"), body))
                if not now:
                    desk._closing.wait()
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *values: Any) -> None:  # noqa: A002 - its name in the base class
                """Say nothing."""

        return Handler
