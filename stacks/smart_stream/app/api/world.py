"""What the function reaches: its table, its audio, Yoto. Made once for an execution environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.config import Config

from api.audio import Audio
from smartstream.table import Table
from smartstream.yoto import Yoto

if TYPE_CHECKING:
    from api.settings import Settings

RETRIES = {"mode": "standard", "total_max_attempts": 4}
CONFIG = Config(retries=RETRIES, connect_timeout=2, read_timeout=4)
"""Bounded, so that a request is answered before the HTTP API gives it up after 30 seconds."""
SIGNING = CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


class World(NamedTuple):
    """All of it."""

    settings: Settings
    table: Table
    audio: Audio
    yoto: Yoto


def world(given: Settings) -> World:
    """Regions and credentials are those that Lambda gives."""
    return World(
        given,
        Table(boto3.client("dynamodb", config=CONFIG), given.table),
        Audio(boto3.client("s3", config=SIGNING), given.audio),
        Yoto(given.client_id, given.login, given.api),
    )
