"""W9166."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from stackgen.lint.kit import functions, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

CLASSES: dict[str, tuple[str, ...]] = {
    "AWS::EC2::Instance": ("InstanceType",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData", "InstanceType"),
    "AWS::AutoScaling::LaunchConfiguration": ("InstanceType",),
    "AWS::RDS::DBInstance": ("DBInstanceClass",),
    "AWS::ElastiCache::ReplicationGroup": ("CacheNodeType",),
    "AWS::ElastiCache::CacheCluster": ("CacheNodeType",),
    "AWS::OpenSearchService::Domain": ("ClusterConfig", "InstanceType"),
}
MANAGED = ("AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster")
"""What runs AWS's own programs: another processor changes nothing for who uses it."""
_NAME = re.compile(r"^(?:db\.|cache\.)?([a-z]+)(\d+)([a-z]*)(?:-[a-z]+)?\.")
OF_INTEL = ("custom-", "db2", "oracle", "sqlserver")
"""How the engines begin that RDS does not run on Graviton."""
OLDEST = {"t": 2, "m": 5, "c": 5, "r": 5, "i": 3, "d": 3, "x": 2, "p": 3, "g": 4}
"""The oldest generation of each family that EC2 does not call previous."""
OLDEST_OF_RDS = {**OLDEST, "t": 3}
"""RDS has ended db.t2."""


class GenerationIsCurrent(rule.OfResources):
    """Newer machines do more for less; the managed ones are of Graviton. One's own code only where it is asked for."""

    id = "W9166"
    shortdesc = "Instances are of a current generation, and managed ones of Graviton"
    why = "Machines of previous generations cost more for less, and are gone from new zones."
    remedy = (
        "Name a class of a current generation, as t4g, m7g or r7g; the option own_code asks for arm64 "
        "of functions and tasks too."
    )
    source_url = "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html"
    pillar = "performance"
    guidelines = ("GDL-080",)
    types = (*CLASSES, *functions.TYPES, "AWS::ECS::TaskDefinition")
    options: ClassVar = {"own_code": {"default": False, "type": "boolean"}}
    passes = """
    Resources:
      Database: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.r7g.large}}
      Serverless: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.serverless}}
      Machine: {Type: AWS::EC2::Instance, Properties: {InstanceType: m6i.large}}
    """
    fails = """
    Resources:
      Database: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceClass: db.r5.large}}
      Machine: {Type: AWS::EC2::Instance, Properties: {InstanceType: m4.large}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A class that is old, or of another processor where that is the same to everybody."""
        del view
        if resource.type in CLASSES:
            is_free = resource.type in MANAGED and not _is_of_intel(resource)
            for said in resource.said(*CLASSES[resource.type]):
                problem = _problem(said.value, is_free=is_free) if isinstance(said.value, str) else ""
                if problem:
                    yield rule.Found(said.path, f"{resource.title} is {said.value}, {problem}")
        elif self.config["own_code"]:
            is_task = resource.type == "AWS::ECS::TaskDefinition"
            names = ("RuntimePlatform", "CpuArchitecture") if is_task else ("Architectures",)
            for said in resource.said(*names, default="x86_64"):
                if str(said.value).lower() in ("x86_64", "['x86_64']"):
                    yield rule.Found(said.path, f"{resource.title} runs on x86_64, not on arm64")


def _is_of_intel(resource: Resource) -> bool:
    return any(str(each.value).lower().startswith(OF_INTEL) for each in resource.said("Engine"))


def _problem(name: str, *, is_free: bool) -> str:
    """``is_free``: to take whatever processor is the cheapest."""
    match = _NAME.match(name)
    if match is None:
        return ""
    family, generation, kind = match[1], int(match[2]), match[3]
    oldest = (OLDEST_OF_RDS if name.startswith("db.") else OLDEST).get(family, 0)
    if generation < oldest:
        return f"of a previous generation: {family}{oldest} or later is expected"
    if is_free and family in ("t", "m", "r", "c") and "g" not in kind:
        return "which is dearer than the same of Graviton"
    return ""
