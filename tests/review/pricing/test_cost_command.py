"""``cost`` as it is called: what it compares, where it finds usage, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stackgen.commands import cost
from stackgen.console import Console
from stackgen.errors import FindingsError, OutputFileError, ProjectError, UsageError
from tests.review.pricing.estimating import resource
from tests.support import environment

ROOT = Path(__file__).parents[3]
NAT = resource("AWS::EC2::NatGateway")
FUNCTION = resource("AWS::Lambda::Function", MemorySize=1024)


def write(folder: Path, **resources: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "App.json").write_text(json.dumps({"Resources": resources}, indent=2), "utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one system and its build."""
    (tmp_path / "pyproject.toml").write_text('[tool.stackgen]\nregions = ["us-east-1"]\n', "utf-8")
    (tmp_path / "stacks" / "app").mkdir(parents=True)
    write(tmp_path / "build" / "app", Nat=NAT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *words: str, **switches: Any) -> tuple[int, str, str]:
    code = cost.run(Console(**switches), words)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_projects_own_build_is_estimated(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    code, out, err = ran(capsys)
    assert code == 0
    assert out.startswith("USD 32.85 a month in defaults/us-east-1; USD 0.00 of 32.85 verified; prices of 2024-07-01")
    assert "verified USD 0.00; USD 32.85 rests on 1 price" in err


def test_a_price_that_is_missing_is_looked_for_with_live(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    _, _, err = ran(capsys, regions=("us-west-2",))
    assert "without a price here: --live asks AWS for it\n" in err
    _, _, err = ran(capsys, regions=("us-east-1",))
    assert "without a price" not in err


def test_each_region_is_estimated_with_its_own_prices(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    _, out, _ = ran(capsys, regions=("us-east-1", "eu-west-1"))
    assert out.startswith("USD 67.89 a month in 2 places")
    assert "defaults/eu-west-1: USD 35.04 a month" in out


def test_a_folder_is_estimated_without_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "templates", Nat=NAT)
    monkeypatch.chdir(tmp_path)
    _, out, _ = ran(capsys, "templates", regions=("eu-west-1",))
    assert out.startswith("USD 35.04 a month in defaults/eu-west-1")


def test_without_a_region_no_price_is_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "templates", Nat=NAT)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"a price has a region, and none is known[\s\S]+-r us-east-1"):
        ran(capsys, "templates")


def test_two_folders_are_compared(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "old", Nat=NAT)
    write(project / "new", Nat=NAT, More=NAT)
    _, out, _ = ran(capsys, "old", "new")
    assert out.startswith("USD +32.85 a month in defaults/us-east-1, from USD 32.85 to USD 65.70")
    assert "+  App/More  +32.85" in out


def test_a_commit_is_compared_with_the_work_tree(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=project, check=True)
    write(project / "build" / "app", Other=NAT)
    _, out, _ = ran(capsys, "HEAD")
    assert out.startswith("USD +0.00 a month in defaults/us-east-1, from USD 32.85 to USD 32.85")
    assert "-  App/Nat    -32.85" in out
    assert "+  App/Other  +32.85" in out


def test_a_system_says_its_usage_in_its_package(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1 million requests of 100 ms and 1 GB: 0.20 + 100,000 x 0.0000166667."""
    write(project / "build" / "app", F=FUNCTION)
    usage = project / "stacks" / "app" / "usage.toml"
    usage.write_text('version = 1\n[overrides."F"]\nrequests = 1_000_000\nduration_ms = 100\n', "utf-8")
    _, out, _ = ran(capsys)
    assert out.startswith("USD 1.87 a month")


def test_another_usage_file_can_be_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "busy.toml").write_text('version = 1\n[overrides."App/Nat"]\ndata_gb = 1000\n', "utf-8")
    _, out, _ = ran(capsys, "--usage", "busy.toml")
    assert out.startswith("USD 77.85 a month")  # 32.85 + 1,000 x 0.045


def test_all_mistakes_of_a_usage_file_are_printed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bad.toml").write_text("version = 2\nhours = 3\n", "utf-8")
    with pytest.raises(ProjectError, match="version is 2"):
        ran(capsys, "--usage", "bad.toml")
    assert "bad.toml:2: unknown key 'hours'" in capsys.readouterr().err


def test_a_usage_file_that_is_not_there_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    with pytest.raises(OutputFileError, match="cannot be read"):
        ran(capsys, "--usage", "none.toml")


@pytest.mark.parametrize(
    ("resources", "told"),
    [
        ({"Nat": NAT}, "1 price unverified or older than 180 days"),
        ({"C": resource("AWS::EC2::Instance")}, "1 resource not covered"),
        ({"T": resource("AWS::SNS::Topic", FifoTopic=True)}, "1 charge without a price"),
    ],
)
def test_strict_refuses_a_total_that_nobody_can_rely_on(
    project: Path, capsys: pytest.CaptureFixture[str], resources: dict[str, Any], told: str
) -> None:
    write(project / "build" / "app", **resources)
    with pytest.raises(FindingsError, match=told) as caught:
        ran(capsys, "--strict")
    assert caught.value.exit_code == 4
    assert capsys.readouterr().out.startswith("USD ")  # it is printed all the same


def test_strict_takes_what_is_free(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "build" / "app", Role=resource("AWS::IAM::Role"))
    assert ran(capsys, "--strict")[0] == 0


def test_the_free_tier_can_be_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "build" / "app", Board=resource("AWS::CloudWatch::Dashboard"))
    assert ran(capsys)[1].startswith("USD 0.00 a month")
    assert ran(capsys, "--no-free-tier")[1].startswith("USD 3.00 a month")


def test_one_broken_file_does_not_hide_the_others(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "build" / "app" / "bad.json").write_text("{", "utf-8")
    code, out, err = ran(capsys)
    assert code == 1
    assert out.startswith("USD 32.85 a month")
    assert "bad.json:1: is not JSON" in err


def test_data_begin_with_their_schema(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    data = json.loads(ran(capsys, form="json")[1])
    assert data["schema"] == "stackgen/cost"
    assert data["places"][0]["total"]["typical"] == 32.85


def test_markdown_holds_the_warnings_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    _, out, err = ran(capsys, form="md")
    assert out.startswith("**USD 32.85 a month")
    assert ":warning:" in out
    assert not err


def test_an_unknown_environment_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    with pytest.raises(UsageError, match="no environment 'prod'"):
        ran(capsys, environments=("prod",))


def test_an_environments_values_decide_what_is_paid(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = {
        "Parameters": {"Size": {"Type": "String"}},
        "Conditions": {"Large": {"Fn::Equals": [{"Ref": "Size"}, "large"]}},
        "Resources": {"Nat": {**NAT, "Condition": "Large"}},
    }
    (project / "build" / "app" / "App.json").write_text(json.dumps(content), "utf-8")
    settings = '[tool.stackgen]\nregions = ["us-east-1"]\n[tool.stackgen.env.dev.parameters]\nSize = "small"\n'
    settings += '[tool.stackgen.env.prod.parameters]\nSize = "large"\n'
    (project / "pyproject.toml").write_text(settings, "utf-8")
    _, out, _ = ran(capsys)
    assert "dev/us-east-1: USD 0.00 a month" in out
    assert "prod/us-east-1: USD 32.85 a month" in out
    assert ran(capsys, "-p", "Size=large", environments=("dev",))[1].startswith("USD 32.85 a month in dev/us-east-1")


def test_without_live_boto3_is_not_imported(project: Path) -> None:
    program = (
        "import sys; from stackgen.commands import cost; from stackgen.console import Console; "
        "cost.run(Console(), []); print({'boto3', 'botocore', 'troposphere', 'cfnlint'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "set()"


def test_tapstack_is_covered_entirely(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its one interface endpoint: 3 x 730 x 0.01; its database idles at 0.5 x 730 x 0.12."""
    monkeypatch.chdir(ROOT)
    data = json.loads(ran(capsys, form="json", regions=("us-east-1",))[1])
    places = [place for place in data["places"] if place["environment"] in ("dev", "prod")]
    assert [(place["not_covered"], place["unstated"]) for place in places] == [({}, {}), ({}, {})]
    place = places[0]
    assert place["environment"] == "dev"
    figures = {(line["address"], line["price"]): line["usd"] for line in place["lines"]}
    assert figures["TapStack/Network/SsmEndpoint", "vpce-hour"] == {"low": 21.9, "typical": 21.9, "high": 21.9}
    assert figures["TapStack/Database/AuroraWriter", "aurora-acu"] == {"low": 43.8, "typical": 87.6, "high": 350.4}
