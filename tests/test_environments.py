"""The environments of a project: what each says, and what is refused in them, on its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.environments import Settings, chosen, environments_of, from_variables, given, stack_parameters
from stackgen.errors import ProjectError, UsageError
from stackgen.project import Project

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """\
[tool.stackgen]
regions = ["us-east-1", "us-west-2"]

[tool.stackgen.env.dev]

[tool.stackgen.env.prod]
account = "111111111111"
regions = ["eu-west-1", "us-gov-west-1"]
stacks = ["tap/TapStack"]

[tool.stackgen.env.prod.parameters]
Text = "a"
Number = 8
Fraction = 1.5
Switch = true
List = ["a", 1, true]
Empty = ""

[tool.stackgen.env.prod.region.eu-west-1.parameters]
Number = 9

[tool.stackgen.stack.TapStack.parameters]
Bucket = "b"
"""


def project_of(folder: Path, text: str, name: str = "pyproject.toml") -> Project:
    (folder / "stacks").mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return Project.find(folder)


def test_an_environment_says_where_and_with_which_values(tmp_path: Path) -> None:
    found = environments_of(project_of(tmp_path, SETTINGS))
    assert found["prod"] == Settings(
        "prod",
        "111111111111",
        ("eu-west-1", "us-gov-west-1"),
        ("tap/TapStack",),
        {"Text": "a", "Number": "8", "Fraction": "1.5", "Switch": "true", "List": "a,1,true", "Empty": ""},
        {"eu-west-1": {"Number": "9"}},
    )


def test_an_empty_environment_has_the_projects_regions(tmp_path: Path) -> None:
    dev = environments_of(project_of(tmp_path, SETTINGS))["dev"]
    assert dev == Settings("dev", "", ("us-east-1", "us-west-2"), (), {}, {})


def test_a_project_may_have_no_environment(tmp_path: Path) -> None:
    project = project_of(tmp_path, "[tool.stackgen]\n")
    assert (environments_of(project), stack_parameters(project), chosen(project, ["all"])) == ({}, {}, [])


def test_values_of_a_stack_are_for_it_alone(tmp_path: Path) -> None:
    assert stack_parameters(project_of(tmp_path, SETTINGS)) == {"TapStack": {"Bucket": "b"}}


def test_a_file_of_its_own_has_the_tables_at_the_top(tmp_path: Path) -> None:
    text = '[env.prod.parameters]\nA = "b"\n\n[stack.X.parameters]\nC = 1\n'
    project = project_of(tmp_path, text, "stackgen.toml")
    assert environments_of(project)["prod"].parameters == {"A": "b"}
    assert stack_parameters(project) == {"X": {"C": "1"}}


CHOSEN = [
    ([], ["dev", "prod"]),
    (["all"], ["dev", "prod"]),
    (["prod"], ["prod"]),
    (["prod", "dev", "prod"], ["prod", "dev"]),
    (["prod", "all"], ["dev", "prod"]),
    (["dev", "prod"], ["dev", "prod"]),
]


@pytest.mark.parametrize(("names", "expected"), CHOSEN)
def test_names_choose_environments(tmp_path: Path, names: list[str], expected: list[str]) -> None:
    assert [each.name for each in chosen(project_of(tmp_path, SETTINGS), names)] == expected


UNKNOWN = [
    ("prd", "did you mean prod?"),
    ("staging", "known: dev, prod"),
    ("PROD", "did you mean prod?"),
    ("", "known"),
    ("dev,prod", "-e is repeated for several: -e dev -e prod"),
]


@pytest.mark.parametrize(("name", "hint"), UNKNOWN)
def test_an_unknown_environment_is_refused_with_the_likely_one(tmp_path: Path, name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(project_of(tmp_path, SETTINGS), [name])
    assert f"the project has no environment {name!r}" in str(caught.value)
    assert hint in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_project_without_environments_says_where_one_is_added(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"add it to the project: \[tool\.stackgen\.env\.NAME\]"):
        chosen(project_of(tmp_path, "[tool.stackgen]\n"), ["prod"])


WRONG: dict[str, tuple[str, str]] = {
    "a misspelt setting": (
        '[tool.stackgen.env.prod]\nregoins = ["eu-west-1"]  # HERE\n',
        "env.prod: unknown setting 'regoins'\n  did you mean regions?",
    ),
    "a misspelt table": (
        '[tool.stackgen.env.prod]\n\n[tool.stackgen.env.prod.paramters]  # HERE\nA = "b"\n',
        "env.prod: unknown setting 'paramters'\n  did you mean parameters?",
    ),
    "a misspelt table around another": (
        '[tool.stackgen.env.prod]\n\n[tool.stackgen.env.prod.regoin.eu-west-1.parameters]  # HERE\nA = "b"\n',
        "env.prod: unknown setting 'regoin'\n  did you mean region?",
    ),
    "a misspelt table in a region": (
        '[tool.stackgen.env.prod.region.eu-west-1.parametres]  # HERE\nA = "b"\n',
        "env.prod.region.eu-west-1: unknown setting 'parametres'\n  did you mean parameters?",
    ),
    "a value beside its table": (
        '[tool.stackgen.env.dev]\n\n[tool.stackgen.env.prod]\nEnvironmentSuffix = "prod"  # HERE\n',
        "env.prod: unknown setting 'EnvironmentSuffix'",
    ),
    "the same setting in two environments": (
        '[tool.stackgen.env.dev]\nregions = ["eu-west-1"]\n\n[tool.stackgen.env.prod]\nregions = "eu-west-1"  # HERE\n',
        "env.prod.regions is 'eu-west-1', but a list of texts was expected",
    ),
    "an account as a number": (
        "[tool.stackgen.env.prod]\naccount = 111111111111  # HERE\n",
        "env.prod.account is 111111111111, but a text was expected",
    ),
    "an account of eleven digits": (
        '[tool.stackgen.env.prod]\naccount = "11111111111"  # HERE\n',
        "env.prod.account is '11111111111', but the 12 digits of an account, as a text was expected",
    ),
    "no regions": (
        "[tool.stackgen.env.prod]\nregions = []  # HERE\n", "env.prod.regions is [], but a list of texts was expected",
    ),
    "a list of numbers": (
        "[tool.stackgen.env.prod]\nstacks = [1]  # HERE\n", "env.prod.stacks is [1], but a list of texts was expected",
    ),
    "parameters that are no table": (
        '[tool.stackgen.env.prod]\nparameters = "a"  # HERE\n', "env.prod.parameters is 'a', but a table was expected",
    ),
    "an environment that is no table": (
        '[tool.stackgen.env]\nprod = "a"  # HERE\n', "env.prod is 'a', but a table was expected",
    ),
    "a region that is no table": (
        '[tool.stackgen.env.prod.region]\neu-west-1 = "a"  # HERE\n',
        "env.prod.region.eu-west-1 is 'a', but a table was expected",
    ),
    "a region that is none": (
        "[tool.stackgen.env.prod.region.Ireland.parameters]  # HERE\n",
        "env.prod.region is 'Ireland', but the name of a region was expected",
    ),
    "a date for a value": (
        "[tool.stackgen.env.prod.parameters]\nWhen = 2012-10-17  # HERE\n",
        "env.prod.parameters.When is datetime.date(2012, 10, 17), but a text, a number, true, false or a list of them",
    ),
    "a table for a value": (
        "[tool.stackgen.env.prod.parameters]\nIt = { a = 1 }  # HERE\n",
        "env.prod.parameters.It is {'a': 1}, but a text, a number, true, false or a list of them",
    ),
    "a list of lists for a value": (
        "[tool.stackgen.env.prod.region.eu-west-1.parameters]\nIt = [[1]]  # HERE\n",
        "env.prod.region.eu-west-1.parameters.It is [[1]], but a text, a number, true, false or a list of them",
    ),
    "quotes around names": (
        "[tool.stackgen.env.\"prod\".region.'eu-west-1'.parameters]\n'It' = [[1]]  # HERE\n",
        "env.prod.region.eu-west-1.parameters.It is [[1]]",
    ),
    "a misspelt setting of a stack": (
        '[tool.stackgen.stack.X.parameter]  # HERE\nA = "b"\n',
        "stack.X: unknown setting 'parameter'\n  did you mean parameters?",
    ),
    "a stack that is no table": (
        "[tool.stackgen.stack]\nX = 5  # HERE\n", "stack.X is 5, but a table was expected",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_refused_on_its_line(tmp_path: Path, text: str, message: str) -> None:
    project = project_of(tmp_path, text)
    line = 1 + next(number for number, each in enumerate(text.splitlines()) if each.endswith("# HERE"))
    with pytest.raises(ProjectError) as caught:
        (environments_of(project), stack_parameters(project))
    assert caught.value.location == (str(project.config), line)
    assert message in str(caught.value)


GIVEN: list[tuple[list[str], dict[str, str]]] = [
    ([], {}),
    (["A=b"], {"A": "b"}),
    (["A=b", "C="], {"A": "b", "C": ""}),
    (["A=b=c", "A=d"], {"A": "d"}),
    (["A= b , c"], {"A": " b , c"}),
]


@pytest.mark.parametrize(("words", "expected"), GIVEN)
def test_values_are_given_on_the_command_line(words: list[str], expected: dict[str, str]) -> None:
    assert given(words) == expected


@pytest.mark.parametrize("word", ["A", "=b", "", "A-B=c", "A B=c"])
def test_a_value_without_a_name_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="Name=Value was expected"):
        given([word])


def test_values_are_given_by_the_processs_environment() -> None:
    environ = {"STACKGEN_PARAM_A": "b", "STACKGEN_PARAM_Empty": "", "STACKGEN_TAG_C": "d", "A": "e"}
    assert from_variables(environ) == {"A": "b", "Empty": ""}


OLDER: dict[str, tuple[str, list[str] | None]] = {
    "other environments": ('[tool.stackgen.env.old]\naccount = "111111111111"\n', ["old"]),
    "no environments": ("[tool.stackgen]\n", None),
    "no settings": ("[project]\nname = 'x'\n", None),
    "what is no TOML": ("[tool.stackgen\n", None),
    "a tool that is no table": ("tool = 5\n", None),
    "settings that are no table": ("[tool]\nstackgen = 5\n", None),
    "environments that are no table": ("[tool.stackgen]\nenv = 5\n", None),
    "a setting that is refused today": ("[tool.stackgen.env.old]\nacount = 'x'\n", None),
    "a stack that is refused today": ("[tool.stackgen.env.old]\n[tool.stackgen.stack]\nX = 5\n", None),
}


@pytest.mark.parametrize(("text", "expected"), OLDER.values(), ids=OLDER)
def test_settings_of_another_commit_count_where_they_can_be_read(
    tmp_path: Path, text: str, expected: list[str] | None
) -> None:
    project = project_of(tmp_path, SETTINGS)
    older = project.with_settings(text)
    assert (older and list(environments_of(older))) == expected
    assert older is None or (older.build, older.regions) == (project.build, project.regions)
