"""Where CloudFormation waits for the answers of custom resources: the object that a pre-signed URL lets one put."""

from __future__ import annotations

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
    """Takes answers; the first ones are refused with the statuses that are given."""

    def __init__(self, *refusals: int) -> None:
        self.puts: list[Put] = []
        self._refusals = list(refusals)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/answer?{SIGNATURE}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def request(self, kind: str, **more: Any) -> dict[str, Any]:
        """What CloudFormation sends, but for the properties."""
        known = {"PhysicalResourceId": "schema-aurora-cluster-dev"} if kind in ("Update", "Delete") else {}
        return {
            "RequestType": kind,
            "ResponseURL": self.url,
            "StackId": "arn:aws:cloudformation:us-east-1:111111111111:stack/TapStack-dev-Migration/1",
            "RequestId": "5c3f0b1e-0000-4000-8000-000000000000",
            "ResourceType": "Custom::SchemaMigration",
            "LogicalResourceId": "SchemaMigration",
            **known,
            **more,
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                refusal = desk._refusals.pop(0) if desk._refusals else 0
                if not refusal:
                    desk.puts.append(Put(self.path, self.headers.get("Content-Type"), body))
                self.send_response(refusal or 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *values: Any) -> None:  # noqa: A002 - its name in the base class
                """Say nothing."""

        return Handler
