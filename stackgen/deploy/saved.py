"""Plans in a file: what one person has seen, and another carries out exactly so, or not at all.

No secret is in it: of values that nobody sees it has the names alone, and a digest that is slow to compute.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stackgen.errors import OutputFileError

from .errors import StalePlanError
from .plans import CREATE, UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from .changesets import ChangeSet
    from .plans import Plan

SCHEMA, VERSION = "stackgen/plan", 1
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Values:
    """What the command line said of parameters when the plan was made."""

    given: Mapping[str, str]
    files: tuple[str, ...]
    hidden: tuple[str, ...]
    """Parameters whose values it gave, and which are not kept."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """One plan of a file, in the words of ``Plan.as_json``."""

    kind: str
    environment: str
    template: str
    stack: str
    region: str
    account: str
    stack_id: str
    state: str
    change_set: str
    parameters: Mapping[str, str]
    templates: Mapping[str, str]
    digests: Mapping[str, str]

    @property
    def place(self) -> str:
        """``shop-prod in 111111111111/us-east-1``."""
        return f"{self.stack} in {self.account}/{self.region}"

    @property
    def change_set_name(self) -> str:
        """The name in the ARN of the change set."""
        return self.change_set.split("/")[1] if "/" in self.change_set else ""


def content_of(plans: Sequence[Plan], values: Values) -> dict[str, Any]:
    """The file's content; whoever writes it puts ``schema`` and ``version`` before."""
    said = {"given": dict(values.given), "files": list(values.files), "hidden": list(values.hidden)}
    return {"values": said, "plans": [each.as_json() for each in plans]}


def read(path: Path) -> tuple[Values, tuple[SavedPlan, ...]]:
    """A file of plans. Raises OutputFileError for one that is not there, StalePlanError for one that is broken."""
    where = (str(path), 0)
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OutputFileError(f"cannot be read: {error.strerror}", location=where) from error
    except (ValueError, RecursionError) as error:
        raise StalePlanError("is no plan: not JSON", "python -m stackgen plan --save FILE", location=where) from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        hint = "python -m stackgen plan --save FILE writes one"
        raise StalePlanError(f"is no plan: schema {SCHEMA} was expected", hint, location=where)
    if content.get("version") != VERSION:
        problem = f"is version {content.get('version')}, and this stackgen reads {VERSION}"
        raise StalePlanError(problem, "plan again", location=where)
    try:
        said = content["values"]
        values = Values(_texts(said["given"]), tuple(said["files"]), tuple(said["hidden"]))
        plans = tuple(_plan(each) for each in content["plans"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        problem = f"is broken: {error} is missing, or of another form"
        raise StalePlanError(problem, "python -m stackgen plan --save FILE writes it anew", location=where) from error
    return values, plans


def _plan(content: Mapping[str, Any]) -> SavedPlan:
    found = SavedPlan(
        kind=_text(content, "kind"),
        environment=_text(content, "environment"),
        template=_text(content, "template"),
        stack=_text(content, "stack"),
        region=_text(content, "region"),
        account=_text(content, "account"),
        stack_id=_text(content, "stack_id"),
        state=_text(content, "state"),
        change_set=_text(content, "change_set"),
        parameters=_texts(content["parameters"]),
        templates=_texts(content["templates"]),
        digests=_texts(content["digests"]),
    )
    if found.kind not in (CREATE, UPDATE) or not found.change_set_name:
        raise ValueError("change_set")
    return found


def _text(content: Mapping[str, Any], name: str) -> str:
    if not isinstance(content[name], str):
        raise TypeError(name)
    return str(content[name])


def _texts(found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise TypeError("a table of texts")
    return dict(found)


def checked(saved: SavedPlan, plan: Plan, values: Values) -> Plan:
    """The plan as it would be made now, with the saved change set. Raises StalePlanError where anything differs."""
    problems = [*_differences(saved, plan)]
    if problems:
        hidden = f"not kept, and to be given again: {', '.join(values.hidden)}" if values.hidden else ""
        raise StalePlanError(
            f"the plan of {saved.place} is not carried out: {'; '.join(problems)}", hidden, "plan again"
        )
    return replace(plan, change_set_name=saved.change_set_name, prepare=())


def see_that_it_is_there(saved: SavedPlan, found: ChangeSet | None) -> None:
    """Raises StalePlanError for a change set that is gone, or that CloudFormation executes no more."""
    if found is None:
        why = "its change set is gone: declined, deleted, or overtaken by another deployment"
    elif not found.is_executable:
        why = f"its change set cannot be executed any more: {found.execution_status or found.status}"
    else:
        return
    raise StalePlanError(f"the plan of {saved.place} is not carried out: {why}", "plan again")


def _differences(saved: SavedPlan, plan: Plan) -> Iterator[str]:
    target, now = plan.target, plan.as_json()
    if saved.account != target.account:
        yield f"it is for account {saved.account}, and the credentials are of {target.account}"
    if saved.region != target.region:
        yield f"it is for {saved.region}, and the stack goes to {target.region}"
    if saved.stack != target.stack_name:
        yield f"the stack is called {target.stack_name} now"
    if saved.digests.get("templates") != plan.digests["templates"]:
        yield f"the templates in the build folder are others: {_names(saved.templates, now['templates'])}"
    if saved.digests.get("parameters") != plan.digests["parameters"]:
        yield f"parameters are others: {_names(saved.parameters, now['parameters']) or 'a value that nobody sees'}"
    if saved.digests.get("settings") != plan.digests["settings"]:
        yield "tags or other settings of the deployment are others"
    if saved.digests.get("stack") != plan.digests["stack"]:
        yield f"the stack has changed since: {_state(saved.state)} then, {_state(now['state'])} now"


def _names(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _state(version: str) -> str:
    """``UPDATE_COMPLETE 2026-11-29T20:15:00+00:00``."""
    return version.partition(" ")[2] or "not there"
