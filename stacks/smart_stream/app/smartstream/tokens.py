"""Yoto's tokens, in the environment's own table: ``USER#admin``, ``PROFILE``.

A refresh token may be good for once. So whoever refreshes writes into the item until when, and nobody else does
meanwhile; what comes back is written only if nobody linked the environment anew in between.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from smartstream.errors import NoTokens, RefreshRuns

if TYPE_CHECKING:
    from smartstream.table import Table
    from smartstream.yoto import Yoto

OWNER = ("USER#admin", "PROFILE")
REFRESH, ACCESS, EXPIRES = "yoto_refresh_token", "yoto_access_token", "yoto_token_expires_at"
RUNS = "yoto_refresh_until"
LEASE = timedelta(seconds=60)
"""Longer than all attempts of a refresh take together."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Tokens(NamedTuple):
    """What the environment is known by at Yoto's; an access token that has expired is none."""

    refresh: str
    access: str = ""
    expires: datetime = LONG_AGO

    def are_good(self, now: datetime, margin: timedelta = timedelta()) -> bool:
        """Whether the access token is good for longer than the margin."""
        return bool(self.access) and self.expires > now + margin


def tokens(table: Table) -> Tokens | None:
    """Those of the table; None until somebody links the environment."""
    item = table.get(*OWNER) or {}
    if not item.get(REFRESH):
        return None
    return Tokens(item[REFRESH], item.get(ACCESS, ""), _moment(item.get(EXPIRES, "")))


def link(table: Table, given: Tokens) -> None:
    """From now on the environment is known by these."""
    table.change(*OWNER, _attributes(given), without=(RUNS,))


def refresh(table: Table, yoto: Yoto, now: datetime) -> Tokens:
    """New tokens, kept already. Raises NoTokens, RefreshRuns, YotoRefused, YotoUnreachable, botocore's errors."""
    mine = _text(now + LEASE)
    free = f"attribute_exists({REFRESH}) AND (attribute_not_exists({RUNS}) OR {RUNS} < :now)"
    is_mine = table.change(*OWNER, {RUNS: mine}, when=free, now=_text(now))
    found = tokens(table)
    if found is None:
        raise NoTokens("nobody has linked this environment with Yoto yet")
    if not is_mine:
        raise RefreshRuns("somebody else refreshes the tokens at this moment")
    still = {"when": f"{RUNS} = :mine", "mine": mine}
    try:
        fresh = yoto.refresh(found.refresh)
    except BaseException:
        table.change(*OWNER, {}, without=(RUNS,), **still)
        raise
    made = Tokens(fresh.refresh, fresh.access, now + timedelta(seconds=fresh.seconds))
    if not table.change(*OWNER, _attributes(made), without=(RUNS,), **still):
        return tokens(table) or made
    return made


def _attributes(given: Tokens) -> dict[str, str]:
    return {REFRESH: given.refresh, ACCESS: given.access, EXPIRES: _text(given.expires)}


def _text(moment: datetime) -> str:
    """UTC; such texts are in order when their moments are."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return LONG_AGO
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
