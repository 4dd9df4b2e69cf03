"""What CloudFormation refuses of a template before it makes a stack: macros, circles, misplaced secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Template = dict[str, Any]

#: Macros of AWS's own (transform-reference.html).
_KNOWN_TRANSFORMS = {
    "AWS::CodeDeployBlueGreen", "AWS::CodeStar", "AWS::Include", "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16", "AWS::Serverless-2016-10-31",
    "AWS::ServiceCatalog",
}  # fmt: skip
#: Where secure strings are resolved (dynamic-references-ssm-secure-strings.html).
_MAY_BE_SECURE = {
    "AWS::DirectoryService::MicrosoftAD/Properties/Password",
    "AWS::DirectoryService::SimpleAD/Properties/Password",
    "AWS::ElastiCache::ReplicationGroup/Properties/AuthToken",
    "AWS::IAM::User/Properties/LoginProfile/Password",
    "AWS::KinesisFirehose::DeliveryStream/Properties/RedshiftDestinationConfiguration/Password",
    "AWS::OpsWorks::App/Properties/AppSource/Password",
    "AWS::OpsWorks::Stack/Properties/CustomCookbooksSource/Password",
    "AWS::OpsWorks::Stack/Properties/RdsDbInstances/DbPassword",
    "AWS::RDS::DBCluster/Properties/MasterUserPassword",
    "AWS::RDS::DBInstance/Properties/MasterUserPassword",
    "AWS::Redshift::Cluster/Properties/MasterUserPassword",
}


def check(template: Template, evaluated: dict[str, bool]) -> None:
    """:raises ValueError: in CloudFormation's words."""
    resources = {
        name: resource
        for name, resource in template.get("Resources", {}).items()
        if isinstance(resource, dict) and evaluated.get(resource.get("Condition", ""), True)
    }
    if lost := sorted(set(_insecure(resources))):
        raise ValueError(f"SSM Secure reference is not supported in: [{', '.join(lost)}]")
    if not template.get("Transform") and (circle := _circle(resources)):
        raise ValueError(f"Circular dependency between resources: [{', '.join(circle)}]")


def see_that_its_macros_exist(template: Template) -> None:
    """No account of the stand-in has macros of its own.

    :raises ValueError: where the template calls one.
    """
    from ministack.core.responses import get_account_id
    from ministack.services.cloudformation import engine

    sections = [part for name, part in template.items() if name != "Transform"]
    for name in [*engine.declared_transforms(template), *_called(sections)]:
        if name not in _KNOWN_TRANSFORMS:
            qualified = name if "::" in name else f"{get_account_id()}::{name}"
            raise ValueError(f"No transform named {qualified} found.")


def see_that_nothing_is_secure(parameters: dict[str, str]) -> None:
    """Parameters of the template that name one of Parameter Store's, by its name: none may be a SecureString.

    :raises ValueError: in CloudFormation's words.
    """
    from ministack.services import ssm

    secure = []
    for name in parameters.values():
        _, found = ssm._lookup_parameter(name, allow_arn_region=True, flexible_name=True)
        if found and found.get("Type") == "SecureString":
            secure.append(name)
    if secure:
        listed = ", ".join(sorted(secure))
        raise ValueError(f"Parameters [{listed}] referenced by template have types not supported by CloudFormation.")


def _called(part: Any) -> Iterator[str]:
    """Names of the macros that parts of the template call."""
    if isinstance(part, list):
        for each in part:
            yield from _called(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "Fn::Transform" and isinstance(value, dict) and isinstance(value.get("Name"), str):
                yield value["Name"]
            yield from _called(value)


def _insecure(resources: dict[str, Any]) -> Iterator[str]:
    for resource in resources.values():
        kind = str(resource.get("Type"))
        for path in _secure_paths(resource.get("Properties"), f"{kind}/Properties"):
            if path not in _MAY_BE_SECURE:
                yield path


def _secure_paths(value: Any, path: str) -> Iterator[str]:
    """Where properties hold a secure reference; functions and places in lists are no part of a path."""
    if isinstance(value, str):
        if "{{resolve:ssm-secure:" in value:
            yield path
    elif isinstance(value, list):
        for each in value:
            yield from _secure_paths(each, path)
    elif isinstance(value, dict):
        for key, each in value.items():
            below = path if key.startswith("Fn::") or key == "Ref" else f"{path}/{key}"
            yield from _secure_paths(each, below)


def _circle(resources: dict[str, Any]) -> list[str]:
    """The resources that wait for each other, for ever, sorted."""
    from ministack.services.cloudformation import engine

    waits_for = {name: set(engine._extract_deps(resource, set(resources))) for name, resource in resources.items()}
    while True:  # take away what waits for nothing, and what nothing waits for
        needed = set().union(*waits_for.values())
        left = {name for name, others in waits_for.items() if others and name in needed}
        if len(left) == len(waits_for):
            return sorted(left)
        waits_for = {name: others & left for name, others in waits_for.items() if name in left}
