"""``release record`` and ``list``, and ``rollback --to-release``: what worked is deployed again, by what it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.releases import KEPT, Release, ReleaseError, chosen, image_digests, listed, recorded, too_old
from tests.workflows.running import git

from .env_project import NOTE, QUICK, Site

if TYPE_CHECKING:
    from .typed import Typed

REGISTRY = "111111111111.dkr.ecr.us-east-1.amazonaws.com"
PLACE = "/stackgen/releases/site-dev"


@pytest.fixture
def site(typed: Typed) -> Site:
    """The site under git, deployed to dev."""
    found = Site(typed)
    path = typed.root / "pyproject.toml"
    text = path.read_text("utf-8") + '\n[tool.stackgen.env.dev.parameters]\nEnvironmentName = "dev"\n'
    path.write_text(text, "utf-8")
    git(typed.root, "init", "--quiet", "--initial-branch", "main")
    commit(found, "the first")
    return found


def commit(site: Site, message: str) -> str:
    git(site.typed.root, "add", "--all")
    git(site.typed.root, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(site.typed.root, "rev-parse", "HEAD")


def deploy(site: Site, *words: str) -> None:
    ran = site.typed.run("deploy", "-e", "dev", "--yes", *QUICK, *words)
    assert ran.code == 0, ran.err


def deployed(site: Site) -> tuple[dict[str, str], set[str]]:
    """The values of the stack's parameters, and its resources."""
    cloudformation = site.client("cloudformation")
    found = cloudformation.describe_stacks(StackName="site-dev")["Stacks"][0]
    resources = cloudformation.describe_stack_resources(StackName="site-dev")["StackResources"]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}
    return values, {each["LogicalResourceId"] for each in resources}


@pytest.mark.requirement("SS-40", "SS-D34")
def test_the_way_back_leads_to_the_release_before_with_its_templates_values_and_image(site: Site) -> None:
    """Another template, another value, or what an image's tag means by now is deployed."""
    ecr = site.client("ecr")
    ecr.create_repository(repositoryName="site-api")
    image = ecr.put_image(repositoryName="site-api", imageManifest='{"one": 1}', imageTag="stable")["image"]
    deploy(site, "-p", f"Text={REGISTRY}/site-api:stable")
    first = site.typed.told("release", "record", "-e", "dev")["releases"][0]
    assert first["images"] == {"Text": image["imageId"]["imageDigest"]}
    assert first["commit"] == git(site.typed.root, "rev-parse", "HEAD")
    ecr.put_image(repositoryName="site-api", imageManifest='{"two": 2}', imageTag="stable")
    site.build(Other=NOTE)
    commit(site, "the second")
    deploy(site, "-p", "Text=second")
    site.cloud.clock.advance(60)
    assert site.typed.run("release", "record", "-e", "dev").code == 0
    assert deployed(site)[1] == {"Files", "Note", "Other"}
    ran = site.typed.run(
        "rollback", "-e", "dev", "--to-release", "previous", "--allow", "remove:Other", "--yes", *QUICK
    )
    assert ran.code == 0, ran.err
    assert f"with the values of the release {first['id']}" in ran.err
    values, resources = deployed(site)
    assert values["Text"] == f"{REGISTRY}/site-api@{image['imageId']['imageDigest']}"
    assert resources == {"Files", "Note"}
    rows = site.typed.run("release", "list", "-e", "dev").out.splitlines()
    assert rows[0] == "2 releases"
    assert first["id"] in rows[3]


def test_what_is_not_what_the_build_says_or_is_not_well_is_no_release(site: Site) -> None:
    ran = site.typed.run("release", "record", "-e", "dev")
    assert (ran.code, "is no release: does not exist" in ran.err) == (1, True)
    deploy(site)
    site.build(Other=NOTE)
    ran = site.typed.run("release", "record", "-e", "dev")
    assert (ran.code, "is not what this build says: site/site-stack" in ran.err) == (1, True)
    site.build()
    site.update("site-dev")
    ran = site.typed.run("release", "record", "-e", "dev")
    assert (ran.code, "is no release: UPDATE_IN_PROGRESS" in ran.err) == (1, True)
    assert [each for each in site.parameters() if "releases" in each] == []


def test_a_commit_that_is_another_by_now_is_not_deployed(site: Site) -> None:
    deploy(site)
    assert site.typed.run("release", "record", "-e", "dev").code == 0
    (name,) = (each for each in site.parameters() if each.startswith(PLACE))
    ssm = site.client("ssm")
    said = json.loads(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    ssm.put_parameter(Name=name, Value=json.dumps({**said, "digest": "0" * 16}), Overwrite=True)
    ran = site.typed.run("rollback", "-e", "dev", "--to-release", said["id"][:10], "--yes", *QUICK)
    assert (ran.code, "the commit is another than the one that was deployed" in ran.err) == (1, True)


def test_the_summary_says_what_was_deployed_where(site: Site) -> None:
    deploy(site)
    ran = site.typed.run("release", "record", "-e", "dev", "--format", "md")
    assert ran.out.startswith("### `site-dev`: release 2026")
    assert "| environment | dev |" in ran.out
    assert f"| FilesName | `{site.bucket('site-dev')}` |" in ran.out


USAGE = {
    ("--to-release", "previous", "--to", "HEAD"): (2, "--to names a commit, and --to-release a release"),
    ("--to-release", "previous", "--values-of", "x"): (2, "a release has its own values"),
    ("--to-release", "2025"): (1, "site-dev has no release '2025'"),
}


@pytest.mark.parametrize("words", USAGE, ids=map(" ".join, USAGE))
def test_what_is_typed_wrong_deploys_nothing(site: Site, words: tuple[str, ...]) -> None:
    code, message = USAGE[words]
    ran = site.typed.run("rollback", "-e", "dev", *words, "--yes")
    assert (ran.code, message in ran.err) == (code, True), ran.err


def release(number: int) -> Release:
    values = {"Image": f"{REGISTRY}/site-api:1", "Size": "2"}
    id_ = f"20260101-{number:06}-{number:012}"
    return Release(id_, "site-dev", "dev", "111111111111", "us-east-1", "site/site-stack", "0" * 16, "c" * 40, values)


def test_the_newest_thirty_are_kept_and_what_is_unreadable_hides_nothing(site: Site) -> None:
    ssm = site.client("ssm")
    for number in range(KEPT + 2):
        ssm.put_parameter(**recorded(release(number)).parameters)
    ssm.put_parameter(Name=f"{PLACE}/broken", Value="{}", Type="String")
    found = listed("site-dev", ssm)
    assert [each.id for each in found[:2]] == [release(KEPT + 1).id, release(KEPT).id]
    assert [each.parameters["Name"] for each in too_old(found)] == [f"{PLACE}/{release(n).id}" for n in (1, 0)]
    with pytest.raises(ReleaseError, match="32 releases of site-dev begin with '2026'"):
        chosen(found, "2026", "site-dev")
    with pytest.raises(ReleaseError, match="has no release 'previous'"):
        chosen(found[:1], "previous", "site-dev")


def test_one_that_is_too_large_for_its_place_is_refused() -> None:
    with pytest.raises(ReleaseError, match="8,192 at most"):
        recorded(replace(release(1), parameters={"Text": "x" * 9_000}))


def test_an_image_is_what_its_tag_or_digest_says_and_other_values_are_none() -> None:
    digest = f"sha256:{'a' * 64}"

    class Ecr:
        def describe_images(self, **asked: object) -> dict[str, object]:
            assert asked["repositoryName"] == "team/api"
            return {"imageDetails": [{"imageDigest": digest}]}

    values = {
        "Tag": f"{REGISTRY}/team/api:1.0", "Digest": f"{REGISTRY}/api@{digest}", "Both": f"{REGISTRY}/api:1@{digest}",
        "Elsewhere": f"{REGISTRY.replace('us-east-1', 'eu-west-1')}/api:1", "Bare": f"{REGISTRY}/api", "Other": "api:1",
    }  # fmt: skip
    found = image_digests(values, Ecr(), "us-east-1")
    assert found == dict.fromkeys(("Tag", "Digest", "Both"), digest)
    again = Release("i", "s", "e", "a", "r", "t", "d", "c", values, (), found).values
    assert again["Tag"] == f"{REGISTRY}/team/api@{digest}"
    assert again["Both"] == again["Digest"] == f"{REGISTRY}/api@{digest}"
