"""W9145."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

from stackgen import profiles
from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

OPTIONS = {
    "tags": {
        "default": [
            "Environment|EnvironmentSuffix|Stage", "Application|Project", "Owner", "CostCenter", "ManagedBy",
        ],
        "type": "list",
        "itemtype": "string",
    }
}  # fmt: skip
"""Keys; ``Application|Project`` is either of both."""
LASTING = frozenset({profiles.PRODUCTION, profiles.DESTROYABLE})


class ResourcesAreTagged(rule.Rule):
    """Where nothing is tagged the stack may be: it hands its tags down. What is to last says so by the option."""

    id = "W9145"
    shortdesc = "Every resource has the tags by which people find and pay it"
    why = "Nobody knows whose a resource without tags is, what it belongs to, or who pays for it."
    remedy = "Give each resource the tags, or give them to the stack and name only the others in the rule's option."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html"
    )
    pillar = "cost"
    guidelines = ("GDL-053", "GDL-090")
    options = OPTIONS
    passes = """
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Properties:
          Tags:
            - {Key: Environment, Value: dev}
            - {Key: Project, Value: tap}
            - {Key: Owner, Value: payments}
            - {Key: CostCenter, Value: '4711'}
            - {Key: ManagedBy, Value: CloudFormation}
    """
    fails = """
    Resources:
      Topic: {Type: AWS::SNS::Topic, Properties: {Tags: [{Key: Environment, Value: dev}, {Key: Project, Value: tap}]}}
      Queue: {Type: AWS::SQS::Queue}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each resource that takes tags; where none has any, that alone, and only in what is to last."""
        every = {each.title: _keys(each) for each in view.resources.values()}
        wanted = [set(str(each).split("|")) for each in self.config["tags"]]
        if not any(keys and keys - {"Name"} for keys in every.values()):
            if wanted and view.profile in LASTING and None not in every.values() and _take_tags(view):
                yield rule.Found(("Resources",), f"no resource has the tags {_words(wanted)}")
            return
        given = set().union(*(keys for keys in every.values() if keys))
        nowhere = [each for each in wanted if not each & given]
        if nowhere:
            yield rule.Found(("Resources",), f"no resource has the tags {_words(nowhere)}")
        for title, keys in every.items():
            resource = view.resources[title]
            if keys is None or (not keys and not _takes_tags(resource.type, view.cfn.regions[0])):
                continue
            missing = [each for each in wanted if not each & keys and each not in nowhere]
            if missing:
                place = (*resource.path, "Properties", "Tags") if "Tags" in resource.properties else resource.path
                yield rule.Found(place, f"{title} lacks the tags {_words(missing)}")


def _words(missing: list[set[str]]) -> str:
    return ", ".join(" or ".join(sorted(each)) for each in missing)


def _keys(resource: Resource) -> set[str] | None:
    """The keys in any scenario but those that production has not; None where they are not to be told."""
    found: set[str] = set()
    is_elsewhere = resource.in_production(resource.scenario) is False
    for whole in resource.values("Tags"):
        if not is_elsewhere and resource.in_production(whole.scenario) is False:
            continue
        if values.function_of(whole.value)[0]:
            return None
        if isinstance(whole.value, dict):
            found |= {str(key) for key in whole.value}
            continue
        for each in values.elements(whole.value, whole.scenario) if whole.value is not values.ABSENT else ():
            if not isinstance(each.value, dict) or "Key" not in each.value:
                return None
            found.add(values.texts(each.value["Key"]))
    return found


def _take_tags(view: View) -> bool:
    """Whether a template holds anything that takes tags but nested stacks, whose own templates tag what they hold."""
    types = {each.type for each in view.resources.values()} - {"AWS::CloudFormation::Stack"}
    return any(_takes_tags(each, view.cfn.regions[0]) for each in sorted(types))


@cache
def _takes_tags(type_: str, region: str) -> bool:
    """By the type's schema, of which cfn-lint has read it already."""
    try:
        schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_).schema
    except ResourceNotFoundError:
        return False
    tagging = schema.get("tagging")
    return isinstance(tagging, dict) and tagging.get("tagProperty") == "/properties/Tags"
