"""``python -m stackgen lint``, as a person runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.lint.kit import CLEAN, copy_of_build
from tests.support import PYPROJECT, Ran, Sandbox, environment

if TYPE_CHECKING:
    from pathlib import Path

SHOP = "build/shop/shop.json"


def edit(sandbox: Sandbox, old: str, new: str, name: str = SHOP) -> None:
    path = sandbox.root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def flawed(clean: Sandbox) -> Sandbox:
    """A project with one finding: a subnet's ID stands where that of a VPC belongs."""
    edit(clean, '"Outputs.VpcId"', '"Outputs.SubnetIds"')
    return clean


FLAW = (
    "build/shop/shop.json: 1 finding\n  37: E9117 Service.VpcId is handed a list of AWS::EC2::Subnet::Id, "
    "but AWS::EC2::VPC::Id was expected (shop/service)"
)


def test_no_finding_is_0(clean: Sandbox) -> None:
    assert clean.run("lint") == (
        0,
        "no findings in 3 templates for us-east-1\n",
        "linting 3 templates for us-east-1\n",
    )


def test_a_finding_is_4_and_stands_below_the_verdict(flawed: Sandbox) -> None:
    verdict = "1 finding (1 error, 0 warnings, 0 informational) in 3 templates for us-east-1"
    assert flawed.run("lint", "-q") == (4, f"{verdict}\n{FLAW}\n", "")


def test_stacks_are_chosen_by_name(flawed: Sandbox) -> None:
    ran = flawed.run("lint", "-v", "network", "shop/service")
    assert ran == (
        0,
        "no findings in 2 templates for us-east-1\n",
        "linting 2 templates for us-east-1\n  shop/network\n  shop/service\n",
    )


def test_an_unknown_stack_is_2(clean: Sandbox) -> None:
    ran = clean.run("lint", "netwrk")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: no template 'netwrk' in the build folder\n  did you mean network?\n"


def test_an_unknown_region_of_the_command_line_is_2(clean: Sandbox) -> None:
    ran = clean.run("lint", "-q", "-r", "us-east-1", "-r", "eu-wst-1")
    assert ran == (2, "", "error: cfn-lint does not know the region 'eu-wst-1'\n  did you mean eu-west-1?\n")


def test_an_unknown_region_of_the_project_is_1(clean: Sandbox) -> None:
    clean.write({"pyproject.toml": PYPROJECT + 'regions = ["eu-wst-1"]\n'})
    ran = clean.run("lint", "-q")
    assert (ran.code, ran.out) == (1, "")
    assert "error: pyproject.toml: cfn-lint does not know the region 'eu-wst-1'" in ran.err


def test_regions_are_those_of_the_project_or_of_the_command_line(clean: Sandbox) -> None:
    clean.write({"pyproject.toml": PYPROJECT + 'regions = ["eu-west-1", "us-west-2"]\n'})
    assert clean.run("lint").out == "no findings in 3 templates for eu-west-1, us-west-2\n"
    assert clean.run("lint", "-r", "eu-north-1", "network").out == "no findings in 1 template for eu-north-1\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("rm -r build", "error: build: there is no such folder\n  build first: python -m stackgen build\n"),
        ("rm -r build/*", "error: build: holds no template\n  build first: python -m stackgen build\n"),
        ("echo '{' > build/shop/shop.json", "error: build/shop/shop.json:2: is not JSON"),
        (
            "head -c 99 build/shop/shop.json > x; mv x build/shop/shop.json",
            "error: build/shop/shop.json:4: is not JSON",
        ),
    ],
)
def test_a_build_folder_that_cannot_be_read_is_1(clean: Sandbox, change: str, message: str) -> None:
    subprocess.run(change, shell=True, cwd=clean.root, check=True)  # noqa: S602  our own words
    ran = clean.run("lint")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(message)


def test_without_cfn_lint_the_extra_is_named(clean: Sandbox) -> None:
    clean.write({"cfnlint.py": "raise ImportError('No module named cfnlint')\n"})
    ran = clean.run("lint", "-q")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith("install the extra lint: pip install 'stackgen[lint]'\n")


def test_an_unknown_format_is_2(clean: Sandbox) -> None:
    ran = clean.run("lint", "--format", "yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "one of text, json, sarif, junit was expected" in ran.err


def test_json_has_a_schema_and_the_findings(flawed: Sandbox) -> None:
    ran = flawed.run("lint", "--format", "json")
    content = json.loads(ran.out)
    assert ran.code == 4
    assert list(content) == ["schema", "version", "verdict", "versions", "findings"]
    assert content["schema"] == "stackgen/lint"
    (finding,) = content["findings"]
    assert finding.pop("message") in FLAW
    assert finding == {
        "template": "shop/shop",
        "file": SHOP,
        "line": 37,
        "rule": "E9117",
        "path": ["Resources", "Service", "Properties", "Parameters", "VpcId"],
        "level": "error",
        "declared": "",
    }


def test_sarif_and_junit_are_written_to_a_file(flawed: Sandbox) -> None:
    assert flawed.run("lint", "-q", "--format", "sarif", "-o", "lint.sarif") == (4, "", "")
    assert json.loads((flawed.root / "lint.sarif").read_text())["runs"][0]["results"][0]["ruleId"] == "E9117"
    ran = flawed.run("lint", "-q", "--format", "junit")
    assert ran.code == 4
    assert 'tests="3" failures="1"' in ran.out


def test_github_shows_findings_at_their_lines(flawed: Sandbox) -> None:
    ran = flawed.run("lint", "-q", GITHUB_ACTIONS="true", GITHUB_WORKSPACE=str(flawed.root))
    assert ran.err == f"::error file=build/shop/shop.json,line=37::{FLAW.partition('37: ')[2]}\n"


def test_a_suppression_needs_a_reason(flawed: Sandbox) -> None:
    path = flawed.root / SHOP
    content = json.loads(path.read_text())
    metadata = {"cfn-lint": {"config": {"ignore_checks": ["E9117"]}}}
    content["Resources"]["Service"]["Metadata"] = metadata
    path.write_text(json.dumps(content, indent=2))
    assert "W9118 E9117 is ignored without a reason" in flawed.run("lint").out
    for note in ("a try", {"reason": "a try", "owner": "shop"}):
        content["Resources"]["Service"]["Metadata"] = {**metadata, "stackgen": {"suppressions": {"E9117": note}}}
        path.write_text(json.dumps(content, indent=2))
        assert "W9118 E9117 is ignored without a" in flawed.run("lint").out
    note = {"reason": "a try", "owner": "shop", "expires": "2999-01-01"}
    content["Resources"]["Service"]["Metadata"] = {**metadata, "stackgen": {"suppressions": {"E9117": note}}}
    path.write_text(json.dumps(content, indent=2))
    assert flawed.run("lint").code == 0
    assert flawed.run("lint", "--exceptions").out.splitlines() == [
        "1 exception in 3 templates, 0 expired",
        "  E9117  shop/shop/Service  until 2999-01-01  shop  a try",
    ]
    path.write_text(path.read_text().replace("2999-01-01", "2026-01-01"))
    assert "W9100 E9117 was ignored until 2026-01-01: mend it, or let shop say why it goes on" in flawed.run("lint").out
    (told,) = json.loads(flawed.run("lint", "--exceptions", "--format", "json").out)["exceptions"]
    assert (told["rule"], told["resource"], told["expired"]) == ("E9117", "Service", True)


def test_a_suppression_in_a_class_is_kept_while_it_silences_something(clean: Sandbox) -> None:
    queue = """
    def build(self):
        from troposphere import sqs
        from stackgen import Exemption
        lost = Exemption("what fails is lost", owner="shop", expires="2099-01-01")
        ignored = {"I3011": "a try", "I3013": "a try", "W3005": "long gone", "W9171": lost}
        self.add(sqs.Queue("Queue"), suppress=ignored)
        super().build()
"""
    clean.write({"stacks/shop.py": CLEAN + queue})
    clean.run("build")
    ran = clean.run("lint", "-q")
    assert ran.code == 4
    assert [line.partition(": ")[2] for line in ran.out.splitlines()[2:]] == [
        "I9119 W3005 is ignored, but finds nothing here: remove the suppression (stacks/shop.py:81)"
    ]
    assert clean.run("lint", "-q", "-r", "eu-west-1").code == 0, "in other regions it may be needed"


def test_a_persons_own_settings_and_schemas_do_not_count(flawed: Sandbox, tmp_path: Path) -> None:
    home = tmp_path / "home"
    schemas = home / ".cache" / "aws" / "cfn-lint" / "schemas"
    for folder in ("providers", "resources"):
        (schemas / folder).mkdir(parents=True)
    (schemas / "providers" / "us_east_1.json").write_text("{}")
    (schemas / "version.json").write_text('{"schema_date": "2999-01-01T00:00:00Z"}')
    (home / ".cfnlintrc").write_text("ignore_checks: [E, W, I]\nregions: [eu-west-1]\n")
    edit(flawed, '"Port": "443"', '"Porto": "443"')
    expected = flawed.run("lint", "-q")
    assert "E3043" in expected.out
    for cache in (str(home / ".cache"), ""):
        ran = flawed.run("lint", "-q", HOME=str(home), AWS_REGION="eu-north-1", XDG_CACHE_HOME=cache)
        assert ran == expected


def test_the_projects_settings_of_cfn_lint_count_wherever_it_is_run(clean: Sandbox) -> None:
    edit(clean, '"Port": "443"', '"Porto": "443"')
    clean.write({".cfnlintrc": "ignore_checks: [E3043]\n"})
    for folder in (clean.root, clean.root / "stacks"):
        assert clean.run("lint", "-q", cwd=folder).code == 0


ON_ONE_CORE = """\
import os
from stackgen.cli import run

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
run()
"""


def test_one_core_finds_the_same_as_many(flawed: Sandbox) -> None:
    edit(flawed, '"Port": "443"', '"Porto": "443", "Prt": {"Ref": "Prt"}')
    edit(flawed, '"10.0.0.0/24"', "24", "build/shop/network.json")
    command = [sys.executable, "-c", ON_ONE_CORE, "lint", "-q"]
    one = subprocess.run(command, cwd=flawed.root, env=environment(), capture_output=True, text=True, check=False)
    many = flawed.run("lint", "-q")
    assert Ran(one.returncode, one.stdout, one.stderr) == many
    assert many.out.startswith("5 findings")


def test_it_loads_neither_troposphere_nor_boto3(clean: Sandbox) -> None:
    program = (
        "import sys; from stackgen.cli import main; code = main(['lint']); loaded = set(sys.modules);"
        "print(code, sorted(loaded & {'troposphere', 'awacs', 'boto3', 'botocore'}))"
    )
    command = [sys.executable, "-c", program]
    out = subprocess.check_output(command, cwd=clean.root, env=environment(), text=True)
    assert out.splitlines()[-1] == "0 []"


def test_what_cannot_be_linted_is_refused_before_cfn_lint_is_loaded(clean: Sandbox) -> None:
    program = "import sys; from stackgen.cli import main; print(main(['lint', 'x']), 'cfnlint' in sys.modules)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=clean.root, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "2 False\n"


def test_an_interrupted_run_leaves_quietly(tmp_path: Path) -> None:
    """The templates of this repository take long enough to be interrupted, and are linted by several processes."""
    root = copy_of_build(tmp_path / "project").parent
    with subprocess.Popen(
        [sys.executable, "-m", "stackgen", "lint"],
        cwd=root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(0.8)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "interrupted; no file is left half-written\n")


def test_a_build_that_is_older_than_the_stacks_is_told(clean: Sandbox) -> None:
    old = "warning: build/ is older than what it is made from: python -m stackgen build"
    assert clean.run("build").code == 0
    assert old not in clean.run("lint").err
    path = clean.root / "stacks/shop.py"
    path.write_text(path.read_text() + "\n")
    assert [old in clean.run("lint").err for _ in range(2)] == [True, True]
    assert clean.run("build").code == 0
    assert old not in clean.run("lint").err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--engine", "cfn-lnt"], "did you mean cfn-lint?"),
        (["--with", "chekov"], "did you mean checkov?"),
        (["--exceptions", "--with", "checkov"], "--exceptions lints nothing"),
        (["elsewhere.yaml"], "cfn-lint -a stackgen.lint.rules -- elsewhere.yaml"),
    ],
)
def test_what_was_meant_is_told(clean: Sandbox, words: list[str], hint: str) -> None:
    (clean.root / "elsewhere.yaml").write_text("Resources: {}\n")
    ran = clean.run("lint", *words)
    assert ran.code == 2
    assert hint in ran.err


def test_a_full_disk_is_no_bug(clean: Sandbox) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123  no file
        command = [sys.executable, "-m", "stackgen", "lint", "-q"]
        ran = subprocess.run(
            command, check=False, cwd=clean.root, env=environment(), stdout=full, stderr=subprocess.PIPE
        )
    assert ran.returncode == 1
    assert b"error: standard output cannot be written: No space left on device" in ran.stderr
