"""How things are called: the keys of items, the StackSet, operations, executions."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from .inputs import Build, Pair

DEFAULT_REPO = "$"
"""Stands for every repository that has no record of its own."""

CONFIG = "CONFIG"

MOST_NAME = 128
"""Characters of a StackSet's name. Source: API_CreateStackSet."""

MOST_EXECUTION_NAME = 80
"""Characters of an execution's name. Source: API_StartExecution of Step Functions."""

_FORBIDDEN = re.compile(r"[^A-Za-z0-9-]+")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def lock(env: str, repo: str) -> str:
    """PK in ``locks``."""
    return f"LOCK#{env}#{repo}"


def targets(repo: str) -> str:
    """PK in ``targets``."""
    return f"REPO#{repo}"


def environment(env: str) -> str:
    """SK of the targets of an environment."""
    return f"ENV#{env}"


def builds(env: str, repo: str) -> str:
    """PK in ``builds`` and in ``deployments``."""
    return f"REPO#{repo}#ENV#{env}"


def latest(env: str) -> str:
    """PK in ``builds`` of what is newest, and SK there is that of ``targets``."""
    return f"LATEST#{env}"


def latest_id(build: Build) -> str:
    """How the latest item names a build."""
    return f"{build.repo}/{build.env}:{build.sk}"


def deployments(sk: str) -> str:
    """What the SK of all records of a build begins with."""
    return f"BUILD#{sk}#"


def deployment(sk: str, pair: Pair) -> str:
    """SK of a record."""
    return f"{deployments(sk)}{pair.account_id}/{pair.region}"


def plan(sk: str, kind: str = "") -> str:
    """SK of the header of a plan; ``kind`` is empty for the rollout, ``REVERT`` for the way back."""
    return f"PLAN#{sk}{f'#{kind}' if kind else ''}"


def batch(sk: str, index: int, kind: str = "") -> str:
    """SK of one batch of a plan."""
    return f"{plan(sk, kind)}#{index:04}"


def operation_id(sk: str, kind: str, index: int) -> str:
    """The same for the same batch of the same build, so that starting it again finds it."""
    return str(uuid5(NAMESPACE_URL, f"{sk}/{kind}/{index}"))


def stack_set_name(env: str, repo: str) -> str:
    """``{env}-{repo}`` in the characters that StackSets allow; what had to be changed makes the end a digest."""
    wanted = f"{env}-{repo}"
    name = _FORBIDDEN.sub("-", wanted).strip("-")
    if not name[:1].isalpha():
        name = f"s-{name}"
    return name if name == wanted and len(name) <= MOST_NAME else _cut(name, wanted, MOST_NAME)


def execution_name(env: str, repo: str, sk: str) -> str:
    """``{repo}-{env}-{sk}`` in the characters and the length that Step Functions allow."""
    wanted = f"{repo}-{env}-{sk}"
    name = _UNSAFE.sub("-", wanted)
    return name if name == wanted and len(name) <= MOST_EXECUTION_NAME else _cut(name, wanted, MOST_EXECUTION_NAME)


def _cut(name: str, wanted: str, most: int) -> str:
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:8]
    return f"{name[: most - 9].rstrip('-')}-{digest}"
