"""What the stacks of a StackSet hold when they are to be deleted: looked at in each place, and emptied there before.

A StackSet deletes its stacks with the execution role, which empties nothing, so a stack with a full bucket ends in
DELETE_FAILED. Whoever empties it takes on a role in its account: where a bucket's policy protects what is in it, one
that the policy names.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy import destroying, stacks
from stackgen.deploy.emptying import emptied
from stackgen.deploy.executor import Performer
from stackgen.deploy.forecast import Forecast, forecast
from stackgen.deploy.refusals import is_forbidden
from stackgen.deploy.targets import Target
from stackgen.deployer.handlers.parallel import each as side_by_side
from stackgen.errors import FindingsError

from .errors import StackSetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stackgen.deploy.actions import Action
    from stackgen.deploy.contents import Content
    from stackgen.deployer.handlers.inputs import Pair

    from .reading import Instance

    Access = Callable[[Pair, str], Any | None]
    """Makes a client of a service in a place; None where nothing lets it in."""

MOST = 100
"""Stacks that are looked at where nothing is to be emptied; each takes a role in its account and some calls."""


class Held(NamedTuple):
    """A stack of a set, and what becomes of all that is in it."""

    pair: Pair
    forecast: Forecast | None = None
    """None where it may not be read."""
    why: str = ""
    """Why not."""

    @property
    def fillings(self) -> list[Content]:
        """What has to be emptied before it can go."""
        return self.forecast.fillings if self.forecast else []


class Emptied(NamedTuple):
    """What was emptied, and how much was in it."""

    pair: Pair
    content: Content
    deleted: int


def held(gone: Sequence[Instance], access: Access, *, every: bool) -> tuple[Held, ...]:
    """Look into stacks that are to be deleted; without *every* into a hundred of them."""
    there = [each for each in gone if each.stack_id]
    found: list[Held | None] = side_by_side(partial(_held, access=access), there if every else there[:MOST])
    return tuple(each for each in found if each is not None)


def _held(instance: Instance, access: Access) -> Held | None:
    """None for a stack that is gone already."""
    pair = instance.pair
    try:
        cloudformation = access(pair, "cloudformation")
        if cloudformation is None:
            return Held(pair, why="no role lets anybody look into its account")
        state = stacks.find(instance.stack_id, cloudformation)
        if state is None:
            return None
        target = Target("", pair.region, pair.account_id, state.name, state.name)
        return Held(pair, forecast(stacks.tree(state, cloudformation), target, partial(access, pair)))
    except Exception as error:
        if not is_forbidden(error):
            raise
        return Held(pair, why=str(error))


def refuse(found: Sequence[Held], key: str, *, purge: bool) -> None:
    """See that the deletion can go well. Raises FindingsError for what would make it fail, StackSetError.

    Where nothing is to be emptied, a stack that may not be read is none's hindrance: CloudFormation tells what fails.
    """
    for each in found:
        if each.forecast is None:
            if purge:
                raise StackSetError(
                    f"what the stack in {each.pair} holds is not known, so nothing is emptied: {each.why}",
                    f"purge_role in [tool.stackgen.stackset.{key}] names the role that may empty it, in each account",
                )
            continue
        name = each.forecast.tree.state.name
        if each.forecast.is_protected:
            raise FindingsError(
                f"{name} in {each.pair} is protected from deletion",
                f"aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name "
                f"{name} --region {each.pair.region}, in that account, takes that away",
            )
        destroying.refuse(each.forecast, unprotect=True, purge=purge, place=f"{name} in {each.pair}")


def empty(
    found: Sequence[Held], access: Access, heard: Callable[[Action], None], told: Callable[[str], None]
) -> list[Emptied]:
    """Empty what keeps the stacks from being deleted, for good. Raises EmptyingError, and what boto3 raises."""
    done = []
    for each in found:
        client = partial(access, each.pair)
        perform = Performer(client, heard).perform
        for content in each.fillings:
            count = emptied(content, each.pair.account_id, perform, client, lambda text: told(f"  {text}"))
            done.append(Emptied(each.pair, content, count))
    return done
