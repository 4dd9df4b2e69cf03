"""``graph``, as it is run: what it reads, what it prints, what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from stackgen.commands.graph import MOST_DRAWN, run
from stackgen.console import Console
from stackgen.errors import OutputFileError, ProjectError, UsageError

ROOT = Path(__file__).parents[3]
NETWORK = {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}, "Net": {"Type": "AWS::EC2::Subnet", "DependsOn": "Vpc"}}}
SHOP = {
    "Resources": {"Network": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./network.json"}}}
}


def write(folder: Path, **templates: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in templates.items():
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.stackgen]\nstacks = "stacks"\n', "utf-8")
    (tmp_path / "stacks").mkdir()
    write(tmp_path / "build" / "shop", shop=SHOP, network=NETWORK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_build_of_the_project_is_drawn_in_mermaid(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Console(), []) == 0
    out, err = capsys.readouterr()
    assert "flowchart LR" in out
    assert 'subgraph s1["shop/shop"]' in out
    assert "drawing 2 stacks, 2 resources" in err
    assert str(project) not in out


@pytest.mark.parametrize(
    ("form", "start"), [("mermaid", "%%{init"), ("dot", "digraph"), ("svg", "<svg "), ("text", "%%{init")]
)
@pytest.mark.usefixtures("project")
def test_each_format_begins_as_it_does(form: str, start: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Console(form=form), []) == 0
    assert capsys.readouterr().out.startswith(start)


@pytest.mark.parametrize(
    ("name", "start"), [("a.svg", "<svg "), ("a.dot", "digraph"), ("a.gv", "digraph"), ("a.md", "%%{init")]
)
def test_the_name_of_the_file_chooses_the_format(project: Path, name: str, start: str) -> None:
    console = Console(output=str(project / name), quiet=True)
    assert run(console, []) == 0
    console.finish()
    assert (project / name).read_text("utf-8").startswith(start)


@pytest.mark.parametrize("word", ["network", "shop/network", "network.json"])
@pytest.mark.usefixtures("project")
def test_one_stack_is_chosen_by_its_name(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Console(), [word]) == 0
    out = capsys.readouterr().out
    assert 'subgraph s1["shop/network"]' in out
    assert "Network" not in out


def test_a_folder_is_drawn_without_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "templates", network=NETWORK)
    monkeypatch.chdir(tmp_path)
    assert run(Console(), ["templates", "network"]) == 0
    assert '"network"' in capsys.readouterr().out
    with pytest.raises(ProjectError, match="no project in"):
        run(Console(), [])


@pytest.mark.usefixtures("project")
def test_depth_closes_what_lies_deeper(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Console(), ["--depth", "1"]) == 0
    out = capsys.readouterr().out
    assert "2 resources" in out
    assert "Vpc" not in out.replace("EC2 VPC", "")


def test_a_closed_stack_counts_what_changes_in_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    topics = {f"Topic{at}": {"Type": "AWS::SNS::Topic"} for at in range(3)}
    write(project / "base" / "shop", shop=SHOP, network=NETWORK)
    write(project / "build" / "shop", network={"Resources": {**NETWORK["Resources"], **topics}})
    run(Console(form="svg"), ["--depth", "1", "--changed", "base"])
    out = capsys.readouterr().out
    assert ">5 resources</text>" in out
    assert ">+ 3 added</text>" in out


@pytest.mark.usefixtures("project")
def test_types_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    run(Console(), ["--types"])
    assert "EC2 Subnet" in capsys.readouterr().out
    run(Console(), ["--no-types"])
    assert "EC2 Subnet" not in capsys.readouterr().out


def test_all_draws_every_resource(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "build", many={"Resources": {f"Topic{at}": {"Type": "AWS::SNS::Topic"} for at in range(3)}})
    run(Console(), ["many"])
    assert "Topic0-2" in capsys.readouterr().out
    run(Console(), ["many", "--all"])
    assert "Topic1" in capsys.readouterr().out


def git(folder: Path, *words: str) -> None:
    names = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *names, *words], check=True, capture_output=True)


def test_changed_colours_what_differs_from_a_commit(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "one")
    changed = {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}}
    changed["Resources"]["Bucket"] = {"Type": "AWS::S3::Bucket", "Properties": {}}
    write(project / "build" / "shop", network=changed)
    assert run(Console(form="svg"), ["--changed", "HEAD"]) == 0
    text = capsys.readouterr().out
    ET.fromstring(text)  # noqa: S314  our own text
    for line in ("± Vpc", "+ Bucket", "- Net"):  # the range of a VPC is create-only
        assert f">{line}</text>" in text
    assert "changes since HEAD" in text


def test_changed_takes_a_folder_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "base" / "shop", shop=SHOP, network=NETWORK, old=NETWORK)
    run(Console(form="svg"), ["--changed", "base"])
    out = capsys.readouterr().out
    assert ">- shop/old</text>" in out
    assert "~" not in out.partition("</style>")[2].partition("<text")[2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["netwrok"], "no template 'netwrok' in the build"),
        (["--depth", "deep"], "a number of levels was expected"),
        (["--depth", "-1"], "depth"),
        (["--chnged", "HEAD"], "unrecognized arguments"),
        (["--changed", "nowhere-at-all"], "nowhere-at-all|git repository"),
    ],
)
@pytest.mark.usefixtures("project")
def test_wrong_words_are_refused(words: list[str], message: str) -> None:
    with pytest.raises((UsageError, OutputFileError), match=message):
        run(Console(), words)


@pytest.mark.usefixtures("project")
def test_a_wrong_format_is_refused() -> None:
    with pytest.raises(UsageError, match="one of text, mermaid, dot, svg was expected"):
        run(Console(form="png"), [])


def test_a_name_that_two_templates_share_is_refused(project: Path) -> None:
    write(project / "build" / "other", network=NETWORK)
    with pytest.raises(UsageError, match="may be other/network or shop/network"):
        run(Console(), ["network"])


def test_one_bad_file_does_not_hide_the_others(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "build" / "bad.json").write_text('{"Resources": {', "utf-8")
    assert run(Console(), []) == 1
    out, err = capsys.readouterr()
    assert "Vpc" in out
    assert "bad.json:1: is not JSON" in err


def many(number: int) -> dict[str, Any]:
    """Resources that nothing can fold: each has a type of its own."""
    return {"Resources": {f"R{at}": {"Type": f"AWS::Many::T{at}", "DependsOn": f"R{at // 3}"} for at in range(number)}}


def test_above_a_number_an_svg_shows_boxes_only_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "build", large=many(5000))
    assert run(Console(form="svg"), ["large", "--all"]) == 0
    out, err = capsys.readouterr()
    assert "5,000 resources" in out
    assert f"5,000 nodes are more than the {MOST_DRAWN:,} that an SVG shows; the stacks stay closed" in err


def test_mermaid_stays_within_what_github_draws_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "build", large=many(2000))
    assert run(Console(), ["large"]) == 0
    out, err = capsys.readouterr()
    assert "2,000 resources" in out
    assert "Mermaid draws at most 50,000 characters and 500 arrows" in err
    assert run(Console(form="dot"), ["large", "--all"]) == 0
    assert "R1999" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_the_same_build_is_drawn_the_same_in_every_process(form: str) -> None:
    words = [sys.executable, "-m", "stackgen", "graph", "--format", form]
    texts = {
        subprocess.run(
            words, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_nothing_heavy_is_loaded() -> None:
    program = (
        "import sys; import stackgen.commands.graph, stackgen.review.picture.svg, stackgen.review.picture.dot; "
        "print([name for name in ('boto3', 'troposphere', 'cfnlint', 'hypothesis') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
