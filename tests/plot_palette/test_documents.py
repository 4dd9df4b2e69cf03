"""The README beside the templates, and that the linter has nothing to say."""

from __future__ import annotations

import re
import runpy
import subprocess
import sysconfig
from pathlib import Path

import pytest

from stacks.plot_palette.master import Master
from stacks.plot_palette.system import ENVIRONMENTS
from tests.support import ROOT, environment
from tests.tap.reading import Templates, resources

README = (ROOT / "stacks" / "plot_palette" / "README.md").read_text("utf-8")


@pytest.mark.requirement("PP-10", "PP-D48")
@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_the_linter_finds_nothing_in_any_region(region: str) -> None:
    """a template is not valid in a region that Plot Palette is deployed to"""
    templates = sorted((ROOT / "build" / "plot-palette").glob("*.json"))
    program = Path(sysconfig.get_path("scripts")) / "cfn-lint"
    command = [str(program), "--regions", region, "--include-checks", "I", "--", *map(str, templates)]
    told = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "")


@pytest.mark.requirement("PP-19")
def test_the_reference_of_parameters_is_what_the_templates_and_files_say_today() -> None:
    """a parameter is added or changed, and whoever deploys it reads what was true before"""
    docs = runpy.run_path(str(ROOT / "scripts" / "docs.py"))
    page = (ROOT / docs["PARAMETERS"]).read_text("utf-8")
    assert docs["written"](docs["PARAMETERS"], page, docs["of_parameters"](ROOT)) == page, "write it: scripts/docs"


@pytest.mark.requirement("PP-19")
def test_every_parameter_has_type_range_default_example_and_a_value_for_each_environment() -> None:
    """a parameter is told without something that whoever gives it must know"""
    page = (ROOT / "docs" / "deployment" / "parameter-reference.md").read_text("utf-8")
    for name in Master.parameters():
        part = re.split(r"^###", page.split(f"#### {name}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
        for word in ("* Takes: ", "; type `", "* Default: "):
            assert word in part, (name, word)
        missing = [each for each in ENVIRONMENTS if f"{each}/us-east-1" not in part]
        assert missing == [], name
        if name != "EnvironmentName":
            assert "* Example: " in part, name


@pytest.mark.requirement("PP-D32", "PP-D60")
def test_what_has_no_backup_and_what_cannot_be_changed_is_told() -> None:
    """somebody relies on a backup of bucket, users or images, or replaces the users by changing the pool"""
    for words in ("no backup of the users", "Bucket: versions", "Images", "cannot be changed"):
        assert words in README, words


@pytest.mark.requirement("PP-20")
def test_the_one_secret_is_read_from_secrets_manager(templates: Templates) -> None:
    """a token stands in a template or in a parameter"""
    ((_, _, app),) = resources(templates, "AWS::Amplify::App")
    assert app["Properties"]["AccessToken"]["Fn::If"][1]["Fn::Sub"].startswith("{{resolve:secretsmanager:")
    for template in templates.values():
        assert not [name for name in template["Parameters"] if re.search("Password|Token$|Secret$", name)]
