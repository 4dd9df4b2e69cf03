"""Amplify apps and branches. There is no service behind them: they are made, and tell what AWS would, and that is all.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-amplify-app.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-amplify-branch.html
"""

from __future__ import annotations

from hashlib import sha256

from .emulator import arn, physical_name, refuse
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "Amplify"


def _create_app(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    if properties.get("Repository") and not (properties.get("AccessToken") or properties.get("OauthToken")):
        raise refuse(_SDK, "You should at least provide one valid token")
    app = "d" + sha256(physical_name(stack_name, logical_id).encode()).hexdigest()[:13]
    return _app(arn("amplify", f"apps/{app}"), properties)


def _update_app(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    del old, stack_name, logical_id
    return _app(physical_id, new)


def _app(physical_id: str, properties: Properties) -> Provisioned:
    app = physical_id.rpartition("/")[2]
    told = {"AppId": app, "AppName": properties["Name"], "DefaultDomain": f"{app}.amplifyapp.com"}
    return physical_id, {"Arn": physical_id, **told}


def _create_branch(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    del logical_id, stack_name
    return _branch(arn("amplify", f"apps/{properties['AppId']}/branches/{properties['BranchName']}"), properties)


def _update_branch(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    del old, stack_name, logical_id
    return _branch(physical_id, new)


def _branch(physical_id: str, properties: Properties) -> Provisioned:
    return physical_id, {"Arn": physical_id, "BranchName": properties["BranchName"]}


def _forget(physical_id: str, properties: Properties) -> None:
    """Nothing was kept."""
    del physical_id, properties


TYPES = {
    "AWS::Amplify::App": ResourceType(_create_app, _forget, _update_app, tags="list"),
    "AWS::Amplify::Branch": ResourceType(
        _create_branch, _forget, _update_branch, frozenset({"AppId", "BranchName"}), tags="list"
    ),
}
