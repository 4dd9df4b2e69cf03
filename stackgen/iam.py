"""IAM statements from awacs' checked actions.

    allow(dynamodb.GetItem, dynamodb.PutItem, on=[table.get_att("Arn")])

An action is a name that awacs knows (``awacs.dynamodb.GetItem``), so that a misspelt one does not import; a text is refused, and so
is a statement without a resource or an action.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import sts
from awacs.aws import Action, Allow, Condition, ConditionElement, Deny, PolicyDocument, Principal, Statement
from troposphere import iam

from .declaration import caller
from .errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .errors import Location

__all__ = ["allow", "deny", "document", "inline", "trust"]

VERSION = "2012-10-17"


def allow(
    *actions: Action,
    on: Sequence[object],
    when: Sequence[ConditionElement] = (),
    to: Principal | None = None,
    sid: str | None = None,
) -> Statement:
    """A statement that allows ``actions`` on the resources ``on``; ``to`` makes it one of a resource policy.

    Raises PolicyError without an action or a resource, for an action given as text, and for ``on="*"``, which must be a list.
    """
    return _statement(Allow, actions, on, when, to, sid, caller())


def deny(
    *actions: Action,
    on: Sequence[object],
    when: Sequence[ConditionElement] = (),
    to: Principal | None = None,
    sid: str | None = None,
) -> Statement:
    """A statement that denies; otherwise as ``allow``."""
    return _statement(Deny, actions, on, when, to, sid, caller())


def document(*statements: Statement) -> PolicyDocument:
    """A policy document. Raises PolicyError without a statement."""
    if not statements:
        raise PolicyError("a policy needs at least one statement", location=caller())
    return PolicyDocument(Version=VERSION, Statement=list(statements))


def inline(name: str, *statements: Statement) -> iam.Policy:
    """An inline policy of a role."""
    return iam.Policy(PolicyName=name, PolicyDocument=document(*statements))


def trust(*services: str, when: Sequence[ConditionElement] = ()) -> PolicyDocument:
    """Who may assume a role: ``trust("lambda.amazonaws.com")``."""
    if not services:
        raise PolicyError("trust() needs a service", 'such as "lambda.amazonaws.com"', location=caller())
    principal = Principal("Service", services[0] if len(services) == 1 else sorted(services))
    return document(_assume(principal, when))


def _assume(principal: Principal, when: Sequence[ConditionElement]) -> Statement:
    conditions = {"Condition": Condition(list(when))} if when else {}
    return Statement(Effect=Allow, Action=[sts.AssumeRole], Principal=principal, **conditions)


def _statement(
    effect: str,
    actions: tuple[Action, ...],
    on: Sequence[object],
    when: Sequence[ConditionElement],
    to: Principal | None,
    sid: str | None,
    where: Location,
) -> Statement:
    for action in actions:
        if not isinstance(action, Action):
            raise PolicyError(
                f"{action!r} is not an action", _as_awacs(str(action)), location=where
            )
    if not actions:
        raise PolicyError("a statement needs at least one action", location=where)
    if isinstance(on, str) or not on:
        raise PolicyError("a statement needs a list of resources", 'on=["*"] says it aloud', location=where)
    extra: dict[str, object] = {}
    if when:
        extra["Condition"] = Condition(list(when))
    if to is not None:
        extra["Principal"] = to
    if sid is not None:
        extra["Sid"] = sid
    return Statement(Effect=effect, Action=list(actions), Resource=list(on), **extra)


def _as_awacs(text: str) -> str:
    service, _, name = text.partition(":")
    if not name:
        return "take it from awacs: from awacs import dynamodb; dynamodb.GetItem"
    module = service.replace("-", "_")
    return f"take it from awacs: from awacs import {module}; {module}.{name}"
