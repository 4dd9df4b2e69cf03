"""``images push``: what stacks need is built once, and is in the repositories of all regions afterwards."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackgen.local.faults import Fail

from .bench import PASSWORD, REGIONS, REPOSITORY, Bench
from .deployed import ACCOUNT

if TYPE_CHECKING:
    from .typed import Typed

NAME = f"{REPOSITORY}:1.0.0"
PLACES = [f"{NAME} in {ACCOUNT}/{region}" for region in REGIONS]


@pytest.mark.requirement("TAP-D46", "TAP-D15")
@pytest.mark.parametrize("program", ["docker", "buildah"])
def test_an_image_is_built_once_and_pushed_to_each_region(typed: Typed, program: str) -> None:
    """It is built for each region anew, or one region does not get it."""
    bench = Bench.at(typed, program)
    ran = bench.push("--yes")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "2 images: 2 pushed, 0 there already, 0 missing, 0 unknown, 0 failed"
    digests = bench.digests()
    assert len(set(digests)) == 1
    assert all(digests)
    assert ran.out.count(digests[0]) == 2
    calls = bench.calls()
    assert {each["name"] for each in calls} == {program}
    assert [each["word"] for each in calls].count("build") == 1
    build = next(each["words"] for each in calls if each["word"] == "build")
    assert build[-1] == str(typed.root / "images")
    assert {"--platform", "linux/amd64", "--file", str(typed.root / "images/checker/Dockerfile")} <= set(build)


@pytest.mark.parametrize("program", ["docker", "buildah"])
def test_the_password_of_the_registry_is_on_no_command_line_and_nowhere_afterwards(typed: Typed, program: str) -> None:
    bench = Bench.at(typed, program)
    ran = bench.push("--yes", "-v")
    calls = bench.calls()
    logins = [each for each in calls if each["word"] == "login"]
    assert [each["given"] for each in logins] == [PASSWORD] * 2
    token = base64.b64encode(f"AWS:{PASSWORD}".encode()).decode()
    shown = json.dumps([each["words"] for each in calls]) + ran.out + ran.err
    assert PASSWORD not in shown
    assert token not in shown
    folders = {Path(word) for each in logins for word in each["words"] if "/stackgen-" in word}
    assert folders
    assert not any(folder.exists() for folder in folders)


def test_the_same_again_pushes_nothing(typed: Typed) -> None:
    bench = Bench.at(typed, "docker")
    assert bench.push("--yes").code == 0
    bench.calls()
    ran = bench.push("--yes")
    assert (ran.code, ran.out.splitlines()[0]) == (
        0, "2 images: 0 pushed, 2 there already, 0 missing, 0 unknown, 0 failed",
    )  # fmt: skip
    assert bench.words() == ["build", "image"]


@pytest.mark.requirement("TAP-D46")
def test_a_tag_that_is_taken_is_refused_with_other_content_before_anything_is_pushed(typed: Typed) -> None:
    """One region gets the new content, and the other keeps the old under the same tag."""
    bench = Bench.at(typed, "docker")
    assert bench.push("--yes", "-r", "us-east-1").code == 0
    before = bench.digests()
    bench.plans("2")
    ran = bench.push("--yes")
    assert ran.code == 8
    assert f"{PLACES[0]} is there with other content ({before[0]})" in ran.err
    assert bench.digests() == before
    other = bench.push("--yes", "-p", "ImageTag=1.0.1")
    assert other.code == 0, other.err
    assert len(set(bench.digests("1.0.1"))) == 1


@pytest.mark.requirement("TAP-D46", "TAP-D15")
def test_what_one_region_has_is_copied_to_the_other(typed: Typed) -> None:
    """What is not built again here would be another image there."""
    bench = Bench.at(typed, "docker")
    assert bench.push("--yes", "-r", "us-east-1").code == 0
    bench.calls()
    bench.plans("2")
    ran = bench.push("--from", "us-east-1", "--yes")
    assert ran.code == 0, ran.err
    assert "build" not in bench.words()
    assert len(set(bench.digests())) == 1
    assert bench.push("--from", "us-east-1", "--yes", "-p", "ImageTag=9").code == 1


def test_a_tag_that_can_be_moved_is(typed: Typed) -> None:
    bench = Bench.at(typed, "docker", mutability="MUTABLE")
    assert bench.push("--yes").code == 0
    before = bench.digests()
    bench.plans("2")
    ran = bench.push("--yes")
    assert ran.code == 0, ran.err
    assert not set(before) & set(bench.digests())


STEPS = {
    "docker build": ("build", 1, ["", ""]),
    "docker image": ("image inspect", 1, ["", ""]),
    "docker login": ("login", 1, ["", ""]),
    "docker push": (" push ", 1, ["", ""]),
    "a push to the second region": ("push 111111111111.dkr.ecr.eu-west-1", 8, ["there", ""]),
    "a login in the first region": ("--password-stdin 111111111111.dkr.ecr.us-east-1", 8, ["", "there"]),
}


@pytest.mark.parametrize(("fails", "code", "left"), STEPS.values(), ids=STEPS)
def test_a_program_that_fails_is_told_and_the_same_again_does_the_rest(
    typed: Typed, fails: str, code: int, left: list[str]
) -> None:
    bench = Bench.at(typed, "docker")
    bench.plans(fails=fails)
    ran = bench.push("--yes")
    assert ran.code == code, ran.err
    assert "failed with exit code 7\n  first line\n  said" in ran.err
    assert "and broke" in ran.err
    assert PASSWORD not in ran.err
    assert ["there" if digest else "" for digest in bench.digests()] == left
    bench.plans()
    again = bench.push("--yes")
    assert again.code == 0, again.err
    assert all(bench.digests())


def test_a_push_that_only_seems_to_be_one_is_seen(typed: Typed) -> None:
    bench = Bench.at(typed, "docker")
    bench.plans(lies=True)
    ran = bench.push("--yes")
    assert ran.code == 1
    assert f"docker says that {PLACES[0]} is pushed, and ECR does not have it" in ran.err


def test_without_a_program_it_is_said_what_to_install_and_what_to_do(typed: Typed) -> None:
    bench = Bench.at(typed)
    ran = bench.push("--yes")
    assert ran.code == 1
    assert "there is no docker and no buildah on the PATH" in ran.err
    assert "a job of the CI" in ran.err
    assert bench.push("--yes", "--with", "buildah").err.startswith(
        "error: no program to build images with: there is no buildah on the PATH"
    )


def test_a_check_needs_no_program_and_says_what_is_missing(typed: Typed) -> None:
    bench = Bench.at(typed)
    ran = bench.push("--check")
    assert ran.code == 4
    assert ran.out.splitlines()[0] == "2 images: 0 pushed, 0 there already, 2 missing, 0 unknown, 0 failed"
    manifest = json.dumps({"schemaVersion": 2, "config": {"digest": "sha256:" + "1" * 64}})
    for region in REGIONS:
        bench.ecr(region).put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageTag="1.0.0")
    told = typed.told("images", "push", "--check")
    assert [(each["region"], each["outcome"]) for each in told["images"]] == [(region, "there") for region in REGIONS]
    assert {each["digest"] for each in told["images"]} == set(bench.digests())


def test_a_region_without_the_repository_is_told_and_the_other_gets_the_image(typed: Typed) -> None:
    bench = Bench.at(typed, "docker", regions=("us-east-1",))
    bench.ecr("eu-west-1").create_repository(repositoryName="other")
    ran = bench.push("--yes")
    assert ran.code == 8, ran.err
    assert f"there is no repository {REPOSITORY} in {ACCOUNT}/eu-west-1" in ran.err
    assert "push" in bench.words()


def test_what_may_not_be_asked_is_told(typed: Typed) -> None:
    bench = Bench.at(typed, "docker")
    typed.cloud.faults.add("ecr:GetAuthorizationToken", Fail("AccessDeniedException", "not you"), times=None)
    ran = bench.push("--yes")
    assert ran.code == 1
    assert "access denied: these credentials may not ecr:GetAuthorizationToken" in ran.err
    assert "Traceback" not in ran.err


MISTAKES = {
    "nobody to ask": ((), 3, "nobody to ask"),
    "an image of another account": (("-p", "IsShared=true", "--yes"), 1, "it is another account's"),
    "a folder without a Dockerfile": (("--context", "stacks", "--yes"), 2, "there is no Dockerfile in it"),
    "a file without a folder": (("--dockerfile", "x", "--yes"), 2, "belong to --context"),
    "a misspelt repository": (("--repository", "cheker-dev", "--yes"), 2, "did you mean checker-dev?"),
    "both ways": (("--from", "us-east-1", "--context", "images", "--yes"), 2, "give one of them"),
}


@pytest.mark.parametrize(("words", "code", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_before_anything_is_built(typed: Typed, words: tuple[str, ...], code: int, said: str) -> None:
    bench = Bench.at(typed, "docker")
    for region in REGIONS:  # the stand-in asks the caller's account, whichever is named
        bench.ecr(region).create_repository(repositoryName="shared")
    ran = bench.push(*words)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert not bench.calls()


def test_a_context_on_the_command_line_is_built_instead_of_the_setting(typed: Typed) -> None:
    bench = Bench.at(typed, "docker")
    typed.write("elsewhere/Dockerfile", "FROM scratch\n")
    ran = bench.push("--context", "elsewhere", "--platform", "linux/arm64", "--yes", "-r", "us-east-1")
    assert ran.code == 0, ran.err
    build = next(each["words"] for each in bench.calls() if each["word"] == "build")
    assert build[-1] == str(typed.root / "elsewhere")
    assert "linux/arm64" in build


SETTINGS = {
    "a misspelt setting": ('contxt = "images"', "image.other: unknown setting 'contxt'\n  did you mean context?"),
    "no context": ('repository = "x"', "image.other has no context"),
    "no such Dockerfile": ('context = "nowhere"', "image.other: there is no file nowhere/Dockerfile"),
}


@pytest.mark.parametrize(("line", "said"), SETTINGS.values(), ids=SETTINGS)
def test_a_wrong_setting_is_told_with_its_line(typed: Typed, line: str, said: str) -> None:
    bench = Bench.at(typed, "docker")
    settings = (typed.root / "pyproject.toml").read_text("utf-8")
    typed.write("pyproject.toml", f"{settings}\n[tool.stackgen.image.other]\n{line}\n")
    ran = bench.push("--yes")
    assert ran.code == 1
    assert said in ran.err
    assert ran.err.startswith("error: ")
    assert "pyproject.toml:" in ran.err
