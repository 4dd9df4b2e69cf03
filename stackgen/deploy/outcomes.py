"""How deployments ended, as values: for the summary that a person reads, and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL

from .diagnosis import Cause, first_cause
from .keeping import kept
from .next_steps import next_step, words_of
from .verdicts import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.errors import StackgenError

    from .following import Ended
    from .hiding import Hiding
    from .plans import Plan
    from .targets import Target

UNCHANGED = "nothing to do"
_WORDS = {0: "deployed", 5: "failed, and everything is as it was", 6: "failed, and somebody must decide"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one target."""

    target: Target
    outcome: str
    exit_code: int
    status: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    failures: tuple[tuple[str, str], ...] = ()
    """Path and reason of each."""
    cause: Cause | None = None
    backup: str = ""
    """The file with what was backed up before."""
    notes: tuple[str, ...] = ()
    """What is still otherwise than the project says."""
    error: StackgenError | None = None
    """Why it was not begun."""

    @property
    def next_step(self) -> str:
        """What a person does now; nothing where all is well."""
        return next_step(self.status, words_of(self.target)) if self.exit_code and not self.error else ""

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "stack": self.target.stack_name, "environment": self.target.env, "account": self.target.account,
            "region": self.target.region, "status": self.status, "outcome": self.outcome,
            "exit_code": self.exit_code, "counts": dict(self.counts), "outputs": dict(self.outputs),
            "failures": [{"path": path, "reason": reason} for path, reason in self.failures],
            "cause": None, "next_step": self.next_step, "backup": self.backup,
            "notes": list(self.notes),
        }  # fmt: skip
        if self.cause is not None:
            remedy = self.cause.remedy.text if self.cause.remedy else ""
            found["cause"] = {
                "path": self.cause.path, "type": self.cause.type, "reason": self.cause.reason, "remedy": remedy,
            }  # fmt: skip
        return found


def ended(target: Target, done: Ended, hiding: Hiding, plan: Plan | None = None, backup: str = "") -> Outcome:
    """An operation that ended; what it tells has no secret of the target in it."""
    hide = hiding.text
    cause = first_cause(done.events) if done.exit_code else None
    return Outcome(
        target,
        _WORDS[done.exit_code],
        done.exit_code,
        done.state.status,
        counted(plan.changes) if plan else {},
        hiding.outputs(done.state.outputs),
        tuple((each.path, hide(each.reason)) for each in done.events if each.is_failure),
        replace(cause, reason=hide(cause.reason)) if cause else None,
        backup,
        tuple(kept(target, done.state, is_changed=True)) if plan and not done.exit_code else (),
    )


def unchanged(plan: Plan, hiding: Hiding) -> Outcome:
    """Nothing but settings was to be done, or nothing at all."""
    state = plan.state
    is_set = any(each.operation != "delete_change_set" for each in plan.execute)
    return Outcome(
        plan.target,
        "settings alone" if is_set else UNCHANGED,
        0,
        state.status if state else "",
        outputs=hiding.outputs(state.outputs) if state else {},
        notes=tuple(kept(plan.target, state, is_changed=False)) if state else (),
    )


def carried_out_before(plan: Plan, when: str, hiding: Hiding) -> Outcome:
    """A saved plan that an earlier run has carried out to its end."""
    return replace(unchanged(plan, hiding), outcome=f"this plan was carried out {when}; nothing to do")


def refused(target: Target, error: StackgenError) -> Outcome:
    """What was not begun, or not followed to its end."""
    return Outcome(target, f"not deployed: {error.message}", error.exit_code, error=error)


def exit_code_of(outcomes: Sequence[Outcome]) -> int:
    """0 where all went well, 8 where some did, else that of the first failure."""
    bad = [each.exit_code for each in outcomes if each.exit_code]
    return 0 if not bad else PARTIAL if len(bad) < len(outcomes) else bad[0]
