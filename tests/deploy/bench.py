"""Programs that stand where Docker and buildah would: they keep images in a file, and push to the stand-in for AWS.

What is tested is which words and what input they are given, and what becomes of it when they fail.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .deployed import ACCOUNT

if TYPE_CHECKING:
    from pathlib import Path

    from .typed import Typed

SETTINGS = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
account = "111111111111"
regions = ["us-east-1", "eu-west-1"]
stacks = ["checks-stack"]

[tool.stackgen.image.checker]
context = "images"
repository = "checker-*"
dockerfile = "checker/Dockerfile"
"""
REGIONS = ("us-east-1", "eu-west-1")
REPOSITORY = "checker-dev"
PASSWORD = "ministack-auth-token"  # noqa: S105  the stand-in's, for everybody
PROGRAM = """\
#!{python}
import json, os, pathlib, re, sys

folder = pathlib.Path({folder!r})
name, words = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
given = "" if "--password-stdin" not in words else sys.stdin.read()
word = next(each for each in words if not each.startswith(("-", "/")))
with (folder / "calls").open("a") as log:
    log.write(json.dumps({{"name": name, "word": word, "words": words, "given": given}}) + "\\n")
plan = json.loads((folder / "plan").read_text())
if plan["fails"] and plan["fails"] in " ".join([name, *words]):
    print("first line\\nsaid", given, "and broke", file=sys.stderr)
    sys.exit(7)
images = json.loads((folder / "images").read_text())


def registry(uri):
    import boto3
    place, repository, reference = re.fullmatch(r"(?:docker://)?([^/]+)/(.+):([^:]+)", uri).groups()
    account, region = place.split(".")[0], place.split(".")[3]
    ecr = boto3.client("ecr", region_name=region, aws_access_key_id=account, aws_secret_access_key="local")
    return ecr, repository, reference


if word == "build":
    images[words[words.index("--tag") + 1]] = plan["id"]
elif word == "tag":
    images[words[-1]] = images[words[-2]]
elif word in ("image", "inspect"):
    print(images[words[-1]])
elif word == "pull":
    ecr, repository, tag = registry(words[-1])
    (found,) = ecr.batch_get_image(repositoryName=repository, imageIds=[{{"imageTag": tag}}])["images"]
    images[words[-1]] = json.loads(found["imageManifest"])["config"]["digest"]
elif word == "push" and not plan["lies"]:
    ecr, repository, tag = registry(words[-1])
    local = words[-2] if name == "buildah" else words[-1]
    manifest = json.dumps({{"schemaVersion": 2, "config": {{"digest": images[local]}}}})
    ecr.put_image(repositoryName=repository, imageManifest=manifest, imageTag=tag)
(folder / "images").write_text(json.dumps(images))
"""


def template() -> dict[str, Any]:
    """A function, and another one where its image is in an account of its own."""
    uri = {"Fn::Sub": "${Account}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/checker-dev:${ImageTag}"}
    other = {"Fn::Sub": "999999999999.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/shared:1"}
    return {
        "Parameters": {
            "ImageTag": {"Type": "String", "Default": "1.0.0"},
            "Account": {"Type": "String", "Default": ACCOUNT},
            "IsShared": {"Type": "String", "Default": "false"},
        },
        "Conditions": {"Shares": {"Fn::Equals": [{"Ref": "IsShared"}, "true"]}},
        "Resources": {
            "Checker": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"PackageType": "Image", "Code": {"ImageUri": uri}},
            },
            "Shared": {
                "Type": "AWS::ECS::TaskDefinition",
                "Condition": "Shares",
                "Properties": {"ContainerDefinitions": [{"Name": "shared", "Image": other}]},
            },
        },
    }


@dataclass
class Bench:
    """A project with an image, repositories for it, and the programs."""

    typed: Typed
    folder: Path

    @classmethod
    def at(
        cls, typed: Typed, *programs: str, regions: tuple[str, ...] = REGIONS, mutability: str = "IMMUTABLE"
    ) -> Bench:
        bench = cls.beside(typed, *programs)
        for name in ("Password", "TemplatesBucketName"):
            typed.patch.delenv(f"STACKGEN_PARAM_{name}")
        typed.patch.setenv("PATH", str(bench.folder / "bin"))
        typed.write("pyproject.toml", SETTINGS)
        typed.write("build/checks/checks-stack.json", json.dumps(template()))
        typed.write("images/checker/Dockerfile", "FROM scratch\n")
        for region in regions:
            bench.ecr(region).create_repository(repositoryName=REPOSITORY, imageTagMutability=mutability)
        return bench

    @classmethod
    def beside(cls, typed: Typed, *programs: str) -> Bench:
        """The programs alone, for a project that is there already."""
        folder = typed.root.parent / "bench"
        (folder / "bin").mkdir(parents=True)
        for name in programs:
            path = folder / "bin" / name
            path.write_text(PROGRAM.format(python=sys.executable, folder=str(folder)), "utf-8")
            path.chmod(0o755)
        (folder / "images").write_text("{}", "utf-8")
        bench = cls(typed, folder)
        bench.plans()
        return bench

    def plans(self, id_: str = "1", fails: str = "", lies: bool = False) -> None:
        """What the programs do next: which image they make, which words fail, whether a push only seems to be one."""
        plan = {"id": "sha256:" + id_ * 64, "fails": fails, "lies": lies}
        (self.folder / "plan").write_text(json.dumps(plan), "utf-8")

    def ecr(self, region: str) -> Any:
        return self.typed.cloud.client("ecr", account=ACCOUNT, region=region)

    def digests(self, tag: str = "1.0.0") -> list[str]:
        """In each region; nothing where the image is not there."""
        found = []
        for region in REGIONS:
            images = self.ecr(region).batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": tag}])["images"]
            found.append(str(images[0]["imageId"]["imageDigest"]) if images else "")
        return found

    def calls(self) -> list[dict[str, Any]]:
        """What the programs were asked for since the last look."""
        log = self.folder / "calls"
        found = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
        log.unlink(missing_ok=True)
        return found

    def words(self) -> list[str]:
        return [each["word"] for each in self.calls()]

    def push(self, *words: str) -> Any:
        return self.typed.run("images", "push", *words)
