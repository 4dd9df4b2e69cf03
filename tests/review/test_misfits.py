"""Values that fit no parameter: each told with its line, the likely name, and never with a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.errors import UsageError
from stackgen.project import Project
from stackgen.review.environments import Values
from stackgen.review.misfits import refuse_unknown
from stackgen.review.model import Build, Template

if TYPE_CHECKING:
    from pathlib import Path

NESTED = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./inner.json"}}
SIZE = {"Type": "Number", "Default": 1, "MinValue": 1, "MaxValue": 16}
STAGE = {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"]}
SECRET = {"Type": "String", "Default": "0123456789", "MinLength": 8, "NoEcho": True}
PARAMETERS: dict[str, dict[str, Any]] = {
    "app": {"Size": SIZE, "Stage": STAGE, "Secret": SECRET},
    "other": {"Stage": STAGE},
}


def build_of(parameters: dict[str, dict[str, Any]], *unread: str) -> Build:
    """Two roots, and a template that the first nests, whose parameters are its own."""
    contents: dict[str, dict[str, Any]] = {
        name: {"Parameters": each, "Resources": {"Inner": NESTED}} for name, each in parameters.items()
    }
    contents["inner"] = {"Parameters": {"Inside": {"Type": "String"}}, "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    templates = {f"tap/{name}": Template(f"tap/{name}", f"{name}.json", each) for name, each in contents.items()}
    build = Build("work tree", templates)
    build.unread = frozenset(unread)
    return build


BUILD = build_of(PARAMETERS)


def told(folder: Path, text: str, build: Build = BUILD, **given: str) -> list[str]:
    """The problems, each as ``line: message; hint``."""
    (folder / "stacks").mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(text, "utf-8")
    problems = Values(Project.find(folder), given=given).problems(build)
    assert all(problem.exit_code == 1 for problem in problems)
    lines = [problem.location[1] if problem.location else 0 for problem in problems]
    texts = ["; ".join([problem.message, *problem.hints]) for problem in problems]
    return [f"{line}: {text}" for line, text in zip(lines, texts, strict=True)]


ENV = "[tool.stackgen.env.prod.parameters]\n"
REGION = '[tool.stackgen.env.prod]\nregions = ["us-east-1"]\n[tool.stackgen.env.prod.region.us-east-1.parameters]\n'
STACK = "[tool.stackgen.stack.app.parameters]\n"
REFUSED = "CloudFormation would refuse it for"
MISFITS: dict[str, tuple[str, list[str]]] = {
    "all is well": (f'{ENV}Size = 16\nStage = "prod"\n', []),
    "a misspelt parameter": (
        f'{ENV}Size = 2\nStege = "prod"\n',
        ["3: env.prod.parameters: no stack of work tree has a parameter 'Stege'; did you mean Stage?"],
    ),
    "one of a nested stack": (
        f'{ENV}Inside = "x"\n',
        ["2: env.prod.parameters: no stack of work tree has a parameter 'Inside'; did you mean Size?"],
    ),
    "one of a region": (
        f"{REGION}Siez = 2\n",
        ["4: env.prod.region.us-east-1.parameters: no stack of work tree has a parameter 'Siez'; did you mean Size?"],
    ),
    "one of a stack": (
        f"{STACK}Siez = 2\n",
        ["2: stack.app.parameters: tap/app has no parameter 'Siez'; did you mean Size?"],
    ),
    "one that another stack has": (
        "[tool.stackgen.stack.other.parameters]\nSize = 2\n",
        ["2: stack.other.parameters: tap/other has no parameter 'Size'; known: Stage"],
    ),
    "a misspelt stack": (
        "[tool.stackgen.stack.othr.parameters]\nSize = 2\n",
        ["1: stack.othr is for a stack that work tree has not; did you mean other?"],
    ),
    "a nested stack": (
        "[tool.stackgen.stack.inner.parameters]\nInside = 2\n",
        ["1: stack.inner is for a stack that work tree has not; it is nested, and the stack above gives it its values"],
    ),
    "a number that is too large": (
        f"{ENV}Size = 17\n",
        ["2: env.prod.parameters.Size = '17' is above 16: CloudFormation would refuse it for tap/app"],
    ),
    "a value that two stacks refuse": (
        f'{ENV}Stage = "test"\n',
        [
            f"2: env.prod.parameters.Stage = 'test' is not one of dev, prod: {REFUSED} tap/app, tap/other"
        ],
    ),
    "a secret that is too short": (
        f'{STACK}Secret = "hunter2"\n',
        ["2: stack.app.parameters.Secret is shorter than 8 characters: CloudFormation would refuse it for tap/app"],
    ),
    "a value that a nearer one replaces": (f"{STACK}Size = 17\n{ENV}Size = 2\n", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISFITS.values(), ids=MISFITS)
def test_settings_that_fit_nothing_are_told_on_their_lines(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert told(tmp_path, f"{text}[tool.stackgen]\n") == expected


def test_a_value_of_the_command_line_is_told_without_a_line(tmp_path: Path) -> None:
    expected = ["0: -p Size = 'many' is not a number: CloudFormation would refuse it for tap/app"]
    assert told(tmp_path, "[tool.stackgen]\n", Size="many") == expected


def test_without_a_project_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGEN_PARAM_Size", "0")
    assert [str(each) for each in Values(None).problems(BUILD)] == [
        "STACKGEN_PARAM_Size = '0' is below 1: CloudFormation would refuse it for tap/app"
    ]


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    (problem,) = told(tmp_path, "[tool.stackgen]\n", Stage="x" * 500)
    assert "…' is not one of" in problem
    assert len(problem) < 200


def test_neither_a_secret_nor_what_it_may_be_is_shown(tmp_path: Path) -> None:
    declared: dict[str, dict[str, Any]] = {"app": {"It": {**SECRET, "AllowedValues": ["correct-horse"]}}}
    assert told(tmp_path, "[tool.stackgen]\n", build_of(declared), It="hunter2-hunter2") == [
        f"0: -p It is not one of its AllowedValues: {REFUSED} tap/app"
    ]


@pytest.mark.parametrize("declared", [{"MinLength": "many"}, {"AllowedValues": 3}, {"Type": "Number", "MinValue": {}}])
def test_a_declaration_that_is_wrong_itself_is_for_lint(tmp_path: Path, declared: dict[str, Any]) -> None:
    build = build_of({"app": {"It": {"Type": "String", "Default": "1", **declared}}})
    assert told(tmp_path, "[tool.stackgen]\n", build, It="2") == []


def test_a_required_parameter_is_told_with_the_name_that_was_meant(tmp_path: Path) -> None:
    declared: dict[str, dict[str, Any]] = {"app": {"TemplatesBucketName": {"Type": "String"}}}
    build = build_of(declared)
    missing, unknown = told(tmp_path, '[tool.stackgen.env.prod.parameters]\nTemplateBucketName = "b"\n', build)
    assert missing.startswith(
        "1: prod gives no value to TemplatesBucketName of tap/app; TemplateBucketName is given; did"
    )
    assert unknown.startswith("2: env.prod.parameters: no stack of work tree has a parameter 'TemplateBucketName'; did")


def test_what_an_unread_file_may_declare_is_not_missed(tmp_path: Path) -> None:
    text = '[tool.stackgen.stack.gone.parameters]\nA = "b"\n[tool.stackgen.env.prod.parameters]\nB = "b"\n'
    text += '[tool.stackgen.env.prod]\nstacks = ["gone", "app"]\n'
    assert told(tmp_path, text, build_of(PARAMETERS, "tap/gone")) == []


def test_a_template_that_may_be_nested_in_an_unread_one_needs_no_value(tmp_path: Path) -> None:
    contents: dict[str, dict[str, Any]] = {"app": {"It": {"Type": "String"}}}
    text = "[tool.stackgen.env.prod]\n"
    assert len(told(tmp_path, text, build_of(contents))) == 1
    assert told(tmp_path, text, build_of(contents, "tap/gone")) == []
    assert len(told(tmp_path, text + 'stacks = ["app"]\n', build_of(contents, "tap/gone"))) == 1


UNKNOWN = {
    "a misspelt one": ("Sise", ["tap/app"], "did you mean Size"),
    "one of a stack that is not looked at": ("Size", ["tap/other"], "known: Stage"),
    "one of a nested stack": ("Inside", ["tap/app"], "it is one of tap/inner, to which the stack above gives"),
}


@pytest.mark.parametrize(("name", "roots", "hint"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_value_that_no_stack_takes_is_refused(name: str, roots: list[str], hint: str) -> None:
    with pytest.raises(UsageError, match=f"-p {name}: no stack that is looked at has such a parameter") as caught:
        refuse_unknown([name], [BUILD], roots)
    assert hint in str(caught.value)


def test_a_value_that_some_stack_takes_is_not_refused() -> None:
    builds = [build_of({"other": {}}), BUILD]
    for names in (["Size"], ["Stage"], ["Size", "Stage"]):
        refuse_unknown(names, builds, ["tap/other", "tap/app"])
        with pytest.raises(UsageError, match="-p Nobody: no stack"):
            refuse_unknown([*names, "Nobody"], builds, ["tap/other", "tap/app"])


def test_what_an_unread_file_may_declare_is_not_refused() -> None:
    unread, read = build_of(PARAMETERS, "tap/gone"), build_of(PARAMETERS)
    refuse_unknown(["Nobody"], [unread], ["tap/app"])
    with pytest.raises(UsageError, match="-p Nobody: no stack"):
        refuse_unknown(["Nobody"], [read], ["tap/app"])
