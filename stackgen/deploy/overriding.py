"""A stack policy set aside for one update.

A change set takes no policy for its own execution, as UpdateStack does. So the stack's policy is replaced before by one
that lets the resources be that somebody named, and set back after; what else it denies stays denied meanwhile. Where a
run is cut off in between, the next one knows the replacement when it sees it: it can be made again from the policy.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_START = "LogicalResourceId/"


def lifted(policy: str, titles: Iterable[str]) -> str:
    """The policy that says nothing against these resources of the stack; the same text where it says nothing anyway."""
    names = [f"{_START}{title}" for title in sorted(set(titles))]
    content = json.loads(policy)
    said = content.get("Statement", [])
    statements = [dict(each) for each in (said if isinstance(said, list) else [said])]
    kept = [each for statement in statements for each in _without(statement, names)]
    if kept == statements or not names:
        return policy
    allow = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": names}
    return json.dumps({**content, "Statement": [*kept, allow]})


def is_lifted(found: str, policy: str) -> bool:
    """Whether what a stack has is its policy, set aside."""
    content, wanted = json.loads(found), json.loads(policy)
    statements = content.get("Statement", [])
    if content == wanted or not isinstance(statements, list) or not statements:
        return False
    last = statements[-1].get("Resource", [])
    titles = [name.removeprefix(_START) for name in (last if isinstance(last, list) else [last])]
    return bool(json.loads(lifted(policy, titles)) == content)


def _without(statement: dict[str, Any], names: list[str]) -> Iterator[dict[str, Any]]:
    """A statement that does not deny these; none where it denied nothing else, or by a pattern that meets one."""
    if statement.get("Effect") != "Deny":
        yield statement
        return
    if "NotResource" in statement:
        yield {**statement, "NotResource": _joined(_listed(statement["NotResource"]), names)}
        return
    patterns = _listed(statement.get("Resource"))
    if "*" in patterns or f"{_START}*" in patterns:
        rest = {key: value for key, value in statement.items() if key != "Resource"}
        yield {**rest, "NotResource": names}
        return
    left = [each for each in patterns if not any(_matches(each, name) for name in names)]
    if left == patterns:
        yield statement
    elif left:
        yield {**statement, "Resource": left}


def _joined(first: list[str], second: list[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def _listed(value: Any) -> list[str]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _matches(pattern: str, name: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, name) is not None
