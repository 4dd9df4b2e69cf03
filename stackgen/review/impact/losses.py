"""Data that a change loses, or leaves behind."""

from __future__ import annotations

from stackgen.review.schemas.stateful import loses

from .codes import verdict
from .policies import keeps_data, policy_of
from .result import CERTAIN, DELETE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.review.evaluation.tree import Resource

    from .analysis import Analysis
    from .result import Impact, Verdict


def losses(analysis: Analysis) -> Iterator[Verdict]:
    """V101 to V104 and V401: what becomes of the data of every resource that goes or is replaced."""
    stacks = analysis.before.stacks if analysis.before else {}
    for impact, old in analysis.leaving():
        lost = loses(old.type, analysis.judge.schemas.files)
        if lost and (*old.stack, old.logical_id) not in stacks:  # of a nested stack, all that is in it is told
            new = analysis.after.find(old.stack, old.logical_id) if analysis.after else None
            yield from _of_data(impact, old, new, lost)


def _of_data(impact: Impact, old: Resource, new: Resource | None, lost: str) -> Iterator[Verdict]:
    if impact.action == DELETE:
        if keeps_data(impact.policy):
            yield verdict("V401", old.address, f"it leaves the stack; DeletionPolicy {impact.policy} keeps {lost}")
        elif impact.certainty == CERTAIN:
            yield verdict("V102", old.address, f"it is deleted with {lost}; DeletionPolicy {impact.policy}")
        else:
            yield verdict("V104", old.address, f"it may be deleted with {lost}; DeletionPolicy {impact.policy}")
        return
    policy = policy_of(new or old, "UpdateReplacePolicy")
    if keeps_data(policy):
        kept = "a snapshot of the old one is left" if policy == "Snapshot" else "the old one is left behind"
        yield verdict("V401", old.address, f"the new one starts empty; {kept} (UpdateReplacePolicy {policy})")
    elif impact.certainty == CERTAIN:
        yield verdict("V101", old.address, f"the old one is deleted with {lost}; UpdateReplacePolicy {policy}")
    else:
        yield verdict("V103", old.address, f"if it is replaced, {lost} goes with it; UpdateReplacePolicy {policy}")
