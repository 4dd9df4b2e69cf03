"""What a project wants to see done before it calls a stack verified.

    [tool.stackgen.stack.TapStack.verify.functions.transaction]
    function = "{ValidatorAliasArn}"        # a name or an ARN
    payload = { transaction_id = "verify-{id}", amount = "0.01" }
    answer = { valid = true }               # what the answer has to hold; more may be in it

    [[tool.stackgen.stack.TapStack.verify.functions.transaction.items]]     # put there before, deleted after
    table = "{SessionTableName}"
    item = { session_id = { S = "verify-{id}" }, expires_at = { N = "{in_an_hour}" } }      # as DynamoDB writes it

    [[tool.stackgen.stack.TapStack.verify.functions.transaction.objects]]   # must be there then, and is deleted
    bucket = "{AuditLogBucketName}"
    key = "transactions/verify-{id}.json"

    after = true                            # after the requests, whatever became of them; else before

    [tool.stackgen.stack.TapStack.verify.addresses.health]
    url = "{ApiEndpoint}/health"            # https, or this machine; where it redirects to is not followed
    status = 200

Requests with more to them are in ``request_settings``. Words in braces are the stack's outputs and
parameters, and env, region, account, id and secret (others each time; nobody sees the latter) and in_an_hour (in
seconds since 1970).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy.http import FORM, may_be_asked
from stackgen.deploy.setting_forms import location_of
from stackgen.deploy.settings import names_of
from stackgen.environments import _known, _wrong
from stackgen.errors import ProjectError, likely

from .request_settings import requests_of
from .requests import WORD, Request, filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.project import Project

_FUNCTION = {"function": "text", "payload": "table", "answer": "table", "items": "list of tables",
             "objects": "list of tables", "after": "switch"}  # fmt: skip
_ADDRESS = {"url": "text", "status": "number"}
_TABLES = {"functions": "table", "addresses": "table", "requests": "table", "base_url": "text"}


class Item(NamedTuple):
    """An item of a table, as DynamoDB writes it."""

    table: str
    item: Mapping[str, Any]


class Kept(NamedTuple):
    """An object of a bucket."""

    bucket: str
    key: str


class Invocation(NamedTuple):
    """A function to invoke, what stands ready before, what it has to answer, and what has to be there then."""

    name: str
    function: str
    payload: Mapping[str, Any]
    answer: Mapping[str, Any]
    items: Sequence[Item]
    objects: Sequence[Kept]
    after: bool = False


class Address(NamedTuple):
    """An address to ask, and the status it has to answer with."""

    name: str
    url: str
    status: int


class Trials(NamedTuple):
    """All that is wanted of a stack."""

    invocations: Sequence[Invocation]
    addresses: Sequence[Address]
    requests: Sequence[Request]


def trials_of(project: Project, template: str, words: Mapping[str, str], base_url: str = "") -> Trials:
    """What the settings want of a stack, with *words* for those in braces. Raises ProjectError."""
    invocations: dict[str, Invocation] = {}
    addresses: dict[str, Address] = {}
    requests: dict[str, Request] = {}
    for file in names_of(template):
        table = project.tables.get("stack", {}).get(file, {}).get("verify")
        if table is None:
            continue
        reader = Reader(project, f"stack.{file}.verify", words)
        reader.known(reader.place, table, _TABLES)
        invocations |= {name: reader.invocation(name, each) for name, each in table.get("functions", {}).items()}
        addresses |= {name: reader.address(name, each) for name, each in table.get("addresses", {}).items()}
        requests |= {each.name: each for each in requests_of(reader, table, base_url)}
    return Trials(tuple(invocations.values()), tuple(addresses.values()), tuple(requests.values()))


class Reader:
    """Reads the table of one stack."""

    def __init__(self, project: Project, place: str, words: Mapping[str, str]) -> None:
        self.project = project
        self.place = place
        self.later: set[str] = set()
        """Words that the answers of requests will say."""
        self._words = words

    def invocation(self, name: str, table: Any) -> Invocation:
        place = f"{self.place}.functions.{name}"
        self.known(place, table, _FUNCTION, ("function",))
        items, objects = table.get("items", ()), table.get("objects", ())
        for each in items:
            self.known(f"{place}.items", each, {"table": "text", "item": "table"}, ("table", "item"))
        for each in objects:
            self.known(f"{place}.objects", each, {"bucket": "text", "key": "text"}, ("bucket", "key"))
        said = self.filled(place, table)
        return Invocation(
            name,
            said["function"],
            said.get("payload", {}),
            said.get("answer", {}),
            tuple(Item(each["table"], each["item"]) for each in said.get("items", ())),
            tuple(Kept(each["bucket"], each["key"]) for each in said.get("objects", ())),
            said.get("after", False),
        )

    def address(self, name: str, table: Any) -> Address:
        place = f"{self.place}.addresses.{name}"
        self.known(place, table, _ADDRESS, ("url",))
        said = self.filled(place, table)
        if not may_be_asked(said["url"]):
            raise _wrong(self.project, place, "url", said["url"], FORM)
        return Address(name, said["url"], said.get("status", 200))

    def known(self, place: str, table: Any, keys: Mapping[str, str], needed: Sequence[str] = ()) -> None:
        """Raises ProjectError for a table that has other settings, or not all that it needs."""
        _known(self.project, place, table, keys)
        for key in needed:
            if key not in table:
                outer, _, name = place.rpartition(".")
                raise ProjectError(f"{place} has no {key}", location=location_of(self.project, outer, name))

    def filled(self, place: str, value: Any) -> Any:
        """A value with its words, at any depth. Raises ProjectError for a word that is none."""
        self._see_words(place, value)
        return filled(value, self._words)

    def _see_words(self, place: str, value: Any) -> None:
        if isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                self._see_words(place, each)
        for word in WORD.findall(value) if isinstance(value, str) else ():
            known = {*self._words, *self.later}
            if word not in known:
                outer, _, name = place.rpartition(".")
                problem = f"{place} has {value!r}, and the stack has no output {word}"
                raise ProjectError(problem, likely(word, known), location=location_of(self.project, outer, name))
