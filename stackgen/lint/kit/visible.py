"""Texts that everybody sees who may describe a resource: variables, parameters in the store, user data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .values import function_of, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Path
    from .view import Resource, View

MAPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::Lambda::Function": (("Environment", "Variables"),),
    "AWS::Serverless::Function": (("Environment", "Variables"),),
    "AWS::Glue::Job": (("DefaultArguments",), ("NonOverridableArguments",)),
    "AWS::SageMaker::Model": (("PrimaryContainer", "Environment"), ("Containers", "Environment")),
    "AWS::Synthetics::Canary": (("RunConfig", "EnvironmentVariables"),),
}
"""Where variables stand as name: value."""

LISTS = {
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions", "Environment"),
    "AWS::CodeBuild::Project": ("Environment", "EnvironmentVariables"),
    "AWS::Batch::JobDefinition": ("ContainerProperties", "Environment"),
    "AWS::Amplify::App": ("EnvironmentVariables",),
    "AWS::Amplify::Branch": ("EnvironmentVariables",),
    "AWS::AppRunner::Service": (
        "SourceConfiguration", "ImageRepository", "ImageConfiguration", "RuntimeEnvironmentVariables",
    ),
}  # fmt: skip
"""Where they stand as Name and Value."""

SCRIPTS = {
    "AWS::EC2::Instance": ("UserData",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData", "UserData"),
    "AWS::AutoScaling::LaunchConfiguration": ("UserData",),
}


class Text(NamedTuple):
    """One of them."""

    name: str
    value: Any
    path: Path


def texts_of(view: View) -> Iterator[Text]:
    """All in a template."""
    for resource in view.of_type(*MAPS):
        for found in (one for names in MAPS[resource.type] for one in resource.values(*names)):
            if isinstance(found.value, dict):
                for name, value in found.value.items():
                    yield Text(str(name), value, (*found.path, name))
    for resource in view.of_type(*LISTS):
        yield from _listed(resource)
    for resource in view.of_type("AWS::SSM::Parameter"):
        name = resource.properties.get("Name", "")
        for found in resource.values("Value"):
            yield Text(texts(name) or "a Value", found.value, found.path)
    for resource in view.of_type(*SCRIPTS):
        for found in resource.values(*SCRIPTS[resource.type]):
            function, argument = function_of(found.value)
            yield Text("UserData", argument if function == "Fn::Base64" else found.value, found.path)


def outputs_of(view: View) -> Iterator[Text]:
    """What a stack shows of itself."""
    for name, output in view.section("Outputs").items():
        yield Text(name, output.get("Value"), ("Outputs", name, "Value"))


def _listed(resource: Resource) -> Iterator[Text]:
    for found in resource.each(*LISTS[resource.type]):
        if isinstance(found.value, dict) and found.value.get("Type", "PLAINTEXT") == "PLAINTEXT":
            yield Text(texts(found.value.get("Name")), found.value.get("Value"), (*found.path, "Value"))
