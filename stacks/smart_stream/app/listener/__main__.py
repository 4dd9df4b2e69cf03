"""``python -m listener``: begins, and ends well when it is told to by SIGTERM, as ECS does, or by SIGINT."""

from __future__ import annotations

import os
import signal
import sys
from threading import Event
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from listener.listening import Listener
from listener.settings import settings
from smartstream.errors import SettingInvalid
from smartstream.logs import logger
from smartstream.table import Table
from smartstream.yoto import Yoto

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

SERVICE, BEATS = "listener", "beats"
RETRIES = {"mode": "standard", "total_max_attempts": 4}
CONFIG = Config(retries=RETRIES, connect_timeout=2, read_timeout=4)


def main() -> int:
    """The code to end with."""
    log = logger(SERVICE, "info")
    try:
        given = settings(os.environ)
    except SettingInvalid as error:
        return _not_set_up(log, error)
    log.setLevel(given.level.upper())
    log.append_keys(environment=given.environment)
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    table = Table(boto3.client("dynamodb", config=CONFIG), given.table)
    yoto = Yoto(given.client_id, given.login, given.api)
    # An alarm counts the beats: they are told whatever the level of the log is.
    Listener(given, table, yoto, stop, log=log, beats=logger(BEATS, "info")).run()
    return 0


def _not_set_up(log: Logger, error: SettingInvalid) -> int:
    log.error("not set up", extra={"cause": str(error)})
    return 1


if __name__ == "__main__":
    sys.exit(main())
