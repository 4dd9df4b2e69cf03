"""``backup`` and its words, typed into a project whose AWS is a stand-in."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.local.faults import Fail

from .deployed import ACCOUNT, NAME, SECRET, changing
from .test_backup import BUCKET, CLUSTER, DATABASE, MEMBER, PLAIN, tree_of

if TYPE_CHECKING:
    from pathlib import Path

    from .deployed import Deployed
    from .typed import Typed

KEPT = {
    **PLAIN,
    "Properties": {
        **PLAIN["Properties"],  # type: ignore[dict-item]
        "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        "Tags": [{"Key": "Owner", "Value": "orders"}],
    },
}


def filled(shop: Deployed, logical_id: str, count: int = 3) -> str:
    """The name of a table, with items in it."""
    name = table_of(shop, logical_id)
    for number in range(count):
        shop.client("dynamodb").put_item(TableName=name, Item={"id": {"S": str(number)}, "of": {"SS": ["b", "a"]}})
    return name


def table_of(shop: Deployed, logical_id: str) -> str:
    return next(name for name in tables(shop) if f"-{logical_id}-" in name)


def tables(shop: Deployed) -> list[str]:
    found: list[str] = shop.client("dynamodb").list_tables()["TableNames"]
    return found


def record_in(typed: Typed) -> Path:
    (path,) = (typed.root / "backups").glob("*.json")
    return path


@pytest.mark.requirement("PP-28")
def test_a_backup_is_made_and_it_is_said_how_to_restore_it(typed: Typed) -> None:
    """The backups' names, the record or the command that restores are not told."""
    typed.deploy(data={"Orders": PLAIN, "Files": BUCKET})
    ran = typed.run("backup")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == "2 backups made, 0 failed; 1 resource cannot be backed up this way"
    path = record_in(typed)
    assert lines[1] == f"{NAME} in {ACCOUNT}/us-east-1: backups/{path.name}"
    assert f"restore beside it: python -m stackgen backup restore backups/{path.name}" in lines[-1]
    assert "is not backed up: its versions are kept where versioning is on; or copy it: aws s3 sync" in ran.out
    record = json.loads(path.read_text("utf-8"))
    assert all(each["name"] in ran.out for each in record["saved"])
    assert SECRET not in ran.out + ran.err + path.read_text("utf-8")


def test_a_stack_without_data_has_nothing_to_back_up_and_one_that_is_not_there_is_an_error(typed: Typed) -> None:
    ran = typed.run("backup")
    assert ran.code == 1
    assert f"there is no stack {NAME} in {ACCOUNT}/us-east-1" in ran.err
    assert not (typed.root / "backups").exists()


def test_missing_values_of_the_project_do_not_keep_anybody_from_a_backup(typed: Typed) -> None:
    typed.deploy()
    typed.patch.delenv("STACKGEN_PARAM_TemplatesBucketName")
    typed.patch.setenv("STACKGEN_PARAM_Delay", "")
    assert typed.run("backup").code == 0


@pytest.mark.requirement("PP-28")
def test_where_one_of_two_tables_fails_the_other_is_recorded_and_the_command_fails(typed: Typed) -> None:
    """A backup that failed is told as a success, or the one that is there cannot be found again."""
    typed.deploy(data={"Orders": PLAIN})
    typed.cloud.faults.add("dynamodb:CreateBackup", Fail("AccessDeniedException", "not you"), times=1)
    ran = typed.run("backup")
    assert ran.code == 1
    assert ran.out.startswith("1 backup made, 1 failed\n")
    assert f"no backup of {NAME}/Data/Orders" in ran.err
    saved = json.loads(record_in(typed).read_text("utf-8"))["saved"]
    assert [each["status"] for each in saved] == ["FAILED", "AVAILABLE"]
    assert "Traceback" not in ran.err


def test_a_folder_that_cannot_be_written_stops_before_a_backup_is_made(typed: Typed) -> None:
    shop = typed.deploy()
    typed.write("backups", "in the way")
    ran = typed.run("backup")
    assert (ran.code, ran.out) == (1, "")
    assert "cannot be written" in ran.err
    assert shop.client("dynamodb").list_backups()["BackupSummaries"] == []


@pytest.mark.parametrize(
    "call", ["cloudformation:DescribeStacks", "cloudformation:ListStackResources", "cloudformation:GetTemplate"]
)
def test_what_may_not_be_read_is_told_with_the_permission_that_is_missing(typed: Typed, call: str) -> None:
    typed.deploy()
    typed.cloud.faults.add(call, Fail("AccessDenied", "not you", 403))
    ran = typed.run("backup")
    assert ran.code == 1
    assert f"access denied: these credentials may not {call}" in ran.err


def test_backups_are_listed_with_and_without_their_record(typed: Typed) -> None:
    shop = typed.deploy(data={"Orders": PLAIN})
    assert typed.run("backup").code == 0
    first = record_in(typed)
    told = typed.told("backup", "list")["stacks"][0]["backups"]
    assert {each["record"] for each in told} == {f"backups/{first.name}"}
    assert len(told) == 2
    first.unlink()
    ran = typed.run("backup", "list")
    assert ran.out.startswith("2 backups in AWS, 0 gone, 0 records here\n")
    assert "no record here" in ran.out
    typed.cloud.clock.advance(60)
    assert typed.run("backup", "shop-stack").code == 0
    gone = json.loads(record_in(typed).read_text("utf-8"))["saved"][0]
    shop.client("dynamodb").delete_backup(BackupArn=gone["arn"])
    typed.write("backups/broken.json", "{")
    ran = typed.run("backup", "list")
    assert ran.out.startswith("3 backups in AWS, 1 gone, 1 record here\n")
    assert "backups/broken.json is no record of a backup" in ran.err


def test_who_has_tables_alone_needs_no_permission_for_databases(typed: Typed) -> None:
    typed.deploy()
    typed.run("backup")
    typed.cloud.faults.add("rds:*", Fail("AccessDenied", "not you", 403), times=None)
    ran = typed.run("backup", "list")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("1 backup in AWS, 0 gone, 1 record here\n")


def test_a_record_is_shown_without_asking_aws(typed: Typed) -> None:
    typed.deploy()
    typed.run("backup")
    typed.cloud.gateway.notes.clear()
    ran = typed.run("backup", "show", str(record_in(typed)))
    assert ran.code == 0
    assert ran.out.startswith(f"1 backup of {NAME} in {ACCOUNT}/us-east-1, made ")
    assert "Password" in ran.out
    assert "**** (not kept)" in ran.out
    assert list(typed.cloud.gateway.notes) == []
    assert typed.told("backup", "show", str(record_in(typed)))["stack"] == NAME
    assert typed.run("backup", "show", "backups/none.json").code == 1


def test_a_record_is_restored_where_it_was_made_and_nowhere_else(typed: Typed) -> None:
    typed.deploy()
    typed.run("backup")
    ran = typed.run("backup", "restore", NAME, "-r", "eu-west-1", "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert f"-r eu-west-1: the record is of {NAME} in {ACCOUNT}/us-east-1, and belongs there" in ran.err


def test_a_record_is_named_by_its_stack_too_and_the_newest_is_meant(typed: Typed) -> None:
    typed.deploy()
    typed.run("backup")
    older = record_in(typed)
    text = older.read_text("utf-8")
    stamp = json.loads(text)["stamp"]
    typed.write("backups/newer.json", text.replace(stamp, "20991231-235959"))
    assert typed.told("backup", "show", NAME)["stamp"] == "20991231-235959"
    ran = typed.run("backup", "restore", "shop-dve", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "has no record of a stack 'shop-dve'" in ran.err
    assert f"did you mean {NAME}?" in ran.err


def test_a_table_is_restored_beside_and_compared_item_by_item(typed: Typed) -> None:
    shop = typed.deploy(data={"Orders": KEPT})
    old = filled(shop, "Orders")
    typed.run("backup")
    path = str(record_in(typed))
    ran = typed.run("backup", "restore", path, "--table", "Orders", "--compare", "--yes")
    assert ran.code == 0, ran.err
    stamp = json.loads(record_in(typed).read_text("utf-8"))["stamp"]
    new = f"{old}-restored-{stamp}"
    assert new in tables(shop)
    assert "3 items in both, all the same" in ran.out
    assert "does not bring back when items expire, its tags, nor scaling policies" in ran.out
    assert f'"TableName":"{new}"' in ran.out
    shop.client("dynamodb").put_item(TableName=old, Item={"id": {"S": "9"}})
    shop.client("dynamodb").delete_item(TableName=old, Key={"id": {"S": "1"}})
    shop.client("dynamodb").put_item(TableName=old, Item={"id": {"S": "2"}, "of": {"S": "new"}})
    ran = typed.run("backup", "restore", path, "--table", "Orders", "--compare", "--yes")
    assert ran.code == 4
    assert "an earlier run has begun it" in ran.err
    assert ran.out.startswith("0 backups restored beside ")
    assert ", 1 restored by an earlier run\n--as NAME with --table makes another one" in ran.out
    assert f"1 item the same, 1 different, 1 only in {old}, 1 only in {new}" in ran.out


def test_what_is_told_to_type_takes_the_restored_table_into_its_stack(typed: Typed) -> None:
    """The root was named for a table of a nested stack, and an address that nobody explained."""
    retained = {**KEPT, "DeletionPolicy": "Retain"}
    typed.build(data={"Orders": retained})
    contents = json.loads((typed.root / "build/shop/data.json").read_text("utf-8"))
    shop = typed.deploy(data={"Orders": retained})
    old = filled(shop, "Orders")
    typed.run("backup")
    ran = typed.run("backup", "restore", str(record_in(typed)), "--table", "Orders", "--yes")
    (line,) = (each for each in ran.out.splitlines() if "create-change-set" in each)
    words = shlex.split(line.partition("aws cloudformation ")[2])
    said = dict(zip(words[1::2], words[2::2], strict=False))
    data = tree_of(shop).children["Data"].state
    assert (said["--stack-name"], said["--template-body"]) == (data.name, "file://build/shop/data.json")
    assert {f"ParameterKey={name},UsePreviousValue=true" for name in data.parameters} <= set(words)
    (wanted,) = json.loads(said["--resources-to-import"])
    new = wanted["ResourceIdentifier"]["TableName"]
    assert new in tables(shop)
    cloudformation = shop.client("cloudformation")
    without = {**contents, "Resources": {"Tables": contents["Resources"]["Tables"]}}
    kept = [{"ParameterKey": name, "UsePreviousValue": True} for name in data.parameters]
    cloudformation.update_stack(StackName=data.name, TemplateBody=json.dumps(without), Parameters=kept)
    typed.cloud.clock.settle()
    assert old in tables(shop)
    properties = {**KEPT["Properties"], "TableName": new}  # type: ignore[dict-item]
    back = {**without["Resources"], "Orders": {**retained, "Properties": properties}}
    cloudformation.create_change_set(
        StackName=data.name, ChangeSetName="import", ChangeSetType="IMPORT", ResourcesToImport=[wanted],
        TemplateBody=json.dumps({**contents, "Resources": back}), Parameters=kept,
    )  # fmt: skip
    cloudformation.execute_change_set(StackName=data.name, ChangeSetName="import")
    typed.cloud.clock.settle()
    ids = {each.logical_id: each.physical_id for each in tree_of(shop).children["Data"].resources}
    assert ids["Orders"] == new


def test_a_word_of_backup_that_is_misspelt_is_told(typed: Typed) -> None:
    ran = typed.run("backup", "lst")
    assert (ran.code, ran.err) == (2, "error: no stack 'lst'\n  did you mean list?\n")


def test_a_restore_is_asked_about_and_changes_nothing_before(typed: Typed) -> None:
    shop = typed.deploy()
    typed.run("backup")
    before = tables(shop)
    typed.cloud.gateway.notes.clear()
    path = str(record_in(typed))
    ran = typed.run("backup", "restore", path)
    assert (ran.code, ran.out) == (3, "")
    assert f"nobody to ask: restore 1 backup of {NAME}" in ran.err
    assert typed.run("backup", "restore", path, answer="n").code == 3
    assert changing([each.operation for each in typed.cloud.gateway.notes]) == []
    assert tables(shop) == before
    assert typed.run("backup", "restore", path, answer="y").code == 0
    assert len(tables(shop)) == len(before) + 1


def test_a_restore_never_overwrites(typed: Typed) -> None:
    shop = typed.deploy(data={"Orders": PLAIN})
    typed.run("backup")
    path, old = str(record_in(typed)), table_of(shop, "Orders")
    cases = {
        ("--table", "Orders", "--as", old): (2, "a restore never overwrites"),
        ("--table", "Orders", "--as", table_of(shop, "Table")): (1, "is there already: a restore never overwrites"),
        ("--as", "other"): (2, "--as names one, and 2 are restored"),
        ("--table", "Orders", "--as", "bad name!"): (2, "--as 'bad name!': letters, digits and _.- were expected"),
        ("--table", "Order"): (2, "the record has no backup of Order"),
    }
    for words, (code, problem) in cases.items():
        ran = typed.run("backup", "restore", path, *words, "--yes")
        assert (ran.code, ran.out) == (code, ""), words
        assert problem in ran.err


def test_a_backup_that_is_gone_is_told(typed: Typed) -> None:
    shop = typed.deploy()
    typed.run("backup")
    (saved,) = json.loads(record_in(typed).read_text("utf-8"))["saved"]
    shop.client("dynamodb").delete_backup(BackupArn=saved["arn"])
    ran = typed.run("backup", "restore", str(record_in(typed)), "--yes")
    assert ran.code == 1
    assert "is gone" in ran.err


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("dynamodb:RestoreTableFromBackup", Fail("LimitExceededException", "too many at once")),
        ("dynamodb:DescribeTable", Fail("AccessDeniedException", "not you")),
        ("dynamodb:DescribeBackup", Fail("AccessDeniedException", "not you")),
    ],
)
def test_a_restore_that_is_refused_is_told_without_a_traceback(typed: Typed, call: str, fault: Any) -> None:
    typed.deploy()
    typed.run("backup")
    typed.cloud.faults.add(call, fault, times=9)
    ran = typed.run("backup", "restore", str(record_in(typed)), "--yes")
    assert ran.code == 1
    assert call in ran.err
    assert "Traceback" not in ran.err
    assert "bug" not in ran.err


def test_databases_and_clusters_are_restored_too_and_a_second_run_takes_up_the_first(typed: Typed) -> None:
    public: dict[str, Any] = {**DATABASE["Properties"], "PubliclyAccessible": False}  # type: ignore[dict-item]
    shop = typed.deploy(data={"Database": {**DATABASE, "Properties": public}, "Cluster": CLUSTER, "Member": MEMBER})
    typed.run("backup")
    path = str(record_in(typed))
    told = typed.told("backup", "restore", path, "--yes")["restored"]
    assert told[2]["not_restored"] == ["whether it is reachable from the internet"]
    assert [each["path"].rpartition("/")[2] for each in told] == ["Cluster", "Table", "Database"]
    rds = shop.client("rds")
    clusters = {each["DBClusterIdentifier"] for each in rds.describe_db_clusters()["DBClusters"]}
    assert {each["name"] for each in told} & clusters == {told[0]["name"]}
    assert all(len(each["name"]) <= 63 for each in told if each["type"] != PLAIN["Type"])
    assert told[0]["not_restored"] == ["its instances: aws rds create-db-instance makes some"]
    before = rds.describe_db_instances()["DBInstances"]
    ran = typed.run("backup", "restore", path, "--table", "Database", "--yes")
    assert ran.code == 0, ran.err
    assert "an earlier run has begun it" in ran.err
    assert len(rds.describe_db_instances()["DBInstances"]) == len(before)
