"""StackSets over the embedded CloudFormation: each instance's stack really exists where it should, or really failed."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail, Throttle
from stackgen.local.stacksets import Accounts

ADMIN = "111111111111"
REGIONS = ["us-east-1", "eu-west-1", "eu-central-1"]
TEMPLATE = json.dumps(
    {
        "Parameters": {"Env": {"Type": "String"}},
        "Resources": {
            "Where": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    "Name": "/app/where",
                    "Type": "String",
                    "Value": {"Fn::Sub": "${Env} ${AWS::AccountId} ${AWS::Region}"},
                },
            }
        },
    }
)
WIDE = {
    "MaxConcurrentPercentage": 100,
    "FailureTolerancePercentage": 100,
    "RegionConcurrencyType": "PARALLEL",
    "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
}


def accounts(number: int) -> list[str]:
    return [f"{each:012}" for each in range(200, 200 + number)]


class Sets:
    """A set named ``app`` and what became of its instances."""

    def __init__(self, cloud: Cloud, **more: Any) -> None:
        self.cloud = cloud
        self.client = cloud.client("cloudformation", ADMIN)
        self.client.create_stack_set(
            StackSetName="app",
            TemplateBody=TEMPLATE,
            Parameters=[{"ParameterKey": "Env", "ParameterValue": "prod"}],
            **more,
        )

    def create(self, accounts: list[str], regions: list[str], **more: Any) -> dict[str, Any]:
        asked = {"OperationPreferences": WIDE, **more}
        operation = self.client.create_stack_instances(StackSetName="app", Accounts=accounts, Regions=regions, **asked)
        return self.finished(operation["OperationId"])

    def finished(self, operation: str) -> dict[str, Any]:
        self.cloud.clock.settle()
        shown: dict[str, Any] = self.client.describe_stack_set_operation(StackSetName="app", OperationId=operation)
        return dict(shown["StackSetOperation"])

    def instance(self, account: str, region: str) -> dict[str, Any]:
        shown = self.client.describe_stack_instance(
            StackSetName="app", StackInstanceAccount=account, StackInstanceRegion=region
        )
        return dict(shown["StackInstance"])

    def value(self, account: str, region: str) -> str:
        store = self.cloud.client("ssm", account, region)
        return str(store.get_parameter(Name="/app/where")["Parameter"]["Value"])


def test_every_instance_is_a_stack_in_its_own_account_and_region(cloud: Cloud) -> None:
    sets = Sets(cloud)
    assert sets.create(accounts(4), REGIONS)["Status"] == "SUCCEEDED"
    for account in accounts(4):
        for region in REGIONS:
            assert sets.value(account, region) == f"prod {account} {region}"
            stack_id = sets.instance(account, region)["StackId"]
            (stack,) = cloud.client("cloudformation", account, region).describe_stacks()["Stacks"]
            assert stack["StackId"] == stack_id
            assert stack["StackName"].startswith("StackSet-app-")
    assert cloud.client("cloudformation", ADMIN).describe_stacks()["Stacks"] == []


def test_a_real_failure_in_an_account_is_a_failed_instance_with_its_reason(cloud: Cloud) -> None:
    sets = Sets(cloud)
    broken = accounts(3)[1]
    cloud.client("ssm", broken, "eu-west-1").put_parameter(Name="/app/where", Value="taken", Type="String")
    operation = sets.create(accounts(3), ["eu-west-1"])
    assert operation["Status"] == "SUCCEEDED"
    assert operation["StatusDetails"]["FailedStackInstancesCount"] == 1
    failed = sets.instance(broken, "eu-west-1")
    assert failed["StackInstanceStatus"]["DetailedStatus"] == "FAILED"
    assert failed["Status"] == "OUTDATED"
    assert failed["StatusReason"].startswith(
        "ResourceLogicalId:Where, ResourceType:AWS::SSM::Parameter, ResourceStatusReason:"
    )
    assert sets.value(broken, "eu-west-1") == "taken"


def test_an_update_without_targets_reaches_every_instance_and_a_failing_one_rolls_back(cloud: Cloud) -> None:
    sets = Sets(cloud)
    sets.create(accounts(3), ["eu-west-1"])
    broken = accounts(3)[2]
    cloud.faults.add("update:AWS::SSM::Parameter", Fail("x", "no quota"), account=broken)
    operation = sets.client.update_stack_set(
        StackSetName="app", TemplateBody=TEMPLATE, Parameters=[{"ParameterKey": "Env", "ParameterValue": "next"}],
        OperationPreferences=WIDE,
    )  # fmt: skip
    assert sets.finished(operation["OperationId"])["Status"] == "SUCCEEDED"
    assert [sets.value(account, "eu-west-1").split()[0] for account in accounts(3)] == ["next", "next", "prod"]
    assert "no quota" in sets.instance(broken, "eu-west-1")["StatusReason"]


def test_overrides_of_an_instance_are_parameters_of_its_stack(cloud: Cloud) -> None:
    sets = Sets(cloud)
    override = [{"ParameterKey": "Env", "ParameterValue": "special"}]
    sets.create(accounts(1), ["eu-west-1"], ParameterOverrides=override)
    sets.create(accounts(2)[1:], ["eu-west-1"])
    assert [sets.value(account, "eu-west-1").split()[0] for account in accounts(2)] == ["special", "prod"]


def test_a_deleted_instance_takes_its_stack_with_it_unless_it_is_retained(cloud: Cloud) -> None:
    sets = Sets(cloud)
    sets.create(accounts(2), ["eu-west-1"])
    for account, retain in zip(accounts(2), (True, False), strict=True):
        operation = sets.client.delete_stack_instances(
            StackSetName="app", Accounts=[account], Regions=["eu-west-1"], RetainStacks=retain
        )
        sets.finished(operation["OperationId"])
    assert sets.value(accounts(2)[0], "eu-west-1").startswith("prod")
    with pytest.raises(ClientError, match="ParameterNotFound"):
        sets.value(accounts(2)[1], "eu-west-1")
    sets.client.delete_stack_set(StackSetName="app")


def test_a_rollout_takes_virtual_hours_and_can_be_looked_at_on_the_way(cloud: Cloud) -> None:
    sets = Sets(cloud)
    began = cloud.clock.time()
    operation = sets.client.create_stack_instances(
        StackSetName="app", Accounts=accounts(50), Regions=["us-east-1", "eu-west-1"]
    )["OperationId"]
    cloud.clock.advance(600)
    seen = sets.client.describe_stack_set_operation(StackSetName="app", OperationId=operation)["StackSetOperation"]
    assert seen["Status"] == "RUNNING"
    with pytest.raises(sets.client.exceptions.OperationInProgressException):
        sets.client.update_stack_set(StackSetName="app", UsePreviousTemplate=True)
    made = [each for each in sets.client.list_stack_instances(StackSetName="app")["Summaries"] if each.get("StackId")]
    assert 0 < len(made) < 100
    assert sets.finished(operation)["Status"] == "SUCCEEDED"
    assert cloud.clock.time() - began > 3600


def test_a_drifted_stack_is_found(cloud: Cloud) -> None:
    sets = Sets(cloud)
    sets.create(accounts(2), ["eu-west-1"])
    cloud.client("ssm", accounts(2)[0], "eu-west-1").put_parameter(
        Name="/app/where", Value="by hand", Type="String", Overwrite=True
    )
    operation = sets.client.detect_stack_set_drift(StackSetName="app")["OperationId"]
    details = sets.finished(operation)["StackSetDriftDetectionDetails"]
    assert (details["DriftedStackInstancesCount"], details["InSyncStackInstancesCount"]) == (1, 1)


def test_a_service_managed_set_refuses_nested_stacks(cloud: Cloud) -> None:
    nested = {
        "Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://x"}}}
    }
    with pytest.raises(ClientError, match="ValidationError"):
        cloud.client("cloudformation").create_stack_set(
            StackSetName="managed", TemplateBody=json.dumps(nested), PermissionModel="SERVICE_MANAGED",
            AutoDeployment={"Enabled": False},
        )  # fmt: skip


def test_an_account_that_joins_a_unit_is_deployed_to() -> None:
    organisation = Accounts({"ou-abcd-11111111": accounts(2)}, {"ou-abcd-11111111": "r-abcd"})
    with Cloud(accounts=organisation) as cloud:
        sets = Sets(
            cloud,
            PermissionModel="SERVICE_MANAGED",
            AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
        )
        operation = sets.client.create_stack_instances(
            StackSetName="app", Regions=["eu-west-1"], DeploymentTargets={"OrganizationalUnitIds": ["ou-abcd-11111111"]}
        )
        assert sets.finished(operation["OperationId"])["Status"] == "SUCCEEDED"
        organisation.join("300000000000", "ou-abcd-11111111")
        cloud.clock.settle()
        assert sets.value("300000000000", "eu-west-1").startswith("prod")


def test_clients_over_http_see_the_same_sets(cloud: Cloud) -> None:
    sets = Sets(cloud)
    sets.create(accounts(2), ["eu-west-1"])
    over_http = boto3.client(
        "cloudformation", endpoint_url=cloud.url, region_name="us-east-1",
        aws_access_key_id=ADMIN, aws_secret_access_key="x",  # noqa: S106 - checked by nobody
    )  # fmt: skip
    assert len(over_http.list_stack_instances(StackSetName="app")["Summaries"]) == 2


def test_a_fault_on_a_call_of_stack_sets_is_met_like_any_other(cloud: Cloud) -> None:
    sets = Sets(cloud)
    fault = cloud.faults.add("cloudformation:ListStackInstances", Throttle(), times=2)
    assert sets.client.list_stack_instances(StackSetName="app")["Summaries"] == []
    assert fault.met == 2


def test_a_set_in_a_template_is_made_changed_cell_by_cell_and_removed(cloud: Cloud) -> None:
    def body(*groups: dict[str, Any], env: str = "prod") -> str:
        properties = {
            "StackSetName": "app",
            "PermissionModel": "SELF_MANAGED",
            "TemplateBody": TEMPLATE,
            "Parameters": [{"ParameterKey": "Env", "ParameterValue": env}],
            "OperationPreferences": WIDE,
            "StackInstancesGroup": list(groups),
        }
        return json.dumps({"Resources": {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}})

    def group(accounts: list[str], regions: list[str]) -> dict[str, Any]:
        return {"DeploymentTargets": {"Accounts": accounts}, "Regions": regions}

    client = cloud.client("cloudformation", ADMIN)
    one, two, three = accounts(3)
    client.create_stack(StackName="s", TemplateBody=body(group([one, two], ["eu-west-1"])))
    cloud.clock.settle()
    client.update_stack(StackName="s", TemplateBody=body(group([two, three], ["eu-west-1"]), env="next"))
    cloud.clock.settle()
    assert client.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"
    listed = client.list_stack_instances(StackSetName="app")["Summaries"]
    assert sorted(each["Account"] for each in listed) == [two, three]
    for account in (two, three):
        store = cloud.client("ssm", account, "eu-west-1")
        assert store.get_parameter(Name="/app/where")["Parameter"]["Value"].startswith("next")
    client.delete_stack(StackName="s")
    cloud.clock.settle()
    assert client.list_stack_sets(Status="ACTIVE")["Summaries"] == []
    assert cloud.client("ssm", two, "eu-west-1").describe_parameters()["Parameters"] == []


def test_a_set_in_a_template_whose_update_fails_goes_back_in_every_instance(cloud: Cloud) -> None:
    def body(env: str) -> str:
        properties = {
            "StackSetName": "app", "PermissionModel": "SELF_MANAGED", "TemplateBody": TEMPLATE,
            "Parameters": [{"ParameterKey": "Env", "ParameterValue": env}],
            "StackInstancesGroup": [{"DeploymentTargets": {"Accounts": accounts(2)}, "Regions": ["eu-west-1"]}],
        }  # fmt: skip
        return json.dumps({"Resources": {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}})

    client = cloud.client("cloudformation", ADMIN)
    client.create_stack(StackName="s", TemplateBody=body("prod"))
    cloud.clock.settle()
    cloud.faults.add("update:AWS::SSM::Parameter", Fail("x", "no quota"), account=accounts(2)[1])
    client.update_stack(StackName="s", TemplateBody=body("next"))
    cloud.clock.settle()
    assert client.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    for account in accounts(2):
        store = cloud.client("ssm", account, "eu-west-1")
        assert store.get_parameter(Name="/app/where")["Parameter"]["Value"].startswith("prod")
    told = client.describe_stack_set(StackSetName="app")["StackSet"]["Parameters"]
    assert told == [{"ParameterKey": "Env", "ParameterValue": "prod"}]


def test_a_service_managed_set_in_a_template_follows_its_units() -> None:
    one, two = "ou-abcd-11111111", "ou-abcd-22222222"
    organisation = Accounts({one: accounts(1), two: accounts(2)[1:]}, {one: "r-abcd", two: "r-abcd"})

    def body(unit: str) -> str:
        properties = {
            "StackSetName": "app", "PermissionModel": "SERVICE_MANAGED", "TemplateBody": TEMPLATE,
            "AutoDeployment": {"Enabled": False},
            "Parameters": [{"ParameterKey": "Env", "ParameterValue": "prod"}],
            "StackInstancesGroup": [
                {"DeploymentTargets": {"OrganizationalUnitIds": [unit]}, "Regions": ["eu-west-1"]}
            ],
        }  # fmt: skip
        return json.dumps({"Resources": {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}})

    with Cloud(accounts=organisation) as cloud:
        client = cloud.client("cloudformation", ADMIN)
        client.create_stack(StackName="s", TemplateBody=body(one))
        cloud.clock.settle()
        client.update_stack(StackName="s", TemplateBody=body(two))
        cloud.clock.settle()
        assert client.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"
        listed = client.list_stack_instances(StackSetName="app")["Summaries"]
        assert [each["Account"] for each in listed] == accounts(2)[1:]


def test_access_to_the_organisation_is_told_as_it_was_set(cloud: Cloud) -> None:
    client = cloud.client("cloudformation", ADMIN)
    client.deactivate_organizations_access()
    assert client.describe_organizations_access()["Status"] == "DISABLED"
    client.activate_organizations_access()
    assert client.describe_organizations_access()["Status"] == "ENABLED"


def test_a_set_in_a_template_that_cannot_be_rolled_out_fails_with_the_instances_reason(cloud: Cloud) -> None:
    cloud.faults.add("create:AWS::SSM::Parameter", Fail("x", "no quota"), times=None)
    properties = {
        "StackSetName": "app", "PermissionModel": "SELF_MANAGED", "TemplateBody": TEMPLATE,
        "Parameters": [{"ParameterKey": "Env", "ParameterValue": "prod"}],
        "StackInstancesGroup": [{"DeploymentTargets": {"Accounts": accounts(1)}, "Regions": ["eu-west-1"]}],
    }  # fmt: skip
    client = cloud.client("cloudformation", ADMIN)
    body = {"Resources": {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}}
    client.create_stack(StackName="s", TemplateBody=json.dumps(body))
    cloud.clock.settle()
    events = client.describe_stack_events(StackName="s")["StackEvents"]
    (reason,) = [event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert "no quota" in reason
    assert client.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    assert client.list_stack_sets(Status="ACTIVE")["Summaries"] == []
