"""A plan: what a deployment will do, decided before anything is done, and the same until it is done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from stackgen.review.schemas import installed
from stackgen.review.schemas.stateful import loses

from .artifacts import digest_of
from .changesets import ALWAYS, CONDITIONAL, DYNAMIC, REMOVE
from .stacks import NESTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .actions import Action
    from .artifacts import Upload
    from .changesets import Change, ChangeSet
    from .stacks import StackState
    from .targets import Target
    from .verdicts import Difference, Offline

CREATE, UPDATE, RECREATE, NOTHING = "create", "update", "recreate", "nothing"
REPLACES, REMOVES = "replace", "remove"
_ROUNDS = 100_000
"""Of the digest of secret values: whoever has a plan's file tries values slowly."""


@dataclass(frozen=True, slots=True)
class Risk:
    """Data that a change may cost; it is taken only where ``--allow`` names it."""

    path: str
    type: str
    kind: str
    """``replace`` or ``remove``."""
    is_certain: bool
    lost: str
    """``its data``, ``its images`` ..."""
    keeps: bool
    """Whether a policy leaves the old one, or a snapshot of it."""

    @property
    def names(self) -> tuple[str, ...]:
        """What ``--allow`` may say: the kind with the logical ID, or with the path below the stack."""
        inner = self.path.partition("/")[2]
        return (f"{self.kind}:{inner}", f"{self.kind}:{inner.rpartition('/')[2]}")

    @property
    def sentence(self) -> str:
        """For the person who is asked."""
        what = {REPLACES: "replaced", REMOVES: "removed"}[self.kind]
        may = "is" if self.is_certain else "may be"
        rest = "the old one stays, outside the stack" if self.keeps else f"{self.lost} goes with it"
        return f"{self.path} ({self.type}) {may} {what}: {rest}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done to one stack."""

    id: str
    target: Target
    kind: str
    state: StackState | None
    digests: Mapping[str, str]
    """What the plan stands on, each by itself: templates, parameters, settings, stack."""
    uploads: tuple[Upload, ...]
    change_set_name: str
    """When it was made, and the plan's id: whoever comes after finds it by that."""
    prepare: tuple[Action, ...]
    """Before anybody is asked: it changes no resource of the stack."""
    change_set: ChangeSet | None = None
    offline: Offline | None = None
    differences: tuple[Difference, ...] = ()
    risks: tuple[Risk, ...] = ()
    execute: tuple[Action, ...] = field(default=())

    @property
    def makes_change_set(self) -> bool:
        """Whether the change set is made for it, and not one that an earlier run left."""
        return any(each.operation == "create_change_set" for each in self.prepare)

    @property
    def changes(self) -> tuple[Change, ...]:
        """AWS's verdict."""
        return self.change_set.changes if self.change_set else ()

    def not_allowed(self, allowed: Iterable[str]) -> list[Risk]:
        """The risks that nobody has taken."""
        words = set(allowed)
        return [each for each in self.risks if words.isdisjoint(each.names)]

    def as_json(self) -> dict[str, Any]:
        """For ``--save`` and ``--format json``: no secret is in it."""
        target = self.target
        return {
            "id": self.id,
            "kind": self.kind,
            "stack": target.stack_name,
            "stack_id": self.state.id if self.state else "",
            "state": self.state.version if self.state else "",
            "account": target.account,
            "region": target.region,
            "environment": target.env,
            "template": target.template,
            "parameters": {name: value.shown for name, value in sorted(target.parameters.items())},
            "tags": dict(sorted(target.tags.items())),
            "digests": dict(self.digests),
            "templates": {each.template: digest_of(each.text) for each in self.uploads},
            "change_set": self.change_set.id if self.change_set else "",
            "prepare": [each.shown() for each in self.prepare],
            "changes": [_shown(each) for each in self.changes],
            "verdicts": [each.as_json() for each in self.offline.verdicts] if self.offline else [],
            "differences": [
                {"path": each.path, "aws": each.aws, "offline": each.offline, "why": each.why}
                for each in self.differences
            ],
            "risks": [
                {"path": each.path, "type": each.type, "allow": each.names[0], "sentence": each.sentence}
                for each in self.risks
            ],
            "execute": [each.shown() for each in self.execute],
        }


def _shown(change: Change) -> dict[str, Any]:
    return {
        "path": change.path,
        "type": change.type,
        "action": change.action,
        "replacement": change.replacement,
        "policy_action": change.policy_action,
        "reasons": list(change.reasons),
    }


def digests_of(target: Target, uploads: Sequence[Upload], state: StackState | None) -> dict[str, str]:
    """What a plan stands on, each by itself."""
    templates = _digest({each.template: digest_of(each.text) for each in uploads})
    settings = _digest(
        [
            target.env,
            target.template,
            dict(sorted(target.tags.items())),
            list(target.capabilities),
            list(target.rollback_alarms),
            target.monitoring_minutes,
            target.minutes_after_creation,
            target.stack_policy,
            target.is_protected,
            list(target.notification_arns),
            target.service_role_arn,
        ]
    )
    plain = {name: text for name, text in target.texts.items() if name not in target.secrets}
    hidden = {name: text for name, text in target.texts.items() if name in target.secrets}
    salt = f"{target.account}/{target.region}/{target.stack_name}/{templates}"
    return {
        "templates": templates,
        "parameters": _digest([plain, _slow(json.dumps(hidden, sort_keys=True), salt) if hidden else ""]),
        "settings": settings,
        "stack": _digest(state.version if state and state.status != "REVIEW_IN_PROGRESS" else "none"),
    }


def digest_of_resolved(target: Target, found: ChangeSet) -> str:
    """Of what was read in Parameter Store for a change set; nothing where nothing was."""
    read = {each.path: [each.key, each.value] for each in found.resolved}
    salt = f"{target.account}/{target.region}/{target.stack_name}/resolved"
    return _slow(json.dumps(read, sort_keys=True), salt) if read else ""


def id_of(digests: Mapping[str, str]) -> str:
    """The same plan has the same id, 16 hex digits: 8 of what is deployed, 8 of what it is deployed upon."""
    return f"{what_of(digests)}{digests['stack'][:8]}"


def what_of(digests: Mapping[str, str]) -> str:
    """What is deployed, whatever it meets there: the first half of the plan's id."""
    return _digest({name: each for name, each in digests.items() if name != "stack"})[:8]


@lru_cache(maxsize=64)
def _slow(text: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), _ROUNDS).hex()[:16]


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def risks_of(changes: Iterable[Change], found: Offline | None) -> tuple[Risk, ...]:
    """The data that a change may cost: by AWS's verdict, and by the offline one where AWS leaves it open."""
    risks = {each.path: each for each in _risks(changes)}
    for path, impact in (found.impacts if found else {}).items():
        lost = None if impact.type == NESTED else loses(impact.type, installed())
        if lost and path not in risks and impact.action in ("replace", "delete"):
            kind = REPLACES if impact.action == "replace" else REMOVES
            keeps = impact.policy.startswith(("Retain", "Snapshot"))
            risks[path] = Risk(path, impact.type, kind, False, lost, keeps)  # noqa: FBT003 - AWS does not say so
    return tuple(risks[path] for path in sorted(risks))


def _risks(changes: Iterable[Change]) -> Iterator[Risk]:
    for change in changes:
        lost = None if change.type == NESTED else loses(change.type, installed())
        if lost is None:
            continue
        keeps = change.policy_action in ("Retain", "Snapshot", "ReplaceAndRetain", "ReplaceAndSnapshot")
        if change.may_replace or change.action == DYNAMIC or change.policy_action == "ReplaceAndDelete":
            is_certain = change.replacement == ALWAYS
            yield Risk(change.path, change.type, REPLACES, is_certain, lost, keeps)
        elif change.action == REMOVE:
            yield Risk(change.path, change.type, REMOVES, change.replacement != CONDITIONAL, lost, keeps)
