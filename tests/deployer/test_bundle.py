"""The functions' bundle: the same bytes everywhere, all that the functions need, and nothing of stackgen."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stackgen.deployer import bundle
from stackgen.errors import MissingExtraError, ProjectError

ENTRIES = sorted(path.stem for path in bundle.HANDLERS.glob("*.py") if "\ndef handler(" in path.read_text("utf-8"))

ALONE = """\
import importlib, os, sys, time
sys.path.insert(0, sys.argv[1])
began = time.perf_counter()
module = importlib.import_module(f"handlers.{sys.argv[2]}")
took = time.perf_counter() - began
assert callable(module.handler)
assert module.__file__.startswith(sys.argv[1])
foreign = {name.split(".")[0] for name in sys.modules} & {"stackgen", "troposphere", "awacs", "cfnlint", "moto"}
assert not foreign, foreign
print(took)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(io.BytesIO(bundle.bundle())).extractall(folder)
    return folder


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle.HANDLERS, tmp_path / "handlers", ignore=shutil.ignore_patterns("__pycache__")))


def test_two_bundles_are_the_same_to_the_byte(tmp_path: Path) -> None:
    """also from another folder, with other times and other modes of the files"""
    copy = copied(tmp_path)
    for path in copy.iterdir():
        path.chmod(0o600)
        path.touch()
    assert bundle.bundle() == bundle.bundle(copy)
    assert bundle.key() == bundle.key(copy)


def test_every_entry_is_stored_with_one_date_and_one_mode_in_order() -> None:
    entries = zipfile.ZipFile(io.BytesIO(bundle.bundle())).infolist()
    assert [each.filename for each in entries] == sorted(each.filename for each in entries)
    assert {each.compress_type for each in entries} == {zipfile.ZIP_STORED}
    assert {each.date_time for each in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {each.external_attr >> 16 for each in entries} == {0o100644}


def test_a_changed_source_and_a_changed_lock_change_the_key(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    lock = tmp_path / "handlers.lock"
    lock.write_text(bundle.LOCK.read_text("utf-8") + "# renewed\n")
    assert bundle.key(copy, lock) != bundle.key(copy)
    (copy / "keys.py").write_text((copy / "keys.py").read_text("utf-8") + "\n")
    assert bundle.key(copy) != bundle.key()
    (copy / "keys.py").rename(copy / "names.py")
    assert bundle.key(copy) != bundle.key()


def test_the_bundle_holds_the_locked_libraries_and_no_sdk() -> None:
    names = {name.split("/")[0] for name in bundle.files()}
    packages = {name for name in names if not name.endswith(".dist-info")}
    assert packages == {"handlers", "aws_lambda_powertools", "jmespath", "typing_extensions.py"}
    assert set(bundle.locked()) == {"aws-lambda-powertools", "jmespath", "typing-extensions"}
    assert not [name for name in bundle.files() if "__pycache__" in name or name.endswith((".so", ".pyd"))]
    assert len(bundle.bundle()) < 50_000_000  # what Lambda takes from a bucket; unpacked it is as large


def test_the_lock_has_hashes_and_names_no_host() -> None:
    text = bundle.LOCK.read_text("utf-8")
    assert text.count("--hash=sha256:") >= len(bundle.locked())
    assert "://" not in text


def test_licences_travel_with_the_libraries() -> None:
    licences = [name for name in bundle.files() if "LICENSE" in name.upper()]
    assert {name.split("-")[0] for name in licences} == {"aws_lambda_powertools", "jmespath", "typing_extensions"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_unpacked_alone_a_function_imports_and_quickly(unpacked: Path, entry: str) -> None:
    """Lambda gives an import 10 seconds, and half a CPU less than this machine has."""
    command = [sys.executable, "-I", "-c", ALONE, str(unpacked), entry]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=unpacked)
    assert ran.returncode == 0, ran.stderr
    assert float(ran.stdout) < 5


def test_a_library_of_another_version_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "handlers.lock"
    lock.write_text("jmespath==0.0.1 \\\n    --hash=sha256:00\n")
    with pytest.raises(MissingExtraError, match=r"needs jmespath 0\.0\.1, and [\d.]+ is installed"):
        bundle.bundle(lock=lock)


def test_a_library_that_is_not_there_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "handlers.lock"
    lock.write_text("no-such-library==1.0\n")
    with pytest.raises(MissingExtraError, match=r"no-such-library 1\.0, which is not installed"):
        bundle.bundle(lock=lock)


def test_a_library_that_somebody_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tampered.py").write_text("changed = True\n")
    info = tmp_path / "tampered-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tampered\nVersion: 1.0\n")
    (info / "RECORD").write_text(f"tampered.py,sha256={'A' * 43},15\ntampered-1.0.dist-info/RECORD,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    lock = tmp_path / "handlers.lock"
    lock.write_text("tampered==1.0\n")
    with pytest.raises(ProjectError, match=r"tampered\.py is not as tampered 1\.0 was released"):
        bundle.bundle(lock=lock)
