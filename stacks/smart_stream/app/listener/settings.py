"""What the listener is told by its environment's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smartstream import yoto
from smartstream.settings import ADDRESS, CLIENT_ID, ENVIRONMENT, LEVEL, TABLE, Variables

if TYPE_CHECKING:
    from collections.abc import Mapping

BROKER = "wss://aqrphjqbp3u2z-ats.iot.eu-west-2.amazonaws.com:443/mqtt"
"""Yoto's. It tells who may hear whom by the access token, which is the password."""
BROKER_ADDRESS = r"wss://[a-z0-9.-]+:[0-9]+/[a-z]*|mqtt://127\.0\.0\.1:[0-9]+/?"
NAME = "[A-Za-z0-9_-]{1,64}"


class Settings(NamedTuple):
    """The template sets the first six; tests alone set the others."""

    environment: str
    table: str
    client_id: str
    mqtt_client_id: str
    debug: bool
    level: str
    broker: str
    login: str
    api: str
    poll: float
    beat: float
    longest_pause: float


def settings(variables: Mapping[str, str]) -> Settings:
    """Raises SettingInvalid, which names all that is wrong."""
    given = Variables(variables)
    made = Settings(
        given.matching("ENVIRONMENT", ENVIRONMENT),
        given.matching("DYNAMODB_TABLE", TABLE),
        given.matching("YOTO_CLIENT_ID", CLIENT_ID),
        given.matching("MQTT_CLIENT_ID", NAME),
        given.matching("DEBUG", "true|false", "false") == "true",
        given.matching("LOG_LEVEL", LEVEL, "info"),
        given.matching("MQTT_URL", BROKER_ADDRESS, BROKER),
        given.matching("YOTO_LOGIN_URL", ADDRESS, yoto.LOGIN),
        given.matching("YOTO_API_URL", ADDRESS, yoto.API),
        given.seconds("POLL_SECONDS", 15),
        given.seconds("BEAT_SECONDS", 60),
        given.seconds("LONGEST_PAUSE_SECONDS", 60),
    )
    given.settle()
    return made
