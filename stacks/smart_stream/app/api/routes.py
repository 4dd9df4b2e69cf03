"""What the paths do. Each answer is for one method of one path; those of ``OPEN`` need no login."""

from __future__ import annotations

import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from api import audio, users
from api.asking import Answer
from api.errors import BadGateway, Conflict, MethodNotAllowed, NotFound, NotLoggedIn
from smartstream.errors import NoTokens, RefreshRuns, YotoRefused, YotoUnreachable
from smartstream.tokens import Tokens, link, refresh

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.asking import Request
    from api.world import World

PLAYERS, PLAYER = "PLAYERS", "PLAYER#"
CARDS, CARD = "CARDS", "CARD#"
CHECK = "CHECK"
CARD_ID = "[A-Za-z0-9_-]{22}"
TITLE = ".{1,200}"
TOKEN = r"[\x21-\x7e]{1,8192}"  # noqa: S105 - a pattern
SECONDS = "[0-9]{0,7}"


class Route(NamedTuple):
    """A method, a path with names in braces, and what it does."""

    method: str
    path: str
    does: Callable[[World, Request, str], Answer]
    is_open: bool = False

    def named_in(self, path: str) -> str | None:
        """What stands for the name in braces, "" where there is none; None where the path is another."""
        pattern = re.sub(r"\\\{(\w+)\\\}", lambda found: f"({NAMES[found[1]]})", re.escape(self.path))
        found = re.fullmatch(pattern, path)
        return None if found is None else "".join(found.groups())


NAMES = {"name": audio.NAME, "card": CARD_ID}


def health(world: World, _request: Request, _name: str) -> Answer:
    """The function runs and is set up; it asks nobody, for a health check must not fail with somebody else."""
    return Answer(200, {"status": "ok", "environment": world.settings.environment})


def log_in(world: World, request: Request, _name: str) -> Answer:
    given = request.texts(username=users.NAME, password=".{1,256}")  # noqa: S106 - a pattern
    token = users.log_in(world.table, given["username"], given["password"], int(time.time()))
    if token is None:
        raise NotLoggedIn("the name or the password is not right")
    return Answer(200, {"token": token, "expires_in": users.SECONDS_LOGGED_IN})


def players(world: World, _request: Request, _name: str) -> Answer:
    """Those that the listener knows; none where the environment is not linked yet."""
    found = world.table.all(PLAYERS, PLAYER)
    return Answer(200, {"players": [{"id": each, **values} for each, values in found.items()]})


def audio_to_write(world: World, _request: Request, name: str) -> Answer:
    return Answer(200, {"url": world.audio.address_to_write(name), "expires_in": audio.SECONDS_TO_START})


def audio_to_read(world: World, _request: Request, name: str) -> Answer:
    _see_that_audio_is_there(world, name)
    return Answer(200, {"url": world.audio.address(name), "expires_in": audio.SECONDS_TO_START})


def delete_audio(world: World, _request: Request, name: str) -> Answer:
    world.audio.delete(name)
    return Answer(204)


def check_table(world: World, _request: Request, _name: str) -> Answer:
    """An item is written, read and deleted, with the rights of the function."""
    place, written = (CHECK, secrets.token_hex(8)), {"token": secrets.token_hex(8)}
    world.table.put(*place, written)
    try:
        read = world.table.get(*place)
    finally:
        world.table.delete(*place)
    return Answer(200, {"written": True, "read": read == written})


def create_card(world: World, request: Request, _name: str) -> Answer:
    given = request.texts(title=TITLE, audio=audio.NAME)
    _see_that_audio_is_there(world, given["audio"])
    made = secrets.token_urlsafe(16)
    world.table.put(CARDS, CARD + made, given)
    return Answer(201, _card(made, given))


def cards(world: World, _request: Request, _name: str) -> Answer:
    found = world.table.all(CARDS, CARD)
    return Answer(200, {"cards": [_card(each, values) for each, values in found.items()]})


def card(world: World, _request: Request, name: str) -> Answer:
    return Answer(200, _card(name, _card_item(world, name)))


def delete_card(world: World, _request: Request, name: str) -> Answer:
    _card_item(world, name)
    world.table.delete(CARDS, CARD + name)
    return Answer(204)


def stream(world: World, _request: Request, name: str) -> Answer:
    """A player has no login: it knows the card, whose ID nobody guesses."""
    played = _card_item(world, name)["audio"]
    _see_that_audio_is_there(world, played)
    return Answer(302, location=world.audio.address(played))


def link_yoto(world: World, request: Request, _name: str) -> Answer:
    given = request.texts(refresh_token=TOKEN, access_token=f"({TOKEN})?", expires_in=SECONDS)
    expires = datetime.now(UTC) + timedelta(seconds=int(given["expires_in"] or 0))
    link(world.table, Tokens(given["refresh_token"], given["access_token"], expires))
    return Answer(204)


def refresh_tokens(world: World, _request: Request, _name: str) -> Answer:
    try:
        made = refresh(world.table, world.yoto, datetime.now(UTC))
    except (NoTokens, RefreshRuns) as error:
        raise Conflict(str(error), type(error).__name__) from None
    except (YotoRefused, YotoUnreachable) as error:
        raise BadGateway(str(error), type(error).__name__) from None
    return Answer(200, {"expires_at": made.expires.isoformat(timespec="seconds")})


def route_of(request: Request) -> tuple[Route, str]:
    """Which route it is, and what its path names. Raises NotFound, MethodNotAllowed."""
    found = [(each, name) for each in ROUTES if (name := each.named_in(request.path)) is not None]
    if not found:
        raise NotFound("there is no such path")
    for route, name in found:
        if route.method == request.method:
            return route, name
    raise MethodNotAllowed(f"expected {', '.join(sorted(route.method for route, _ in found))}")


def see_that_somebody_is_logged_in(world: World, request: Request) -> None:
    """Raises NotLoggedIn."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or users.who(world.table, token, int(time.time())) is None:
        raise NotLoggedIn("log in, and send the token: Authorization: Bearer ...")


def _card(name: str, values: dict[str, str]) -> dict[str, str]:
    return {"id": name, **values, "stream": f"/api/streams/{name}/stream.mp3"}


def _card_item(world: World, name: str) -> dict[str, str]:
    found = world.table.get(CARDS, CARD + name)
    if found is None:
        raise NotFound("there is no such card")
    return found


def _see_that_audio_is_there(world: World, name: str) -> None:
    if not world.audio.is_there(name):
        raise NotFound(f"there is no audio {name}")


ROUTES = (
    Route("GET", "/api/health", health, is_open=True),
    Route("POST", "/api/user/login", log_in, is_open=True),
    Route("GET", "/api/streams/{card}/stream.mp3", stream, is_open=True),
    Route("GET", "/api/players", players),
    Route("PUT", "/api/audio/{name}", audio_to_write),
    Route("GET", "/api/audio/{name}", audio_to_read),
    Route("DELETE", "/api/audio/{name}", delete_audio),
    Route("POST", "/api/checks/table", check_table),
    Route("GET", "/api/cards", cards),
    Route("POST", "/api/cards", create_card),
    Route("GET", "/api/cards/{card}", card),
    Route("DELETE", "/api/cards/{card}", delete_card),
    Route("PUT", "/api/auth/tokens", link_yoto),
    Route("POST", "/api/auth/refresh", refresh_tokens),
)
