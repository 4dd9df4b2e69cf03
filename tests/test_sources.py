"""A finding is told with the line of Python that made what is wrong, as long as the text is the one that was built."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.lint.kit import CLEAN

if TYPE_CHECKING:
    from tests.support import Sandbox

WRONG = CLEAN.replace('CidrBlock="10.0.0.0/24"', 'CidrBlock="10.0.0.0/99"')
LINE = next(number for number, line in enumerate(CLEAN.splitlines(), 1) if "self.add(subnet)" in line)


@pytest.fixture
def wrong(sandbox: Sandbox) -> Sandbox:
    sandbox.write({"stacks/shop.py": WRONG})
    assert sandbox.run("build").code == 0
    return sandbox


def test_a_finding_names_the_line_that_declared_it(wrong: Sandbox) -> None:
    ran = wrong.run("lint")
    assert ran.code == 4
    (line,) = [each for each in ran.out.splitlines() if "10.0.0.0/99" in each]
    assert line.endswith(f" (stacks/shop.py:{LINE})")
    told = json.loads(wrong.run("lint", "--format", "json").out)["findings"]
    assert [each["declared"] for each in told if "10.0.0.0/99" in each["message"]] == [f"stacks/shop.py:{LINE}"]


def test_github_shows_it_there(wrong: Sandbox) -> None:
    ran = wrong.run("lint", GITHUB_ACTIONS="true")
    assert f"::error file=stacks/shop.py,line={LINE}::E" in ran.err


def test_code_scanning_shows_it_there_with_the_template_beside_it(wrong: Sandbox) -> None:
    """Who reads the finding would have to look for what made the line of JSON that it names."""
    results = json.loads(wrong.run("lint", "--format", "sarif").out)["runs"][0]["results"]
    (found,) = [each for each in results if "10.0.0.0/99" in each["message"]["text"]]
    (place,) = found["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "stacks/shop.py"
    assert place["physicalLocation"]["region"] == {"startLine": LINE}
    (related,) = found["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"].startswith("build/shop/")
    assert related["physicalLocation"]["region"]["startLine"] > 1


def test_from_a_folder_below_it_is_named_as_from_there(wrong: Sandbox) -> None:
    """A reader of the report would look for stacks/shop.py in that folder."""
    ran = wrong.run("lint", "--format", "sarif", cwd=wrong.root / "stacks")
    uris = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for each in json.loads(ran.out)["runs"][0]["results"]}  # fmt: skip
    assert str(wrong.root / "stacks/shop.py") in uris or "shop.py" in uris


def test_ci_systems_are_told_it_beside_the_line_of_the_template(wrong: Sandbox) -> None:
    ran = wrong.run("lint", "--format", "junit")
    (line,) = [each for each in ran.out.splitlines() if "10.0.0.0/99" in each]
    assert line.removesuffix("</failure>").endswith(f" (stacks/shop.py:{LINE})")


def test_of_a_text_that_was_not_built_nothing_is_said(wrong: Sandbox) -> None:
    path = wrong.root / "build/shop/network.json"
    path.write_text(path.read_text("utf-8").replace("A network.", "Another one."), "utf-8")
    assert "stacks/shop.py" not in wrong.run("lint").out


@pytest.mark.parametrize("text", ["{", "[]", '{"shop/network": 7}', '{"shop/network": {"of": 1, "places": 2}}'])
def test_a_file_that_is_not_ours_is_as_none(wrong: Sandbox, text: str) -> None:
    (wrong.root / ".stackgen/sources.json").write_text(text, "utf-8")
    ran = wrong.run("lint")
    assert ran.code == 4, ran.err
    assert "stacks/shop.py" not in ran.out


def test_building_one_stack_keeps_what_is_known_of_others(wrong: Sandbox) -> None:
    wrong.write({"stacks/shop.py": WRONG.replace('"""A service."""', '"""Another service."""')})
    assert wrong.run("build", "service").code == 0
    assert f"(stacks/shop.py:{LINE})" in wrong.run("lint").out
    assert wrong.run("build", "--check").code == 4, "the parent has another address for its child"


def test_a_build_elsewhere_keeps_nothing(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/shop.py": WRONG})
    assert sandbox.run("build", "--out", "elsewhere").code == 0
    assert not (sandbox.root / ".stackgen/sources.json").exists()
