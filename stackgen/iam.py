"""IAM statements from awacs' checked actions.

    allow(dynamodb.GetItem, dynamodb.PutItem, on=[table.get_att("Arn")])

An action is a name that awacs knows (``awacs.dynamodb.GetItem``), so that a misspelt one does not import; a
text is refused, and so is a statement without a resource or an action.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from awacs import sts
from awacs.aws import Action, Allow, Condition, ConditionElement, Deny, PolicyDocument, Principal, Statement
from troposphere import iam

from .declaration import Reference, caller
from .errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .errors import Location

__all__ = ["allow", "deny", "document", "inline", "trust"]

VERSION = "2012-10-17"
_ALOUD = 'on=["*"] says it aloud'


class _Rest(NamedTuple):
    """What a statement may leave out."""

    when: Sequence[ConditionElement]
    to: Principal | None
    sid: str | None


def allow(
    *actions: Action,
    on: Sequence[object] | Reference[Any],
    when: Sequence[ConditionElement] = (),
    to: Principal | None = None,
    sid: str | None = None,
) -> Statement:
    """A statement that allows ``actions`` on the resources ``on``; ``to`` makes it one of a resource policy.

    ``on`` is a list, or a declaration that is one; all elements of ``when`` must hold. Raises PolicyError
    without an action or a resource, for an action given as text, and for ``on="*"``, which must be a list.
    """
    return _statement(Allow, actions, on, _Rest(when, to, sid), caller())


def deny(
    *actions: Action,
    on: Sequence[object] | Reference[Any],
    when: Sequence[ConditionElement] = (),
    to: Principal | None = None,
    sid: str | None = None,
) -> Statement:
    """A statement that denies; otherwise as ``allow``."""
    return _statement(Deny, actions, on, _Rest(when, to, sid), caller())


def document(*statements: Statement) -> PolicyDocument:
    """A policy document. Raises PolicyError without a statement, and for one that names no resource."""
    where = caller()
    if not statements:
        raise PolicyError("a policy needs at least one statement", location=where)
    for statement in statements:
        if not isinstance(statement, Statement):
            raise PolicyError(f"{statement!r} is not a statement", "make it with allow() or deny()", location=where)
        names = statement.properties
        if not (names.get("Action") or names.get("NotAction")):
            raise PolicyError("a statement needs at least one action", location=where)
        # Only the trust policy of a role has none: the role itself is its resource.
        if not ({"Resource", "NotResource", "Principal"} & names.keys()):
            raise PolicyError("a statement needs a list of resources", _ALOUD, location=where)
    return PolicyDocument(Version=VERSION, Statement=list(statements))


def inline(name: str, *statements: Statement) -> iam.Policy:
    """An inline policy of a role. Raises PolicyError, as ``document`` does."""
    return iam.Policy(PolicyName=name, PolicyDocument=document(*statements))


def trust(*services: str, when: Sequence[ConditionElement] = ()) -> PolicyDocument:
    """Who may assume a role: ``trust("lambda.amazonaws.com")``. Raises PolicyError without a service."""
    if not services:
        raise PolicyError("trust() needs a service", 'such as "lambda.amazonaws.com"', location=caller())
    extra = {"Condition": _condition(when, caller())} if when else {}
    principal = Principal("Service", services[0] if len(services) == 1 else sorted(services))
    return document(Statement(Effect=Allow, Action=[sts.AssumeRole], Principal=principal, **extra))


def _statement(effect: str, actions: tuple[Action, ...], on: object, given: _Rest, where: Location) -> Statement:
    for action in actions:
        if not isinstance(action, Action):
            raise PolicyError(f"{action!r} is not an action", _as_awacs(str(action)), location=where)
    if not actions:
        raise PolicyError("a statement needs at least one action", location=where)
    resources: object
    if isinstance(on, Reference) and on.is_list:
        resources = on
    elif isinstance(on, list | tuple) and on and all(_names_something(each) for each in on):
        resources = list(on)
    else:
        raise PolicyError("a statement needs a list of resources", _ALOUD, location=where)
    extra: dict[str, object] = {}
    if given.when:
        extra["Condition"] = _condition(given.when, where)
    if given.to is not None:
        extra["Principal"] = given.to
    if given.sid is not None:
        extra["Sid"] = given.sid
    return Statement(Effect=effect, Action=list(actions), Resource=resources, **extra)


def _names_something(resource: object) -> bool:
    return resource is not None and not (isinstance(resource, str) and not resource.strip())


def _condition(when: Sequence[ConditionElement], where: Location) -> Condition:
    """All elements: of two with one operator awacs would keep the last, and so widen the policy."""
    by_operator: dict[type[ConditionElement], dict[str, object]] = {}
    for element in when:
        keys = by_operator.setdefault(type(element), {})
        for key, value in element.get_dict().items():
            if key in keys:
                raise PolicyError(
                    f"{type(element).__name__} tests {key} twice",
                    "give one element a list of values, of which any may match",
                    location=where,
                )
            keys[key] = value
    return Condition([operator(keys) for operator, keys in by_operator.items()])


def _as_awacs(text: str) -> str:
    service, _, name = text.partition(":")
    if not name:
        return "take it from awacs: from awacs import dynamodb; dynamodb.GetItem"
    module = service.replace("-", "_")
    if name == "*":
        return f'say it aloud: from awacs.aws import Action; Action("{service}", "*")'
    return f"take it from awacs: from awacs import {module}; {module}.{name}"
