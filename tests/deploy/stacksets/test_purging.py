"""Stacks of a StackSet that hold something: their deletion is refused, or what they hold is emptied by a role first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.local.cloud import ACCOUNT
from stackgen.local.faults import Fail

from .project import NAME, cells

if TYPE_CHECKING:
    from .project import Project

OTHER, THIRD = "222222222222", "333333333333"
TWO = cells((f"{OTHER} {THIRD}", "us-east-1"))
PLACE = "base in 111111111111/us-east-1"
PURGER = "purger"


def template(exempt: str = f"arn:aws:iam::${{AWS::AccountId}}:role/{PURGER}") -> dict[str, Any]:
    """A versioned bucket whose objects only one role deletes, in a nested place of its own, and a table."""
    audit = {"Fn::Sub": "arn:aws:s3:::audit-${AWS::AccountId}-${AWS::Region}/*"}
    denied = {
        "Effect": "Deny", "Principal": "*", "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"], "Resource": audit,
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": [{"Fn::Sub": exempt}]}},
    }  # fmt: skip
    return {
        "Resources": {
            "Audit": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": {"Fn::Sub": "audit-${AWS::AccountId}-${AWS::Region}"},
                    "VersioningConfiguration": {"Status": "Enabled"},
                },
            },
            "Policy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": {"Ref": "Audit"}, "PolicyDocument": {"Statement": [denied]}},
            },
            "Kept": {"Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain"},
        }
    }


def deployed(project: Project, *lines: str, exempt: str = "") -> None:
    """The set in two accounts, whose buckets hold three versions of an object each."""
    project.template(template(exempt) if exempt else template())
    project.settings(TWO, *lines)
    assert project.apply().code == 0
    for account in (OTHER, THIRD):
        s3 = project.cloud.client("s3", account)
        for text in (b"1", b"2", b"3"):
            s3.put_object(Bucket=f"audit-{account}-us-east-1", Key="logs/1", Body=text)
    project.changes()


def versions(project: Project, account: str) -> int:
    found = project.cloud.client("s3", account).list_object_versions(Bucket=f"audit-{account}-us-east-1")
    return len(found.get("Versions", []))


def test_a_full_bucket_stops_the_deletion_before_anything_is_done(project: Project) -> None:
    """Every stack ends in DELETE_FAILED, and is out of reach of its StackSet from then on."""
    deployed(project, 'reader_role = "StackReader"')
    ran = project.run("delete", "--no-retain", "--yes")
    assert (ran.code, ran.out, project.changes()) == (4, "", [])
    full = "it is not empty: 3 object versions and delete markers"
    for account in (OTHER, THIRD):
        assert f"  {account}/us-east-1: will fail: StackSet-" in ran.err
        assert f"/Audit (audit-{account}-us-east-1): {full}" in ran.err
    assert f"in {OTHER}/us-east-1 cannot be deleted as a whole" in ran.err
    assert "--purge-data empties buckets" in ran.err
    assert f"{OTHER}/us-east-1: retained: StackSet-" in ran.err
    assert "goes with its" in ran.err


def test_what_is_in_the_way_is_emptied_by_the_role_that_may_and_named_in_the_question(project: Project) -> None:
    """Audit logs go unasked, or nobody empties them and the deletion fails."""
    deployed(project, 'reader_role = "StackReader"', f'purge_role = "{PURGER}"')
    words = ("delete", "--no-retain", "--purge-data")
    ran = project.run(*words)
    assert (ran.code, project.changes()) == (3, [])
    names = f"audit-{OTHER}-us-east-1, audit-{THIRD}-us-east-1"
    assert f"delete the StackSet, and before that for good all that is in {names}?" in ran.err
    assert f"{OTHER}/us-east-1: emptied first: StackSet-" in ran.err
    assert project.answer("y\n", *words).code == 3
    assert (versions(project, OTHER), project.changes()) == (3, [])
    told = json.loads(project.answer(f"{NAME}\n", *words, "--format", "json").out)
    assert (told["is_set_gone"], len(told["gone"])) == (True, 2)
    assert [(each["cell"], each["physical_id"], each["deleted"]) for each in told["emptied"]] == [
        (f"{account}/us-east-1", f"audit-{account}-us-east-1", 3) for account in (OTHER, THIRD)
    ]
    for account in (OTHER, THIRD):
        assert project.cloud.client("s3", account).list_buckets()["Buckets"] == []


def test_a_role_that_the_policy_does_not_name_is_told_whose_credentials_it_takes(project: Project) -> None:
    deployed(project, f'purge_role = "{PURGER}"', exempt="arn:aws:iam::${AWS::AccountId}:role/auditor")
    ran = project.run("delete", "--no-retain", "--purge-data", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert f"lets none but these delete what is in it: arn:aws:iam::{OTHER}:role/auditor" in ran.err
    assert "0 are deleted already; the same command again goes on" in ran.err
    assert (versions(project, OTHER), len(project.instances())) == (3, 2)


def test_the_same_command_goes_on_where_the_emptying_was_refused(project: Project) -> None:
    """One account is emptied, the next refuses, and the second run stumbles over the first."""
    deployed(project, f'purge_role = "{PURGER}"')
    project.cloud.faults.add("s3:DeleteObjects", Fail("AccessDenied", "not you", 403), account=THIRD, times=1)
    words = ("delete", "--no-retain", "--purge-data", "--yes")
    ran = project.run(*words)
    assert (ran.code, versions(project, OTHER), versions(project, THIRD)) == (1, 0, 3)
    assert "these credentials may not s3:DeleteObjects" in ran.err
    assert len(project.instances()) == 2
    ran = project.run(*words)
    assert ran.code == 0, ran.err
    assert ran.out == (
        f"{PLACE}: 2 stacks deleted; the StackSet is deleted\n"
        f"  emptied in {THIRD}/us-east-1: audit-{THIRD}-us-east-1, of 3\n"
    )


def test_where_nobody_may_look_nothing_is_emptied_and_without_emptying_the_deletion_is_tried(project: Project) -> None:
    """A place that cannot be read is taken for an empty one, or a set of other accounts cannot be deleted any more."""
    deployed(project)
    ran = project.run("delete", "--no-retain", "--purge-data", "--yes")
    assert (ran.code, project.changes()) == (1, [])
    assert f"what the stack in {OTHER}/us-east-1 holds is not known, so nothing is emptied" in ran.err
    assert "purge_role in [tool.stackgen.stackset.base]" in ran.err
    project.cloud.faults.add("sts:AssumeRole", Fail("AccessDenied", "not you", 403), times=None)
    project.settings(TWO, 'reader_role = "StackReader"')
    ran = project.run("delete", "--no-retain", "--purge-data", "--yes")
    assert (ran.code, project.changes()) == (1, [])
    assert "not you" in ran.err
    ran = project.run("delete", "--no-retain", "--yes")
    assert ran.code == 6
    assert f"{OTHER}/us-east-1: what its stack holds is not known: " in ran.err
    assert "The bucket you tried to delete is not empty" in ran.out
    assert len(project.instances()) == 2


def test_nothing_is_emptied_while_another_operation_runs(project: Project) -> None:
    """The audit logs are gone, and then the deletion is refused."""
    deployed(project, f'purge_role = "{PURGER}"')
    project.cloudformation.update_stack_instances(StackSetName=NAME, Accounts=[OTHER], Regions=["us-east-1"])
    assert project.run("delete", "--no-retain", "--purge-data", "--yes").code == 7
    assert (versions(project, OTHER), versions(project, THIRD)) == (3, 3)


def test_only_the_cells_that_go_are_emptied(project: Project) -> None:
    """The logs of the stacks that stay are lost."""
    deployed(project, f'purge_role = "{PURGER}"')
    ran = project.run("delete", "--no-retain", "--purge-data", "--yes", "--cells", f"{OTHER}/us-east-1")
    assert ran.code == 0, ran.err
    assert versions(project, THIRD) == 3
    assert list(project.instances()) == [f"{THIRD}/us-east-1"]


@pytest.mark.parametrize("words", [("--retain",), ()], ids=["retained", "not said"])
def test_stacks_that_live_on_are_never_emptied(project: Project, words: tuple[str, ...]) -> None:
    deployed(project, f'purge_role = "{PURGER}"')
    ran = project.run("delete", *words, "--purge-data", "--yes")
    assert (ran.code, project.changes()) == (2, [])
    assert "--purge-data is for stacks that are deleted" in ran.err
    assert project.run("delete", "--retain", "--yes").code == 0
    assert versions(project, OTHER) == 3


def test_a_stack_that_is_protected_from_deletion_is_told_with_what_takes_that_away(project: Project) -> None:
    deployed(project, 'reader_role = "StackReader"')
    there = project.cloud.client("cloudformation", OTHER)
    (stack,) = (each["StackName"] for each in there.describe_stacks()["Stacks"])
    there.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
    project.changes()
    ran = project.run("delete", "--no-retain", "--yes")
    assert (ran.code, project.changes()) == (4, [])
    assert f"{stack} in {OTHER}/us-east-1 is protected from deletion" in ran.err
    assert f"--no-enable-termination-protection --stack-name {stack} --region us-east-1" in ran.err


def test_the_home_accounts_stacks_are_emptied_with_the_sets_own_credentials(project: Project) -> None:
    """A role is asked for that nobody needs."""
    content = template()
    del content["Resources"]["Policy"]
    project.template(content)
    project.settings(cells((ACCOUNT, "us-east-1 eu-west-1")))
    assert project.apply().code == 0
    for region in ("us-east-1", "eu-west-1"):
        project.cloud.client("s3", ACCOUNT, region).put_object(Bucket=f"audit-{ACCOUNT}-{region}", Key="1", Body=b"")
    ran = project.run("delete", "--no-retain", "--purge-data", "--yes")
    assert ran.code == 0, ran.err
    assert ran.out.count("  emptied in ") == 2
