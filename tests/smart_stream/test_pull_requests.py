"""An environment of a pull request, by this repository's own settings: made, tagged, and gone with all that it had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.local.cloud import Cloud
from tests.deploy.env_project import QUICK
from tests.smart_stream.deployment import ACCOUNT, REGION, SmartStream
from tests.smart_stream.project import typed_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deploy.typed import Typed

IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/yoto-mqtt-pr:pr-7-0123abc"


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Typed]:
    with Cloud() as cloud:
        yield typed_in(tmp_path / "project", cloud, monkeypatch, capsys)


@pytest.mark.requirement("SS-05", "SS-32", "SS-D27")
def test_an_environment_of_a_pull_request_is_tagged_and_goes_with_its_logs_and_images(typed: Typed) -> None:
    """its tags or its name are others, or a stack, log group, bucket or tag of an image outlives it"""
    stream = SmartStream(typed.cloud)
    ecr = stream.client("ecr")
    ecr.create_repository(repositoryName="yoto-mqtt-pr")
    for tag in ("pr-7-0123abc", "pr-70-0123abc"):
        ecr.put_image(repositoryName="yoto-mqtt-pr", imageManifest=json.dumps({"tag": tag}), imageTag=tag)
    ran = typed.run("env", "create", "--pr", "7", "--owner", "ann", "-p", f"ImageUri={IMAGE}", "--yes", *QUICK)
    assert ran.code == 0, ran.err
    shown = stream.shown("pr-7")
    tags = {each["Key"]: each["Value"] for each in shown["Tags"]}
    assert (tags["PR"], tags["AutoDelete"], tags["Environment"], tags["Owner"]) == ("7", "true", "pr-7", "ann")
    assert {each["ParameterKey"]: each["ParameterValue"] for each in shown["Parameters"]}["Environment"] == "pr-7"
    logs = stream.client("logs")
    for name in ("/aws/lambda/yoto-other-pr-7", "/aws/lambda/yoto-api-pr-70"):
        logs.create_log_group(logGroupName=name)
    ran = typed.run("env", "destroy", "--pr", "7", "--yes", *QUICK)
    assert (ran.code, ran.out) == (0, "1 environment: 1 removed\npr-7: removed\n"), ran.err
    assert not [each for each in stream.client("s3").list_buckets()["Buckets"] if "pr-7" in each["Name"]]
    assert [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]] == ["/aws/lambda/yoto-api-pr-70"]
    assert [each["imageTag"] for each in ecr.list_images(repositoryName="yoto-mqtt-pr")["imageIds"]] == [
        "pr-70-0123abc"
    ]


@pytest.mark.requirement("SS-33", "SS-05")
def test_production_and_dev_are_no_environments_that_come_and_go(typed: Typed) -> None:
    """the command that removes pull requests' environments takes production with it"""
    for name in ("prod", "dev", "smart-stream-prod", "smart-stream-dev"):
        ran = typed.run("env", "destroy", "-e", name, "--yes", *QUICK)
        assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: {name} is permanent: env leaves it alone")
    ran = typed.run("env", "destroy", "--pr", "8", "--yes", *QUICK)
    assert (ran.code, ran.out) == (0, "there is no environment pr-8: nothing to do\n")
