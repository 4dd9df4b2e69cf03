"""Lambda's runtime client around a handler, without Docker: the process that an execution environment would run.

    with Runtime(task, "handler.handler", variables, folder / "log") as function:
        answered = function.invoke(event)

``task`` is the folder of the function's code; the client begins there, in a Python that has the libraries and neither
stackgen nor tests. The client is the one of Lambda's images, ``awslambdaric``; what serves it is here. Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import sys
import sysconfig
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, Self

ACCOUNT, REGION = "111111111111", "us-east-1"
PATIENCE = 60.0
"""Seconds that a function may take to begin."""
_API = "/2018-06-01/runtime"


class Answered(NamedTuple):
    """What came of an invocation: a result, or an error as Lambda shows it."""

    result: Any
    error: Any = None


class Runtime:
    """One execution environment of a function; it ends with the block."""

    def __init__(
        self, task: Path, handler: str, variables: dict[str, str], log: Path, *, name: str = "function",
        seconds: float = 300,
    ) -> None:  # fmt: skip
        self._seconds = seconds
        self._numbers = itertools.count(1)
        self._events: queue.Queue[tuple[str, bytes, float]] = queue.Queue()
        self._answers: queue.Queue[tuple[str, Answered]] = queue.Queue()
        self._log = log
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._serving = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._command = [sys.executable, "-S", "-m", "awslambdaric", handler]
        self._folder = task
        self._variables = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": sysconfig.get_path("purelib"),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "LAMBDA_TASK_ROOT": str(task),
            **variables,
        }

    def __enter__(self) -> Self:
        self._serving.start()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)
        self._server.shutdown()
        self._server.server_close()
        self._serving.join(PATIENCE)

    def invoke(self, event: Any) -> Answered:
        """Raises AssertionError, with the log, where the function does not answer."""
        request_id = f"request-{next(self._numbers)}"
        self._events.put((request_id, json.dumps(event).encode(), time.time() + self._seconds))
        until = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < until, self.log()
            try:
                answered_id, answered = self._answers.get(timeout=0.2)
            except queue.Empty:
                assert self._process.poll() is None, self.log()
            else:
                assert answered_id in (request_id, "init"), answered_id
                return answered

    def kill(self) -> None:
        """As Lambda ends a function that takes too long."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def log(self) -> str:
        """What the function wrote."""
        return self._log.read_text("utf-8", "replace")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        runtime = self

        class Api(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                assert self.path == f"{_API}/invocation/next"
                request_id, event, deadline = runtime._events.get()
                arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{runtime._variables['AWS_LAMBDA_FUNCTION_NAME']}"
                self._answer(
                    200,
                    event,
                    {
                        "Lambda-Runtime-Aws-Request-Id": request_id,
                        "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
                        "Lambda-Runtime-Invoked-Function-Arn": arn,
                        "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
                    },
                )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                said = json.loads(body or b"null")
                *_, request_id, kind = self.path.split("/")
                runtime._answers.put((request_id, Answered(said) if kind == "response" else Answered(None, said)))
                self._answer(202, b'{"status": "OK"}', {})

            def log_message(self, format: str, *values: Any) -> None:  # noqa: A002 - its name in the base class
                """Say nothing."""

            def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Type": "application/json"}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Api
