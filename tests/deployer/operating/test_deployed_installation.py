"""The commands against the deployer as it is built: its own template, its machine, its functions."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deployer import bundle
from stackgen.deployer.handlers import moments
from stackgen.local.cloud import REGION, Cloud
from stackgen.local.faults import Fail
from stackgen.local.virtual import Time, given
from tests.deployer.operating.installed import ACCOUNTS, DEPLOYER, REGIONS, TEMPLATE, run

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILT = Path(__file__).parents[3] / "build" / "deployer"
CODE = "code-of-the-deployer"
FUNCTIONS = (
    "acquire-lock", "fetch-targets", "initialize-deployments", "create-stackset", "deploy-stack-instances",
    "check-stackset-status", "watch-alarms", "revert-targets", "aggregate-results", "release-lock",
    "update-build-status", "s3-trigger", "trigger-build", "clean-up-execution",
)  # fmt: skip


def deploy(cloud: Cloud, name: str, account: str, **values: str) -> None:
    """A built template, as it is."""
    s3 = cloud.client("s3", DEPLOYER)
    s3.put_object(Bucket=CODE, Key=f"{name}.json", Body=(BUILT / f"{name}.json").read_bytes())
    cloudformation = cloud.client("cloudformation", account)
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"https://{CODE}.s3.{REGION}.amazonaws.com/{name}.json",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    for name in ("CI", "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with Cloud() as cloud, given(moments, time=Time(cloud.clock)):
        for name, value in {
            "AWS_ENDPOINT_URL": cloud.url,
            "AWS_ACCESS_KEY_ID": DEPLOYER,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
        }.items():
            monkeypatch.setenv(name, value)
        for name in FUNCTIONS:
            module = import_module(f"stackgen.deployer.handlers.{name.replace('-', '_')}")
            cloud.functions.register(f"*-{name}", module.handler)
        cloud.client("s3", DEPLOYER).create_bucket(Bucket=CODE)
        cloud.client("s3", DEPLOYER).put_object(Bucket=CODE, Key=bundle.key(), Body=b"handlers are registered")
        deploy(cloud, "deployer-stack", DEPLOYER, Env="dev", CodeBucketName=CODE)
        yield cloud


def told(*words: str) -> dict[str, Any]:
    ran = run(*words, "--format", "json")
    assert ran.out, ran.err
    content: dict[str, Any] = json.loads(ran.out)
    return content


@pytest.mark.requirement("DEP-51", "DEP-49", "DEP-46")
def test_a_release_from_a_folder_fails_in_part_is_retried_and_promoted(cloud: Cloud, tmp_path: Path) -> None:
    """What the commands say and what the deployed service does are not the same."""
    setup = told("setup")
    missing = [each["what"] for each in setup["checks"][f"deployer {DEPLOYER}/{REGION}"] if each["state"] == "missing"]
    assert missing == ["records of targets"], setup
    where = ("--accounts", ",".join(ACCOUNTS), "--regions", ",".join(REGIONS), "--mode", "collect-all")
    assert run("targets", "set", "--default", "-e", "dev", *where, "--downstream-env", "prod").code == 0
    assert run("targets", "set", "--default", "-e", "prod", *where).code == 0
    assert run("setup").code == 0

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "cloudformation.template").write_text(json.dumps(TEMPLATE))
    fault = cloud.faults.add("create:AWS::SSM::Parameter", Fail("x", "no quota"), account=ACCOUNTS[1], times=None)
    release = ("--folder", "out", "--version", "7.abc", "--branch", "main")
    ran = run("apply", "shop", *release, "--yes", "--follow", "--every", "20")
    assert ran.code == 8, ran.out + ran.err
    assert "4 of 6 targets succeeded, 2 failed, 1 cause" in ran.out.splitlines()[0]
    assert run("lock", "show", "shop").out == "the lock of shop in dev is free\n"

    fault.times = 0
    ran = run("retry", "shop", "--failed", "--yes", "--follow", "--every", "20")
    assert ran.code == 0, ran.out + ran.err
    assert "SUCCESS: shop in dev" in ran.out
    assert "2 of 2 targets succeeded" in ran.out
    assert told("plan", "shop", "--same")["counts"]["skip"] == 6

    ran = run("promote", "shop", "--yes", "--follow", "--every", "20")
    assert ran.code == 1, ran.out + ran.err  # in the same accounts the parameters of dev stand in the way
    assert "FAILED: shop in prod" in ran.out.splitlines()[0]
    assert "6 failed, 1 cause" in ran.out.splitlines()[0]
    ran = run("stop", "shop", "-e", "prod")
    assert ran.out.startswith("0 stopped: build ")


def test_a_rollout_that_is_stopped_is_cleaned_up(cloud: Cloud, tmp_path: Path) -> None:
    accounts = ",".join(f"{number:012}" for number in range(200, 215))
    run("targets", "set", "--default", "-e", "dev", "--accounts", accounts, "--regions", ",".join(REGIONS))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "cloudformation.template").write_text(json.dumps(TEMPLATE))
    release = ("--folder", "out", "--version", "7.abc", "--branch", "main")
    assert run("apply", "shop", *release, "--yes").code == 0
    cloud.clock.advance(40)
    running = told("status", "shop")
    assert (running["build"]["status"], running["execution_status"]) == ("IN_PROGRESS", "RUNNING")
    assert running["operation"]["status"] == "RUNNING"
    assert told("lock", "show", "shop")["state"] == "held"
    ran = run("apply", "shop", *release, "--yes")
    assert ran.code == 7
    assert run("stop", "shop", "--yes", "--reason", "wrong release").code == 0
    ran = run("status", "shop", "--watch", "--every", "30")
    assert ran.code == 8, ran.out + ran.err
    assert ran.out.startswith("FAILED: shop in dev, build ")
    after = told("status", "shop")
    assert (after["failures"], len(after["cancelled"])) == (0, after["counts"]["failed"])
    cloud.clock.settle()
    assert run("lock", "show", "shop").out == "the lock of shop in dev is free\n"
