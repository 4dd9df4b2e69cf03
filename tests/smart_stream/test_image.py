"""What the listener's image is made of."""

from __future__ import annotations

import ast
import json
import re
import sys

import pytest

from stackgen.deploy.images.settings import recipe_of, recipes
from stackgen.project import Project
from stacks.smart_stream.listener import HEALTH
from stacks.smart_stream.package import APP
from tests.dockerfiles import minded
from tests.smart_stream.translation import written
from tests.support import ROOT

DOCKERFILE = APP / "listener" / "Dockerfile"
TEXT = DOCKERFILE.read_text("utf-8")
IN_IMAGE = {
    *sys.stdlib_module_names, "boto3", "botocore", "aws_lambda_powertools", "paho", "listener", "smartstream",
}  # fmt: skip


def test_the_dockerfile_has_nothing_that_its_linter_minds() -> None:
    """the image is built from what cannot be repeated, or a build that failed half-way goes on"""
    assert minded(DOCKERFILE) == (0, "")


def test_it_takes_what_the_folder_has_for_the_processors_of_its_task() -> None:
    """a file that is copied is missing, so no image can be built, or it is built for other processors"""
    copied = re.findall(r"^COPY (\S+) ", TEXT, re.MULTILINE)
    assert copied == ["listener/requirements.txt", "smartstream", "listener"]
    assert all((APP / each).exists() for each in copied)
    (task,) = [each for each in written()["Resources"].values() if each["Type"] == "AWS::ECS::TaskDefinition"]
    assert task["Properties"]["RuntimePlatform"]["CpuArchitecture"] == "X86_64"
    assert "--platform linux/amd64" in TEXT


def test_it_runs_as_nobody_in_particular_and_begins_where_the_listener_does() -> None:
    """a listener that is taken over is root, or gets no signal because a shell stands before it"""
    (user,) = re.findall(r"^USER (\d+):(\d+)$", TEXT, re.MULTILINE)
    assert all(int(each) > 1000 for each in user)
    assert re.findall(r"^CMD (.+)$", TEXT, re.MULTILINE) == ['["python", "-m", "listener"]']
    assert TEXT.index("RUN chmod") < TEXT.index("USER ")


def test_the_project_says_from_what_it_is_built() -> None:
    """the repository of an environment has no Dockerfile"""
    known = recipes(Project.find(ROOT))
    for repository in ("yoto-mqtt", "yoto-mqtt-pr"):
        recipe = recipe_of(known, repository)
        assert recipe
        assert recipe.dockerfile == "listener/Dockerfile"


@pytest.mark.requirement("SS-D49")
def test_the_image_asks_for_its_health_as_the_task_does() -> None:
    """the task asks for what the image has not, so that every deployment of it is taken back"""
    assert re.findall(r"HEALTHCHECK .* CMD (.+)$", TEXT, re.MULTILINE) == [json.dumps(HEALTH[1:])]
    assert (APP / "listener" / "health.py").is_file()


def test_libraries_come_by_their_hashes_alone() -> None:
    """another file under the same version gets into the image"""
    assert TEXT.count("pip install") == TEXT.count("--require-hashes") == TEXT.count("--only-binary :all:") == 1


@pytest.mark.parametrize("part", ["listener", "smartstream"])
def test_a_module_of_the_image_imports_what_is_in_the_image(part: str) -> None:
    """the listener imports the library that declares it, or a tool of development, and cannot start"""
    for module in (APP / part).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= IN_IMAGE, module
            if isinstance(node, ast.ImportFrom):
                assert (node.level, (node.module or "").split(".")[0] in IN_IMAGE) == (0, True), module
