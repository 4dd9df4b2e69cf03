"""The stand-in on a loopback port, for clients in other processes and for those that bring their own HTTP."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from stackgen.local.embedded import LOOPBACK
from stackgen.local.errors import LocalError
from stackgen.local.faults import LostAnswer
from stackgen.local.task import ClockStopped, TaskCancelled
from stackgen.local.wire import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable


_PATIENCE = 2.0
"""Real seconds that a connection gets to end."""


class Server:
    """Serves HTTP on 127.0.0.1 and nowhere else, until it is closed.

    :raises LocalError: when the port is taken.
    """

    def __init__(self, handle: Callable[[Request], Response], port: int = 0) -> None:
        handler = type("Handler", (_Handler,), {"answer": staticmethod(handle)})
        try:
            self._http = _Loopback((LOOPBACK, port), handler)
        except OSError as error:
            raise LocalError(f"port {port} cannot be used: {error.strerror}", "choose another with --port") from error
        self.port: int = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.01,), name="stackgen-http", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up()
        self._http.server_close()


class _Loopback(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # whoever hangs is left behind, and not waited for without end
    request_queue_size = 128

    def __init__(self, *where: Any) -> None:
        super().__init__(*where)
        self._connections: dict[socket.socket, threading.Thread] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        serving = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), name="stackgen-connection", daemon=True
        )
        self._connections[request] = serving
        serving.start()

    def shutdown_request(self, request: Any) -> None:
        self._connections.pop(request, None)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open; an answer that is on its way still arrives."""
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        for connection, serving in list(self._connections.items()):
            serving.join(_PATIENCE)
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out whole: in two parts the second would wait for the client's acknowledgement
    disable_nagle_algorithm = True
    answer: Callable[[Request], Response]

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            response = self.answer(Request(self.command, path, query, headers, self._body()))
        except (LostAnswer, LocalError, ClockStopped, TaskCancelled):
            self.close_connection = True
            return
        except Exception as error:
            logging.getLogger(__name__).exception("the stand-in for AWS failed to answer")
            response = Response(500, {"Content-Type": "text/plain"}, f"InternalFailure: {error}".encode())
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        length = response.headers.get("content-length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def handle_expect_100(self) -> bool:
        """Say at once that the body may come: who puts an object asks, and waits a second for that."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def __getattr__(self, name: str) -> Callable[[], None]:
        """``do_GET``, ``do_PUT`` and whatever else a client sends: all are served alike."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> list[bytes]:
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return chunks

    def log_message(self, *_: object) -> None:
        """The gateway notes calls; lines of a web server help nobody."""
