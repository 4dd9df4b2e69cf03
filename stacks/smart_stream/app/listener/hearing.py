"""What is done with a message: the table keeps the last of each kind of each player.

A message that comes twice is written twice, with the same outcome, so nobody needs to remember which came already.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from smartstream.table import Table

PLAYERS, PLAYER = "PLAYERS", "PLAYER#"
KINDS = ("events", "status")
LONGEST = 65_536
"""Bytes of a message; an item of the table holds six of these."""
ID = "[A-Za-z0-9_-]{1,64}"
_TOPIC = re.compile(rf"device/({ID})/data/({'|'.join(KINDS)})")


class Unusable(Exception):
    """A message that nobody could ever use: it would come again and again if it were not acknowledged."""


def topics(players: Iterable[str]) -> list[str]:
    """What to subscribe to. A player whose ID could be a pattern of topics is left out."""
    return [f"device/{each}/data/{kind}" for each in players if re.fullmatch(ID, each) for kind in KINDS]


def know(table: Table, players: Mapping[str, str]) -> None:
    """Write the names of the players; what was heard of them stays."""
    for player, name in players.items():
        if re.fullmatch(ID, player):
            table.change(PLAYERS, PLAYER + player, {"name": name})


def hear(table: Table, topic: str, payload: bytes) -> None:
    """When this returns, the message is kept. Raises Unusable, and botocore's errors."""
    found = _TOPIC.fullmatch(topic)
    if not found:
        raise Unusable("of no topic that was subscribed to")
    if len(payload) > LONGEST:
        raise Unusable(f"longer than {LONGEST} bytes")
    try:
        text = payload.decode()
        json.loads(text)
    except (ValueError, RecursionError):
        raise Unusable("no JSON") from None
    heard = datetime.now(UTC).isoformat(timespec="milliseconds")
    table.change(PLAYERS, PLAYER + found[1], {f"last_{found[2]}": text, "heard_at": heard})
