"""One request and its answer: over TLS, or to this machine; for a bounded time, and without following anywhere."""

from __future__ import annotations

import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 10.0
"""For each step of a connection."""
_MOST = 1_000_000
"""Bytes of an answer that are read."""
_HERE = ("127.0.0.1", "::1", "localhost")
FORM = "an address that begins with https://, or with http:// on this machine,"


class Answer(NamedTuple):
    """What came back; the names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


class NoAnswerError(Exception):
    """Nobody answered, or nobody whom one may trust."""


def may_be_asked(url: str) -> bool:
    """Whether nobody on the way reads what is sent there."""
    try:
        parts = urlsplit(url)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return is_port and bool(parts.hostname) and (parts.scheme == "https" or _is_here(parts))


def without_query(url: str) -> str:
    """An address as it may be shown: a signature stands behind the question mark."""
    return url.partition("?")[0]


def exchange(url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: str = "") -> Answer:
    """Ask once. Raises NoAnswerError."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _connection(parts)
        try:
            sent = body.encode() if body or method in ("POST", "PUT", "PATCH") else None
            connection.request(method, path, sent, {"User-Agent": "stackgen-verify", **(headers or {})})
            told = connection.getresponse()
            text = told.read(_MOST).decode("utf-8", "replace")
            return Answer(told.status, {key.lower(): value for key, value in told.getheaders()}, text)
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswerError(f"{type(error).__name__}: {error}") from error


def _connection(parts: SplitResult) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http" and _is_here(parts):
        return HTTPConnection(host, parts.port or 80, timeout=SECONDS)
    return HTTPSConnection(host, parts.port or 443, timeout=SECONDS, context=ssl.create_default_context())


def _is_here(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in _HERE
