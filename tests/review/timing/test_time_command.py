"""The command: what it reads, prints, draws and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stackgen.commands.time import run
from stackgen.console import Console
from stackgen.errors import OutputFileError, ProjectError, StackgenError, UsageError
from stackgen.review.timing.own import TIMES

SHOP = {
    "shop.json": {
        "Resources": {
            "Network": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./network.json"}},
            "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Network"},
        }
    },
    "network.json": {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}},
    "other.json": {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of templates outside any project, and the folder at hand."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "templates", SHOP)
    return tmp_path


def write(folder: Path, files: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0, **options: Any) -> str:
    console = Console(**options)
    assert run(console, arguments) == code
    console.finish()
    return capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_the_first_line_is_the_verdict_and_every_root_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "templates").splitlines()
    assert lines[0].startswith("typically ")
    assert lines[0].endswith(" for a first creation of shop, which is the longest of 2, longest: Network -> Queue")
    assert any(line.startswith("other: typically ") for line in lines)
    assert any("█" in line for line in lines)


@pytest.mark.usefixtures("folder")
def test_one_root_may_be_chosen_after_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "templates", "other", "--no-chart")
    assert "Network" not in text
    assert "█" not in text


@pytest.mark.usefixtures("folder")
def test_json_has_a_schema_a_version_and_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(said(capsys, "templates", form="json"))
    assert (data["schema"], data["version"]) == ("stackgen/time", 1)
    assert [each["root"] for each in data["estimates"]] == ["other", "shop"]
    assert data["estimates"][1]["seconds"]["typical"] > 0


@pytest.mark.usefixtures("folder")
def test_markdown_begins_with_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "templates", "shop", form="md")
    assert text.startswith("**typically ")
    assert "| from | to | step | type | after |" in text
    assert "```text" in text


@pytest.mark.usefixtures("folder")
def test_operations_monitoring_and_environments(capsys: pytest.CaptureFixture[str]) -> None:
    assert " for the deletion" in said(capsys, "templates", "shop", "--operation", "delete")
    assert "rollback monitoring" in said(capsys, "templates", "shop", "--rollback-monitor", "5")


PROJECT = """\
[tool.stackgen]
regions = ["us-east-1", "eu-west-1"]
[tool.stackgen.env.dev.parameters]
Kind = "small"
[tool.stackgen.env.prod.parameters]
Kind = "large"
"""
SIZED = {
    "Parameters": {"Kind": {"Type": "String"}},
    "Conditions": {"IsLarge": {"Fn::Equals": [{"Ref": "Kind"}, "large"]}},
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Domain": {"Type": "AWS::OpenSearchService::Domain", "Condition": "IsLarge"},
    },
}


def test_environments_differ_and_regions_that_agree_are_told_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "stacks").mkdir()
    write(folder / "build", {"sized.json": SIZED})
    titles = [line.partition(":")[0] for line in said(capsys, environments=("all",)).splitlines() if ": typ" in line]
    assert titles == ["sized in dev/us-east-1, dev/eu-west-1", "sized in prod/us-east-1, prod/eu-west-1"]


@pytest.mark.parametrize(("target", "code", "word"), [("60", 0, "within"), ("0.1", 4, "over")])
@pytest.mark.usefixtures("folder")
def test_a_target_decides_the_exit_code(capsys: pytest.CaptureFixture[str], target: str, code: int, word: str) -> None:
    text = said(capsys, "templates", "shop", "--target", target, code=code)
    assert f"; {word} the target of " in text.splitlines()[0]


def test_the_drawing_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "templates", "shop", "--svg", "chart.svg")
    assert (folder / "chart.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_the_drawing_may_go_into_a_new_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "templates", "shop", "--svg", "new/charts/shop.svg")
    assert (folder / "new" / "charts" / "shop.svg").is_file()


def test_of_several_roots_it_says_which_is_drawn(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Console(), ["templates", "--svg", "chart.svg"]) == 0
    assert capsys.readouterr().err == "chart.svg shows shop, which takes the longest of 2\n"
    assert "first creation" in (folder / "chart.svg").read_text("utf-8")


def test_a_file_in_the_way_of_the_folder_is_told(folder: Path) -> None:
    with pytest.raises(OutputFileError, match=r"templates/shop\.json: cannot be made: "):
        run(Console(), ["templates", "--svg", f"{folder}/templates/shop.json/chart.svg"])


@pytest.mark.usefixtures("folder")
def test_a_value_that_no_chosen_root_takes_is_refused() -> None:
    with pytest.raises(UsageError, match="-p Kind: no stack that is looked at has such a parameter"):
        run(Console(), ["templates", "-p", "Kind=large"])


def test_one_bad_file_does_not_hide_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "templates" / "broken.json").write_text('{"Resources": {')
    assert run(Console(), ["templates"]) == 1
    ran = capsys.readouterr()
    assert "broken.json:1: is not JSON" in ran.err
    assert ran.out.startswith("typically ")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["templates", "shopp"], "there is no template 'shopp'\n  did you mean shop?"),
        (["templates", "--operation", "creat"], "invalid choice: 'creat'"),
        (["templates", "--target", "soon"], "a number of minutes was expected, not 'soon'"),
        (["templates", "--rollback-monitor", "-1"], "a number of minutes was expected"),
        (["templates", "--accounts", "0"], "a number above 0 was expected, not '0'"),
        (["templates", "--acounts", "2"], "did you mean --accounts?"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_wrong_words_are_refused(arguments: list[str], expected: str) -> None:
    with pytest.raises(UsageError) as raised:
        run(Console(), arguments)
    assert expected in str(raised.value)


@pytest.mark.usefixtures("folder")
def test_a_format_that_it_does_not_know_is_refused() -> None:
    with pytest.raises(UsageError, match="one of text, json, md was expected"):
        run(Console(form="sarif"), ["templates"])


@pytest.mark.usefixtures("folder")
def test_without_words_it_needs_a_project() -> None:
    with pytest.raises(ProjectError, match="no project in"):
        run(Console(), [])


def test_a_cycle_is_told_with_its_file(folder: Path) -> None:
    cycle = {"A": {"Type": "T::T::T", "DependsOn": "B"}, "B": {"Type": "T::T::T", "DependsOn": "A"}}
    write(folder / "cycle", {"cycle.json": {"Resources": cycle}})
    with pytest.raises(StackgenError, match=r"cycle/cycle\.json: these wait for each other"):
        run(Console(), ["cycle"])


EVENTS = [
    {
        "StackId": "arn",
        "LogicalResourceId": "Topic",
        "ResourceType": "AWS::SNS::Topic",
        "ResourceStatus": f"CREATE_{status}",
        "Timestamp": f"2026-11-20T10:0{minute}:00Z",
    }
    for minute, status in [(0, "IN_PROGRESS"), (5, "COMPLETE")]
]


def test_what_is_learned_is_used_by_the_next_estimate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"events.json": EVENTS})
    before = json.loads(said(capsys, "templates", "other", form="json"))["estimates"][0]
    text = said(capsys, "learn", "events.json")
    assert text == f"1 sample of 1 operation learned, 1 row in {TIMES}\n"
    after = json.loads(said(capsys, "templates", "other", form="json"))["estimates"][0]
    assert after["seconds"]["typical"] > before["seconds"]["typical"] + 200
    assert after["bases"]["learned"] == 1


def test_learned_times_may_lie_elsewhere(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"events.json": EVENTS})
    data = json.loads(said(capsys, "learn", "events.json", "--into", "own/times.csv", form="json"))
    assert (data["schema"], data["samples"], data["rows"]) == ("stackgen/time-learn", 1, 1)
    assert not (folder / TIMES).exists()
    text = said(capsys, "templates", "other", "--times", "own/times.csv", "--no-chart")
    assert "learned 1" in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["learn", "gone.json"], "gone.json: cannot be read: No such file"),
        (["learn", "broken.json"], "broken.json:1: is not JSON"),
        (["templates", "--times", "gone.csv"], "gone.csv: cannot be read"),
        (["templates", "--times", "broken.json"], "is no table of times"),
    ],
)
def test_files_that_cannot_be_read_are_refused(folder: Path, arguments: list[str], expected: str) -> None:
    (folder / "broken.json").write_text("{")
    with pytest.raises(OutputFileError) as raised:
        run(Console(), arguments)
    assert expected in str(raised.value)


@pytest.mark.usefixtures("folder")
def test_learning_needs_a_file() -> None:
    with pytest.raises(UsageError, match="FILE"):
        run(Console(), ["learn"])
