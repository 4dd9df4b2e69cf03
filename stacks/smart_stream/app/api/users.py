"""Who may log in, and who has: passwords as hashes of scrypt, and tokens that need no place.

A token is a name, a second until which it is good, and an HMAC of both with the person's own key. A new password is a
new key, so that it ends all tokens.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smartstream.table import Table

NAME = "[a-z0-9][a-z0-9._-]{0,63}"
PASSWORD = ".{8,256}"  # noqa: S105 - a pattern
SECONDS_LOGGED_IN = 3600
PROFILE = "PROFILE"
HASH, KEY = "password_hash", "session_key"
COST, BLOCK, LANES = 2**14, 8, 1
"""16 MiB and about a twentieth of a second."""
_TOKEN = re.compile(rf"({NAME})\.([0-9]{{1,12}})\.([A-Za-z0-9_-]{{43}})")
_NOBODY = f"scrypt${'0' * 32}${'0' * 64}"
"""What the password of a person is compared with who is not there: it takes as long."""


def put_user(table: Table, name: str, password: str) -> None:
    """A person who may log in, with this password from now on; Yoto's tokens stay."""
    salt = secrets.token_hex(16)
    made = {HASH: f"scrypt${salt}${_hashed(password, salt)}", KEY: secrets.token_hex(32)}
    table.change(f"USER#{name}", PROFILE, made)


def remove_user(table: Table, name: str) -> None:
    """Nobody logs in with this name any more; where Yoto's tokens are, they stay."""
    place = (f"USER#{name}", PROFILE)
    if not table.delete(*place, when="attribute_not_exists(yoto_refresh_token)"):
        table.change(*place, {}, without=(HASH, KEY))


def log_in(table: Table, name: str, password: str, now: int) -> str | None:
    """A token, or None: the name or the password is not right."""
    item = table.get(f"USER#{name}", PROFILE) or {}
    _, salt, expected = item.get(HASH, _NOBODY).split("$")
    if not hmac.compare_digest(_hashed(password, salt), expected) or KEY not in item:
        return None
    until = now + SECONDS_LOGGED_IN
    return f"{name}.{until}.{_signed(item[KEY], name, until)}"


def who(table: Table, token: str, now: int) -> str | None:
    """Whose token it is, if it is good."""
    parts = _TOKEN.fullmatch(token)
    if not parts or int(parts[2]) <= now:
        return None
    item = table.get(f"USER#{parts[1]}", PROFILE) or {}
    if KEY not in item or not hmac.compare_digest(_signed(item[KEY], parts[1], int(parts[2])), parts[3]):
        return None
    return parts[1]


def _hashed(password: str, salt: str) -> str:
    made = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=COST, r=BLOCK, p=LANES, dklen=32)
    return made.hex()


def _signed(key: str, name: str, until: int) -> str:
    made = hmac.digest(bytes.fromhex(key), f"{name}.{until}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
