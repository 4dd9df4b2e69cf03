"""The loop: wait for tokens, listen, and begin anew whenever something ends; it ends itself when it is told to."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from listener import alive, hearing
from listener.backoff import Backoff
from listener.connection import Connection, Lost, NotAllowed
from smartstream.errors import NoTokens, RefreshRuns, YotoRefused, YotoUnreachable
from smartstream.tokens import refresh, tokens

if TYPE_CHECKING:
    from threading import Event

    from aws_lambda_powertools import Logger

    from listener.settings import Settings
    from smartstream.table import Table
    from smartstream.tokens import Tokens
    from smartstream.yoto import Yoto

MARGIN = timedelta(minutes=5)
"""So long before they expire tokens are renewed."""
ROUND = 1.0
ANOTHER_TRY = 900
"""Seconds until a refresh token is tried again that was refused; another one is tried at once."""
WAITING, CONNECTING, LISTENING = "waits for tokens", "connects", "listens"


class Listener:
    """One of them runs in a process."""

    def __init__(
        self, settings: Settings, table: Table, yoto: Yoto, stop: Event, *, log: Logger, beats: Logger
    ) -> None:
        self._settings = settings
        self._table = table
        self._yoto = yoto
        self._log = log
        self._beats = beats
        self._stop = stop
        self._backoff = Backoff(settings.longest_pause)
        self._state = WAITING
        self._kept = 0
        self._beat_at = 0.0
        self._refused, self._refused_until = "", 0.0
        self._doubted = ""

    def run(self) -> None:
        """Until ``stop`` is set. What passes is waited for; what does not pass is raised, and ends the process."""
        while self._goes_on():
            began, cause = time.monotonic(), "its end"
            try:
                self._listen()
            except (Lost, NotAllowed, YotoRefused, YotoUnreachable, BotoCoreError, ClientError) as error:
                cause = _cause(error)
            if self._stop.is_set():
                break
            if time.monotonic() - began > self._settings.longest_pause:
                self._backoff.reset()
            pause = self._backoff.next()
            self._log.warning("again", extra={"cause": cause, "seconds": round(pause, 1)})
            self._wait(pause)
        self._log.info("stopped", extra={"kept": self._kept})

    def _listen(self) -> None:
        """One connection, with tokens that are good, for as long as they are."""
        held = self._tokens()
        if held is None:
            return
        self._become(CONNECTING)
        try:
            players = self._yoto.players(held.access)
        except YotoRefused:
            self._doubted = held.access
            raise
        hearing.know(self._table, players)
        topics = hearing.topics(players)
        connection = Connection(self._settings.broker, self._settings.mqtt_client_id, held.access, topics, self._hear)

        def goes_on() -> bool:
            self._become(LISTENING if connection.is_open else CONNECTING)
            return self._goes_on() and held.are_good(datetime.now(UTC), MARGIN)

        try:
            connection.run(goes_on)
        except NotAllowed:
            self._doubted = held.access
            raise

    def _tokens(self) -> Tokens | None:
        """Good ones, however long it takes; None when it is told to stop."""
        while self._goes_on():
            found = tokens(self._table)
            if found and (found.refresh != self._refused or time.monotonic() > self._refused_until):
                if found.are_good(datetime.now(UTC), MARGIN) and found.access != self._doubted:
                    return found
                try:
                    return refresh(self._table, self._yoto, datetime.now(UTC))
                except (NoTokens, RefreshRuns) as error:
                    self._log.debug("no tokens", extra={"cause": _cause(error)})
                except YotoRefused as error:
                    self._refused, self._refused_until = found.refresh, time.monotonic() + ANOTHER_TRY
                    self._log.error(
                        "link the environment anew: Yoto takes its token no more", extra={"cause": str(error)}
                    )
            self._become(WAITING)
            self._wait(self._settings.poll)
        return None

    def _hear(self, topic: str, payload: bytes) -> None:
        try:
            hearing.hear(self._table, topic, payload)
        except hearing.Unusable as error:
            self._log.warning("a message is left out", extra={"topic": topic[:100], "cause": str(error)})
        else:
            self._kept += 1
        self._goes_on()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self._goes_on() and (left := until - time.monotonic()) > 0:
            self._stop.wait(min(ROUND, left))

    def _become(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._log.info(state)

    def _goes_on(self) -> bool:
        """A round of whatever loop: say that it goes round, and whether it shall."""
        alive.say()
        if time.monotonic() >= self._beat_at:
            self._beat_at = time.monotonic() + self._settings.beat
            self._beats.info("heartbeat", extra={"state": self._state, "kept": self._kept})
        return not self._stop.is_set()


def _cause(error: Exception) -> str:
    """What AWS says may hold more than a log should."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    return type(error).__name__ if isinstance(error, BotoCoreError) else f"{type(error).__name__}: {error}"
