"""One connection to the broker, from CONNECT to its end; everything happens in the thread that runs it.

The session outlives the connection: the broker keeps what is published meanwhile, and sends again what was not
acknowledged. A message is acknowledged once it is kept. Where it cannot be kept the connection ends, for that is what
makes the broker send it again.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

USER = "_?x-amz-customauthorizer-name=PublicJWTAuthorizer"
"""Who checks the password, and for which player: for all that it gives a right to."""
AT_LEAST_ONCE = 1
KEEP_ALIVE = 60
PATIENCE = 10
"""Seconds for a connection, and then for the broker's word that we may."""
ROUND = 0.5
AT_ONCE = 8
"""Topics in one request, as many as AWS's broker takes."""


class Lost(Exception):
    """The connection ended, or none came about."""


class NotAllowed(Exception):
    """The broker does not take the password, or not what we want to hear."""


class Connection:
    """To a broker, as a client of the session ``name``."""

    def __init__(
        self, address: str, name: str, password: str, topics: Sequence[str], hear: Callable[[str, bytes], None]
    ) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._topics = topics
        self._hear = hear
        self._refusal: Exception | None = None
        self._awaited = len(topics)
        self._is_open = False
        is_web = parts.scheme == "wss"
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            clean_session=False,
            transport="websockets" if is_web else "tcp",
            reconnect_on_failure=False,
            manual_ack=True,
        )
        self._client.connect_timeout = PATIENCE
        self._client.username_pw_set(USER, password)
        if is_web:
            self._client.ws_set_options(path=parts.path)
            self._client.tls_set()
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._came

    @property
    def is_open(self) -> bool:
        """Whether everything is subscribed to that shall be."""
        return self._is_open and self._awaited <= 0

    def run(self, goes_on: Callable[[], bool]) -> None:
        """Listen until ``goes_on``, which is asked each round, says no. Raises Lost, NotAllowed, and as ``hear``."""
        try:
            self._client.connect(self._host, self._port, KEEP_ALIVE)
            until = time.monotonic() + PATIENCE
            while goes_on():
                code = self._client.loop(ROUND)
                if self._refusal:
                    raise self._refusal
                if code != mqtt.MQTT_ERR_SUCCESS:
                    raise Lost(mqtt.error_string(code))
                if not self.is_open and time.monotonic() > until:
                    raise Lost(f"the broker said nothing for {PATIENCE} seconds")
        except (OSError, mqtt.WebsocketConnectionError) as error:
            raise Lost(type(error).__name__) from None
        finally:
            with suppress(OSError, ValueError):
                self._client.disconnect()

    def _connected(self, _client: object, _data: object, _flags: object, code: Any, _properties: object) -> None:
        if code.is_failure:
            self._refusal = Lost(str(code)) if str(code) == "Server unavailable" else NotAllowed(str(code))
            return
        self._is_open = True
        for begin in range(0, len(self._topics), AT_ONCE):
            self._client.subscribe([(each, AT_LEAST_ONCE) for each in self._topics[begin : begin + AT_ONCE]])

    def _subscribed(self, _client: object, _data: object, _number: int, codes: list[Any], _properties: object) -> None:
        self._awaited -= len(codes)
        if any(each.is_failure for each in codes):
            self._refusal = NotAllowed("some topics may not be subscribed to")

    def _came(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        self._hear(message.topic, bytes(message.payload))
        self._client.ack(message.mid, message.qos)
