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

    [tool.stackgen.stack.TapStack.verify.addresses.health]
    url = "{ApiEndpoint}/health"            # https alone; where it redirects to is not followed
    status = 200

Words in braces are the stack's outputs, and env, region, account, id (another one each time) and in_an_hour (in
seconds since 1970).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy.settings import location_of, names_of
from stackgen.environments import _known, _wrong
from stackgen.errors import ProjectError, likely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.project import Project

OWN_WORDS = ("env", "region", "account", "id", "in_an_hour")
_FUNCTION = {"function": "text", "payload": "table", "answer": "table", "items": "list of tables",
             "objects": "list of tables"}  # fmt: skip
_ADDRESS = {"url": "text", "status": "number"}
_WORD = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")


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


class Address(NamedTuple):
    """An address to ask, and the status it has to answer with."""

    name: str
    url: str
    status: int


class Trials(NamedTuple):
    """All that is wanted of a stack."""

    invocations: Sequence[Invocation]
    addresses: Sequence[Address]


def trials_of(project: Project, template: str, words: Mapping[str, str]) -> Trials:
    """What the settings want of a stack, with *words* for those in braces. Raises ProjectError."""
    invocations: dict[str, Invocation] = {}
    addresses: dict[str, Address] = {}
    for file in names_of(template):
        table = project.tables.get("stack", {}).get(file, {}).get("verify")
        if table is None:
            continue
        reader = _Reader(project, f"stack.{file}.verify", words)
        reader.known(reader.place, table, {"functions": "table", "addresses": "table"})
        invocations |= {name: reader.invocation(name, each) for name, each in table.get("functions", {}).items()}
        addresses |= {name: reader.address(name, each) for name, each in table.get("addresses", {}).items()}
    return Trials(tuple(invocations.values()), tuple(addresses.values()))


class _Reader:
    """Reads the table of one stack."""

    def __init__(self, project: Project, place: str, words: Mapping[str, str]) -> None:
        self.project = project
        self.place = place
        self._words = words

    def invocation(self, name: str, table: Any) -> Invocation:
        place = f"{self.place}.functions.{name}"
        self.known(place, table, _FUNCTION, ("function",))
        items, objects = table.get("items", ()), table.get("objects", ())
        for each in items:
            self.known(f"{place}.items", each, {"table": "text", "item": "table"}, ("table", "item"))
        for each in objects:
            self.known(f"{place}.objects", each, {"bucket": "text", "key": "text"}, ("bucket", "key"))
        filled = self._filled(place, table)
        return Invocation(
            name,
            filled["function"],
            filled.get("payload", {}),
            filled.get("answer", {}),
            tuple(Item(each["table"], each["item"]) for each in filled.get("items", ())),
            tuple(Kept(each["bucket"], each["key"]) for each in filled.get("objects", ())),
        )

    def address(self, name: str, table: Any) -> Address:
        place = f"{self.place}.addresses.{name}"
        self.known(place, table, _ADDRESS, ("url",))
        filled = self._filled(place, table)
        if not filled["url"].startswith("https://"):
            raise _wrong(self.project, place, "url", filled["url"], "an address that begins with https://")
        return Address(name, filled["url"], filled.get("status", 200))

    def known(self, place: str, table: Any, keys: Mapping[str, str], needed: Sequence[str] = ()) -> None:
        """Raises ProjectError for a table that has other settings, or not all that it needs."""
        _known(self.project, place, table, keys)
        for key in needed:
            if key not in table:
                outer, _, name = place.rpartition(".")
                raise ProjectError(f"{place} has no {key}", location=location_of(self.project, outer, name))

    def _filled(self, place: str, value: Any) -> Any:
        """A value with its words, at any depth. Raises ProjectError for a word that is none."""
        if isinstance(value, dict):
            return {key: self._filled(place, each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(place, each) for each in value]
        if not isinstance(value, str):
            return value
        for word in _WORD.findall(value):
            if word not in self._words:
                outer, _, name = place.rpartition(".")
                problem = f"{place} has {value!r}, and the stack has no output {word}"
                raise ProjectError(problem, likely(word, self._words), location=location_of(self.project, outer, name))
        return _WORD.sub(lambda found: self._words[found[1]], value)
