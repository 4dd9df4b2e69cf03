"""Each command line of the workflows, out of their YAML, in a git repository of its own, against the stand-in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from stackgen.local.cloud import Cloud
from tests.deploy.bench import Bench
from tests.deploy.hub import TOKEN, Hub, pull
from tests.deploy.till import answering
from tests.smart_stream.app.yoto import YotoServices
from tests.smart_stream.deployment import ACCOUNT, REGION, TOLD, SmartStream
from tests.smart_stream.project import typed_in
from tests.smart_stream.serving import serving
from tests.support import ROOT
from tests.workflows.running import Runner, git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deploy.typed import Typed

OWNER = "earchibald/yoto-smart-stream"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
IMAGES = {
    "vars.ALARM_EMAIL": TOLD, "vars.IMAGES_URI": f"{REGISTRY}/yoto-mqtt",
    "vars.PULL_REQUEST_IMAGES_URI": f"{REGISTRY}/yoto-mqtt-pr",
}  # fmt: skip
DOCKERFILES = [path.relative_to(ROOT) for path in (ROOT / "stacks").rglob("Dockerfile")]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Typed]:
    """This repository's settings under git, what environments share, and programs that stand where Docker would."""
    with Cloud() as cloud:
        typed = typed_in(tmp_path / "project", cloud, monkeypatch, capsys)
        typed.write("stacks/smart_stream/app/ui/index.html", '<script src="/app.js"></script>\n')
        typed.write("stacks/smart_stream/app/ui/app.js", "// nothing\n")
        for file in DOCKERFILES:
            typed.write(str(file), "FROM scratch\n")
        git(typed.root, "init", "--quiet", "--initial-branch", "main")
        git(typed.root, "add", "--all")
        git(typed.root, "commit", "--quiet", "--message", "the first")
        for name in ("yoto-mqtt", "yoto-mqtt-pr"):
            cloud.client("ecr").create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
        bench = Bench.beside(typed, "docker")
        monkeypatch.setenv("PATH", str(bench.folder / "bin"), prepend=":")
        yield typed


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub(OWNER)
    with answering(hub) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_REPOSITORY", OWNER)
        monkeypatch.setenv("GITHUB_ACTOR", "ann")
        yield hub


def head(typed: Typed) -> str:
    return git(typed.root, "rev-parse", "HEAD")


def published(stream: SmartStream, name: str) -> dict[str, tuple[str, str]]:
    """The pages of an environment: what they are, and how long a browser may keep them."""
    bucket, s3 = f"yoto-ui-{name}-{ACCOUNT}", stream.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    heads = {key: s3.head_object(Bucket=bucket, Key=key) for key in keys}
    return {key: (each["ContentType"], each["CacheControl"]) for key, each in heads.items()}


@pytest.mark.requirement("SS-28", "SS-29", "SS-31")
@pytest.mark.parametrize(("workflow", "name"), [("deploy-production.yml", "prod"), ("deploy-develop.yml", "dev")])
def test_a_push_is_deployed_published_checked_and_recorded(
    typed: Typed, tmp_path: Path, workflow: str, name: str
) -> None:
    """a line is wrong, asks somebody, takes an empty change set for a failure, or the summary says something else"""
    stream = SmartStream(typed.cloud)
    runner = Runner(typed, {**IMAGES, "github.sha": head(typed)})
    before = runner.job(workflow, "deploy")
    assert [each.code for each in before[:4]] == [0, 0, 0, 0], [each.err for each in before]
    assert len(before) == 5  # the API has no address here
    assert before[4].code == 4
    with YotoServices() as yoto, serving(stream, name, tmp_path, YOTO_LOGIN_URL=yoto.url, YOTO_API_URL=yoto.url) as url:
        again = Runner(typed, runner.values, {"verify": ("--base-url", url)})
        ran = again.job(workflow, "deploy")
        assert [each.code for each in ran] == [0] * 6, [each.out + each.err for each in ran]
    assert "nothing to do" in ran[2].out
    script, page = sorted(published(stream, name).items())
    assert re.fullmatch(r"app\.[0-9a-f]{16}\.js", script[0])
    assert script[1][1] == "public, max-age=31536000, immutable"
    kept = {"prod": "public, max-age=0, must-revalidate, s-maxage=3600", "dev": "no-cache"}[name]
    assert page == ("index.html", ("text/html; charset=utf-8", kept))
    (distribution,) = (
        each
        for each in stream.client("cloudfront").list_distributions()["DistributionList"]["Items"]
        if each["Id"] == stream.outputs(name)["DistributionId"]["OutputValue"]
    )
    forgotten = stream.client("cloudfront").list_invalidations(DistributionId=distribution["Id"])["InvalidationList"]
    assert forgotten["Quantity"] == 2  # one for each of the two runs
    said = again.told("GITHUB_STEP_SUMMARY")
    assert said.startswith(f"### `yoto-smart-stream-{name}`: release ")
    assert f"| commit | `{head(typed)}` |" in said
    assert f"| environment | smart-stream-{name} |" in said
    assert "UiUrl=https://" in again.told("GITHUB_OUTPUT")
    (image,) = stream.client("ecr").describe_images(repositoryName="yoto-mqtt")["imageDetails"]
    assert image["imageTags"] == [head(typed)]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in stream.shown(name)["Parameters"]}
    assert values["ImageUri"] == f"{REGISTRY}/yoto-mqtt:{head(typed)}"
    assert f"STACKGEN_PARAM_CodeKey={values['CodeKey']}" in again.told("GITHUB_ENV")


@pytest.mark.requirement("SS-30", "SS-38")
def test_a_deployment_whose_checks_fail_fails_and_is_no_release(typed: Typed) -> None:
    """production is said to be deployed when its health check fails, and the way back leads to what is broken"""
    runner = Runner(typed, {**IMAGES, "github.sha": head(typed)}, {"verify": ("--base-url", "http://127.0.0.1:1")})
    ran = runner.job("deploy-production.yml", "deploy")
    assert [each.code for each in ran] == [0, 0, 0, 0, 4]
    assert runner.ran[-1] == "verify -e smart-stream-prod --invoke"
    assert "WRONG  health" in ran[-1].out
    assert typed.told("release", "list", "-e", "smart-stream-prod")["releases"] == []
    assert runner.told("GITHUB_STEP_SUMMARY") == ""


@pytest.mark.requirement("SS-37", "SS-D46")
def test_develop_is_tested_as_a_whole_after_its_deployment(typed: Typed, tmp_path: Path) -> None:
    """the job asks for other checks than those that were promised"""
    stream = SmartStream(typed.cloud)
    stream.deploy("dev")
    with serving(stream, "dev", tmp_path) as url:
        runner = Runner(typed, {}, {"verify": ("--base-url", url, "--format", "json")})
        (tested,) = runner.job("deploy-develop.yml", "integration")
    checks = json.loads(tested.out)["stacks"][0]["checks"]
    assert {"card", "stream", "streamed", "tokens"} <= {each["path"] for each in checks}


@pytest.mark.requirement("SS-31", "SS-25", "SS-D12")
def test_a_pull_request_is_deployed_commented_on_and_cleaned_up(typed: Typed, hub: Hub, tmp_path: Path) -> None:
    """a line of its workflows is wrong, its environment or image stays, or the comment is a second one or untrue"""
    stream, commit = SmartStream(typed.cloud), head(typed)
    event = pull(7, repository=OWNER)
    event["head"]["sha"] = commit
    hub.pulls[7] = event
    values = {**IMAGES, "github.token": TOKEN, "needs.gate.outputs.number": "7", "needs.gate.outputs.commit": commit}
    for name, text in (("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", str(tmp_path / "event"))):
        typed.patch.setenv(name, text)
    (tmp_path / "event").write_text(json.dumps({"pull_request": event}), "utf-8")
    runner = Runner(typed, values, {"verify": ("--base-url", "http://127.0.0.1:1")})
    assert [each.code for each in runner.job("deploy-pr.yml", "gate")] == [0]
    assert runner.told("GITHUB_OUTPUT") == f"go=true\nnumber=7\ncommit={commit}\nbase=main\n"
    ran = runner.job("deploy-pr.yml", "deploy")
    assert [each.code for each in ran] == [0, 0, 0, 0, 4, 0, 0], [each.out + each.err for each in ran]
    with serving(stream, "pr-7", tmp_path) as url:
        ran = Runner(typed, values, {"verify": ("--base-url", url)}).job("deploy-pr.yml", "deploy")
    assert [each.code for each in ran] == [0] * 7, [each.out + each.err for each in ran]
    (said,) = hub.bodies(7)
    assert "### Environment `pr-7`: ready" in said
    assert "| UiUrl | https://" in said
    assert "USD 0.2" in said
    (tmp_path / "event").write_text(json.dumps({"pull_request": {**event, "state": "closed"}}), "utf-8")
    assert [each.code for each in runner.job("cleanup-pr.yml", "gate")] == [0]
    ran = runner.job("cleanup-pr.yml", "remove")
    assert [each.code for each in ran] == [0, 0, 0], [each.out + each.err for each in ran]
    (said,) = hub.bodies(7)
    assert "### There is no environment `pr-7`" in said
    assert "less than with one" in said
    left = [each["StackName"] for each in stream.client("cloudformation").describe_stacks()["Stacks"]]
    assert set(left) == {"yoto-smart-stream-shared-network", *(f"artifacts-{name}" for name in ("dev", "pr", "prod"))}
    assert stream.client("ecr").list_images(repositoryName="yoto-mqtt-pr")["imageIds"] == []
