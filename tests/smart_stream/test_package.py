"""The API's package: the same bytes everywhere, under a key that the template takes, and whole."""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stacks.smart_stream.package import APP, LOCK, key, main, package, sources
from tests.dockerfiles import assert_as_the_tests_run_with, assert_locked_by_hashes
from tests.smart_stream.translation import written

IN_LAMBDA = {*sys.stdlib_module_names, "boto3", "botocore"}
BROUGHT = {"api", "smartstream", "aws_lambda_powertools"}
ALONE = """\
import sys
sys.path.insert(0, sys.argv[1])
import handler
assert callable(handler.handler)
from aws_lambda_powertools import __file__ as place
assert place.startswith(sys.argv[1]), place
foreign = {name.split(".")[0] for name in sys.modules} & {"stackgen", "troposphere", "paho", "listener", "stacks"}
assert not foreign, foreign
"""


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.requirement("SS-26", "SS-D11")
def test_the_package_holds_code_and_libraries_at_its_root(tmp_path: Path) -> None:
    """the deployed function lacks its libraries, or they lie where it does not look"""
    archive = zipfile.ZipFile(io.BytesIO(package()))
    tops = {name.split("/")[0] for name in archive.namelist()}
    assert {name for name in tops if not name.endswith(".dist-info")} == {
        "handler.py", "api", "smartstream", "aws_lambda_powertools", "jmespath", "typing_extensions.py",
    }  # fmt: skip
    archive.extractall(tmp_path)
    command = [sys.executable, "-I", "-c", ALONE, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.requirement("SS-02", "SS-26")
def test_the_same_code_is_the_same_package_and_a_change_another_key(tmp_path: Path) -> None:
    """a machine makes another package of the same code, or a change is deployed under the old key"""
    copy = copied(tmp_path)
    assert (key(copy), package(copy)) == (key(), package())
    assert re.fullmatch(written()["Parameters"]["CodeKey"]["AllowedPattern"], key())
    (copy / "api" / "users.py").write_text("changed = True\n")
    changed = key(copy)
    assert changed != key()
    (copy / LOCK.relative_to(APP)).write_text("jmespath==1.1.0\n")
    assert key(copy) not in {changed, key()}


@pytest.mark.parametrize("part", ["api", "listener"])
def test_libraries_come_by_their_hashes_in_the_versions_that_the_tests_run_with(part: str) -> None:
    lock = APP / part / "requirements.txt"
    assert_locked_by_hashes(lock)
    assert_as_the_tests_run_with(lock)


def test_a_module_of_the_package_imports_what_is_in_it() -> None:
    """the function imports the library that declares it, or a tool of development, and cannot start"""
    for name, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= IN_LAMBDA | BROUGHT, name
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                assert (node.module or "").split(".")[0] in IN_LAMBDA | BROUGHT, name


def test_the_program_writes_the_zip_and_says_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{key()}\n"
    assert (tmp_path / Path(key()).name).read_bytes() == package()
    assert (main([]), main([str(tmp_path / "nowhere")])) == (2, 2)
    assert capsys.readouterr().err.startswith("expected one folder that is there")
