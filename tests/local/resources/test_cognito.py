"""User pools, users and memberships: what the service tells of them, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.resources.lives import Cloud, Gone, Life, delete, deploy, live, refused, refused_deletion, resources

POOL: dict[str, Any] = {
    "Type": "AWS::Cognito::UserPool",
    "DeletionPolicy": "Delete",
    "Properties": {"UserPoolName": "users", "UsernameAttributes": ["email"]},
}
GROUP = {
    "Type": "AWS::Cognito::UserPoolGroup",
    "Properties": {"UserPoolId": {"Ref": "Pool"}, "GroupName": "admins"},
}
USER = {
    "Type": "AWS::Cognito::UserPoolUser",
    "Properties": {
        "UserPoolId": {"Ref": "Pool"},
        "Username": "one@example.com",
        "MessageAction": "SUPPRESS",
        "UserAttributes": [{"Name": "email", "Value": "one@example.com"}],
    },
}
MEMBERSHIP = {
    "Type": "AWS::Cognito::UserPoolUserToGroupAttachment",
    "Properties": {
        "UserPoolId": {"Ref": "Pool"},
        "GroupName": {"Ref": "Group"},
        "Username": {"Ref": "User"},
    },
}
TYPES_TOLD = {"AWS::Cognito::UserPoolUserToGroupAttachment"}
"""It is nothing by itself; the tests below look at the group."""


def only_pool(aws: Cloud) -> str:
    listed = aws.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
    if not listed:
        raise Gone
    (pool,) = listed
    return str(pool["Id"])


def pool(aws: Cloud, pool_id: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]
    return found


def user(aws: Cloud, name: str) -> dict[str, Any]:
    found = aws.client("cognito-idp").admin_get_user(UserPoolId=only_pool(aws), Username=name)
    return {each["Name"]: each["Value"] for each in found["UserAttributes"]}


def members(aws: Cloud, group: str = "admins") -> list[str]:
    listed = aws.client("cognito-idp").list_users_in_group(UserPoolId=only_pool(aws), GroupName=group)["Users"]
    return [attribute["Value"] for each in listed for attribute in each["Attributes"] if attribute["Name"] == "email"]


LIVES = (
    Life(
        type="AWS::Cognito::UserPool",
        properties=POOL["Properties"],
        look=pool,
        shows={"Name": "users", "MfaConfiguration": "OFF"},
        change={"UserPoolName": "people"},
        then_shows={"Name": "people"},
        ref="eu-west-1_.+",
        attributes={
            "ProviderURL": r"https://cognito-idp\.eu-west-1\.amazonaws\.com/eu-west-1_.+",
            "ProviderName": r"cognito-idp\.eu-west-1\.amazonaws\.com/eu-west-1_.+",
        },
    ),
    Life(
        type="AWS::Cognito::UserPoolUser",
        properties=USER["Properties"],  # type: ignore[arg-type]  # a table of tables
        look=user,
        shows={"email": "one@example.com"},
        ref="one@example.com",
        beside={"Pool": POOL},
    ),
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.type)
def test_a_pool_and_a_user_are_made_told_and_removed(aws: Cloud, life: Life) -> None:
    live(aws, life)


def template(**more: Any) -> dict[str, Any]:
    return {"Resources": {"Pool": POOL, "Group": GROUP, "User": USER, "Membership": MEMBERSHIP, **more}}


def test_a_membership_comes_and_goes_with_its_resource(aws: Cloud) -> None:
    stack = deploy(aws, template())
    assert members(aws) == ["one@example.com"]
    without = template()
    del without["Resources"]["Membership"]
    deploy(aws, without, stack=stack)
    assert members(aws) == []
    assert user(aws, "one@example.com")["email"] == "one@example.com"


def test_another_address_makes_another_user_in_the_same_group(aws: Cloud) -> None:
    stack = deploy(aws, template())
    other = {**USER, "Properties": {**USER["Properties"], "Username": "two@example.com"}}  # type: ignore[dict-item]
    other["Properties"]["UserAttributes"] = [{"Name": "email", "Value": "two@example.com"}]  # type: ignore[index]
    before = resources(aws, stack)["Pool"]
    deploy(aws, template(User=other), stack=stack)
    assert members(aws) == ["two@example.com"]
    assert resources(aws, stack)["Pool"] == before


def test_what_went_by_hand_does_not_stop_a_deletion(aws: Cloud) -> None:
    stack = deploy(aws, template())
    aws.client("cognito-idp").admin_delete_user(UserPoolId=only_pool(aws), Username="one@example.com")
    delete(aws, stack)
    with pytest.raises(Gone):
        only_pool(aws)


def test_an_address_that_a_user_has_already_is_refused(aws: Cloud) -> None:
    assert "already exists" in refused(aws, template(Twin={**USER, "DependsOn": "User"}))


def test_a_protected_pool_is_not_deleted(aws: Cloud) -> None:
    protected = {**POOL, "Properties": {**POOL["Properties"], "DeletionProtection": "ACTIVE"}}
    stack = deploy(aws, {"Resources": {"Pool": protected}})
    assert "deletion protection is activated" in refused_deletion(aws, stack)
    assert pool(aws, only_pool(aws))["Name"] == "users"
