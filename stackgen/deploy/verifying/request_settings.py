"""What a project wants to be asked of its stack over HTTP.

[tool.stackgen.stack.shop-stack.verify]
base_url = "{ApiUrl}"                       # verify --base-url says another

[tool.stackgen.stack.shop-stack.verify.requests.login]      # in the order in which they stand here
method = "POST"                             # GET where nothing is said
path = "/api/login"                         # behind base_url; or url, a whole address
headers = { Accept = "application/json" }
body = { name = "verify-{id}", password = "{secret}" }      # sent as JSON; or text, as it is
status = 200
answer = { role = "user" }                  # what its JSON has to hold; more may be in it
has = ["expires_in"]                        # what must be there, whatever it is: cards.0.id
contains = "token"                          # a text in the answer
keep = { token = "token" }                  # a word for those behind it, and where in the JSON it is
keep_headers = { place = "location" }       # and from a header
retries = 5                                 # asked again so often until it is right,
pause = 2                                   # after so many seconds
group = "integration"                       # asked with --group integration alone

[tool.stackgen.stack.shop-stack.verify.requests.orders]
path = "/api/orders"
headers = { Authorization = "Bearer {token}" }
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stackgen.deploy.http import FORM, may_be_asked
from stackgen.deploy.setting_forms import location_of
from stackgen.environments import _wrong
from stackgen.errors import ProjectError

from .requests import WORD, Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .settings import Reader

_KEYS = {
    "method": "text", "path": "text", "url": "text", "headers": "table", "body": "table", "text": "text",
    "status": "number", "answer": "table", "has": "list of texts", "contains": "text", "keep": "table",
    "keep_headers": "table", "retries": "number", "pause": "number", "group": "text",
}  # fmt: skip
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_RANGES = {"status": (100, 599), "retries": (0, 100), "pause": (1, 300)}
_TEXTS = ("headers", "keep", "keep_headers")
_GROUP = re.compile(r"[a-z][a-z0-9-]*")


def requests_of(reader: Reader, table: Mapping[str, Any], base_url: str) -> Iterator[Request]:
    """The requests of one table of settings. Raises ProjectError."""
    base = base_url or table.get("base_url", "")
    if base:
        base = reader.filled(reader.place, base).rstrip("/")
        if not may_be_asked(base):
            raise _wrong(reader.project, reader.place, "base_url", base, FORM)
    for name, each in table.get("requests", {}).items():
        yield _request(reader, name, each, base)


def _request(reader: Reader, name: str, table: Any, base: str) -> Request:
    place = f"{reader.place}.requests.{name}"
    reader.known(place, table, _KEYS)
    _check(reader, place, table)
    said = reader.filled(place, table)
    if ("path" in said) == ("url" in said):
        _refuse(reader, place, "either a path behind base_url or a whole url was expected")
    if "path" in said and not base:
        _refuse(reader, place, f"it has a path, and {reader.place} has no base_url")
    url = said["url"] if "url" in said else base + said["path"]
    if not WORD.search(url) and not may_be_asked(url):
        raise _wrong(reader.project, place, "url", url, FORM)
    reader.later |= {*said.get("keep", {}), *said.get("keep_headers", {})}
    own = ("method", "headers", "status", "answer", "has", "contains", "keep", "keep_headers", "retries", "pause")
    more = {key: said[key] for key in (*own, "group") if key in said}
    return Request(name, url, body=said.get("text", said.get("body")), **more)


def _check(reader: Reader, place: str, table: Mapping[str, Any]) -> None:
    project = reader.project
    if table.get("method", "GET") not in _METHODS:
        raise _wrong(project, place, "method", table["method"], f"one of {', '.join(_METHODS)}")
    for key, (least, most) in _RANGES.items():
        if not least <= table.get(key, least) <= most:
            raise _wrong(project, place, key, table[key], f"{least} to {most}")
    for key in _TEXTS:
        for name, value in table.get(key, {}).items():
            if not isinstance(value, str) or "\n" in value or (key != "headers" and not WORD.fullmatch(f"{{{name}}}")):
                raise _wrong(project, f"{place}.{key}", name, value, "letters, digits and _ for a word, and a text")
    if "path" in table and not table["path"].startswith("/") and not WORD.match(table["path"]):
        raise _wrong(project, place, "path", table["path"], "a path that begins with /")
    if "body" in table and "text" in table:
        _refuse(reader, place, "either a body or a text was expected")
    if "group" in table and not _GROUP.fullmatch(table["group"]):
        raise _wrong(project, place, "group", table["group"], "small letters, digits and hyphens")


def _refuse(reader: Reader, place: str, problem: str) -> None:
    outer, _, name = place.rpartition(".")
    raise ProjectError(f"{place}: {problem}", location=location_of(reader.project, outer, name))
