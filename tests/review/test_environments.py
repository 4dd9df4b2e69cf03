"""Where a build is deployed, and with which values: what is nearer wins, and what is missing is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.errors import UsageError
from stackgen.project import Project
from stackgen.review.environments import DEFAULTS, Values
from stackgen.review.evaluation.environment import Environment
from stackgen.review.model import Build, Template

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """\
[tool.stackgen]
regions = ["us-east-1", "us-west-2"]

[tool.stackgen.env.dev]

[tool.stackgen.env.prod]
account = "111111111111"
regions = ["eu-west-1", "eu-central-1"]

[tool.stackgen.env.prod.parameters]
InEnvironment = "environment"
InRegion = "environment"
InVariable = "environment"
Given = "environment"

[tool.stackgen.env.prod.region.eu-west-1.parameters]
InRegion = "region"
InVariable = "region"
Given = "region"

[tool.stackgen.stack.TapStack.parameters]
InStack = "stack"
InEnvironment = "stack"
InRegion = "stack"
InVariable = "stack"
Given = "stack"
"""
NAMES = ("InTemplate", "InStack", "InEnvironment", "InRegion", "InVariable", "Given")
DEFAULTED = {name: {"Type": "String", "Default": "template"} for name in NAMES}


def project_of(folder: Path, text: str = SETTINGS) -> Project:
    (folder / "stacks").mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return Project.find(folder)


def build_of(**parameters: Any) -> Build:
    content = {"Parameters": parameters, "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    names = ("tap/TapStack", "tap/other")
    return Build("work tree", {name: Template(name, f"{name}.json", content) for name in names})


def values_at(values: Values, place: str, root: str = "tap/TapStack") -> dict[str, str]:
    (found,) = (each for each in values.places if str(each) == place)
    return dict(values.of(found, root).parameters)


NEARER: dict[str, tuple[str, str, dict[str, str]]] = {
    "all of them": (
        "prod/eu-west-1", "tap/TapStack",
        {"InStack": "stack", "InEnvironment": "environment", "InRegion": "region", "InVariable": "variable",
         "Given": "given"},
    ),
    "another region": (
        "prod/eu-central-1", "tap/TapStack",
        {"InStack": "stack", "InEnvironment": "environment", "InRegion": "environment", "InVariable": "variable",
         "Given": "given"},
    ),
    "another stack": (
        "prod/eu-west-1", "tap/other",
        {"InEnvironment": "environment", "InRegion": "region", "InVariable": "variable", "Given": "given"},
    ),
    "another environment": (
        "dev/us-east-1", "tap/TapStack",
        {"InStack": "stack", "InEnvironment": "stack", "InRegion": "stack", "InVariable": "variable", "Given": "given"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("place", "root", "expected"), NEARER.values(), ids=NEARER)
def test_the_nearer_value_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, root: str, expected: dict[str, str]
) -> None:
    monkeypatch.setenv("STACKGEN_PARAM_InVariable", "variable")
    monkeypatch.setenv("STACKGEN_PARAM_Given", "variable")
    values = Values(project_of(tmp_path), given={"Given": "given"})
    assert values_at(values, place, root) == expected


def test_a_stack_may_be_named_in_full(tmp_path: Path) -> None:
    text = (
        '[tool.stackgen.stack."tap/other".parameters]\nA = "full"\n[tool.stackgen.stack.other.parameters]\nA = "last"\n'
    )
    values = Values(project_of(tmp_path, text))
    assert values_at(values, "defaults/us-east-1", "tap/other") == {"A": "last"}
    assert values_at(values, "defaults/us-east-1") == {}


def test_an_environment_is_handed_on_with_its_account_and_region(tmp_path: Path) -> None:
    values = Values(project_of(tmp_path), ["prod"], ["eu-central-1"])
    (place,) = values.places
    found = values.of(place, "tap/other")
    assert found == Environment("prod", "eu-central-1", "111111111111", found.parameters)


PLACES: dict[str, tuple[list[str], list[str], list[str]]] = {
    "all": ([], [], ["dev/us-east-1", "dev/us-west-2", "prod/eu-west-1", "prod/eu-central-1"]),
    "all by name": (["all"], [], ["dev/us-east-1", "dev/us-west-2", "prod/eu-west-1", "prod/eu-central-1"]),
    "one": (["prod"], [], ["prod/eu-west-1", "prod/eu-central-1"]),
    "one region of all": ([], ["us-west-2"], ["dev/us-west-2"]),
    "one region of one": (["prod"], ["eu-west-1"], ["prod/eu-west-1"]),
    "a region of each": ([], ["us-west-2", "eu-west-1"], ["dev/us-west-2", "prod/eu-west-1"]),
}


@pytest.mark.parametrize(("names", "regions", "expected"), PLACES.values(), ids=PLACES)
def test_environments_and_regions_are_chosen(
    tmp_path: Path, names: list[str], regions: list[str], expected: list[str]
) -> None:
    assert list(map(str, Values(project_of(tmp_path), names, regions).places)) == expected


def test_a_project_without_environments_is_reviewed_with_defaults(tmp_path: Path) -> None:
    project = project_of(tmp_path, '[tool.stackgen]\nregions = ["us-east-1", "eu-west-1"]\n')
    assert list(map(str, Values(project).places)) == ["defaults/us-east-1", "defaults/eu-west-1"]
    assert list(map(str, Values(project, ["all"], ["eu-west-1"]).places)) == ["defaults/eu-west-1"]


def test_folders_without_a_project_are_reviewed_with_defaults_anywhere() -> None:
    assert list(map(str, Values(None).places)) == [DEFAULTS]
    assert list(map(str, Values(None, regions=["eu-west-1"]).places)) == ["defaults/eu-west-1"]


WRONG: dict[str, tuple[list[str], list[str], str]] = {
    "an environment": (["prd"], [], "the project has no environment 'prd'\n  did you mean prod?"),
    "a region": ([], ["eu-wset-1"], "no environment is deployed to eu-wset-1\n  did you mean eu-west-1?"),
    "a region of another environment": (["dev"], ["eu-west-1"], "no environment is deployed to eu-west-1\n"),
}


@pytest.mark.parametrize(("names", "regions", "message"), WRONG.values(), ids=WRONG)
def test_a_place_that_is_not_there_is_refused(
    tmp_path: Path, names: list[str], regions: list[str], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Values(project_of(tmp_path), names, regions)
    assert str(caught.value).startswith(message)


def test_an_environment_needs_a_project() -> None:
    with pytest.raises(UsageError, match="there is no project here, so there is no environment to choose"):
        Values(None, ["prod"])


def test_the_same_place_is_found_in_other_settings(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    values, older = Values(project), Values(project, ["prod"])
    assert [older.at(place) is not None for place in values.places] == [False, False, True, True]


STACKS = """\
[tool.stackgen.env.dev]
stacks = ["other"]

[tool.stackgen.env.prod]
stacks = ["tap/TapStack"]

[tool.stackgen.env.all-of-them]
"""


def test_an_environment_has_the_stacks_that_it_names_or_all(tmp_path: Path) -> None:
    values = Values(project_of(tmp_path, STACKS))
    roots = ("tap/TapStack", "tap/other")
    deployed = {place.name: [root for root in roots if values.deploys(place, root)] for place in values.places}
    assert deployed == {"dev": ["tap/other"], "prod": ["tap/TapStack"], "all-of-them": list(roots)}


def test_a_stack_that_the_build_lacks_is_told_on_its_line(tmp_path: Path) -> None:
    values = Values(project_of(tmp_path, STACKS.replace('"other"', '"ohter"')))
    (problem,) = values.problems(build_of())
    assert str(problem).endswith(
        "pyproject.toml:2: env.dev.stacks names 'ohter', and work tree has no such stack\n  did you mean other?"
    )
    assert problem.exit_code == 1


MISSING = """\
[tool.stackgen]
regions = ["us-east-1", "us-west-2"]

[tool.stackgen.env.dev.parameters]
First = "a"

[tool.stackgen.env.prod]
stacks = ["TapStack"]
"""


def test_all_parameters_that_an_environment_lacks_are_told_at_once_and_once(tmp_path: Path) -> None:
    text = {"Type": "String"}
    build = build_of(First=text, Second=text, Third=text, Given={"Type": "String", "Default": ""})
    values = Values(project_of(tmp_path, MISSING), given={"Third": ""})
    found = [(problem.location, problem.message) for problem in values.problems(build)]
    config = str(tmp_path / "pyproject.toml")
    assert found == [
        ((config, 4), "dev gives no value to Second of tap/TapStack"),
        ((config, 4), "dev gives no value to Second of tap/other"),
        ((config, 7), "prod gives no value to First, Second of tap/TapStack"),
    ]


def test_defaults_ask_for_nothing(tmp_path: Path) -> None:
    build = build_of(First={"Type": "String"})
    assert Values(project_of(tmp_path, "[tool.stackgen]\n")).problems(build) == []
    assert Values(None).problems(build) == []


def test_values_for_parameters_that_a_template_lacks_are_not_missed(tmp_path: Path) -> None:
    assert Values(project_of(tmp_path)).problems(build_of(**DEFAULTED)) == []


def test_a_child_that_is_not_there_is_told_in_whatever_environment() -> None:
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./gone.json"}}
    build = Build("b", {"a": Template("a", "a.json", {"Resources": {"N": stack}})})
    (problem,) = Values(None).problems(build)
    assert str(problem) == "a.json: N is made from ./gone.json, and the build has no such template"
