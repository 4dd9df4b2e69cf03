"""What the function is told by its environment's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smartstream import yoto
from smartstream.settings import ADDRESS, BUCKET, CLIENT_ID, ENVIRONMENT, LEVEL, TABLE, Variables

if TYPE_CHECKING:
    from collections.abc import Mapping


class Settings(NamedTuple):
    """The template sets the first seven; the addresses of Yoto are tests' alone to set."""

    environment: str
    table: str
    audio: str
    ui: str
    client_id: str
    debug: bool
    level: str
    login: str
    api: str


def settings(variables: Mapping[str, str]) -> Settings:
    """Raises SettingInvalid, which names all that is wrong."""
    given = Variables(variables)
    made = Settings(
        given.matching("ENVIRONMENT", ENVIRONMENT),
        given.matching("DYNAMODB_TABLE", TABLE),
        given.matching("S3_AUDIO_BUCKET", BUCKET),
        given.matching("S3_UI_BUCKET", BUCKET),
        given.matching("YOTO_CLIENT_ID", CLIENT_ID),
        given.matching("DEBUG", "true|false", "false") == "true",
        given.matching("LOG_LEVEL", LEVEL, "info"),
        given.matching("YOTO_LOGIN_URL", ADDRESS, yoto.LOGIN),
        given.matching("YOTO_API_URL", ADDRESS, yoto.API),
    )
    given.settle()
    return made
