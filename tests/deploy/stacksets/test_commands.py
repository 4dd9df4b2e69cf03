"""What the commands refuse, tell and delete; and sets that other permissions, owners and accounts are about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.artifacts import digest_of
from stackgen.deployer.handlers import moments
from stackgen.local.cloud import ACCOUNT
from stackgen.local.virtual import given

from .project import NAME, TEMPLATE, Interrupting, Project, cells

if TYPE_CHECKING:
    from stackgen.local.stacksets.accounts import Accounts

TWO = cells(("222222222222 333333333333", "us-east-1"))
PLACE = "base in 111111111111/us-east-1"

MISTAKES = {
    'tempalte = "x"': "stackset.base: unknown setting 'tempalte'\n  did you mean template?",
    "operation = { max_concurent_count = 1 }": "'max_concurent_count'\n  did you mean max_concurrent_count?",
    'operation = { concurrency_mode = "SOFT" }': "concurrency_mode is 'SOFT', but SOFT_FAILURE_TOLERANCE or",
    "operation = { failure_tolerance_percentage = 101 }": "is 101, but a number from 0 to 100 was expected",
    "operation = { failure_tolerance_percentage = 1, failure_tolerance_count = 1 }": "exclude each other",
    'permission_model = "SELF"': "but SELF_MANAGED or SERVICE_MANAGED was expected",
    'permission_model = "SERVICE_MANAGED"': "says no organizational_units",
    'organizational_units = ["ou-abcd-11111111"]': "organizational_units is not for permission_model SELF_MANAGED",
    'call_as = "DELEGATED_ADMIN"': "is for permission_model SERVICE_MANAGED alone",
    'targets = [{ accounts = ["1"], regions = ["us-east-1"] }]': "accounts of 12 digits, as texts was expected",
    'targets = [{ accounts = ["111111111111"] }]': "a group without regions",
    'targets = [{ accounts = ["111111111111"], regions = ["us-east-1"], environment = "prd" }]': "no environment 'prd'",
    'name = "1 set"': "a letter, then up to 127 letters, digits and hyphens was expected",
    'execution_role = "arn:aws:iam::111111111111:role/x"': "the name of a role was expected",
    'capabilities = ["CAPABILITY_IM"]': "did you mean CAPABILITY_IAM?",
    'tags = { StackSet = "mine" }': "StackSet is kept for the set's own name",
    'managed_execution = "yes"': "true or false was expected",
    'parameters = { Sise = "2" }': "did you mean Size?",
}  # fmt: skip


@pytest.mark.parametrize(("line", "said"), MISTAKES.items(), ids=list(MISTAKES))
def test_a_wrong_setting_is_refused_where_it_stands(project: Project, line: str, said: str) -> None:
    """A slip in the settings changes what is rolled out, or is found by AWS."""
    project.settings(line, **({} if "targets" in line else {"dev": f'account = "{ACCOUNT}"'}))
    ran = project.run("plan")
    assert (ran.code, ran.out) == (1, ""), ran.out
    assert "pyproject.toml:" in ran.err
    assert said in ran.err
    assert project.changes() == []


def test_a_set_that_the_project_does_not_have_is_a_wrong_name(project: Project) -> None:
    project.settings(TWO)
    ran = project.run("plan", "bsae")
    assert ran.code == 2
    assert "did you mean base?" in ran.err
    assert project.run("plan", "-e", "dev").code == 2
    assert project.run("aply").code == 2
    assert project.run("delete", "--retain", "--no-retain").code == 2
    assert "ACCOUNT/REGION was expected" in project.run("delete", "--cells", "1/us-east-1").err


def test_two_environments_in_one_place_are_told_apart_by_the_name(project: Project) -> None:
    """One environment's stack takes the other's place."""
    own = dict.fromkeys(("dev", "prod"), f'account = "{ACCOUNT}"\nregions = ["us-east-1"]')
    project.settings(**own)
    ran = project.run("plan")
    assert ran.code == 1
    assert f"{ACCOUNT}/us-east-1 is there twice, for dev and prod" in ran.err
    project.settings('name = "{file}-{env}"', **own)
    assert "-e NAME: dev, prod" in project.run("plan").err
    plan = project.json("plan", "-e", "prod")
    assert (plan["name"], plan["create"]) == ("base-prod", [f"{ACCOUNT}/us-east-1"])


def test_a_set_that_somebody_else_has_made_is_left_alone_until_it_is_adopted(project: Project) -> None:
    """A name that is taken lets another team's stacks be changed."""
    project.cloudformation.create_stack_set(
        StackSetName=NAME, TemplateBody=json.dumps(TEMPLATE), Tags=[{"Key": "Team", "Value": "other"}]
    )
    project.settings(TWO)
    project.changes()
    ran = project.apply()
    assert (ran.code, project.changes()) == (1, [])
    assert "this project has not made it" in ran.err
    assert "Team=other" in ran.err
    assert project.apply("--adopt").code == 0
    tags = project.cloudformation.describe_stack_set(StackSetName=NAME)["StackSet"]["Tags"]
    assert {"Key": "StackSet", "Value": "base"} in tags
    assert project.json("plan")["operations"] == []


def test_the_deployers_own_sets_are_never_adopted(project: Project) -> None:
    project.cloudformation.create_stack_set(
        StackSetName=NAME, TemplateBody=json.dumps(TEMPLATE), Tags=[{"Key": "ManagedBy", "Value": "aws-deployer"}]
    )
    project.settings(TWO)
    assert "belongs to the deployer" in project.apply("--adopt").err


def test_a_secret_is_rolled_out_when_asked_and_never_shown(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS masks it, so every run is a change; or none is, and a new one never arrives; or somebody reads it."""
    project.settings(TWO)
    monkeypatch.setenv("STACKGEN_PARAM_Password", "first-secret-1")
    ran = [project.apply("-v")]
    monkeypatch.setenv("STACKGEN_PARAM_Password", "second-secret-2")
    ran += [project.run("plan"), project.run("plan", "--secrets", "-v"), project.apply("--secrets", "-v")]
    assert "2 unchanged" in ran[1].out
    assert "parameter Password" in ran[2].out
    assert [each.code for each in ran] == [0, 0, 0, 0]
    assert not [each for each in ran if "secret-" in each.out + each.err]


def test_a_template_that_cannot_be_meant_is_told_with_its_line(project: Project) -> None:
    project.settings(TWO)
    path = project.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8").replace('"org/base"', '"org/bsae"'), "utf-8")
    ran = project.run("plan")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: pyproject.toml:")
    assert "stackset.base.template: no stack 'org/bsae'\n  did you mean org/base?\n" in ran.err


def test_status_tells_how_the_stacks_are_by_reason(project: Project, accounts: Accounts) -> None:
    project.settings(TWO, "operation = { failure_tolerance_count = 1 }")
    ran = project.run("status")
    assert (ran.code, ran.out) == (1, "")
    assert "python -m stackgen stackset apply base makes it" in ran.err
    accounts.lacks_execution_role |= {"222222222222", "333333333333"}
    assert project.apply().code == 1
    lines = project.run("status").out.splitlines()
    assert lines[0] == f"{PLACE}: 2 stacks, 0 current"
    assert lines[1] == "OUTDATED FAILED: 222222222222/us-east-1, 333333333333/us-east-1"
    assert "should have 'AWSCloudFormationStackSetExecutionRole' role" in lines[2]
    assert lines[3] == "last operations"
    assert "CREATE  FAILED" in lines[4]


def test_drift_is_found_stack_by_stack_and_is_4_when_asked(project: Project) -> None:
    project.settings(TWO)
    assert project.apply().code == 0
    ran = project.run("drift", "--fail")
    assert (ran.code, ran.out) == (0, f"{PLACE}: 0 drifted, 2 in sync\n")
    project.cloud.client("ssm", "333333333333").delete_parameter(Name="/base/where")
    ran = project.run("drift", "--fail")
    assert ran.code == 4
    assert ran.out.splitlines() == [f"{PLACE}: 1 drifted, 1 in sync", "  drifted: 333333333333/us-east-1"]
    assert project.run("drift").code == 0
    assert project.json("status")["instances"][1]["drift"] == "DRIFTED"


def test_a_deletion_says_what_goes_and_asks_and_what_is_retained_lives_on(project: Project) -> None:
    kept = {**TEMPLATE["Resources"]["Where"], "DeletionPolicy": "Retain"}
    project.template({**TEMPLATE, "Resources": {"Where": kept}})
    project.settings(TWO)
    assert project.apply().code == 0
    project.changes()
    ran = project.run("delete")
    assert ran.code == 2
    assert "--no-retain deletes them, --retain keeps them" in ran.err
    ran = project.run("delete", "--no-retain")
    assert (ran.code, project.changes()) == (3, [])
    assert "delete 2 stacks, and delete the StackSet" in ran.err
    assert "kept in each place when its stack is deleted: Where (Retain)" in ran.err
    ran = project.run("delete", "--retain", "--cells", "222222222222/us-east-1", "--yes")
    assert ran.code == 0, ran.err
    assert f"{PLACE}: 1 stack taken out\n  lives on in 222222222222/us-east-1: arn:aws:cloudformation" in ran.out
    assert len(project.cloud.client("cloudformation", "222222222222").describe_stacks()["Stacks"]) == 1
    assert list(project.instances()) == ["333333333333/us-east-1"]
    ran = project.run("delete", "--no-retain", "--yes")
    assert ran.out == f"{PLACE}: 1 stack deleted; the StackSet is deleted\n"
    assert project.cloudformation.list_stack_sets(Status="ACTIVE")["Summaries"] == []
    assert project.run("delete", "--no-retain", "--yes").code == 1


def test_a_stack_that_cannot_be_deleted_is_out_of_reach_until_it_is_taken_out(
    project: Project, accounts: Accounts
) -> None:
    """What no operation reaches any more is deployed to again and again, or is told to be well."""
    project.settings(TWO)
    assert project.apply().code == 0
    accounts.lacks_execution_role.add("222222222222")
    ran = project.run("delete", "--no-retain", "--cells", "222222222222/us-east-1", "--yes")
    assert ran.code == 6
    assert "stackset delete --retain --cells takes it out" in ran.out
    accounts.lacks_execution_role.clear()
    assert "1 out of reach" in project.run("plan").out
    assert project.apply().code == 6
    assert project.run("delete", "--retain", "--cells", "222222222222/us-east-1", "--yes").code == 0
    there = project.cloud.client("cloudformation", "222222222222")
    there.delete_stack(StackName=there.describe_stacks()["Stacks"][0]["StackId"])
    project.cloud.clock.settle()
    assert project.apply().code == 0


def test_a_service_managed_set_goes_to_the_accounts_of_its_units(project: Project, accounts: Accounts) -> None:
    """Its accounts are guessed, or a call lacks on whose behalf it is made."""
    organizations = project.cloud.client("organizations", ACCOUNT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="apps")["OrganizationalUnit"]["Id"]
    members = []
    for name in ("one", "two"):
        status = organizations.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"]
        members.append(status["AccountId"])
        organizations.move_account(AccountId=members[-1], SourceParentId=root, DestinationParentId=unit)
        accounts.join(members[-1], unit)
    service = (
        'permission_model = "SERVICE_MANAGED"',
        f'organizational_units = ["{unit}"]',
        'regions = ["us-east-1"]',
        'call_as = "DELEGATED_ADMIN"',
    )
    project.settings(*service, "auto_deployment = { enabled = true }")
    asked: list[tuple[str, Any]] = []
    project.cloud.gateway.observers.append(lambda call, _: asked.append((call.operation, call.parameters)))
    ran = project.apply()
    assert ran.code == 0, ran.err
    assert sorted(project.instances()) == sorted(f"{member}/us-east-1" for member in members)
    project.settings(*service, "auto_deployment = { enabled = false }")
    project.sized("2")
    ran = project.apply()
    assert ran.code == 0, ran.err
    told = next(line for line in ran.err.splitlines() if "automatic deployment" in line)
    assert "Enabled=on, RetainStacksOnAccountRemoval=off -> Enabled=off; no rollout changes it" in told
    assert project.run("status").code == 0
    assert project.run("drift").code == 0
    assert project.json("plan")["operations"] == []
    assert project.run("delete", "--no-retain", "--yes").code == 0
    about = {name: given for name, given in asked if "StackSet" in name or "StackInstance" in name}
    assert len(about) >= 10
    assert {given.get("CallAs") for given in about.values()} == {"DELEGATED_ADMIN"}


def test_a_service_managed_set_may_not_nest(project: Project) -> None:
    """AWS refuses it only when it is made."""
    project.template(
        {"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "x"}}}}
    )
    organizations = project.cloud.client("organizations", ACCOUNT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="apps")["OrganizationalUnit"]["Id"]
    account = organizations.create_account(Email="a@example.com", AccountName="a")["CreateAccountStatus"]["AccountId"]
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    project.settings(
        'permission_model = "SERVICE_MANAGED"', f'organizational_units = ["{unit}"]', 'regions = ["us-east-1"]'
    )
    ran = project.run("plan")
    assert ran.code == 1
    assert "which a service-managed StackSet may not" in ran.err


def test_what_a_region_or_a_role_lacks_is_told_before(project: Project) -> None:
    """Stacks fail one by one for what could be known."""
    project.settings(cells((f"{ACCOUNT} 222222222222", "af-south-1")))

    def regions(_: object) -> dict[str, Any]:
        return {"Regions": [{"RegionName": "af-south-1", "OptInStatus": "not-opted-in", "Endpoint": ""}]}

    project.cloud.gateway.serve("ec2", {"DescribeRegions": regions})
    ran = project.run("plan")
    assert f"af-south-1 is not enabled in account {ACCOUNT}" in ran.err
    assert "af-south-1 must be enabled in each account before its stack can be made there: 222222222222" in ran.err
    assert "the role AWSCloudFormationStackSetAdministrationRole is not in account 111111111111" in ran.err


def test_wrong_credentials_are_told(project: Project) -> None:
    project.settings(TWO, 'account = "999999999999"')
    ran = project.run("plan")
    assert ran.code == 1
    assert "stackset.base is in account 999999999999, but the credentials are of account 111111111111" in ran.err


def nesting(project: Project) -> None:
    """A template that nests another, in a bucket of each region."""
    child = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}, indent=2)
    (project.root / "build" / "org" / "child.json").write_text(child, encoding="utf-8")
    host = "https://${TemplatesBucketName}-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}"
    url = {"Fn::Sub": f"{host}/org/child/{digest_of(child)}.json"}
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    names = {"TemplatesBucketName": {"Type": "String"}}
    project.template({"Parameters": names, "Resources": {"Child": nested}})


def test_templates_are_brought_to_each_region_and_other_accounts_must_be_let_in(project: Project) -> None:
    """A nested template lies where only one region or account can read it."""
    nesting(project)
    project.settings(cells((f"{ACCOUNT} 222222222222", "us-east-1 eu-west-1")), 'region = "eu-central-1"')
    ran = project.run("plan")
    assert ran.code == 0, ran.err
    bucket = f"org-cfn-{ACCOUNT}"
    for region in ("us-east-1", "eu-west-1"):
        assert f"first: make the bucket {bucket}-{region} for templates" in ran.out
        assert f"bucket {bucket}-{region} in every account, which its policy must allow; 222222222222" in ran.err
    made = []
    project.cloud.gateway.observers.append(
        lambda call, _: made.append(call.region) if call.operation == "CreateBucket" else None
    )
    ran = project.apply()
    assert (ran.code, "S3 error: Access Denied" in ran.out) == (8, True)
    assert sorted(made) == ["eu-west-1", "us-east-1"]
    s3 = project.cloud.client("s3", ACCOUNT, "eu-west-1")
    assert s3.get_bucket_location(Bucket=f"{bucket}-eu-west-1")["LocationConstraint"] == "eu-west-1"
    for region in ("us-east-1", "eu-west-1"):
        let_in(project, f"{bucket}-{region}", region)
    ran = project.apply()
    assert (ran.code, "nested templates are read" in ran.err) == (0, False), ran.out


def let_in(project: Project, bucket: str, region: str) -> None:
    """Let another account read the templates."""
    allowed = {
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222222222222:root"}, "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    project.cloud.client("s3", ACCOUNT, region).put_bucket_policy(Bucket=bucket, Policy=policy)


def test_a_long_template_is_read_from_the_bucket_of_the_sets_region(project: Project) -> None:
    """A request cannot carry more than 51,200 bytes."""
    long = {**TEMPLATE, "Metadata": {"Why": "x" * 60_000}}
    project.template(long)
    project.settings(TWO, 'region = "eu-central-1"')
    asked = []
    project.cloud.gateway.observers.append(
        lambda call, _: asked.append(call.parameters) if call.operation == "CreateStackSet" else None
    )
    project.apply()
    bucket = f"https://org-cfn-{ACCOUNT}-eu-central-1.s3.eu-central-1.amazonaws.com/org/base/"
    assert asked[0]["TemplateURL"].startswith(bucket)
    assert "TemplateBody" not in asked[0]
    client = project.cloud.client("cloudformation", ACCOUNT, "eu-central-1")
    assert json.loads(client.describe_stack_set(StackSetName=NAME)["StackSet"]["TemplateBody"]) == long


def test_a_delete_that_was_cut_off_is_taken_up(project: Project) -> None:
    """The second run takes the first one's deletion for somebody else's."""
    project.settings(TWO, "operation = { max_concurrent_count = 1 }")
    assert project.apply().code == 0
    with given(moments, time=Interrupting(project)):
        ran = project.run("delete", "--no-retain", "--yes")
    assert ran.code == 130
    ran = project.run("delete", "--no-retain", "--yes")
    assert ran.code == 0, ran.err
    assert "the same deletion still runs, begun by another run; it is followed first" in ran.err
    assert ran.out.endswith("the StackSet is deleted\n")


def test_a_drift_detection_that_was_cut_off_is_taken_up_and_another_operation_is_7(project: Project) -> None:
    project.settings(TWO)
    assert project.apply().code == 0
    with given(moments, time=Interrupting(project)):
        ran = project.run("drift", "--stop")
    assert (ran.code, "is stopped" in ran.err) == (130, True)
    project.cloud.clock.advance(60)
    with given(moments, time=Interrupting(project)):
        assert project.run("drift").code == 130
    assert project.run("drift").code == 0
    assert [each["Action"] for each in project.operations()][-2:] == ["DETECT_DRIFT", "DETECT_DRIFT"]
    project.cloudformation.update_stack_instances(StackSetName=NAME, Accounts=["222222222222"], Regions=["us-east-1"])
    assert project.run("drift").code == 7
    assert project.run("delete", "--no-retain", "--yes").code == 7


def test_the_stacks_of_a_set_are_verified_each_in_its_place(project: Project) -> None:
    """A StackSet's stacks have names that nobody types, so nobody learns whether they work."""
    project.settings(cells((ACCOUNT, "us-east-1 eu-west-1")))
    assert project.apply().code == 0
    ran = project.run("verify")
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("2 stacks: 2 checks, 2 right, 0 wrong\n")
    assert ran.out.count(f"StackSet-{NAME}-") == 2
    project.settings(cells((ACCOUNT, "us-east-1 eu-west-1"), ("222222222222", "us-east-1")))
    ran = project.run("verify")
    assert ran.code == 4
    assert "base in 222222222222/us-east-1: 1 of 1 checks wrong" in ran.out
    assert "next: python -m stackgen stackset apply base makes it" in ran.out
    assert project.apply().code == 0
    ran = project.run("verify")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing lets verify into 222222222222/us-east-1" in ran.err
    assert "reader_role in [tool.stackgen.stackset.base]" in ran.err


def test_roles_are_named_with_the_account_and_the_environment(project: Project) -> None:
    """A project says digits that it does not know, or one role for all environments."""
    project.settings(
        'name = "base-{env}"',
        'administration_role = "arn:aws:iam::{account}:role/administration-{env}"',
        'execution_role = "execution-{env}"',
        dev='account = "111111111111"\nregions = ["us-east-1"]',
    )
    assert project.apply().code == 0
    made = project.cloudformation.describe_stack_set(StackSetName="base-dev")["StackSet"]
    assert made["AdministrationRoleARN"] == f"arn:aws:iam::{ACCOUNT}:role/administration-dev"
    assert made["ExecutionRoleName"] == "execution-dev"
    project.settings('execution_role = "execution-{env}"', dev='regions = ["us-east-1"]')
    ran = project.run("plan")
    assert ran.code == 1
    assert "{env} is none of its words" in ran.err
