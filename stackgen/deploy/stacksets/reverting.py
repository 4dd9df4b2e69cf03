"""The way back: the definition that a StackSet had before, in the cells that a rollout has touched.

Every cell is tried, whatever becomes of the others. Stacks that a rollout has made stay, with the version of before.
What it has deleted does not come back. Parameters whose values AWS does not tell stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stackgen.deploy import artifacts
from stackgen.deploy.choosing import named
from stackgen.deploy.errors import NeedsPersonError
from stackgen.deploy.targets import Value
from stackgen.deployer.handlers.operations import OVER
from stackgen.deployer.handlers.planning import CURRENT, INOPERABLE
from stackgen.deployer.handlers.policy import COLLECT_ALL

from . import reading
from .calls import is_of
from .comparing import differences
from .planner import MOST_REMEMBERED, Prepared
from .planning import planned
from .rollout import roll_out
from .templates import root_of
from .wanted import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.deployer.handlers.inputs import Pair

    from .before import Before
    from .rollout import Outcome
    from .safety import Safety
    from .wanted import Wanted

ORIGIN = "before"


def cells(before: Before, instances: Sequence[reading.Instance]) -> tuple[Pair, ...]:
    """What goes back of what was touched: what was well before, and what the rollout has brought to be well."""
    now = {each.pair for each in instances if each.status == CURRENT}
    there = {each.pair for each in instances}
    return tuple(pair for pair in before.touched if pair in there and (pair in before.well or pair in now))


def revert(wanted: Wanted, before: Before, safety: Safety) -> Outcome:
    """Bring the cells of ``before.back`` back, or go on. Raises NeedsPersonError, BusyError, what AWS refuses.

    *wanted* is what is rolled out otherwise: it says where the set is, and whose it is.
    """
    following = safety.following
    caller = following.caller
    goal = was(wanted, before)
    operations = reading.operations(wanted.name, caller, MOST_REMEMBERED)
    for each in operations[:1]:
        if each.status not in OVER and is_of(each, goal.fingerprint, operations):
            following.follow(each.id)
    state = reading.find(wanted.name, caller)
    if state is None:
        raise NeedsPersonError(f"the StackSet {wanted.name} is gone, so nothing can be taken back")
    lost = sorted(before.hidden - state.parameters.keys())
    if lost:
        raise NeedsPersonError(
            f"{wanted.name} is not taken back: its definition of before needs {', '.join(lost)}, whose value AWS has "
            "forgotten with the new one, and tells nobody",
            "roll out a version that works, with --no-revert",
        )
    instances = reading.with_overrides(wanted.name, reading.instances(wanted.name, caller), caller)
    reachable = any(each.pair in goal.chosen and each.status != INOPERABLE for each in instances)
    plan = planned(goal, state, instances, differences(goal, state) if reachable else ())
    url, prepare = "", []
    if goal.needs_upload:
        root = root_of(safety.build, goal, named(safety.build, goal.declared.template))
        url = artifacts.url_of(root.bucket, root.key, goal.home.region)
        prepare = artifacts.missing([root], goal.home.account, goal.home.region, safety.s3)
    prepared = Prepared(plan, tuple((goal.home.region, each) for each in prepare), url, (), tuple(operations))
    return roll_out(prepared, following, safety.begun)


def was(wanted: Wanted, before: Before) -> Wanted:
    """The set as it was, in the cells that go back."""
    hidden = before.hidden | {name for name in wanted.secrets if name in before.parameters}
    said = {
        **wanted.declared.values,
        "description": before.description,
        "administration_role": before.administration_role,
        "execution_role": before.execution_role,
    }
    common = {name: Value(value, ORIGIN) for name, value in before.parameters.items()}
    back = [
        Cell(pair, "", {**common, **{name: Value(value, ORIGIN) for name, value in before.well.get(pair, {}).items()}})
        for pair in before.back
    ]
    policy = wanted.declared.policy._replace(mode=COLLECT_ALL, waves=())
    return replace(
        wanted,
        declared=replace(wanted.declared, values=said, policy=policy),
        text=before.template,
        parameters=common,
        cells=tuple(back),
        chosen=frozenset(before.back),
        tags=before.tags,
        capabilities=before.capabilities,
        secrets=hidden,
        kept=hidden,
    )
