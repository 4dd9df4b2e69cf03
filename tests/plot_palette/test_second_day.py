"""Plot Palette's second day, typed in this very repository: backed up, restored beside, deleted without its data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.cli import main
from tests.plot_palette.deployment import ACCOUNT, ROOT, PlotPalette
from tests.plot_palette.test_deployment import names, put, table_names
from tests.support import credentials

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.local.cloud import Cloud

STACK = ("master-stack", "-e", "development", "-r", "us-east-1")


@pytest.fixture
def palette(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlotPalette:
    """Development, deployed; the command line asks the stand-in."""
    for name, value in credentials(cloud.url, ACCOUNT, tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.chdir(ROOT)
    found = PlotPalette(cloud)
    assert found.create() == "CREATE_COMPLETE", found.why()
    return found


@pytest.mark.requirement("PP-28", "PP-31", "PP-32")
def test_all_tables_are_backed_up_restored_and_outlive_the_deletion(
    palette: PlotPalette, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table of the database stack has no backup, or the deletion takes data, or does not list what it leaves."""
    put(palette, "plot-palette-Jobs-development", {"job_id": "1"})
    folder = ("--folder", str(tmp_path / "backups"))
    assert main(["backup", *STACK, *folder]) == 0
    (path,) = (tmp_path / "backups").glob("*.json")
    record = json.loads(path.read_text("utf-8"))
    assert {each["source"] for each in record["saved"]} == names("development")
    assert {each["type"] for each in record["left"]} >= {"AWS::S3::Bucket", "AWS::Cognito::UserPool"}
    assert main(["backup", "restore", str(path), "--table", "plot-palette-Jobs-development", "--compare", "--yes"]) == 0
    assert "1 item in both, all the same" in capsys.readouterr().out
    restored = f"plot-palette-Jobs-development-restored-{record['stamp']}"
    assert table_names(palette) == names("development") | {restored}

    capsys.readouterr()
    assert main(["destroy", *STACK, "--forecast", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["stacks"][0]["resources"]
    kept = {each["physical_id"] for each in told if each["fate"] == "retained"}
    assert kept >= names("development") | {palette.outputs()["BucketName"], palette.outputs()["UserPoolId"]}
    assert main(["destroy", *STACK, "--yes", *folder]) == 0
    said = capsys.readouterr().out
    assert all(f"{name}: " in said for name in kept)
    assert table_names(palette) == names("development") | {restored}
    assert palette.stack not in {
        each["StackName"] for each in palette.client("cloudformation").describe_stacks()["Stacks"]
    }
