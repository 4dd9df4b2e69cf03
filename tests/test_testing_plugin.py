"""The pytest plugin, in real runs of pytest: in projects of ours, and in repositories that are none."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stackgen.goldens import golden_in
from stackgen.testing import is_project
from tests.support import SHOP, Ran, Sandbox, environment

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN_TEST = """\
def test_template_is_the_golden_one(template, golden):
    assert template.text == golden(name=template.name)
"""
STRICT = '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\naddopts = "--strict-markers --strict-config"\n'


def run_pytest(sandbox: Sandbox, *arguments: str) -> Ran:
    """pytest in the sandbox, as its owner runs it; plugins of this repository that are none of theirs stay away."""
    command = [*sandbox.python, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *arguments]
    done = subprocess.run(
        command,
        cwd=sandbox.root,
        env=environment(**sandbox.always),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def project(shop: Sandbox) -> Sandbox:
    """A built project with the golden test."""
    pyproject = (shop.root / "pyproject.toml").read_text()
    shop.write({"pyproject.toml": pyproject + STRICT, "tests/test_goldens.py": GOLDEN_TEST})
    assert shop.run("build").code == 0
    return shop


def spoil(project: Sandbox) -> None:
    path = project.root / "build/shop/queue.json"
    path.write_text(path.read_text().replace('"A queue."', '"A Queue."'))


def test_two_lines_compare_every_template(project: Sandbox) -> None:
    ran = run_pytest(project, "-v")
    names = [line.split()[0] for line in ran.out.splitlines() if " PASSED " in line]
    test = "tests/test_goldens.py::test_template_is_the_golden_one"
    assert names == [f"{test}[shop/network]", f"{test}[shop/queue]", f"{test}[shop/shop]"]
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("arguments", [("-n", "2"), ("-p", "no:randomly"), ("-p", "no:xdist"), ("-W", "error")])
def test_it_goes_with_other_plugins(project: Sandbox, arguments: tuple[str, ...]) -> None:
    ran = run_pytest(project, *arguments)
    assert (ran.code, ran.err) == (0, "")
    assert "3 passed" in ran.out


def test_a_difference_fails_and_shows_its_lines(project: Sandbox) -> None:
    spoil(project)
    before = project.contents("build")
    for switches in ((), ("-n", "2")):
        ran = run_pytest(project, *switches)
        assert ran.code == 1
        assert "1 failed, 2 passed" in ran.out
        lines = [line.removeprefix("E").strip() for line in ran.out.splitlines()]
        assert '-   "Description": "A Queue.",' in lines
        assert '+   "Description": "A queue.",' in lines
        assert "if the change is meant: python -m stackgen build" in lines
        assert '"Type": "AWS::SQS::Queue"' not in ran.out, "lines that do not differ are left out"
    assert project.contents("build") == before


@pytest.mark.parametrize("switch", ["--snapshot-update", "--snapshot-update-new-only"])
def test_no_switch_of_syrupy_writes_or_deletes(project: Sandbox, switch: str) -> None:
    spoil(project)
    (project.root / "build/shop/network.json").unlink()
    project.write({"build/shop/unused.json": "{}"})
    before = project.contents("build")
    ran = run_pytest(project, switch, "-W", "ignore")  # a warning of syrupy's must not be what stops it
    assert ran.code == 1
    assert "2 failed, 1 passed" in ran.out
    assert project.contents("build") == before


def test_a_missing_golden_file_says_what_to_do(project: Sandbox) -> None:
    (project.root / "build/shop/network.json").unlink()
    ran = run_pytest(project)
    assert ran.code == 1
    assert "there is no such golden file; build it: python -m stackgen build" in ran.out
    assert '"AWS::EC2::VPC"' not in ran.out.partition("short test summary")[0].partition("Snapshot")[2]


def test_a_golden_file_that_no_test_reads_is_no_failure(project: Sandbox) -> None:
    project.write({"build/shop/unused.json": "{}", "tests/test_goldens.py": GOLDEN_TEST + "\n\nimport os\n"})
    ran = run_pytest(project, "-k", "queue")
    assert ran.code == 0
    assert "unused" not in ran.out
    assert (project.root / "build/shop/unused.json").exists()


def test_the_build_folder_is_at_hand(project: Sandbox) -> None:
    test = "def test_built(built):\n    assert (built / 'shop' / 'queue.json').is_file()\n"
    project.write({"tests/test_built.py": test})
    assert run_pytest(project, "tests/test_built.py").code == 0


def test_the_marker_of_requirements_is_known(project: Sandbox) -> None:
    test = "import pytest\n\n@pytest.mark.requirement('SHOP-1')\ndef test_it():\n    assert True\n"
    project.write({"tests/test_marked.py": test})
    assert run_pytest(project, "tests/test_marked.py").code == 0
    assert "@pytest.mark.requirement(*ids): requirement ids" in run_pytest(project, "--markers").out


OWN = """\
import pytest

@pytest.fixture
def template():
    return "mine"

@pytest.fixture
def golden():
    return "mine too"

def test_fixtures(template, golden):
    assert (template, golden) == ("mine", "mine too")

@pytest.mark.parametrize(("other", "template"), [(1, 2)])
def test_pairs(other, template):
    assert template == 2

@pytest.mark.parametrize("other, template", [(1, 2)])
def test_text(other, template):
    assert template == 2

@pytest.mark.parametrize(argnames="template", argvalues=[3])
def test_keywords(template):
    assert template == 3
"""


def test_a_repositorys_own_names_come_first(project: Sandbox) -> None:
    project.write({"tests/test_own.py": OWN})
    ran = run_pytest(project, "tests/test_own.py")
    assert "4 passed" in ran.out


@pytest.mark.parametrize("arguments", [(), ("-n", "2")])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("class QueueStack", "class QueueStack(\nclass X"), "stacks/shop.py:6: SyntaxError"),
        (("Network.VpcId", "Network.VpdId"), "NetworkStack has no output VpdId"),
        (("sqs.Queue(", "sqs.Queu("), "AttributeError"),
    ],
)
def test_broken_stacks_are_one_clear_message(
    project: Sandbox, change: tuple[str, str], message: str, arguments: tuple[str, ...]
) -> None:
    project.write({"stacks/shop.py": SHOP.replace(*change), "tests/test_other.py": "def test_other():\n    pass\n"})
    ran = run_pytest(project, *arguments)
    assert ran.code != 0
    assert "the stacks cannot be built: stacks/shop.py:" in ran.out
    assert message in ran.out
    assert "Traceback" not in ran.out
    assert len(ran.out.splitlines()) < 25


def test_without_syrupy_the_missing_package_is_named(project: Sandbox) -> None:
    ran = run_pytest(project, "-p", "no:syrupy")
    assert "the fixture golden needs syrupy: pip install syrupy" in ran.out


def test_templates_are_rendered_only_for_those_who_ask(project: Sandbox) -> None:
    project.write({"stacks/shop.py": "boom", "tests/test_other.py": "def test_other():\n    pass\n"})
    assert run_pytest(project, "tests/test_other.py").code == 0


# Repositories that do not use stackgen


@pytest.fixture
def stranger(tmp_path: Path) -> Sandbox:
    """A repository in whose environment stackgen happens to be installed."""
    return Sandbox(tmp_path / "stranger").write({"pyproject.toml": STRICT})


LOADED = """\
import sys

def test_what_is_loaded(request):
    assert sorted({name for name in sys.modules if name.startswith("stackgen.")} - {"stackgen.testing"}) == []
    assert "troposphere" not in sys.modules
    assert "tomllib" not in sys.modules or not request.config.pluginmanager.hasplugin("stackgen-goldens")
"""


def test_a_stranger_is_undisturbed(stranger: Sandbox) -> None:
    stranger.write({"test_own.py": OWN, "test_loaded.py": LOADED})
    ran = run_pytest(stranger)
    assert (ran.code, ran.err) == (0, "")
    assert "5 passed" in ran.out


@pytest.mark.parametrize("switch", ["--fixtures", "--markers", "--help"])
def test_a_stranger_sees_nothing_of_ours(stranger: Sandbox, switch: str) -> None:
    def shown(*arguments: str) -> list[str]:
        lines = run_pytest(stranger, switch, *arguments).out.splitlines()
        return [line for line in lines if not line.startswith(("plugins:", "="))]  # our name; the time taken

    assert shown() == shown("-p", "no:stackgen")


def test_a_strangers_markers_are_as_strict_as_before(stranger: Sandbox) -> None:
    test = "import pytest\n\n@pytest.mark.requirement('X-1')\ndef test_it():\n    pass\n"
    stranger.write({"test_marked.py": test})
    ran = run_pytest(stranger)
    assert ran.code == 2
    assert "'requirement' not found in `markers` configuration option" in ran.out


def test_a_stranger_has_no_fixture_of_ours(stranger: Sandbox) -> None:
    stranger.write({"test_golden.py": GOLDEN_TEST})
    assert "fixture 'template' not found" in run_pytest(stranger).out


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, False),
        ({"pyproject.toml": ""}, False),
        ({"pyproject.toml": "[tool.stackgen]\n"}, True),
        ({"pyproject.toml": "[tool.stackgen.env]\n"}, True),
        ({"pyproject.toml": '[tool]\nstackgen = { stacks = "infra" }\n'}, True),
        ({"pyproject.toml": '# [tool.stackgen]\n[project]\ndependencies = ["stackgen"]\n'}, False),
        ({"pyproject.toml": "[tool.stackgenerator]\n"}, False),
        ({"stackgen.toml": ""}, True),
    ],
)
def test_a_project_is_known_by_its_settings(tmp_path: Path, files: dict[str, str], *, expected: bool) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert is_project(tmp_path) is expected


def test_the_plugin_is_light() -> None:
    program = (
        "import sys, pytest; before = set(sys.modules); import stackgen.testing;"
        "print(sorted(set(sys.modules) - before))"
    )
    out = subprocess.check_output([sys.executable, "-c", program], env=environment(), text=True)
    assert out.strip() == "['stackgen', 'stackgen.testing']"


def test_the_view_of_the_goldens_finds_no_snapshots_to_delete(snapshot: object, tmp_path: Path) -> None:
    (tmp_path / "unused.json").write_text("{}")
    golden = golden_in(tmp_path, snapshot)  # type: ignore[arg-type]  # syrupy's fixture
    assert list(golden.extension.discover_snapshots(test_location=None)) == []  # type: ignore[arg-type]  # not looked at
    assert os.listdir(tmp_path) == ["unused.json"]  # noqa: PTH208  names are enough
