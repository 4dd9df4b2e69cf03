"""Whether the pull request that set a workflow going may have an environment.

What comes from a fork may be anybody's, and runs without secrets; GitHub treats Dependabot's runs the same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import StackgenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEPENDABOT = "dependabot[bot]"
_EVENTS = ("pull_request", "workflow_dispatch")


class ClosedError(StackgenError):
    """A pull request is not open, so that nothing is made for it."""


class Gate(NamedTuple):
    """What was decided."""

    number: int
    commit: str
    """What is deployed: the head of the pull request."""
    base: str
    """The branch that it is to be merged into."""
    why_not: str = ""


def gate(
    environ: Mapping[str, str], pull: Callable[[int], Mapping[str, Any] | None], *, closed_too: bool = False
) -> Gate:
    """Decide by what a workflow is told; *pull* asks GitHub for one that a person named. Raises UsageError."""
    name, path = environ.get("GITHUB_EVENT_NAME", ""), environ.get("GITHUB_EVENT_PATH", "")
    if name not in _EVENTS or not path:
        raise UsageError(f"GITHUB_EVENT_NAME is {name!r}: one of {', '.join(_EVENTS)} was expected, in a workflow")
    try:
        event = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"GITHUB_EVENT_PATH: {path} cannot be read: {error}") from error
    if name == "pull_request":
        return _decided(event["pull_request"], environ, closed_too)
    said = str((event.get("inputs") or {}).get("number", ""))
    if not (said.isascii() and said.isdecimal()):
        raise UsageError(f"the input number is {said!r}: the number of a pull request was expected")
    found = pull(int(said))
    return (
        _decided(found, environ, closed_too) if found else Gate(int(said), "", "", f"there is no pull request {said}")
    )


def see_that_it_is_open(number: int, pull: Mapping[str, Any] | None) -> None:
    """See it by what GitHub says now; what set a workflow going may be long ago. Raises ClosedError."""
    if pull is None or pull["state"] != "open":
        why = f"pull request {number} is {pull['state']}" if pull else f"there is no pull request {number}"
        raise ClosedError(f"{why}: no environment is made for it", "env reap --github removes what is there")


def _decided(pull: Mapping[str, Any], environ: Mapping[str, str], closed_too: bool) -> Gate:  # noqa: FBT001  an option
    number, head = int(pull["number"]), pull["head"]
    whose = (head.get("repo") or {}).get("full_name", "")
    author = (pull.get("user") or {}).get("login", "")
    why_not = ""
    if pull["state"] != "open" and not closed_too:
        why_not = f"pull request {number} is {pull['state']}"
    elif whose != environ.get("GITHUB_REPOSITORY", ""):
        why_not = f"pull request {number} comes from {whose or 'a fork that is gone'}, whose code gets no credentials"
    elif DEPENDABOT in (author, environ.get("GITHUB_ACTOR", "")):
        why_not = f"pull request {number} is Dependabot's, whose runs get no credentials"
    return Gate(number, str(head["sha"]), str(pull["base"]["ref"]), why_not)
