"""What the parts of a template refer to: names that lead nowhere, resources that wait for each other."""

from __future__ import annotations

from .errors import CycleError, ReferenceError, likely  # noqa: A004  CloudFormation's own word; see errors.py

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .errors import Location
    from .references import Uses

PSEUDO_PARAMETERS = frozenset(
    f"AWS::{name}"
    for name in (
        *("AccountId", "NotificationARNs", "NoValue", "Partition"),
        *("Region", "StackId", "StackName", "URLSuffix"),
    )
)
"""What every template may refer to, from the CloudFormation User Guide, read on 2026-11-20."""

APART = {
    "AWS::EC2::SecurityGroup": "AWS::EC2::SecurityGroupIngress or AWS::EC2::SecurityGroupEgress",
    "AWS::IAM::Role": "AWS::IAM::RolePolicy",
    "AWS::KMS::Key": "an alias or a grant made afterwards",
    "AWS::Lambda::Function": "AWS::Lambda::Permission or AWS::Lambda::EventInvokeConfig",
    "AWS::S3::Bucket": "AWS::S3::BucketPolicy, or a deterministic name instead of a reference",
    "AWS::SNS::Topic": "AWS::SNS::TopicPolicy or AWS::SNS::Subscription",
    "AWS::SQS::Queue": "AWS::SQS::QueuePolicy",
}
"""For resource types that often close a cycle: the resource that can hold the reference instead."""


def check_names(uses: Uses, known: Mapping[str, Collection[str]], what: str, where: Location | None) -> None:
    """Every name that an item uses exists in its namespace. Raises ReferenceError."""
    for (namespace, name), how in uses.items():
        if name not in known[namespace] and name not in PSEUDO_PARAMETERS:
            choice = PSEUDO_PARAMETERS if name.startswith("AWS:") else known[namespace]
            raise ReferenceError(
                f"{what}: {how} names {name}, which is not in this template",
                likely(name, choice),
                location=where,
            )


def check_acyclic(
    edges: Mapping[str, Mapping[str, str]], types: Mapping[str, str], places: Mapping[str, Location | None]
) -> None:
    """No resource waits for itself: ``edges[a][b]`` says by what ``a`` needs ``b``.

    Raises CycleError with the path and the edge to cut.
    """
    cycle = find_cycle(edges)
    if not cycle:
        return
    steps = [(here, edges[here][there], there) for here, there in zip(cycle, cycle[1:] + cycle[:1], strict=True)]
    path = cycle[0] + "".join(f" -{how}-> {there}" for _, how, there in steps)
    here, how, there = min(steps, key=lambda step: _preference(step, types))
    if how == "DependsOn":
        advice = f"cut {here} -> {there}: leave out that DependsOn"
    else:
        advice = f"cut {here} -> {there} ({how}): move it into {APART.get(types[here], 'a resource of its own')}"
    raise CycleError(f"resources wait for each other: {path}", advice, location=places.get(here))


def _preference(step: tuple[str, str, str], types: Mapping[str, str]) -> tuple[int, str]:
    here, how, _ = step
    if how == "DependsOn":
        return 0, here
    return (1 if types[here] in APART else 2), here


def find_cycle(edges: Mapping[str, Collection[str]]) -> list[str]:
    """One cycle, each member once, or an empty list; without recursion, in the order of names."""
    done: set[str] = set()
    for start in sorted(edges):
        if start in done:
            continue
        path: list[str] = [start]
        on_path = {start}
        pending = [sorted(edges[start], reverse=True)]
        while path:
            if not pending[-1]:
                pending.pop()
                gone = path.pop()
                on_path.discard(gone)
                done.add(gone)
                continue
            following = pending[-1].pop()
            if following in on_path:
                return path[path.index(following) :]
            if following not in done and following in edges:
                path.append(following)
                on_path.add(following)
                pending.append(sorted(edges[following], reverse=True))
    return []
