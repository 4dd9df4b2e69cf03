"""ministack, behind this one module: started without its daemons, called without a socket, gone at the end.

It serves what the stand-in does not do itself. Nothing else imports it but the modules that mend it, which are opened
here. One process holds one: its stores are global.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import shutil
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import metadata
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import LocalError
from stackgen.local.virtual import Threading, Time, datetime_on, given
from stackgen.local.wire import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.clock import Clock

VERSION = "1.5.33"
"""The one version whose insides this package knows."""
MOTO = "5.2.5"
"""The same of moto, whose interpreter runs state machines."""

LOOPBACK = "127.0.0.1"

#: Nothing listens beyond loopback, nothing starts a container or a process, nothing is kept after the end.
SETTINGS = {
    "BIND_HOST": LOOPBACK,
    "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    "IOT_MTLS_ENABLED": "0",
    "LAMBDA_EXECUTOR": "local",
    "LOG_LEVEL": "ERROR",
    "MINISTACK_HOST": LOOPBACK,
    "MINISTACK_TEST_NO_AUTOSTART": "1",
    "PERSIST_STATE": "0",
    "S3_PERSIST": "0",
    "SFTP_ENABLED": "0",
}

_FOLDERS = ("S3_DATA_DIR", "STATE_DIR")

version = cache(metadata.version)
"""What a package says of itself is long, and read once."""

_opened = threading.Lock()


class Embedded:
    """The services of ministack, in this process, on a clock of ours.

    :raises LocalError: when it is not installed in the version that is known, or another one is open in this process.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._closing = ExitStack()
        _see_that_the_versions_are_known()
        if not _opened.acquire(blocking=False):
            raise LocalError("this process runs a stand-in for AWS already", "close it first: its stores are global")
        self._closing.callback(_opened.release)
        try:
            self._open()
        except BaseException:
            self._closing.close()
            raise

    def _open(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="stackgen-local-")
        self._closing.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._closing.enter_context(_quiet())
        self.app = _imported(self.folder)
        self._closing.enter_context(self._on_the_clock())
        self._closing.callback(self.app._reset_all_state)
        self._loop = asyncio.new_event_loop()
        self._closing.callback(self._loop.close)
        serving = threading.Thread(target=self._loop.run_forever, name="stackgen-local", daemon=True)
        serving.start()
        self._closing.callback(serving.join)
        self._closing.callback(self._loop.call_soon_threadsafe, self._loop.stop)
        self._closing.callback(self._stop_workers)
        load = _under_settings(self.app._get_module, self.folder)
        self._closing.enter_context(given(self.app, _MAIN_LOOP=self._loop, _get_module=load))

    def _stop_workers(self) -> None:
        asyncio.run_coroutine_threadsafe(self._loop.shutdown_default_executor(), self._loop).result()

    @contextmanager
    def _on_the_clock(self) -> Iterator[None]:
        """Timestamps and waits of the services are the clock's."""
        responses = importlib.import_module("ministack.core.responses")
        cloudwatch = importlib.import_module("ministack.services.cloudwatch")
        dynamodb = importlib.import_module("ministack.services.dynamodb")
        s3 = importlib.import_module("ministack.services.s3")
        with ExitStack() as mended:
            mended.enter_context(given(responses, datetime=datetime_on(self.clock)))
            mended.enter_context(given(cloudwatch, time=Time(self.clock)))
            mended.enter_context(given(dynamodb, time=Time(self.clock), threading=Threading(self.clock, daemon=True)))
            # an access key is an account, and any secret is right: in a signed URL as in a signed header
            mended.enter_context(given(s3, _verify_presigned_sigv4=lambda *_: None))
            mended.enter_context(given(s3, _fire_s3_event_async=self._notify))
            yield

    def _notify(self, bucket: str, key: str, event: str, *told: Any, **more: Any) -> None:
        """What listens to a bucket hears of an object in a turn of its own; the service starts a thread."""
        s3 = importlib.import_module("ministack.services.s3")
        if bucket in s3._bucket_notifications:
            more["sequencer"] = s3._next_event_sequencer(event)
            self.clock.spawn(lambda: s3._fire_s3_event(bucket, key, event, *told, **more), f"{event} of {bucket}")

    def answer_on(self, port: int) -> None:
        """Let the services name this port where they hand out an address of their own."""
        netloc = f"{LOOPBACK}:{port}"
        named = {
            "sqs": {"DEFAULT_PORT": str(port), "DEFAULT_HOST": LOOPBACK, "_CANONICAL_NETLOC": netloc},
            "sns": {"_PORT": str(port)},
            "apigateway": {"_PORT": str(port)},
        }
        for name, values in named.items():
            self._closing.enter_context(given(importlib.import_module(f"ministack.services.{name}"), **values))

    def close(self) -> None:
        """Stop everything and take away what was written."""
        self._closing.close()

    def handle(self, request: Request) -> Response:
        """Let a service answer a request.

        :raises LocalError: when it is closed.
        """
        if not self._loop.is_running():
            raise LocalError("the stand-in for AWS is closed")
        return asyncio.run_coroutine_threadsafe(self._run(request), self._loop).result()

    async def _run(self, request: Request) -> Response:
        status, headers, body = 500, {}, bytearray()
        unread = [{"type": "http.request", "body": request.body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return unread.pop() if unread else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
            else:
                body.extend(message.get("body", b""))

        await self.app.app(_scope(request), receive, send)
        return Response(status, headers, bytes(body))

    @contextmanager
    def scope(self, account: str, region: str) -> Iterator[None]:
        """Act in an account and region, for code that reaches into a service."""
        responses = importlib.import_module("ministack.core.responses")
        with responses.request_scope(account, region):
            yield

    def account_of(self, access_key: str) -> str:
        """The account that an access key acts in: itself, where it is 12 digits, or that of an assumed role."""
        if len(access_key) == 12 and access_key.isdigit():  # noqa: PLR2004 - an account id
            return access_key
        responses = importlib.import_module("ministack.core.responses")
        return str(responses._account_from_sts_session(access_key) or os.environ.get("MINISTACK_ACCOUNT_ID", "0" * 12))


def _scope(request: Request) -> dict[str, Any]:
    from urllib.parse import unquote

    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path),
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "headers": [(name.encode("latin-1"), value.encode("utf-8")) for name, value in request.headers.items()],
        "client": (LOOPBACK, 0),
        "server": (LOOPBACK, 0),
    }


def _see_that_the_versions_are_known() -> None:
    for package, known in (("ministack", VERSION), ("moto", MOTO)):
        try:
            found = version(package)
        except PackageNotFoundError:
            raise LocalError("the stand-in for AWS is not installed", "pip install 'stackgen[local]'") from None
        if found != known:
            raise LocalError(
                f"{package} {found} is installed, and the stand-in for AWS knows {known}",
                "pip install 'stackgen[local]' brings the right one",
            )


def _imported(folder: str) -> Any:
    """The application, imported under our settings."""
    with _settings(folder), _no_thread_starts():
        for name in ("cloudwatch", "dynamodb", "cloudformation"):
            importlib.import_module(f"ministack.services.{name}")
        return importlib.import_module("ministack.app")


def _under_settings(load: Callable[[str], Any], folder: str) -> Callable[[str], Any]:
    """Ministack imports a service when it is first called; what it reads from the environment then shall be ours."""

    def loaded(name: str) -> Any:
        if f"ministack.services.{name}" in sys.modules:
            return load(name)
        with _settings(folder), _no_thread_starts():
            return load(name)

    return loaded


@contextmanager
def _settings(folder: str) -> Iterator[None]:
    settings = {**SETTINGS, **dict.fromkeys(_FOLDERS, folder)}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _no_thread_starts() -> Iterator[None]:
    """Some modules start a daemon when they are imported; it would sweep in real time and outlive the stand-in.

    Only what the importing thread starts is held back; others go on.
    """
    start, importer = threading.Thread.start, threading.get_ident()

    def held_back(thread: threading.Thread) -> None:
        if threading.get_ident() != importer:
            start(thread)

    threading.Thread.start = held_back  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]


@contextmanager
def _quiet() -> Iterator[None]:
    """What a service refuses is its answer; it is not logged beside it where nobody asked for a log."""
    root = logging.getLogger()
    if root.handlers:
        yield
        return
    silence = logging.NullHandler()
    root.addHandler(silence)
    try:
        yield
    finally:
        root.removeHandler(silence)
