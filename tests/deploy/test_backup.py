"""Backups of a whole tree of stacks, in the stand-in for AWS: made, waited for, recorded; and what goes wrong."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy import backup_records, stacks
from stackgen.deploy.backup import BackupError, back_up, unseen, wanted
from stackgen.deploy.backup_kinds import CLUSTER as CLUSTER_KIND
from stackgen.deploy.backup_kinds import INSTANCE, TABLE
from stackgen.deploy.backup_records import RecordError, RecordFile, read
from stackgen.errors import OutputFileError
from stackgen.local.faults import Fail, LoseAnswer, Throttle

from .deployed import ACCOUNT, NAME, SECRET, Deployed, changing, target

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.deploy.backup import Wanted
    from stackgen.deploy.backup_kinds import Kind
    from stackgen.deploy.backup_records import Record
    from stackgen.deploy.stacks import Tree

PLAIN = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
}
BUCKET = {"Type": "AWS::S3::Bucket"}
DATABASE = {
    "Type": "AWS::RDS::DBInstance",
    "Properties": {"Engine": "postgres", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20"},
}
CLUSTER = {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-postgresql", "MasterUsername": "root"}}
MEMBER = {
    "Type": "AWS::RDS::DBInstance",
    "Properties": {
        "Engine": "aurora-postgresql",
        "DBInstanceClass": "db.t3.medium",
        "DBClusterIdentifier": {"Ref": "Cluster"},
    },
}


def tree_of(shop: Deployed) -> Tree:
    cloudformation = shop.client("cloudformation")
    state = stacks.find(NAME, cloudformation)
    assert state is not None
    return stacks.tree(state, cloudformation)


def write(record: Record, folder: Path) -> Path:
    """Its file, a new one."""
    file = RecordFile(folder)
    file.write(record)
    return file.path


def backed_up(shop: Deployed, found: tuple[Wanted, ...] | None = None, heard: list[str] | None = None) -> Record:
    found = wanted(tree_of(shop)) if found is None else found
    said: list[str] = [] if heard is None else heard
    return back_up(found, target(), shop.perform, shop.client, shop.pace, said.append)


@pytest.mark.requirement("PP-28", "PP-D21")
def test_every_table_of_every_nested_stack_is_backed_up_under_a_name_with_the_time(shop: Deployed) -> None:
    """A table in a nested stack is left out, or nobody waits until its backup is there."""
    shop = shop.with_build(data={"Orders": PLAIN})
    shop.deploy()
    shop.cloud.dynamodb.backups.seconds = 42
    began = shop.cloud.clock.time()
    heard: list[str] = []
    record = backed_up(shop, heard=heard)
    assert [each.path for each in record.saved] == [f"{NAME}/Data/Orders", f"{NAME}/Data/Tables/Table"]
    for each in record.saved:
        assert each.name == f"backup-{record.stamp}-{each.source}"
        details = shop.client("dynamodb").describe_backup(BackupArn=each.arn)["BackupDescription"]["BackupDetails"]
        assert (details["BackupStatus"], details["BackupName"]) == ("AVAILABLE", each.name)
    assert shop.cloud.clock.time() - began >= 42
    assert [line.rpartition(" is ")[2] for line in heard] == ["being made"] * 2 + ["there"] * 2


def test_databases_and_clusters_are_backed_up_and_a_clusters_instances_only_with_it(shop: Deployed) -> None:
    shop = shop.with_build(data={"Database": DATABASE, "Cluster": CLUSTER, "Member": MEMBER})
    shop.deploy()
    record = backed_up(shop)
    kinds = {each.path.rpartition("/")[2]: each.arn.split(":")[5] for each in record.saved}
    assert kinds == {"Cluster": "cluster-snapshot", "Database": "snapshot", "Table": "table/" + kinds["Table"][6:]}
    assert [each.operation for each in shop.actions[-3:]] == [
        "create_db_cluster_snapshot", "create_backup", "create_db_snapshot",
    ]  # fmt: skip


@pytest.mark.requirement("PP-D32")
def test_what_cannot_be_backed_up_is_told_with_what_to_do(shop: Deployed) -> None:
    """A bucket is left out of the backup, and nobody is told."""
    shop = shop.with_build(data={"Files": BUCKET})
    shop.deploy()
    record = backed_up(shop)
    (left,) = record.left
    assert left.path == f"{NAME}/Data/Files"
    assert f"aws s3 sync s3://{left.source}" in left.advice
    assert [each.path for each in record.saved] == [f"{NAME}/Data/Tables/Table"]


def test_a_part_of_the_tree_can_be_meant(shop: Deployed) -> None:
    shop = shop.with_build(data={"Orders": PLAIN}, queues={"Seen": PLAIN})
    shop.deploy()
    tree = tree_of(shop)
    assert [each.path for each in wanted(tree, [f"{NAME}/Data/Orders"])] == [f"{NAME}/Data/Orders"]
    below = [each.path for each in wanted(tree, [f"{NAME}/Data"])]
    assert below == [f"{NAME}/Data/Orders", f"{NAME}/Data/Tables/Table"]
    assert wanted(tree, [f"{NAME}/Dat"]) == ()


def test_nothing_but_backups_is_made_and_the_rest_is_read(shop: Deployed) -> None:
    shop.deploy()
    shop.calls()
    record = backed_up(shop)
    assert changing(shop.calls()) == []
    assert [(each.service, each.operation) for each in shop.actions[-len(record.saved) :]] == [
        ("dynamodb", "create_backup")
    ]


@pytest.mark.requirement("PP-28", "PP-D30")
def test_one_table_that_fails_is_named_and_the_other_is_backed_up(shop: Deployed) -> None:
    """A backup that failed is told as a success, or it is not said which."""
    shop = shop.with_build(data={"Orders": PLAIN})
    shop.deploy()
    refused = Fail("AccessDeniedException", "not you")
    shop.cloud.faults.add("dynamodb:CreateBackup", refused, times=1)
    with pytest.raises(BackupError, match=rf"no backup of {NAME}/Data/Orders \(.+\): AccessDenied.+not you") as caught:
        backed_up(shop)
    assert caught.value.exit_code == 1
    assert caught.value.record is not None
    assert [each.status for each in caught.value.record.saved] == ["FAILED", "AVAILABLE"]
    assert "1 of 2 failed; nothing else was changed" in str(caught.value)


def test_a_backup_that_never_comes_about_is_given_up(shop: Deployed) -> None:
    shop.deploy()
    shop.cloud.dynamodb.backups.seconds = math.inf
    with pytest.raises(BackupError, match="not there after 60 minutes"):
        backed_up(shop)


@pytest.mark.parametrize(
    "fault",
    [Throttle(), Fail("BackupInUseException", "another one runs"), Fail("InternalServerError", "again", 500)],
    ids=["throttled", "busy", "error of AWS"],
)
@pytest.mark.parametrize("call", ["CreateBackup", "DescribeBackup"])
def test_what_passes_is_waited_for(shop: Deployed, call: str, fault: Any) -> None:
    shop.deploy()
    shop.cloud.faults.add(f"dynamodb:{call}", fault, times=7)
    record = backed_up(shop)
    assert record.is_good
    assert len(shop.client("dynamodb").list_backups()["BackupSummaries"]) == 1


def test_a_snapshot_whose_answer_was_lost_is_found(shop: Deployed) -> None:
    shop = shop.with_build(data={"Database": DATABASE})
    shop.deploy()
    shop.cloud.faults.add("rds:CreateDBSnapshot", LoseAnswer(), times=1)
    record = backed_up(shop)
    assert record.is_good
    assert len(shop.client("rds").describe_db_snapshots()["DBSnapshots"]) == 1


@pytest.mark.requirement("PP-D21")
def test_a_nested_stack_that_cannot_be_looked_into_is_noticed(shop: Deployed) -> None:
    """Where the tables cannot be seen, none are found and that passes for a backup of everything."""
    shop.deploy()
    tree = tree_of(shop)
    assert unseen(tree) == []
    blind = stacks.Tree(tree.state, tree.path, tree.resources, {})
    assert wanted(blind) == ()
    assert unseen(blind) == [f"{NAME}/Data", f"{NAME}/Queues"]


def test_a_table_that_was_never_made_is_noticed(shop: Deployed) -> None:
    shop.deploy()
    tree = tree_of(shop)
    never = stacks.Resource(f"{NAME}/Orders", "Orders", "", "AWS::DynamoDB::Table", "CREATE_FAILED")
    assert unseen(stacks.Tree(tree.state, tree.path, (*tree.resources, never), tree.children)) == [f"{NAME}/Orders"]


def test_a_record_tells_how_the_stack_is_deployed_and_no_secret(shop: Deployed, tmp_path: Path) -> None:
    shop.deploy(target(Delay="7"))
    record = backed_up(shop)
    path = write(record, tmp_path / "backups")
    assert path.name == f"{NAME}-{record.stamp}.json"
    assert read(path) == record
    assert record.parameters["Delay"] == "7"
    assert record.secrets == ("Password",)
    assert "Password" not in record.parameters
    assert set(record.templates) == {NAME, f"{NAME}/Data", f"{NAME}/Data/Tables", f"{NAME}/Queues"}
    assert (record.account, record.environment, record.template) == (ACCOUNT, "dev", "shop/shop-stack")
    assert SECRET not in path.read_text("utf-8")
    again = write(record, tmp_path / "backups")
    assert again.name == f"{NAME}-{record.stamp}-2.json"
    assert [where for where, _ in backup_records.listed(tmp_path / "backups")] == [again, path]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "schema stackgen/backup-record was expected"),
        ('{"schema": "stackgen/backup-record", "version": 2}', "is version 2, and this stackgen reads 1"),
        ('{"schema": "stackgen/backup-record", "version": 1}', "'parameters' is missing"),
    ],
)
def test_a_broken_record_is_told_from_a_good_one(shop: Deployed, tmp_path: Path, text: str, problem: str) -> None:
    shop.deploy()
    write(backed_up(shop), tmp_path)
    broken = tmp_path / "broken.json"
    broken.write_text(text, "utf-8")
    with pytest.raises(RecordError, match=problem):
        read(broken)
    assert [isinstance(each, RecordError) for _, each in backup_records.listed(tmp_path)] == [False, True]


@pytest.mark.parametrize("name", ["saved", "left", "tags"])
def test_a_record_that_lacks_a_part_is_broken(shop: Deployed, tmp_path: Path, name: str) -> None:
    shop.deploy()
    path = write(backed_up(shop), tmp_path)
    content = json.loads(path.read_text("utf-8"))
    content[name] = "nonsense"
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(RecordError, match="is broken"):
        read(path)


def test_a_folder_that_cannot_be_written_is_noticed_before_anything_is_made(shop: Deployed, tmp_path: Path) -> None:
    shop.deploy()
    (tmp_path / "backups").write_text("a file is in the way", "utf-8")
    found = wanted(tree_of(shop))
    with pytest.raises(OutputFileError, match="cannot be written"):
        back_up(found, target(), shop.perform, shop.client, shop.pace, kept=RecordFile(tmp_path / "backups").write)
    assert shop.client("dynamodb").list_backups()["BackupSummaries"] == []


def test_the_record_is_there_before_a_backup_is_begun_and_has_each_arn_as_soon_as_it_is_known(shop: Deployed) -> None:
    shop = shop.with_build(data={"Orders": PLAIN})
    shop.deploy()
    steps: list[Any] = []

    def perform(action: Any) -> Any:
        steps.append(action.operation)
        return shop.perform(action)

    def kept(record: Record) -> None:
        steps.append([(each.status, bool(each.arn)) for each in record.saved])

    back_up(wanted(tree_of(shop)), target(), perform, shop.client, shop.pace, kept=kept)
    begun, made, there = ("CREATING", False), ("CREATING", True), ("AVAILABLE", True)
    assert steps == [
        [begun, begun], "create_backup", [made, begun], [there, begun], "create_backup", [there, made], [there, there],
    ]  # fmt: skip


LONG = "an-" + "x" * 60


@pytest.mark.parametrize(("kind", "most"), [(CLUSTER_KIND, 63), (INSTANCE, 255), (TABLE, 255)])
def test_a_name_fits_its_kind_and_two_long_sources_never_get_one(kind: Kind, most: int) -> None:
    names = {kind.named(f"{LONG * 6}{end}", "20261129-201500") for end in ("a", "b")}
    assert len(names) == 2
    assert max(map(len, names)) <= most
    assert all(name.startswith("backup-20261129-201500-an-x") for name in names)
    assert kind.named("short", "20261129-201500") == "backup-20261129-201500-short"


def test_a_snapshot_of_another_cluster_is_not_taken_for_this_ones(shop: Deployed) -> None:
    shop = shop.with_build(data={"Cluster": CLUSTER})
    shop.deploy()
    found = [each for each in wanted(tree_of(shop)) if each.type == "AWS::RDS::DBCluster"]
    rds = shop.client("rds")
    rds.create_db_cluster(DBClusterIdentifier="other", Engine="aurora-postgresql", MasterUsername="root",
                          MasterUserPassword=SECRET)  # fmt: skip
    stamp = datetime.fromtimestamp(shop.pace.now(), UTC).strftime("%Y%m%d-%H%M%S")
    name = CLUSTER_KIND.named(found[0].physical_id, stamp)
    rds.create_db_cluster_snapshot(DBClusterIdentifier="other", DBClusterSnapshotIdentifier=name)
    with pytest.raises(BackupError, match="AlreadyExists"):
        backed_up(shop, tuple(found))
