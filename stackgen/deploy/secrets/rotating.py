"""What it takes that a stack uses another value of a secret, and which one it uses.

CloudFormation reads a version when it updates the resource that refers to it, and what runs reads the newest by itself.
So the newest must in the end be what the resource has: where a deployment is taken back, the value of before becomes
the newest again. All versions stay in the store, so no value is lost wherever this is cut off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy import stacks
from stackgen.deploy.errors import BusyError, NeedsPersonError
from stackgen.deploy.targets import Target, Value

from .stores import SecretError, Stored, store_of
from .versions import version_parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.deploy.actions import Action
    from stackgen.review.model import Build

    from .wanted import Wanted

ORIGIN = "secrets rotate"


class Rotation(NamedTuple):
    """A secret, and how a stack stands to it."""

    wanted: Wanted
    stored: Stored
    parameters: tuple[str, ...] = ()
    """Of the stack: they decide which version its resources get. None where nothing of it has to be deployed."""
    deployed: str = ""
    """The version that they have in AWS; nothing where that is the newest at the last update."""


def looked(build: Build, target: Target, wanted: Wanted, client: Callable[[str], Any], *, deploys: bool) -> Rotation:
    """How it stands. Raises SecretError where it cannot be rotated, BusyError where an operation runs."""
    stored = store_of(wanted, client).find(wanted.name)
    if stored is None:
        raise SecretError(f"{wanted.name} is not in {wanted.where} of {target.account}/{target.region}",
                          "secrets put makes it")  # fmt: skip
    state = stacks.find(target.stack_name, client("cloudformation"))
    if not deploys or state is None or state.status == "REVIEW_IN_PROGRESS" or not wanted.uses:
        return Rotation(wanted, stored)
    if state.is_going_on:
        raise BusyError(f"{target.place} is {state.status}", "events --follow shows it; rotate when it has ended")
    if state.status not in stacks.HEALTHY:
        raise NeedsPersonError(f"{target.place} is {state.status}, so nothing can be deployed", "diagnose says why")
    parameters = []
    for use in wanted.uses:
        parameter = version_parameter(build, wanted.store, use)
        if not parameter:
            raise SecretError(
                f"nothing would make {use.path} take another value of {wanted.name}: CloudFormation reads a secret "
                "when the reference to it changes, and no parameter changes this one",
                "let a parameter of the root be its version: {{resolve:ssm-secure:${Name}:${Version}}}",
                "--store-only adds a version, and leaves it to you who takes it",
            )
        parameters.append(parameter)
    versions = {state.parameters.get(name, "") for name in parameters}
    if len(versions) > 1:
        listed = ", ".join(dict.fromkeys(parameters))
        raise SecretError(f"{target.place} has different versions of {wanted.name}: see {listed}")
    return Rotation(wanted, stored, tuple(dict.fromkeys(parameters)), versions.pop())


def is_half_done(rotation: Rotation, client: Callable[[str], Any]) -> bool:
    """Whether an earlier rotation has stored a value that the stack was never given."""
    newest, deployed = rotation.stored.version, rotation.deployed
    if not deployed or deployed == newest:
        return False
    store, name = store_of(rotation.wanted, client), rotation.wanted.name
    try:
        return store.read(name, deployed) != store.read(name, newest)
    except SecretError:  # so old a version that the store has forgotten it
        return True


def with_version(target: Target, rotation: Rotation, version: str) -> Target:
    """The same deployment with a version of the secret."""
    said = dict.fromkeys(rotation.parameters, Value(version, ORIGIN))
    return replace(target, parameters={**target.parameters, **said})


def version_in(target: Target, rotation: Rotation, client: Callable[[str], Any]) -> str:
    """The version that a stack has after a deployment. Raises NeedsPersonError where that is not settled."""
    state = stacks.find(target.stack_name, client("cloudformation"))
    if state is None or state.status not in stacks.HEALTHY:
        raise NeedsPersonError(
            f"{target.place} is {state.status if state else 'gone'}: it is not settled which value of "
            f"{rotation.wanted.name} it has",
            "every version of the secret is kept; diagnose says what is wrong with the stack",
            "once that is mended, secrets rotate goes on where it was",
        )
    return state.parameters.get(rotation.parameters[0], "")


def put_back(rotation: Rotation, version: str, client: Callable[[str], Any]) -> Action:
    """What makes the value of an earlier version the newest."""
    store = store_of(rotation.wanted, client)
    return store.renew(rotation.wanted, store.read(rotation.wanted.name, version), rotation.stored.key)
