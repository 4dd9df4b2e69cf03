"""boto3 clients of the stand-in that need no socket: what they send goes through the gateway in their own thread."""

from __future__ import annotations

import io
import operator
from contextlib import contextmanager
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stackgen.local.faults import LostAnswer, TimedOut
from stackgen.local.virtual import Time, given
from stackgen.local.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.local.gateway import Gateway


class Clients:
    """One boto3 session per account and region, one client of it per service."""

    def __init__(self, gateway: Gateway, endpoint: str) -> None:
        self._gateway = gateway
        self._endpoint = endpoint
        self._sessions: dict[tuple[str, str], Any] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}

    @contextmanager
    def mended(self) -> Iterator[None]:
        """Let botocore wait in virtual time: between its retries, and between the looks of its waiters."""
        from botocore import endpoint, waiter

        time = Time(self._gateway.clock)
        with given(endpoint, time=time), given(waiter, time=time):
            yield

    def session(self, account: str, region: str) -> Any:
        """A ``boto3.Session`` that acts in an account; every client made from it reaches the stand-in."""
        key = (account, region)
        if key not in self._sessions:
            self._sessions[key] = self._new_session(aws_access_key_id=account, region_name=region)
        return self._sessions[key]

    def client(self, service: str, account: str, region: str) -> Any:
        key = (service, account, region)
        if key not in self._clients:
            self._clients[key] = self.session(account, region).client(service)
        return self._clients[key]

    def _new_session(self, **settings: Any) -> Any:
        from botocore.session import Session

        core = Session(profile=None, event_hooks=copy(_handlers()), include_builtin_handlers=False)
        core.register_component("data_loader", _models())
        core.set_default_client_config(_config())
        core.register("before-send", self._send)
        return _session_type()(
            self._endpoint,
            aws_secret_access_key="local",  # noqa: S106 - checked by nobody
            botocore_session=core,
            **settings,
        )

    def _send(self, request: Any, **_: object) -> Any:
        from botocore.awsrequest import AWSResponse
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

        try:
            response = self._gateway.handle(_read(request))
        except TimedOut as lost:
            raise ReadTimeoutError(endpoint_url=request.url, error=lost) from lost
        except LostAnswer as lost:
            raise ConnectionClosedError(endpoint_url=request.url, error=lost) from lost
        return AWSResponse(request.url, response.status, _Headers(response.headers), _Body(response.body))


@cache
def _models() -> Any:
    """The service models, which are read once for all sessions."""
    from botocore.loaders import create_loader

    return create_loader()


@cache
def _handlers() -> Any:
    """What botocore registers in each session, which takes longer than all the rest of it; a session gets a copy."""
    from botocore.hooks import HierarchicalEmitter
    from botocore.session import Session

    found = HierarchicalEmitter()
    Session(profile=None, event_hooks=found)
    return found


@cache
def _session_type() -> Any:
    """boto3's session, whose clients and resources speak to the stand-in unless they are told another endpoint."""
    import boto3

    class Session(boto3.Session):  # type: ignore[misc]
        def __init__(self, endpoint: str, **settings: Any) -> None:
            super().__init__(**settings)
            self._loader.search_paths[:] = dict.fromkeys(self._loader.search_paths)  # each session adds the same folder
            self._endpoint = endpoint
            self._made: dict[Any, Any] = {}

        def client(self, service_name: str, *positional: Any, **settings: Any) -> Any:
            """The same client for the same settings: a handler makes its clients anew in each run, and each takes long.

            Clients share what they are made of anyway; who adds hooks to one adds them to all that are asked for alike.
            """
            key = (service_name, positional, tuple(sorted(settings.items(), key=operator.itemgetter(0))))
            try:
                made = self._made.get(key)
            except TypeError:  # a setting that cannot be told from another
                return self._new_client(service_name, *positional, **settings)
            if made is None:
                made = self._made[key] = self._new_client(service_name, *positional, **settings)
            return made

        def _new_client(self, service_name: str, *positional: Any, **settings: Any) -> Any:
            return super().client(service_name, *positional, **{"endpoint_url": self._endpoint, **settings})

        def resource(self, service_name: str, **settings: Any) -> Any:
            return super().resource(service_name, **{"endpoint_url": self._endpoint, **settings})

    return Session


def _config() -> Any:
    from botocore.config import Config

    return Config(s3={"addressing_style": "path"}, parameter_validation=True)


def _read(request: Any) -> Request:
    where = urlsplit(request.url)
    headers = {
        name.lower(): value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    headers.setdefault("host", where.netloc)
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    return Request(
        request.method, where.path or "/", where.query, headers, body.encode() if isinstance(body, str) else bytes(body)
    )


class _Headers(dict[str, str]):
    """Headers that are found whatever their case."""

    def __init__(self, headers: Any) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key.lower(), default)

    def __getitem__(self, key: str) -> str:
        return super().__getitem__(key.lower())

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and super().__contains__(key.lower())


class _Body(io.BytesIO):
    """A body as botocore wants to read it from the network."""

    def stream(self, amt: int | None = None, **_: object) -> Iterator[bytes]:
        while chunk := self.read(amt or -1):
            yield chunk

    def release_conn(self) -> None:
        """There is no connection."""
