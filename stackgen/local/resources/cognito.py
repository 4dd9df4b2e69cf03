"""User pools that tell their issuer and are protected; users and memberships, which the emulator has no types for.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpool.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpooluser.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolusertogroupattachment.html
"""

from __future__ import annotations

import json
from typing import Any

from .emulator import accepted, physical_name, provisioners, refuse, region, service
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "CognitoIdentityProvider"


# Pools


def _told(created: Provisioned) -> Provisioned:
    """With ProviderURL, which the emulator leaves out."""
    pool, attributes = created
    return pool, {**attributes, "ProviderURL": f"https://cognito-idp.{region()}.amazonaws.com/{pool}"}


def _create_pool(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    return _told(provisioners()._cognito_user_pool_create(logical_id, properties, stack_name))


def _update_pool(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    return _told(provisioners()._cognito_user_pool_update(physical_id, old, new, stack_name, logical_id))


def _delete_pool(physical_id: str, properties: Properties) -> None:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html."""
    pool = service("cognito")._user_pools.get(physical_id)
    if pool is not None and pool.get("DeletionProtection") == "ACTIVE":
        raise refuse(_SDK, "The user pool cannot be deleted because deletion protection is activated.")
    provisioners()._cognito_user_pool_delete(physical_id, properties)


# Users


def _create_user(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    """Ref is the name that was asked for, also where the pool makes another of an address."""
    name = properties.get("Username") or physical_name(stack_name, logical_id, 128)
    asked = {key: value for key, value in properties.items() if key != "ValidationData"}
    accepted(_SDK, service("cognito")._admin_create_user({**asked, "Username": name}))
    return name, {}


def _delete_user(physical_id: str, properties: Properties) -> None:
    asked = {"UserPoolId": properties["UserPoolId"], "Username": physical_id}
    if _user(asked) is not None:
        accepted(_SDK, service("cognito")._admin_delete_user(asked))


def _user(asked: dict[str, str]) -> Any:
    """A pool's user; None where one of the two is gone."""
    status, _, body = service("cognito")._admin_get_user(asked)
    return json.loads(body) if status < 400 else None  # noqa: PLR2004 - HTTP's errors start there


# Memberships


def _create_membership(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    del stack_name
    accepted(_SDK, service("cognito")._admin_add_user_to_group(properties))
    return f"{logical_id}-{properties['GroupName']}-{properties['Username']}", {}


def _delete_membership(physical_id: str, properties: Properties) -> None:
    del physical_id
    if _user(properties) is not None:
        accepted(_SDK, service("cognito")._admin_remove_user_from_group(properties))


TYPES = {
    "AWS::Cognito::UserPool": ResourceType(_create_pool, _delete_pool, _update_pool),
    # Nothing of these two can be changed in place.
    "AWS::Cognito::UserPoolUser": ResourceType(
        _create_user,
        _delete_user,
        replaced_by=frozenset(
            {
                "ClientMetadata", "DesiredDeliveryMediums", "ForceAliasCreation", "MessageAction", "UserAttributes",
                "UserPoolId", "Username", "ValidationData",
            }
        ),
    ),
    "AWS::Cognito::UserPoolUserToGroupAttachment": ResourceType(
        _create_membership, _delete_membership, replaced_by=frozenset({"GroupName", "UserPoolId", "Username"})
    ),
}  # fmt: skip
