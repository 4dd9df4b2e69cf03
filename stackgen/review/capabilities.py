"""What a deployment of templates has to acknowledge: roles that it makes, names that it gives them, macros."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

IAM, NAMED_IAM, AUTO_EXPAND = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"
KNOWN = (IAM, NAMED_IAM, AUTO_EXPAND)

_NAMES = {"GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName"}
_EXPANDING = "AWS::Serverless"
"""SAM makes roles for functions; what other macros make is not known."""


def capabilities_of(contents: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The capabilities that a stack of these templates needs, root and nested.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html#capabilities
    """
    needed: set[str] = set()
    for content in contents:
        if "Transform" in content or _has_macro(content):
            needed.add(AUTO_EXPAND)
        if _EXPANDING in str(content.get("Transform", "")):
            needed.add(IAM)
        for properties in _of_iam(content.get("Resources", {})):
            needed.add(IAM)
            if _NAMES & properties.keys():
                needed.add(NAMED_IAM)
    return tuple(name for name in KNOWN if name in needed)


def _of_iam(value: Any) -> Iterator[Mapping[str, Any]]:
    """The properties of every IAM resource, those inside loops too."""
    pending = [value]
    while pending:
        found = pending.pop()
        if not isinstance(found, dict):
            if isinstance(found, list):
                pending += found
            continue
        if isinstance(found.get("Type"), str) and found["Type"].startswith("AWS::"):
            if found["Type"].startswith("AWS::IAM::"):
                properties = found.get("Properties")
                yield properties if isinstance(properties, dict) else {}
        else:
            pending += found.values()


def _has_macro(value: Any) -> bool:
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, dict):
            if "Fn::Transform" in found:
                return True
            pending += found.values()
        elif isinstance(found, list):
            pending += found
    return False
