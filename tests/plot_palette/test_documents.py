"""The README beside the templates, and that the linter has nothing to say."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from stacks.plot_palette.master import Master
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
def test_every_parameter_is_told_in_the_readme_with_what_each_environment_should_give() -> None:
    """a parameter is added without a word for whoever deploys it"""
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", README, re.MULTILINE))
    assert set(rows) == set(Master.parameters())
    for name, parameter in Master.parameters().items():
        default = rows[name].split(" | ")[0]
        assert default == (
            f"`{parameter.default}`" if parameter.default else "none" if parameter.default is None else "empty"
        )


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
