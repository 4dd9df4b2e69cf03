"""Addresses that are asked whether they answer: over TLS alone, for a bounded time, and without following anywhere."""

from __future__ import annotations

import ssl
from http.client import HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .checked import Checked, wrong

if TYPE_CHECKING:
    from .settings import Address

SECONDS = 10.0
"""For each step of a connection."""


def asked(address: Address) -> Checked:
    """Ask an address, and compare the status of its answer."""
    parts = urlsplit(address.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    type_ = "address"
    try:
        connection = HTTPSConnection(
            parts.hostname or "", parts.port or 443, timeout=SECONDS, context=ssl.create_default_context()
        )
        try:
            connection.request("GET", path, headers={"User-Agent": "stackgen-verify"})
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        remedy = f"see that {parts.hostname} can be reached from here, and that its certificate is good"
        return wrong(address.name, type_, f"{address.url}: {type(error).__name__}: {error}", remedy)
    is_right = status == address.status
    remedy = "" if is_right else f"look at what stands behind {address.url}, or say another status in the settings"
    return Checked(address.name, type_, f"{address.url}: {status}, expected {address.status}", is_right, remedy)
