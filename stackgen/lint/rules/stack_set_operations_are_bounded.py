"""E9187."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.helpers import REGIONS

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.values import Branch
    from stackgen.lint.kit.view import Resource, View

PAIRS = (
    ("FailureToleranceCount", "FailureTolerancePercentage"),
    ("MaxConcurrentCount", "MaxConcurrentPercentage"),
)


class StackSetOperationsAreBounded(rule.OfResources):
    """Regions that there are, a count or a percentage, and not more stacks at once than may fail and one."""

    id = "E9187"
    shortdesc = "The operations of a StackSet are in regions that there are, and bounded without contradiction"
    why = "What contradicts itself is refused when the operation begins, or silently slower than it is meant to be."
    remedy = "Give a count or a percentage; with strict tolerance at most FailureToleranceCount + 1 at once."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html"
    )
    pillar = "reliability"
    guidelines = ("GDL-051", "GDL-181")
    types = ("AWS::CloudFormation::StackSet",)
    passes = """
    Resources:
      Set:
        Type: AWS::CloudFormation::StackSet
        Properties:
          StackSetName: topics
          PermissionModel: SELF_MANAGED
          OperationPreferences: {FailureToleranceCount: 1, MaxConcurrentCount: 2, RegionOrder: [eu-west-1]}
          StackInstancesGroup: [{DeploymentTargets: {Accounts: ['123456789012']}, Regions: [eu-west-1]}]
    """
    fails = """
    Resources:
      Set:
        Type: AWS::CloudFormation::StackSet
        Properties:
          StackSetName: topics
          PermissionModel: SELF_MANAGED
          OperationPreferences: {FailureToleranceCount: 0, MaxConcurrentCount: 5}
          StackInstancesGroup: [{DeploymentTargets: {Accounts: ['123456789012']}, Regions: [eu-west-11]}]
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Regions first, then what bounds the operations."""
        names = [("StackInstancesGroup", "Regions"), ("OperationPreferences", "RegionOrder")]
        for place in names:
            for found in resource.each(*place):
                texts = [each for each in view.literals(found.value) if isinstance(each, str)]
                for said in (one.strip() for each in texts for one in each.split(",")):  # a list in a parameter
                    if said and said not in REGIONS:
                        yield rule.Found(found.path, f"{resource.title} has the region {said}, which there is not")
        for found in resource.values("OperationPreferences"):
            if isinstance(found.value, dict) and not values.function_of(found.value)[0]:
                yield from _preferences(resource, found, view)


def _preferences(resource: Resource, found: Branch, view: View) -> Iterator[rule.Found]:
    content: dict[str, Any] = found.value
    for one, other in PAIRS:
        if _is_given(content, one) and _is_given(content, other):
            yield rule.Found((*found.path, other), f"{resource.title} has {one} and {other}; give one of them")
    if _only(view, content.get("ConcurrencyMode", "STRICT_FAILURE_TOLERANCE")) != "STRICT_FAILURE_TOLERANCE":
        return
    few, many = _number(view, content.get("FailureToleranceCount", 0)), _number(view, content.get("MaxConcurrentCount"))
    if few is None or many is None or "FailureTolerancePercentage" in content:
        return
    if many > few + 1:
        message = f"{resource.title} wants {many} accounts at once; FailureToleranceCount {few} makes it {few + 1}"
        yield rule.Found((*found.path, "MaxConcurrentCount"), message)


def _is_given(content: dict[str, Any], name: str) -> bool:
    """For sure: not by a condition that may leave it out."""
    return name in content and all(each.value is not values.ABSENT for each in values.branches(content[name]))


def _only(view: View, value: Any) -> Any:
    said = view.literals(value)
    return said[0] if len(said) == 1 else values.UNKNOWN


def _number(view: View, value: Any) -> int | None:
    said = str(_only(view, value))
    return int(said) if said.isdigit() else None
