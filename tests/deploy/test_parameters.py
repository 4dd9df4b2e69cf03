"""Who gives a parameter its value: every origin, and which of two is nearer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.deploy.resolving import Wish, resolve
from stackgen.deploy.showing import parameters_of
from stackgen.errors import ProjectError, StackgenError, UsageError
from tests.deploy.test_resolving import project_of

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.deploy.resolving import Resolved


class Origin(NamedTuple):
    """A place that gives ``Size`` a value, and what it is called."""

    text: str
    shown: str
    settings: str = ""


ORIGINS = [
    Origin("0", "default"),
    Origin("1", "stack.shop-stack.parameters:{line}", "[tool.stackgen.stack.shop-stack.parameters]\nSize = 1\n"),
    Origin("2", "regions.json:1"),
    Origin("3", "dev.json:1"),
    Origin("4", "env.dev.parameters:{line}", "[tool.stackgen.env.dev.parameters]\nSize = 4\n"),
    Origin(
        "5",
        "env.dev.region.us-east-1.parameters:{line}",
        "[tool.stackgen.env.dev.region.us-east-1.parameters]\nSize = 5\n",
    ),
    Origin("6", "STACKGEN_PARAM_Size"),
    Origin("7", "given.toml:1"),
    Origin("8", "-p"),
]
"""The nearest last."""

TEMPLATE = {"Parameters": {"Size": {"Type": "Number", "Default": 0}}, "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}


def found_with(folder: Path, chosen: set[int], monkeypatch: pytest.MonkeyPatch) -> tuple[Resolved, dict[int, int]]:
    """The deployment where some of the origins give a value, and the lines of those in the settings."""
    monkeypatch.chdir(folder)
    text = '[tool.stackgen]\n[tool.stackgen.env.dev]\nstacks = ["shop-stack"]\n[tool.stackgen.stack.shop-stack]\n'
    for number, setting, content in ((2, "regions_file", '{"us-east-1": {"Size": 2}}'), (3, "parameter_files", "[]")):
        if number in chosen:
            name = ORIGINS[number].shown.partition(":")[0]
            text += f'{setting} = "{name.replace("dev", "{env}")}"\n'
            array = [{"ParameterKey": "Size", "ParameterValue": 3}]
            (folder / name).write_text(content if number == 2 else json.dumps(array))
    lines = {}
    for number in sorted(chosen):
        text += ORIGINS[number].settings
        lines[number] = len(text.splitlines())
    (folder / "given.toml").write_text("Size = 7\n")
    monkeypatch.delenv("STACKGEN_PARAM_Size", raising=False)
    if 6 in chosen:
        monkeypatch.setenv("STACKGEN_PARAM_Size", "6")
    project, build = project_of(folder, text, **{"shop/shop-stack": TEMPLATE})
    wish = Wish(given={"Size": "8"} if 8 in chosen else {}, files=["given.toml"] if 7 in chosen else [])
    (found,) = resolve(project, build, wish)
    return found, lines


@pytest.mark.requirement("PP-17", "PP-37", "PP-D31")
@settings(deadline=None, max_examples=60)
@given(st.sets(st.sampled_from(range(1, 9))))
def test_the_nearest_counts_whichever_there_are(tmp_path_factory: pytest.TempPathFactory, chosen: set[int]) -> None:
    """a value of a file or of a region wins over one that is nearer, or two are handed to CloudFormation"""
    with pytest.MonkeyPatch.context() as monkeypatch:
        found, lines = found_with(tmp_path_factory.mktemp("shop"), chosen, monkeypatch)
        nearest = max(chosen | {0})
        assert not found.problems
        assert found.target.texts == {"Size": ORIGINS[nearest].text}
        shown = parameters_of(found)["Size"]
        assert shown == (ORIGINS[nearest].text, ORIGINS[nearest].shown.format(line=lines.get(nearest)))


REGIONS = '[tool.stackgen]\n[tool.stackgen.env.dev]\n[tool.stackgen.stack.shop-stack]\nregions_file = "regions.json"\n'
CHECK = """
[tool.stackgen.stack.shop-stack.checks.Models]
service = "bedrock"
operation = "list_foundation_models"
values = "modelSummaries[].modelId"
"""


@pytest.mark.requirement("PP-D36")
def test_what_a_file_of_regions_says_is_a_parameter_or_declared_as_a_check(tmp_path: Path) -> None:
    """an unknown key of a region is handed to CloudFormation, or is silently left out"""
    (tmp_path / "regions.json").write_text('{"us-east-1": {"Size": 2, "Models": ["a"]}}')
    only = {"shop/shop-stack": TEMPLATE}
    (found,) = resolve(*project_of(tmp_path, REGIONS + CHECK, **only), Wish(["shop-stack"]))
    assert (found.target.texts, found.problems) == ({"Size": "2"}, ())
    (found,) = resolve(*project_of(tmp_path, REGIONS, **only), Wish(["shop-stack"]))
    (problem,) = found.problems
    assert "regions.json:1: shop/shop-stack has no parameter 'Models'" in str(problem)


def test_a_region_of_which_the_file_says_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "regions.json").write_text('{"us-east-2": {"Size": 2}}')
    with pytest.raises(
        ProjectError, match=r"regions.json: says nothing of us-east-1, to which the stack goes"
    ) as caught:
        resolve(*project_of(tmp_path, REGIONS, **{"shop/shop-stack": TEMPLATE}), Wish(["shop-stack"]))
    assert "did you mean us-east-2?" in str(caught.value)


def test_a_file_of_an_environment_that_is_not_there_is_told_with_who_names_it(tmp_path: Path) -> None:
    text = REGIONS.replace('regions_file = "regions.json"', 'parameter_files = "{env}.json"')
    (tmp_path / "dve.json").write_text("[]")
    with pytest.raises(ProjectError) as caught:
        resolve(*project_of(tmp_path, text, **{"shop/shop-stack": TEMPLATE}), Wish(["shop-stack"]))
    assert str(caught.value).splitlines()[1:] == [
        "  did you mean dve.json?",
        "  stack.shop-stack.parameter_files names it",
    ]


UNKNOWN: dict[str, tuple[dict[str, Any], str, type[StackgenError], str]] = {
    "of the command line": ({"given": {"Sise": "1"}}, "", UsageError, "-p Sise: shop/shop-stack has no parameter of"),
    "of a stack": (
        {}, "[tool.stackgen.stack.shop-stack.parameters]\nSise = 1\n", ProjectError,
        "stack.shop-stack.parameters: shop/shop-stack has no parameter 'Sise'",
    ),
    "of an environment": (
        {}, "[tool.stackgen.env.dev.parameters]\nSise = 1\n", ProjectError,
        "env.dev.parameters: no stack has a parameter 'Sise'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_value_that_nobody_takes_is_told_with_the_likely_name(tmp_path: Path, name: str) -> None:
    options, more, kind, message = UNKNOWN[name]
    text = "[tool.stackgen]\n[tool.stackgen.env.dev]\n" + more
    wish = Wish(["shop-stack"], **options)
    (found,) = resolve(*project_of(tmp_path, text, **{"shop/shop-stack": TEMPLATE}), wish)
    (problem,) = found.problems
    assert type(problem) is kind
    assert message in str(problem)
    assert "did you mean Size?" in str(problem)


def test_a_value_of_an_environment_may_be_another_stacks(tmp_path: Path) -> None:
    text = "[tool.stackgen]\n[tool.stackgen.env.dev]\nparameters.Level = 1\n"
    (found,) = resolve(*project_of(tmp_path, text, **{"shop/shop-stack": TEMPLATE}), Wish(["shop-stack"]))
    assert (found.problems, found.target.texts) == ((), {"Size": "0"})
