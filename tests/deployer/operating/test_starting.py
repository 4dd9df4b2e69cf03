"""``multi apply``, ``redeploy``, ``promote`` and ``retry``: each writes the record of a build, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deployer.handlers import builds, ksuid, s3_trigger
from stackgen.deployer.handlers.inputs import Build, Pair
from stackgen.deployer.operating import uploading
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.operating.installed import ACCOUNTS, BUCKET, DEPLOYER, REGIONS, TEMPLATE, Installed

if TYPE_CHECKING:
    from pathlib import Path

APPLY = ("apply", "shop", "--bucket", BUCKET, "--s3-key", "shop/feature/x/7.abc")
ONLY_THE_RECORD = ["dynamodb:TransactWriteItems"]


@pytest.fixture
def ready(installed: Installed) -> Installed:
    """Targets and a release."""
    installed.targets()
    installed.release("shop/feature/x/7.abc")
    installed.changes()
    return installed


def newest(installed: Installed, env: str = "dev", repo: str = "shop") -> dict[str, Any]:
    latest = builds.latest(env, repo, installed.installation.clients, installed.settings)
    return builds.find(Build(env, repo, latest["build_id"]), installed.installation.clients, installed.settings) or {}


@pytest.mark.requirement("DEP-51")
def test_a_release_in_the_bucket_becomes_the_record_that_its_arrival_makes(ready: Installed) -> None:
    """A release that is applied becomes another build than one that arrives."""
    ran = ready.run(*APPLY, "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert ready.changes() == ONLY_THE_RECORD
    build = newest(ready)
    assert ran.out.startswith(f"1 build started: {build['SK']} of shop to 6 targets in dev\nnext: multi status shop")
    settings, clients = ready.settings, ready.installation.clients
    event = {
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-12-01T00:00:00Z",
        "s3": {
            "bucket": {"name": BUCKET},
            "object": {"key": "shop/feature/x/7.abc/cloudformation-params.json", "sequencer": "1"},
        },
    }
    s3_trigger.s3_trigger(s3_trigger.Request((event,)), settings, clients)
    arrived = newest(ready)
    assert arrived["SK"] != build["SK"]
    differs = {"SK", "created_at", "updated_at"}
    assert {key: build[key] for key in build if key not in differs} == {
        key: arrived[key] for key in arrived if key not in differs
    }


def test_applying_asks_first(ready: Installed) -> None:
    nobody = ready.run(*APPLY)
    assert (nobody.code, nobody.out) == (3, "")
    assert nobody.err.startswith("error: nobody to ask: roll out 7.abc of shop to 6 targets in dev?")
    assert ready.answer("\n", *APPLY).code == 3
    assert ready.changes() == []
    assert ready.answer("y\n", *APPLY, "--prune").code == 0
    assert newest(ready)["prune"] is True


@pytest.mark.requirement("DEP-49")
def test_without_targets_nothing_is_started(installed: Installed) -> None:
    """A deployment is started although nobody said where to."""
    installed.release("shop/feature/x/7.abc")
    installed.targets("$", "prod")
    installed.changes()
    ran = installed.run(*APPLY, "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: no deployment targets configured for shop in dev, nor a default for dev\n")
    assert "multi targets set --repo shop -e dev --accounts ... --regions ... says where to" in ran.err
    assert installed.run(*APPLY, "--yes", "-e", "prod").code == 0
    assert installed.changes() == ONLY_THE_RECORD


@pytest.mark.requirement("DEP-49")
def test_a_promotion_to_where_nothing_is_configured_starts_nothing_anywhere(installed: Installed) -> None:
    """A promotion starts half of its builds and then finds that the others have no targets."""
    installed.targets(downstream_env=["staging", "prod"])
    installed.targets("shop", "staging")
    installed.build("SUCCESS")
    installed.changes()
    ran = installed.run("promote", "shop", "--yes")
    assert ran.code == 1
    assert "error: no deployment targets configured for shop in prod" in ran.err
    assert installed.changes() == []


@pytest.mark.requirement("DEP-46")
@pytest.mark.parametrize("word", ["apply", "redeploy", "promote", "retry"])
def test_while_a_build_works_no_other_is_started(installed: Installed, word: str) -> None:
    """An operator starts a second deployment without a word about the first."""
    installed.targets(downstream_env=["dev"] if word == "promote" else [])
    installed.release("shop/feature/x/7.abc")
    good = installed.build("SUCCESS")
    bad = installed.build("FAILED")
    installed.records(bad, {Pair(ACCOUNTS[0], "eu-west-1"): {"status": "FAILED"}})
    words = {"apply": APPLY, "promote": ("promote", "shop", "--build", good), "retry": ("retry", "shop", "--failed")}
    command = (*words.get(word, (word, "shop")), "--yes")
    held = installed.lock(bad)
    installed.changes()
    ran = installed.run(*command)
    assert (ran.code, ran.out) == (7, "")
    assert f"error: build {bad} works on shop in dev: it holds the lock, until " in ran.err
    assert len(ran.err[ran.err.index("error:") :].splitlines()) <= 5
    assert installed.changes() == []
    installed.put("locks", PK="LOCK#dev#shop", **held | {"ttl": 1})
    assert installed.run(*command).code == 0
    assert installed.changes()[-1:] == ONLY_THE_RECORD


@pytest.mark.parametrize("status", ["PENDING", "IN_PROGRESS"])
def test_a_build_that_is_about_to_work_counts_too_unless_one_wants_to_wait(ready: Installed, status: str) -> None:
    sk = ready.build(status)
    ran = ready.run(*APPLY, "--yes")
    assert ran.code == 7
    assert ran.err.startswith(f"error: build {sk} of shop in dev is {status}, since ")
    assert ready.run(*APPLY, "--yes", "--queue").code == 0


def test_a_new_build_is_newer_than_all_before_it_whatever_the_clock_says(ready: Installed) -> None:
    ahead = ksuid.new(2_000_000_000, b"\xff" * 16)
    ready.build("SUCCESS", SK=ahead)
    assert ready.run(*APPLY, "--yes").code == 0
    assert newest(ready)["SK"] > ahead


FAULTS = {
    "an answer is lost": ("dynamodb:TransactWriteItems", LoseAnswer(), 1),
    "three attempts are throttled": ("dynamodb:*", Throttle(), 3),
    "the answer of a look is lost": ("dynamodb:GetItem", LoseAnswer(), 2),
}


@pytest.mark.parametrize(("calls", "kind", "times"), FAULTS.values(), ids=FAULTS)
def test_what_passes_is_got_over_and_one_build_is_started(ready: Installed, calls: str, kind: Any, times: int) -> None:
    fault = ready.cloud.faults.add(calls, kind, times=times)
    assert ready.run(*APPLY, "--yes").code == 0
    assert fault.met == times
    found = ready.dynamodb.scan(TableName=ready.settings.table("builds"))["Items"]
    assert len(found) == 2  # the build, and what is latest


@pytest.mark.requirement("DEP-51", "DEP-D60")
def test_redeploying_copies_the_release_and_writes_only_the_record(ready: Installed) -> None:
    """A redeployment is started twice, or deploys something else."""
    old = ready.build("SUCCESS", template_version="v1", template_hash="h1", error_msg="x", execution_arn="arn:x")
    ready.build("FAILED")
    ready.changes()
    told = ready.json("redeploy", "shop", "--build", old, "--yes", "--prune")
    assert ready.changes() == ONLY_THE_RECORD
    (build,) = told["builds"]
    before = ready.get("builds", PK="REPO#shop#ENV#dev", SK=old) or {}
    copied = (
        "repo",
        "env",
        "build_number",
        "branch",
        "version",
        "commit_hash",
        "s3_bucket",
        "s3_key",
        "template_version",
    )
    assert {name: build[name] for name in copied} == {name: before[name] for name in copied}
    assert (build["status"], build["redeploy_of"], build["prune"]) == ("PENDING", old, True)
    assert not {"execution_arn", "error_msg", "retry_of"} & set(build)
    assert build["sk"] > old


@pytest.mark.requirement("DEP-52")
def test_promoting_makes_one_build_for_each_downstream_environment(installed: Installed) -> None:
    """A downstream environment is left out, or gets two builds."""
    installed.targets(downstream_env=["staging", "prod"])
    installed.targets("$", "staging", accounts=ACCOUNTS[:1])
    installed.targets("shop", "prod")
    good = installed.build("SUCCESS")
    installed.build("FAILED")
    installed.changes()
    ran = installed.run("promote", "shop", "--yes")
    assert ran.code == 0
    assert ran.err.startswith(f"build {good} of dev is 1.abc")
    assert installed.changes() == ONLY_THE_RECORD * 2
    for env, count in (("staging", 2), ("prod", 6)):
        build = newest(installed, env)
        assert (build["env"], build["version"], build["promoted_from"]) == (env, "1.abc", good)
        assert build["stack_name"] == f"{env}-shop"
        assert f"{build['SK']} of shop to {count} targets in {env}" in ran.out


@pytest.mark.requirement("DEP-52")
def test_only_a_build_that_succeeded_is_promoted(installed: Installed) -> None:
    """What failed goes on to the next environment."""
    installed.targets(downstream_env=["prod"])
    installed.targets("shop", "prod")
    bad = installed.build("FAILED")
    ran = installed.run("promote", "shop", "--yes")
    assert (ran.code, ran.err) == (
        2,
        "error: no build of shop in dev has succeeded yet\n  multi status shows the latest one\n",
    )
    ran = installed.run("promote", "shop", "--build", bad, "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: build {bad} of shop in dev is FAILED: only one that succeeded is promoted\n"


def test_a_promotion_goes_to_one_downstream_environment_or_says_where_it_could(installed: Installed) -> None:
    installed.targets(downstream_env=["staging", "prod"])
    installed.targets("shop", "prod")
    installed.build("SUCCESS")
    assert installed.json("promote", "shop", "--to", "prod", "--yes")["builds"][0]["env"] == "prod"
    ran = installed.run("promote", "shop", "--to", "prd", "--yes")
    assert (ran.code, ran.err.splitlines()[-2:]) == (
        2,
        ["error: --to prd is not downstream of dev", "  did you mean prod?"],
    )
    later = ksuid.new(2_000_000_000, bytes(16))
    installed.build("SUCCESS", env="prod", SK=later)
    ran = installed.run("promote", "shop", "-e", "prod", "--yes")
    assert ran.code == 2
    assert ran.err.startswith("error: shop has nothing downstream of prod: releases end there")


def test_a_build_that_succeeded_while_a_newer_one_waited_is_the_one_that_is_promoted(installed: Installed) -> None:
    installed.targets(downstream_env=["prod"])
    installed.targets("shop", "prod")
    older, _ = installed.build("IN_PROGRESS"), installed.build("PENDING")
    builds.move(Build("dev", "shop", older), "SUCCESS", installed.installation.clients, installed.settings)
    assert installed.json("promote", "shop", "--yes")["builds"][0]["promoted_from"] == older


@pytest.mark.requirement("DEP-46")
def test_a_retry_goes_to_exactly_what_failed(installed: Installed) -> None:
    """A retry touches targets that are fine, or leaves out one that failed."""
    installed.targets(policy={"mode": "collect-all"})
    installed.release("shop/main/1.abc")
    fault = installed.cloud.faults.add(
        "create:AWS::SSM::Parameter", Fail("x", "no quota"), account=ACCOUNTS[1], times=None
    )
    installed.run("apply", "shop", "--bucket", BUCKET, "--s3-key", "shop/main/1.abc", "--yes")
    first = installed.carried_out()
    assert (first["status"], installed.run("status", "shop").code) == ("FAILED", 8)
    fault.times = 0
    told = installed.json("retry", "shop", "--failed", "--yes")
    assert told["builds"][0]["retry_of"] == first["SK"]
    assert told["verdict"].endswith("of shop to 2 targets in dev")
    again = installed.carried_out()
    assert again["status"] == "SUCCESS"
    assert installed.json("status", "shop")["counts"]["total"] == 2
    assert len(installed.instances()) == 6
    nothing = installed.run("retry", "shop", "--failed", "--yes")
    assert (nothing.code, nothing.err) == (
        2,
        f"error: build {again['SK']} of shop in dev succeeded: nothing failed\n",
    )


def test_an_older_build_is_retried_with_a_warning_and_one_without_targets_not_at_all(ready: Installed) -> None:
    old = ready.build("FAILED")
    ready.records(old, {Pair(ACCOUNTS[0], "eu-west-1"): {"status": "FAILED"}})
    new = ready.build("FAILED", error_msg="TemplateInvalid: what")
    ran = ready.run("retry", "shop", "--failed", "--build", old, "--yes")
    assert ran.code == 0
    assert f"warning: build {new} (2.abc, FAILED) is newer: the failed targets would get 1.abc" in ran.err
    ran = ready.run("retry", "shop", "--failed", "--build", new, "--yes")
    assert ran.code == 2
    assert f"error: build {new} of shop in dev failed before it had targets" in ran.err
    assert f"multi redeploy shop -e dev --build {new} starts it anew" in ran.err


def folder(path: Path, **files: Any) -> Path:
    path.mkdir()
    for name, content in {"cloudformation.template": TEMPLATE, **files}.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(json.dumps(content))
    return path


UPLOAD = ("apply", "shop", "--bucket", BUCKET, "--version", "8.def", "--branch", "main", "--yes", "--folder")


def arrives(installed: Installed) -> list[str]:
    """Let the function be told of each object, as S3 does; the keys in the order in which they came."""
    came: list[str] = []
    s3 = installed.cloud.client("s3", DEPLOYER)
    s3.create_bucket(Bucket=BUCKET)

    def told(note: Any) -> None:
        if note.operation != "PutObject":
            return
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        new = [key for key in keys if key not in came]
        came.extend(new)
        if "shop/main/8.def/cloudformation-params.json" in new:
            thing = {"key": "shop/main/8.def/cloudformation-params.json", "sequencer": "1"}
            record = {
                "eventName": "ObjectCreated:Put",
                "eventTime": "2026-12-01T00:00:00Z",
                "s3": {"bucket": {"name": BUCKET}, "object": thing},
            }
            s3_trigger.s3_trigger(s3_trigger.Request((record,)), installed.settings, installed.installation.clients)

    installed.cloud.gateway.watchers.append(told)
    return came


@pytest.mark.requirement("DEP-51")
def test_a_folder_is_uploaded_and_its_last_file_starts_the_build(installed: Installed, tmp_path: Path) -> None:
    """The parameter file arrives first, and the build starts on half a release."""
    installed.targets()
    path = folder(tmp_path / "out", **{"cloudformation-params.json": {}, "zz.json": {}, "nested/a.json": {}})
    came = arrives(installed)
    ran = installed.run(*UPLOAD, str(path))
    assert ran.code == 0, ran.err
    assert came == [
        f"shop/main/8.def/{name}"
        for name in ("cloudformation.template", "nested/a.json", "zz.json", "cloudformation-params.json")
    ]
    build = newest(installed)
    assert ran.out.startswith(f"1 build started: {build['SK']} of shop to 6 targets in dev\n")
    assert (build["s3_key"], build["version"], build["branch"]) == ("shop/main/8.def", "8.def", "main")


def test_a_folder_without_parameters_gets_an_empty_file_of_them(installed: Installed, tmp_path: Path) -> None:
    installed.targets()
    arrives(installed)
    ran = installed.run(*UPLOAD, str(folder(tmp_path / "out")))
    assert ran.code == 0
    assert "no cloudformation-params.json in " in ran.err
    body = installed.cloud.client("s3", DEPLOYER).get_object(
        Bucket=BUCKET, Key="shop/main/8.def/cloudformation-params.json"
    )["Body"]
    assert json.loads(body.read()) == {}


def test_an_upload_of_which_nothing_comes_is_an_error_that_says_where_to_look(
    installed: Installed, tmp_path: Path
) -> None:
    installed.targets()
    installed.cloud.client("s3", DEPLOYER).create_bucket(Bucket=BUCKET)
    began = installed.cloud.clock.time()
    ran = installed.run(*UPLOAD, str(folder(tmp_path / "out")))
    assert (ran.code, ran.out) == (1, "")
    assert "but no build of it appeared within 90 seconds\n  the function S3Trigger makes it" in ran.err
    assert installed.cloud.clock.time() - began < uploading.PATIENCE + 10


def test_an_upload_goes_to_the_first_environment_alone(installed: Installed, tmp_path: Path) -> None:
    installed.targets("shop", "prod")
    ran = installed.run(*UPLOAD, str(folder(tmp_path / "out")), "-e", "prod")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: -e prod: a release that arrives goes to dev first")


def test_a_folder_that_is_no_release_is_named(installed: Installed, tmp_path: Path) -> None:
    installed.targets()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "cloudformation.tmplate").write_text("{}")
    ran = installed.run(*UPLOAD, "out")
    assert (ran.code, ran.err) == (
        1,
        "error: out: has no cloudformation.template\n  did you mean cloudformation.tmplate?\n",
    )
    assert installed.run(*UPLOAD, "nowhere").err.startswith("error: nowhere: is no folder")


def test_following_ends_as_the_build_ends(ready: Installed) -> None:
    def ended(note: Any) -> None:
        """The machine carries the build out while somebody looks."""
        if note.operation == "Query" and note.at > began + 60:
            ready.cloud.gateway.watchers.remove(ended)
            build = Build("dev", "shop", newest(ready)["SK"])
            pairs = {Pair(account, region): {"status": "FAILED"} for account in ACCOUNTS for region in REGIONS}
            ready.records(build.sk, pairs)
            builds.move(build, "FAILED", ready.installation.clients, ready.settings, error_msg="no")

    began = ready.cloud.clock.time()
    ready.cloud.gateway.watchers.append(ended)
    ran = ready.run(*APPLY, "--yes", "--follow", "--every", "30")
    assert ran.code == 1
    assert ran.out.startswith("FAILED: shop in dev, build ")
    assert ran.err.startswith("1 build started: ")


WRONG = {
    ("apply", "shop"): "apply needs one of --s3-key KEY and --folder DIR",
    ("apply", "shop", "--s3-key", "x", "--folder", "y"): "apply needs one of --s3-key KEY and --folder DIR",
    ("apply", "shop", "--folder", "x", "--prune"): "--prune goes with --s3-key",
    ("apply", "shop", "--folder", "x"): "--folder needs --version N.HASH and --branch B",
    ("apply", "shop", "--folder", "x", "--version", "8", "--branch", "main"): "'shop/main/8/cloudformation-params.",
    ("apply", "shop", "--s3-key", "shop/v1.2.3"): "'shop/v1.2.3/cloudformation-params.json' is no {repo}/{branch}",
    ("apply", "shop", "--s3-key", "shpo/main/1.a"): "--s3-key shpo/main/1.a is a release of shpo, not of shop",
    ("apply", "shop", "--bucket", BUCKET, "--s3-key", "shop/main/9.a"): "there is no release at s3://releases/shop/main/9",
    ("redeploy", "shop"): "shop has no build in dev yet\n  multi apply shop -e dev starts one",
    ("redeploy", "shop", "--build", "x"): "--build x: 27 letters and digits were expected",
    ("retry", "shop"): "retry needs --failed",
    ("promote", "shop", "-e", "prod"): "shop has no build in prod: no such environment",
    ("redeploy", "shop", "--every", "0"): "--every '0': seconds from 0.1 to 3600 were expected",
}  # fmt: skip


@pytest.mark.parametrize(("words", "message"), WRONG.items(), ids=[" ".join(words) for words in WRONG])
def test_a_wrong_word_is_2_and_starts_nothing(ready: Installed, words: tuple[str, ...], message: str) -> None:
    ran = ready.run(*words, "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert len(ran.err.splitlines()) <= 5
    assert ready.changes() == []


def test_a_key_of_another_form_needs_to_be_told_what_it_is(ready: Installed) -> None:
    ready.release("shop/v1.2.3")
    words = ("apply", "shop", "--bucket", BUCKET, "--s3-key", "shop/v1.2.3/", "--version", "8.def", "--branch", "main")
    assert ready.run(*words, "--yes").code == 0
    assert (newest(ready)["s3_key"], newest(ready)["version"]) == ("shop/v1.2.3", "8.def")


def test_the_bucket_is_that_of_the_installation(ready: Installed) -> None:
    words = ("apply", "shop", "--s3-key", "shop/feature/x/7.abc", "--yes")
    ran = ready.run(*words)
    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        "error: the installation dev does not say which bucket its releases are in",
    )
    store = ready.cloud.client("ssm", DEPLOYER)
    store.put_parameter(Name="/dev/aws-deployer/s3-bucket", Value=BUCKET, Type="String")
    assert ready.run(*words).code == 0
