"""What a rehearsal is asked for: values read from the words of a command line, without anything heavy."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stackgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stackgen.local.fault_words import FaultWords

ACCOUNT = "111111111111"
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_REPOSITORY = re.compile(r"[a-z0-9]+([._/-]+[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_SECRET = re.compile(r"[A-Za-z0-9_./-]{1,1011}")
_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_HANDLER = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Handler:
    """A function of the project that runs where a Lambda function's name or image matches."""

    pattern: str
    module: str
    function: str


@dataclass(frozen=True, slots=True)
class Deploying:
    """Which stack is deployed, and what has to be there for it; a secret without a value gets one that nobody sees."""

    stack: str
    stack_name: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    images: Sequence[tuple[str, str]] = ()
    secrets: Mapping[str, str | None] = field(default_factory=dict)
    once: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that one run of the command was asked for."""

    port: int = 0
    accounts: tuple[str, ...] = ()
    speed: float = 60.0
    seed: int = 0
    handlers: tuple[Handler, ...] = ()
    faults: tuple[FaultWords, ...] = ()
    deploying: Deploying | None = None

    @property
    def account(self) -> str:
        """The account that the printed environment acts in."""
        return self.accounts[0] if self.accounts else ACCOUNT


def accounts_of(text: str) -> tuple[str, ...]:
    """Account IDs, joined by commas. Raises UsageError."""
    accounts = tuple(part.strip() for part in text.split(","))
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise UsageError(
                f"--accounts: {account!r} is no account", "12 digits each, joined by commas, were expected"
            )
    return tuple(dict.fromkeys(accounts))


def region_of(regions: Sequence[str]) -> str | None:
    """The one region that was named, if any. Raises UsageError."""
    if len(regions) > 1:
        raise UsageError(f"local takes one -r, and was given {' and '.join(regions)}", "it deploys to one region")
    for region in regions:
        if not _REGION.fullmatch(region):
            raise UsageError(f"-r {region}: that is no region", "one such as eu-west-1 was expected")
    return regions[0] if regions else None


def port_of(text: str) -> int:
    """A port. Raises UsageError."""
    if not (text.isascii() and text.isdecimal() and int(text) <= 65535):  # noqa: PLR2004  16 bits
        raise UsageError(f"--port {text}: a number up to 65535 was expected", "0, as without the option, is a free one")
    return int(text)


def speed_of(text: str) -> float:
    """Seconds of virtual time in a real one. Raises UsageError."""
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed < math.inf:
        raise UsageError(f"--speed {text}: a number above 0 was expected", "60 makes a minute of a second")
    return speed


def seed_of(text: str) -> int:
    """The number that the faults' chances begin with. Raises UsageError."""
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"--seed {text}: a whole number was expected") from None


def handler_of(text: str) -> Handler:
    """``PATTERN=MODULE:FUNCTION``. Raises UsageError."""
    pattern, _, place = text.partition("=")
    found = _HANDLER.fullmatch(place)
    if not pattern or found is None:
        raise UsageError(
            f"--handler {text}: PATTERN=MODULE:FUNCTION was expected", "such as '*migration*=shop.migration:handler'"
        )
    return Handler(pattern, found[1], found[2])


def image_of(text: str) -> tuple[str, str]:
    """``REPOSITORY:TAG``. Raises UsageError."""
    repository, _, tag = text.rpartition(":")
    if not (_REPOSITORY.fullmatch(repository) and _TAG.fullmatch(tag)):
        raise UsageError(f"--image {text}: REPOSITORY:TAG was expected", "such as shop/web:1.0.0, without a registry")
    return repository, tag


def secret_of(text: str) -> tuple[str, str | None]:
    """``NAME`` or ``NAME=VALUE``. Raises UsageError, which tells no value."""
    name, equals, value = text.partition("=")
    if not _SECRET.fullmatch(name):
        raise UsageError(
            f"--secret {name!r}: NAME or NAME=VALUE was expected", "the name of a parameter, such as /shop/dev/password"
        )
    if equals and not value:
        raise UsageError(f"--secret {name}: the value is empty", "leave out the = and a value is made up")
    return name, value if equals else None


def stack_name_of(text: str) -> str:
    """A name that CloudFormation takes. Raises UsageError."""
    if not _STACK_NAME.fullmatch(text):
        raise UsageError(
            f"--stack-name {text}: CloudFormation would refuse it",
            "a letter, then up to 127 letters, digits and hyphens were expected",
        )
    return text


def pairs_of(option: str, pairs: Iterable[tuple[str, str | None]]) -> dict[str, str | None]:
    """Names and values, each name once. Raises UsageError."""
    found: dict[str, str | None] = {}
    for name, value in pairs:
        if name in found:
            raise UsageError(f"{option} {name} is given twice")
        found[name] = value
    return found


def parameter_of(text: str) -> tuple[str, str]:
    """``KEY=VALUE``. Raises UsageError, which tells no value."""
    key, equals, value = text.partition("=")
    if not equals or not key.isalnum():
        raise UsageError(f"--parameter {key}: KEY=VALUE was expected", "such as EnvironmentSuffix=dev")
    return key, value
