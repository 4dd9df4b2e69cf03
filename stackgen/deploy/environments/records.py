"""What is remembered of an environment beside its stacks: whose it is, and until when it lives.

It is a parameter of Systems Manager in the first region, and no tag of a stack: a stack's tags are those of all that is
in it, so another one is an update of every resource, which takes minutes, may fail, and cannot be while something else
runs. A parameter is written at once, also while a deployment runs. Who it belongs to is in the tags of the stacks too,
so that what has lost its record is found and removed all the same.

A second parameter says that the environment is being removed. Who makes or extends one writes the record first and
looks for that sign then; who removes one writes the sign first and reads the record then: one of them sees the other.
When that was read the sign is written once more, as agreed: only then another run may go on with the removal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deploy.actions import Action
from stackgen.deployer.handlers.refusals import code_of

from .lifetimes import iso, of_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVING, LEAVING = "/stackgen/environments", "/stackgen/removals"
_AGREED = "agreed"
MISSING = "ParameterNotFound"
THERE = "ParameterAlreadyExists"


@dataclass(frozen=True, slots=True)
class Record:
    """One environment: times in seconds since the epoch."""

    name: str
    repository: str
    owner: str
    created: float
    expires: float

    @property
    def text(self) -> str:
        """As it is written, for people too."""
        content = {"owner": self.owner, "created": iso(self.created), "expires": iso(self.expires)}
        return json.dumps({"environment": self.name, "repository": self.repository, **content})


def place_of(kind: str, repository: str, name: str) -> str:
    """The name of the parameter."""
    return f"{kind}/{repository}/{name}"


def read(repository: str, ssm: Any) -> dict[str, Record | None]:
    """The records of a repository's environments, all pages; None for one that somebody has made unreadable."""
    return {name: _of(name, repository, text) for name, text in _texts(LIVING, repository, ssm)}


def leaving(repository: str, ssm: Any) -> dict[str, bool]:
    """The environments whose removal was begun, and whether it was agreed."""
    return {name: text == _AGREED for name, text in _texts(LEAVING, repository, ssm)}


def one(name: str, repository: str, ssm: Any) -> Record | None:
    """The record of one environment as it is now."""
    text = _text(LIVING, repository, name, ssm)
    return None if text is None else _of(name, repository, text)


def sign(name: str, repository: str, ssm: Any) -> bool | None:
    """Whether its removal was agreed; None where it was not begun."""
    text = _text(LEAVING, repository, name, ssm)
    return None if text is None else text == _AGREED


def made(record: Record) -> Action:
    """The call that writes a first record; it fails where there is one."""
    tags = [{"Key": "Environment", "Value": record.name}, {"Key": "Repository", "Value": record.repository}]
    place = place_of(LIVING, record.repository, record.name)
    asked = {"Name": place, "Value": record.text, "Type": "String", "Tags": tags}
    return Action("ssm", "put_parameter", asked, f"remember whose {record.name} is, and until when it lives")


def changed(record: Record) -> Action:
    """The call that writes another one."""
    place = place_of(LIVING, record.repository, record.name)
    asked = {"Name": place, "Value": record.text, "Type": "String", "Overwrite": True}
    return Action("ssm", "put_parameter", asked, f"let {record.name} live until {iso(record.expires)}")


def begun(repository: str, name: str) -> Action:
    """The call that says that the removal begins; it fails where that was said."""
    asked = {"Name": place_of(LEAVING, repository, name), "Value": "begun", "Type": "String"}
    return Action("ssm", "put_parameter", asked, f"say that {name} is being removed")


def agreed(repository: str, name: str) -> Action:
    """The call that says that it goes to its end, whoever does it."""
    asked = {"Name": place_of(LEAVING, repository, name), "Value": _AGREED, "Type": "String", "Overwrite": True}
    return Action("ssm", "put_parameter", asked, f"say that the removal of {name} goes to its end")


def forgotten(kind: str, repository: str, name: str) -> Action:
    """The call that takes a record or sign away."""
    why = f"forget {name}" if kind == LIVING else f"say no more that {name} is being removed"
    return Action("ssm", "delete_parameter", {"Name": place_of(kind, repository, name)}, why)


def _texts(kind: str, repository: str, ssm: Any) -> Iterator[tuple[str, str]]:
    start = f"{kind}/{repository}/"
    for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=start):
        for each in page["Parameters"]:
            yield each["Name"].removeprefix(start), each["Value"]


def _text(kind: str, repository: str, name: str, ssm: Any) -> str | None:
    try:
        found: str = ssm.get_parameter(Name=place_of(kind, repository, name))["Parameter"]["Value"]
    except ClientError as error:
        if code_of(error) != MISSING:
            raise
        return None
    return found


def _of(name: str, repository: str, text: str) -> Record | None:
    try:
        said = json.loads(text)
        return Record(name, repository, str(said["owner"]), of_iso(said["created"]), of_iso(said["expires"]))
    except (ValueError, KeyError, TypeError):
        return None
