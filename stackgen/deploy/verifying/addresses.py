"""Addresses that are asked whether they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stackgen.deploy.http import NoAnswerError, exchange

from .checked import Checked, wrong

if TYPE_CHECKING:
    from .settings import Address


def asked(address: Address) -> Checked:
    """Ask an address, and compare the status of its answer."""
    type_ = "address"
    try:
        status = exchange(address.url).status
    except NoAnswerError as error:
        return wrong(address.name, type_, f"{address.url}: {error}", unreachable(address.url))
    is_right = status == address.status
    remedy = "" if is_right else f"look at what stands behind {address.url}, or say another status in the settings"
    return Checked(address.name, type_, f"{address.url}: {status}, expected {address.status}", is_right, remedy)


def unreachable(url: str) -> str:
    """What a person does where nobody answers."""
    return f"see that {urlsplit(url).hostname} can be reached from here, and that its certificate is good"
