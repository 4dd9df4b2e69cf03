"""The function: a request of the HTTP API, or a command of whoever may invoke it.

    {"command": "put-user", "username": "admin", "password": "..."}       who may log in, and with what
    {"command": "remove-user", "username": "admin"}

No body, no header and no path gets into the log, for they hold passwords, tokens and the IDs of cards: a request is
told by its route.
"""

from __future__ import annotations

import os
import re
import time
import traceback
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from api import users
from api.asking import Answer, Request, correlation_id
from api.errors import Refusal, Unavailable
from api.routes import route_of, see_that_somebody_is_logged_in
from api.settings import Settings, settings
from api.world import World, world
from smartstream.errors import SettingInvalid
from smartstream.logs import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = "api"
BROKEN = 500
log = logger(SERVICE, "info")


class CommandInvalid(Exception):
    """A command that is unknown, or lacks what it needs."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """What Lambda calls. Raises CommandInvalid, and what stops a command; a request is always answered."""
    named = correlation_id(event, context)
    log.set_correlation_id(named)
    if "requestContext" not in event:
        return _commanded(_world(), event)
    began = time.monotonic()
    answer, route, cause = _answered(event)
    told = {"route": route, "status": answer.status, "milliseconds": round(1000 * (time.monotonic() - began)), **cause}
    (log.error if answer.status >= BROKEN else log.info)("answered", extra=told)
    if answer.body and "error" in answer.body:
        answer = answer._replace(body={**answer.body, "correlation_id": named, **_hint(cause)})
    return answer.shown(named)


def _answered(event: Mapping[str, Any]) -> tuple[Answer, str, dict[str, Any]]:
    """The answer, the route, and for the log alone what went wrong."""
    told = "none"
    try:
        reached = _world()
        request = Request.from_event(event)
        route, name = route_of(request)
        told = f"{route.method} {route.path}"
        if not route.is_open:
            see_that_somebody_is_logged_in(reached, request)
        return route.does(reached, request, name), told, {}
    except Refusal as refusal:
        return _refused(refusal), told, {"code": refusal.code}
    except SettingInvalid as error:
        return _broken("SettingInvalid", "the function is not set up; its log says what is wrong"), told, _why(error)
    except (ClientError, BotoCoreError) as error:
        return _refused(Unavailable("the table or the bucket does not answer; try again")), told, _why(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is answered and told
        return _broken("Broken", "something went wrong here; the log says where"), told, _why(error)


def _commanded(reached: World, event: Mapping[str, Any]) -> dict[str, Any]:
    command, name, password = (event.get(each) for each in ("command", "username", "password"))
    if not isinstance(name, str) or not re.fullmatch(users.NAME, name):
        raise CommandInvalid(f"username is missing, or not of the form {users.NAME}")
    if command == "put-user":
        if not isinstance(password, str) or not re.fullmatch(users.PASSWORD, password, re.DOTALL):
            raise CommandInvalid("password is missing, or has less than 8 characters or more than 256")
        users.put_user(reached.table, name, password)
    elif command == "remove-user":
        users.remove_user(reached.table, name)
    else:
        raise CommandInvalid("the command is unknown; expected put-user or remove-user")
    log.info("command", extra={"command": command, "username": name})
    return {"done": command}


@lru_cache(maxsize=1)
def _settings() -> Settings:
    made = settings(os.environ)
    log.setLevel(made.level.upper())
    return made


@lru_cache(maxsize=1)
def _world() -> World:
    """Raises SettingInvalid."""
    return world(_settings())


def _hint(cause: Mapping[str, Any]) -> dict[str, Any]:
    """Where nobody but developers asks (DEBUG), an error says its cause; in production the log alone does."""
    with suppress(SettingInvalid):
        return {"cause": cause["cause"]} if "cause" in cause and _settings().debug else {}
    return {}


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, {"error": {"code": refusal.code, "message": str(refusal)}})


def _broken(code: str, message: str) -> Answer:
    return Answer(BROKEN, {"error": {"code": code, "message": message}})


def _why(error: Exception) -> dict[str, Any]:
    """For the log: what an error is and where, but no message of others, which may hold what was sent."""
    if isinstance(error, SettingInvalid):
        return {"cause": str(error)}
    if isinstance(error, ClientError):
        return {"cause": f"{error.operation_name}: {error.response['Error']['Code']}"}
    frames = traceback.extract_tb(error.__traceback__)
    return {"cause": type(error).__name__, "where": [f"{each.filename}:{each.lineno}" for each in frames[-8:]]}
