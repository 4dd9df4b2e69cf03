"""Plans in a file: what one person has seen, and another carries out exactly so, or not at all.

No secret is in it: of values that nobody sees it has the names alone, and a digest that is slow to compute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from stackgen.review.plain import clean

from .changesets import token_of
from .errors import StalePlanError
from .events import end_of
from .following import GOOD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .changesets import ChangeSet
    from .plans import Plan
    from .stacks import StackState

_MOST_NAMED = 4
_LONGEST = 60
"""Characters of a value."""


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
    tags: Mapping[str, str]
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
    """The content of a file of plans, and of what ``plan`` says as JSON."""
    said = {"given": dict(values.given), "files": list(values.files), "hidden": list(values.hidden)}
    return {"values": said, "plans": [each.as_json() for each in plans]}


def checked(saved: SavedPlan, plan: Plan, values: Values) -> Plan:
    """The plan as it would be made now, with the saved change set. Raises StalePlanError where anything differs."""
    _refuse([*_differences(saved, plan), *_state_differs(saved, plan)], saved, values)
    return replace(plan, change_set_name=saved.change_set_name, prepare=())


def see_that_it_is_the_same(saved: SavedPlan, plan: Plan, values: Values, when: str) -> None:
    """Raises StalePlanError where a plan that was carried out already is asked for with something else."""
    problems = [*_differences(saved, plan)]
    _refuse([*problems, f"as the file has it, it was carried out {when}"] if problems else [], saved, values)


def _refuse(problems: Sequence[str], saved: SavedPlan, values: Values) -> None:
    if problems:
        hidden = f"not kept, and to be given again: {', '.join(values.hidden)}" if values.hidden else ""
        raise StalePlanError(
            f"the plan of {saved.place} is not carried out: {'; '.join(problems)}", hidden, "plan again"
        )


def see_that_it_is_there(saved: SavedPlan, found: ChangeSet | None) -> None:
    """Raises StalePlanError for a change set that is gone, or that CloudFormation executes no more."""
    if found is None:
        why = "its change set is gone: declined, deleted, or overtaken by another deployment"
    elif not found.is_executable:
        why = f"its change set cannot be executed any more: {found.execution_status or found.status}"
    else:
        return
    raise StalePlanError(f"the plan of {saved.place} is not carried out: {why}", "plan again")


def carried_out(saved: SavedPlan, found: ChangeSet | None, state: StackState | None, cloudformation: Any) -> str | None:
    """When a plan was carried out: ``at 2026-11-29 20:15:00 UTC``; None where nobody has begun it.

    It is "" where that goes on, or has failed and the stack is still as it left it. *found* is its change set, which
    AWS forgets after the next one. Raises StalePlanError where it has failed and something else came after, or the
    stack is gone.
    """
    stack_id = found.stack_id if found else state.id if state else ""
    if (found is not None and not found.is_begun) or not stack_id:
        return None
    done = end_of(stack_id, token_of(saved.change_set), cloudformation)
    if done is None and found is None:
        return None
    has_failed = done[1] not in GOOD if done else found is not None and found.execution_status == "EXECUTE_FAILED"
    if state is not None and state.change_set_id == saved.change_set and (state.is_going_on or has_failed):
        return ""
    when = f"at {done[0].astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if done else "before"
    if state is not None and not has_failed:
        return when
    why = "the stack is gone since" if state is None else f"it ended in {done[1] if done else 'a failure'}"
    raise StalePlanError(f"this plan was carried out {when}, and {why}", "plan again")


def see_that_values_are_as_read(place: str, changed: Sequence[str]) -> None:
    """Raises StalePlanError where Parameter Store has other values by now than the change set was made with."""
    if changed:
        raise StalePlanError(
            f"the plan of {place} is not carried out: values in Parameter Store are others: {'; '.join(changed)}",
            "plan again",
        )


def _differences(saved: SavedPlan, plan: Plan) -> Iterator[str]:
    target, now = plan.target, plan.as_json()
    if saved.account != target.account:
        yield f"it is for account {saved.account}, and the credentials are of {target.account}"
    if saved.region != target.region:
        yield f"it is for {saved.region}, and the stack goes to {target.region}"
    if saved.stack != target.stack_name:
        yield f"the stack is called {target.stack_name} now"
    if saved.digests.get("templates") != plan.digests["templates"]:
        templates = _names(_short(saved.templates), _short(now["templates"]))
        yield f"the templates in the build folder are others: {templates}"
    if saved.digests.get("parameters") != plan.digests["parameters"]:
        yield f"parameters are others: {_names(saved.parameters, now['parameters']) or 'a value that nobody sees'}"
    if saved.digests.get("settings") != plan.digests["settings"]:
        tags = _names(saved.tags, now["tags"])
        yield f"tags are others: {tags}" if tags else "settings of the deployment are others"


def _state_differs(saved: SavedPlan, plan: Plan) -> Iterator[str]:
    if saved.digests.get("stack") != plan.digests["stack"]:
        now = plan.state.version if plan.state else ""
        yield f"the stack has changed since: {_state(saved.state)} -> {_state(now)}"


def _names(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """``Delay: 5 -> 7, Key: nothing -> id``."""
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    told = (f"{name}: {_said(before.get(name))} -> {_said(after.get(name))}" for name in names[:_MOST_NAMED])
    return ", ".join(told) + more


def _said(value: str | None) -> str:
    return clean(value, _LONGEST) if value else "nothing"


def _short(digests: Mapping[str, str]) -> dict[str, str]:
    """Enough of a digest to compare."""
    return {name: digest[:8] for name, digest in digests.items()}


def _state(version: str) -> str:
    """``UPDATE_COMPLETE 2026-11-29T20:15:00+00:00``."""
    return version.partition(" ")[2] or "not there"
