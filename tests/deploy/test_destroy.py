"""``destroy``: forecast, question, backup, emptying and deletion, typed against the stand-in for AWS."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.contents import Content
from stackgen.deploy.emptying import emptied
from stackgen.deploy.executor import Performer
from stackgen.local.faults import Fail
from stackgen.local.wire import Response

from .deployed import ACCOUNT, NAME, changing
from .test_backup import BUCKET, PLAIN, tree_of
from .test_backup_command import table_of, tables
from .test_rollback import begun_update
from .typed import SETTINGS, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.deploy.actions import Action
    from stackgen.local.clock import Clock
    from stackgen.local.wire import Call

    from .deployed import Deployed
    from .typed import Typed

KEPT = {**PLAIN, "DeletionPolicy": "Retain"}
VERSIONED = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
REPOSITORY = {"Type": "AWS::ECR::Repository"}
EXPORT = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::ImportValue": "shared"}}}


def id_of(shop: Deployed, path: str) -> str:
    """The physical ID of a resource of the tree."""
    return next(each.physical_id for each in tree_of(shop).all_resources() if each.path == f"{NAME}/{path}")


def fill(shop: Deployed, bucket: str, count: int) -> None:
    """Put versions into a bucket, and delete markers over some."""
    s3 = shop.client("s3")
    for number in range(count):
        s3.put_object(Bucket=bucket, Key=f"key-{number % 400}", Body=b"x")
    for number in range(0, min(count, 400), 7):
        s3.delete_object(Bucket=bucket, Key=f"key-{number}")


def is_gone(shop: Deployed) -> bool:
    return NAME not in {each["StackName"] for each in shop.client("cloudformation").describe_stacks()["Stacks"]}


@pytest.mark.requirement("PP-31", "PP-32")
def test_a_stack_is_deleted_after_its_name_was_typed_and_what_is_retained_is_listed(typed: Typed) -> None:
    """A stack goes unasked, or what is retained goes with it, or nobody is told its name."""
    shop = typed.deploy(data={"Orders": KEPT})
    kept = table_of(shop, "Orders")
    ran = typed.run("destroy")
    assert (ran.code, ran.out) == (3, "")
    assert f"nobody to ask: delete {NAME} in {ACCOUNT}/us-east-1 for good" in ran.err
    assert typed.run("destroy", answer="y").code == 3
    assert changing([each.operation for each in typed.cloud.gateway.notes]) == []
    ran = typed.run("destroy", answer=NAME)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("1 stack gone, 0 not, 0 not begun\n")
    assert f"stays: {NAME}/Data/Orders (AWS::DynamoDB::Table): {kept}: DeletionPolicy Retain" in ran.out
    assert "AWS goes on charging" in ran.out
    assert is_gone(shop)
    assert tables(shop) == [kept]


@pytest.mark.requirement("PP-31")
def test_the_forecast_says_what_goes_what_stays_and_what_would_fail_and_does_nothing(typed: Typed) -> None:
    """The forecast leaves out what a nested stack keeps or loses, or changes something."""
    shop = typed.deploy(
        data={"Orders": KEPT, "Files": VERSIONED, "Items": PLAIN},
        queues={"Images": REPOSITORY, "Database": {"Type": "AWS::RDS::DBInstance", "Properties": {
            "Engine": "postgres", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20"}}},
    )  # fmt: skip
    fill(shop, id_of(shop, "Data/Files"), 5)
    shop.client("ecr").put_image(repositoryName=id_of(shop, "Queues/Images"), imageManifest="{}", imageTag="1")
    typed.cloud.gateway.notes.clear()
    told = typed.told("destroy", "--forecast")["stacks"][0]
    fates = {each["path"].removeprefix(f"{NAME}/"): each["fate"] for each in told["resources"]}
    assert fates == {
        "Data": "deleted", "Data/Files": "will fail", "Data/Items": "deleted", "Data/Orders": "retained",
        "Data/Tables": "deleted", "Data/Tables/Table": "deleted", "Queues": "deleted", "Queues/Database": "snapshot",
        "Queues/Images": "will fail", "Queues/Note": "deleted", "Queues/Queue": "deleted",
    }  # fmt: skip
    lost = {each["path"].rpartition("/")[2]: each["lost"] for each in told["resources"] if each["lost"]}
    assert lost.keys() >= {"Files", "Items", "Table", "Images"}
    ran = typed.run("destroy", "--forecast")
    assert ran.out.startswith("1 stack would be deleted: 4 deleted, 1 retained, 1 snapshot, 2 will fail\n")
    assert "it is not empty: 6 object versions and delete markers" in ran.out
    assert "goes with its data; a backup is made before" in ran.out
    assert changing([each.operation for each in typed.cloud.gateway.notes]) == []


@pytest.mark.requirement("PP-31")
def test_a_nested_stack_that_is_retained_stays_with_all_that_is_in_it(typed: Typed) -> None:
    """A retained nested stack is told as gone, or its tables are."""
    shop = typed.shop()
    root = json.loads(shop.build.templates["shop/shop-stack"].text)
    typed.deploy(root={"Data": {**root["Resources"]["Data"], "DeletionPolicy": "Retain"}})
    kept = table_of(shop, "Table")
    told = typed.told("destroy", "--forecast")["stacks"][0]
    fates = {each["path"].removeprefix(f"{NAME}/"): each["fate"] for each in told["resources"]}
    assert {fates[path] for path in ("Data", "Data/Tables", "Data/Tables/Table")} == {"retained"}
    ran = typed.run("destroy", "--yes")
    assert ran.code == 0, ran.err
    assert f"{NAME}/Data/Tables/Table (AWS::DynamoDB::Table): {kept}" in ran.out
    assert tables(shop) == [kept]
    assert shop.client("dynamodb").list_backups()["BackupSummaries"] == []


def test_tables_that_go_are_backed_up_before(typed: Typed) -> None:
    shop = typed.deploy(data={"Orders": KEPT})
    name = table_of(shop, "Table")
    ran = typed.run("destroy", "--yes")
    assert ran.code == 0, ran.err
    (path,) = (typed.root / "backups").glob("*.json")
    assert [each["source"] for each in json.loads(path.read_text("utf-8"))["saved"]] == [name]
    assert f"backed up before: backups/{path.name}" in ran.out
    order = [each.operation for each in typed.cloud.gateway.notes]
    assert order.index("CreateBackup") < order.index("DeleteStack")


def test_where_the_backup_fails_nothing_is_deleted(typed: Typed) -> None:
    shop = typed.deploy()
    typed.cloud.faults.add("dynamodb:CreateBackup", Fail("AccessDeniedException", "not you"))
    ran = typed.run("destroy", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert f"no backup of {NAME}/Data/Tables/Table" in ran.err
    assert not is_gone(shop)
    ran = typed.run("destroy", "--yes", "--no-backup")
    assert ran.code == 0
    assert shop.client("dynamodb").list_backups()["BackupSummaries"] == []


def test_a_full_bucket_stops_the_deletion_before_it_begins(typed: Typed) -> None:
    shop = typed.deploy(data={"Files": VERSIONED})
    fill(shop, id_of(shop, "Data/Files"), 3)
    typed.cloud.gateway.notes.clear()
    ran = typed.run("destroy", "--yes")
    assert (ran.code, ran.out) == (4, "")
    assert f"{NAME}/Data/Files" in ran.err
    assert "--purge-data empties buckets and repositories for good" in ran.err
    assert changing([each.operation for each in typed.cloud.gateway.notes]) == []


def test_a_bucket_with_thousands_of_versions_is_emptied_and_nothing_else(typed: Typed) -> None:
    keep = {**VERSIONED, "DeletionPolicy": "Retain"}
    shop = typed.deploy(data={"Files": VERSIONED, "Archive": keep, "Images": REPOSITORY})
    files, archive = id_of(shop, "Data/Files"), id_of(shop, "Data/Archive")
    fill(shop, files, 2_100)
    fill(shop, archive, 3)
    shop.client("ecr").put_image(repositoryName=id_of(shop, "Data/Images"), imageManifest="{}", imageTag="1")
    templates = shop.client("s3").list_objects_v2(Bucket=f"shop-cfn-{ACCOUNT}-us-east-1")["KeyCount"]
    ran = typed.run("destroy", "--yes", "--purge-data")
    assert ran.code == 0, ran.err
    assert f"{NAME}/Data/Files: 2,158 deleted from {files}" in ran.err
    buckets = {each["Name"] for each in shop.client("s3").list_buckets()["Buckets"]}
    assert files not in buckets
    assert archive in buckets
    assert len(shop.client("s3").list_object_versions(Bucket=archive)["Versions"]) == 3
    assert shop.client("s3").list_objects_v2(Bucket=f"shop-cfn-{ACCOUNT}-us-east-1")["KeyCount"] == templates
    assert is_gone(shop)


def test_objects_that_cannot_be_deleted_are_named(typed: Typed) -> None:
    shop = typed.deploy(data={"Files": VERSIONED})
    fill(shop, id_of(shop, "Data/Files"), 3)
    typed.cloud.faults.add("s3:DeleteObjects", Fail("AccessDenied", "not you", 403), times=9)
    ran = typed.run("destroy", "--yes", "--purge-data")
    assert ran.code == 1
    assert "access denied: these credentials may not s3:DeleteObjects on bucket" in ran.err
    assert not is_gone(shop)


def locked(call: Call, serve: Callable[[], Response], clock: Clock) -> Response:
    """A bucket of which one version is under legal hold, and nothing else is left."""
    del call, serve, clock
    error = "<Error><Key>key-1</Key><VersionId>7</VersionId><Code>AccessDenied</Code><Message>held</Message></Error>"
    body = f'<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{error}</DeleteResult>'
    return Response(200, {"content-type": "application/xml"}, body.encode())


def test_a_version_that_is_held_is_named_and_the_stack_stays(typed: Typed) -> None:
    shop = typed.deploy(data={"Files": VERSIONED})
    shop.client("s3").put_object(Bucket=id_of(shop, "Data/Files"), Key="key-1", Body=b"1")
    typed.cloud.faults.add("s3:DeleteObjects", locked, times=None)
    ran = typed.run("destroy", "--yes", "--purge-data")
    assert (ran.code, ran.out) == (1, "")
    assert f"{NAME}/Data/Files: 1 of 1 could not be deleted: key-1 (7): AccessDenied" in ran.err
    assert "0 are deleted already; the same command again goes on" in ran.err
    assert not is_gone(shop)


def test_an_image_that_others_are_part_of_goes_after_them(typed: Typed) -> None:
    """AWS refuses the index of several platforms while its images are there, and takes it in the next call."""
    shop = typed.deploy(data={"Images": REPOSITORY})
    name = id_of(shop, "Data/Images")
    for tag in ("index", "amd64", "arm64"):
        shop.client("ecr").put_image(repositoryName=name, imageManifest=json.dumps({"of": tag}), imageTag=tag)
    calls: list[int] = []

    def perform(action: Action) -> dict[str, Any]:
        images = action.parameters["imageIds"]
        calls.append(len(images))
        index = [each for each in images if each.get("imageTag") == "index"]
        if not index or len(images) == 1:
            return Performer(shop.client).perform(action)
        others = [each for each in images if each not in index]
        answer = Performer(shop.client).perform(replace(action, parameters={**action.parameters, "imageIds": others}))
        reason = {"failureCode": "ImageReferencedByManifestList", "failureReason": "Requested image referenced"}
        return {**answer, "failures": [{"imageId": index[0], **reason}]}

    told: list[str] = []
    content = Content(f"{NAME}/Data/Images", "AWS::ECR::Repository", name, "it has images")
    assert emptied(content, ACCOUNT, perform, shop.client, told.append) == 3
    assert calls == [3, 1]
    assert shop.client("ecr").list_images(repositoryName=name)["imageIds"] == []


def test_a_protected_stack_needs_a_word_of_its_own(typed: Typed) -> None:
    shop = typed.deploy()
    shop.client("cloudformation").update_termination_protection(StackName=NAME, EnableTerminationProtection=True)
    ran = typed.run("destroy", "--yes")
    assert ran.code == 4
    assert "--unprotect takes the termination protection away first" in ran.err
    assert typed.run("destroy", "--unprotect").code == 3
    assert shop.stack()["EnableTerminationProtection"] is True
    assert typed.run("destroy", "--yes", "--unprotect").code == 0
    assert is_gone(shop)


def test_all_that_is_protected_is_refused_at_once_before_anything_is_forecast(typed: Typed) -> None:
    """Of several regions only the first was told, below a page of what would be deleted."""
    typed.write("pyproject.toml", SETTINGS.replace('["us-east-1"]', '["us-east-1", "us-west-2"]'))
    assert typed.run("deploy", "--yes", "-p", "TemplatesBucketName=", "--every", "0.1").code == 0
    for region in ("us-east-1", "us-west-2"):
        client = typed.cloud.client("cloudformation", account=ACCOUNT, region=region)
        client.update_termination_protection(StackName=NAME, EnableTerminationProtection=True)
    ran = typed.run("destroy", "--yes")
    places = f"{NAME} in {ACCOUNT}/us-east-1, {NAME} in {ACCOUNT}/us-west-2"
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.splitlines() == [
        f"error: {places} are protected from deletion", "  --unprotect takes the termination protection away first"
    ]  # fmt: skip
    assert "us-west-2: 3 resources to be deleted" in typed.run("destroy", "--forecast").out


def test_the_question_counts_what_goes_and_an_interruption_at_it_says_that_nothing_was_done(typed: Typed) -> None:
    typed.deploy(data={"Orders": KEPT})
    ran = typed.run("destroy", answer="")
    assert f"delete {NAME} in {ACCOUNT}/us-east-1 for good, 3 resources?" in ran.err
    typed.patch.setattr(Terminal, "readline", interrupted)
    ran = typed.run("destroy", answer="")
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.endswith("error: interrupted: nothing was done\n")


def test_many_of_one_type_that_are_lost_are_told_in_one_line(typed: Typed) -> None:
    """Thirty lines of log groups hid what mattered; a table always has a line of its own."""
    logs = {f"Log{number}": {"Type": "AWS::Logs::LogGroup"} for number in range(5)}
    tables = {f"Orders{number}": PLAIN for number in range(4)}
    typed.deploy(data={**logs, **tables})
    lines = [line for line in typed.run("destroy", "--forecast").out.splitlines() if "lost: " in line]
    (many,) = (line for line in lines if "LogGroup" in line)
    paths = ", ".join(f"{NAME}/Data/Log{number}" for number in range(3))
    assert many.startswith("  lost: 5 of AWS::Logs::LogGroup, each with its data; no backup is made: ")
    assert many.endswith(f"{paths} and 2 more")
    assert sum("AWS::DynamoDB::Table" in line for line in lines) == 5


def interrupted(_: Terminal, __: int = -1) -> str:
    raise KeyboardInterrupt


def test_a_protected_table_is_foreseen(typed: Typed) -> None:
    protected = {**PLAIN, "Properties": {**PLAIN["Properties"], "DeletionProtectionEnabled": True}}  # type: ignore[dict-item]
    typed.deploy(data={"Orders": protected})
    ran = typed.run("destroy", "--yes")
    assert ran.code == 4
    assert "DeletionProtectionEnabled is on" in ran.err


def test_an_export_that_others_use_is_foreseen(typed: Typed) -> None:
    shop = typed.deploy(root={"More": {"Type": "AWS::SNS::Topic"}})
    cloudformation = shop.client("cloudformation")
    owner = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}},
             "Outputs": {"T": {"Value": "x", "Export": {"Name": "shared"}}}}  # fmt: skip
    cloudformation.create_stack(StackName="owner", TemplateBody=json.dumps(owner))
    cloudformation.create_stack(StackName="user", TemplateBody=json.dumps({"Resources": {"P": EXPORT}}))
    typed.write("build/shop/owner.json", json.dumps(owner))
    typed.write(
        "pyproject.toml",
        (typed.root / "pyproject.toml").read_text("utf-8") + '\n[tool.stackgen.stack.owner]\nstack_name = "owner"\n',
    )
    ran = typed.run("destroy", "owner", "--yes")
    assert ran.code == 4, ran.err
    assert "its export shared is used by user" in ran.err


def test_what_is_gone_already_is_fine(typed: Typed) -> None:
    ran = typed.run("destroy", "--yes")
    assert ran.code == 0
    assert "there is no such stack: nothing to do" in ran.out


def test_the_shell_of_a_stack_that_was_never_made_is_deleted(typed: Typed) -> None:
    shop = typed.shop()
    shop.plan()
    assert shop.stack()["StackStatus"] == "REVIEW_IN_PROGRESS"
    ran = typed.run("destroy", "--yes")
    assert ran.code == 0, ran.err
    assert is_gone(shop)


def test_a_stack_at_work_is_left_alone(typed: Typed) -> None:
    begun_update(typed.deploy())
    ran = typed.run("destroy", "--yes")
    assert ran.code == 7
    assert "another operation runs" in ran.err


def failing(typed: Typed) -> Deployed:
    """A queue in a nested stack that AWS does not delete."""
    shop = typed.deploy()
    typed.cloud.faults.add("delete:AWS::SQS::Queue", Fail("AccessDenied", "somebody holds it"), times=None)
    return shop


def test_what_could_not_be_deleted_is_told_and_never_left_behind_unasked(typed: Typed) -> None:
    shop = failing(typed)
    ran = typed.run("destroy", "--yes", "--no-backup")
    assert ran.code == 6
    assert ran.out.startswith("0 stacks gone, 1 not, 0 not begun\n")
    assert "somebody holds it" in ran.out
    assert "python -m stackgen destroy shop-stack -e dev -r us-east-1 --leave Queues/Queue" in ran.out
    assert shop.stack()["StackStatus"] == "DELETE_FAILED"
    ran = typed.run("destroy", "--yes", "--leave", "Queues/Nothing")
    assert ran.code == 2
    queue = id_of(shop, "Queues/Queue")
    ran = typed.run("destroy", "--yes", "--leave", "Queues/Queue")
    assert ran.code == 0, ran.err
    assert f"stays: {NAME}/Queues/Queue (AWS::SQS::Queue): {queue}" in ran.out
    assert is_gone(shop)


def test_somebody_who_is_there_is_offered_to_leave_it_behind(typed: Typed) -> None:
    shop = failing(typed)
    ran = typed.run("destroy", "--no-backup", answer=f"{NAME}\nyes")
    assert ran.code == 0, ran.err
    assert "delete the stack and leave Queues/Queue behind, outside of any stack? [y/N]" in ran.err
    assert is_gone(shop)


def test_a_failed_deletion_goes_on_when_the_cause_is_mended(typed: Typed) -> None:
    shop = failing(typed)
    assert typed.run("destroy", "--yes", "--no-backup").code == 6
    typed.cloud.faults.clear()
    assert typed.run("destroy", "--yes").code == 0
    assert is_gone(shop)


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("cloudformation:DeleteStack", Fail("AccessDenied", "not you", 403)),
        ("cloudformation:GetTemplate", Fail("AccessDenied", "not you", 403)),
        ("cloudformation:ListExports", Fail("AccessDenied", "not you", 403)),
        ("s3:ListObjectVersions", Fail("AccessDenied", "not you", 403)),
        ("ecr:ListImages", Fail("AccessDeniedException", "not you")),
    ],
)
def test_what_aws_refuses_is_told_and_the_stack_stays(typed: Typed, call: str, fault: Any) -> None:
    shop = typed.deploy(data={"Files": BUCKET, "Images": REPOSITORY})
    typed.cloud.faults.add(call, fault, times=9)
    ran = typed.run("destroy", "--yes")
    assert ran.code == 1
    assert "access denied" in ran.err
    assert "bug" not in ran.err
    typed.cloud.faults.clear()
    assert not is_gone(shop)


def test_who_interrupts_is_told_and_the_next_run_follows_to_the_end(typed: Typed) -> None:
    shop = typed.deploy(data={"Orders": KEPT})
    kept = table_of(shop, "Orders")
    typed.cloud.formation.operations.steps.durations["*"] = 60
    with typed.interrupted("DeleteStack"):
        ran = typed.run("destroy", "--yes", "--no-backup")
    assert ran.code == 130
    assert f"interrupted: {NAME} in {ACCOUNT}/us-east-1 is DELETE_IN_PROGRESS" in ran.err
    typed.cloud.clock.advance(3600)
    assert is_gone(shop)
    assert tables(shop) == [kept]
    assert typed.run("destroy", "--yes").code == 0


def test_a_deletion_that_runs_already_is_followed(typed: Typed) -> None:
    shop = typed.deploy(data={"Orders": KEPT})
    typed.cloud.formation.operations.steps.durations["*"] = 60
    shop.client("cloudformation").delete_stack(StackName=NAME)
    stop = threading.Event()

    def time_passes() -> None:
        while not stop.wait(1):
            typed.cloud.clock.advance(30)

    passing = threading.Thread(target=time_passes)
    passing.start()
    try:
        ran = typed.run("destroy")
    finally:
        stop.set()
        passing.join()
    assert ran.code == 0, ran.err
    assert "is being deleted already: it is followed" in ran.err
    assert f"stays: {NAME}/Data/Orders" in ran.out


def test_what_stays_with_a_nested_stack_is_listed_also_by_the_run_that_follows(typed: Typed) -> None:
    """Its tables go on costing, and nothing told of them."""
    contents = typed.shop().build.templates["shop/shop-stack"].content
    kept = {**contents["Resources"]["Data"], "DeletionPolicy": "Retain"}
    shop = typed.deploy(root={"Data": kept})
    with typed.interrupted("DeleteStack"):
        typed.cloud.formation.operations.steps.durations["*"] = 60
        assert typed.run("destroy", "--yes", "--no-backup").code == 130
    typed.cloud.formation.operations.steps.durations.clear()
    stop = threading.Event()

    def time_passes() -> None:
        while not stop.wait(1):
            typed.cloud.clock.advance(30)

    passing = threading.Thread(target=time_passes)
    passing.start()
    try:
        ran = typed.run("destroy", "--yes")
    finally:
        stop.set()
        passing.join()
    assert ran.code == 0, ran.err
    assert is_gone(shop)
    assert f"stays: {NAME}/Data/Tables/Table (AWS::DynamoDB::Table)" in ran.out


def test_several_regions_go_one_after_the_other_up_to_the_first_failure(typed: Typed) -> None:
    typed.deploy()
    typed.write("pyproject.toml", SETTINGS.replace('["us-east-1"]', '["eu-west-1", "us-east-1", "us-west-2"]'))
    told = typed.told("destroy", "--yes", "--no-backup")
    assert [each["region"] for each in told["stacks"]] == ["eu-west-1", "us-east-1", "us-west-2"]
    typed.deploy()
    typed.cloud.faults.add("delete:AWS::SQS::Queue", Fail("AccessDenied", "held"), times=None)
    told = typed.told("destroy", "--yes", "--no-backup", code=8)
    assert [each["exit_code"] for each in told["stacks"]] == [0, 6]
    assert told["not_begun"] == 1
