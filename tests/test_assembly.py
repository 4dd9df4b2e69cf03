"""Writing the build folder: what is compared, replaced, refused and deleted."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.assembly import MANIFEST, Assembly, listed, replace, write_out
from stackgen.errors import OutputFileError
from stackgen.lint import built
from stackgen.review import reading

if TYPE_CHECKING:
    from pathlib import Path

ONE = {"shop/one.json": "1\n"}
TWO = {**ONE, "shop/two.json": "2\n", "three.json": "3\n"}

CONFLICT = """\
{
  "schema": "stackgen/manifest",
  "version": 1,
  "files": [
<<<<<<< HEAD
    "shop/one.json",
=======
    "shop/two.json",
>>>>>>> branch
    "three.json"
  ]
}
"""


def contents(folder: Path) -> dict[str, str]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def manifest(*files: str) -> str:
    return json.dumps({"schema": "stackgen/manifest", "version": 1, "files": list(files)})


def test_a_build_writes_its_files_and_lists_them(tmp_path: Path) -> None:
    changes = Assembly(tmp_path, TWO).write()
    assert contents(tmp_path) == TWO
    assert json.loads((tmp_path / MANIFEST).read_text())["files"] == sorted(TWO)
    assert set(changes.missing) == {*TWO, MANIFEST}


BESIDE = {**ONE, "shop/machine.asl.json": "{}\n"}


def test_a_file_that_is_no_template_is_listed_apart(tmp_path: Path) -> None:
    changes = Assembly(tmp_path, BESIDE, {"shop/machine.asl.json"}).write()
    assert set(changes.missing) == {*BESIDE, MANIFEST}
    content = json.loads((tmp_path / MANIFEST).read_text())
    assert (content["files"], content["beside"]) == (list(ONE), ["shop/machine.asl.json"])
    assert listed(tmp_path) == set(BESIDE)
    assert listed(tmp_path, templates=True) == set(ONE)
    assert not Assembly(tmp_path, BESIDE, {"shop/machine.asl.json"}).changes().any


def test_a_build_of_another_stack_remembers_what_is_no_template(tmp_path: Path) -> None:
    Assembly(tmp_path, BESIDE, {"shop/machine.asl.json"}).write()
    Assembly(tmp_path, {"three.json": "3\n"}).write(complete=False)
    assert listed(tmp_path, templates=True) == {*ONE, "three.json"}
    assert listed(tmp_path) == {*BESIDE, "three.json"}


def test_a_file_beside_a_template_goes_with_it(tmp_path: Path) -> None:
    Assembly(tmp_path, BESIDE, {"shop/machine.asl.json"}).write()
    changes = Assembly(tmp_path, ONE).write()
    assert changes.left_over == ("shop/machine.asl.json",)
    assert contents(tmp_path) == ONE
    assert "beside" not in json.loads((tmp_path / MANIFEST).read_text())


def test_neither_lint_nor_review_takes_a_file_beside_a_template_for_one(tmp_path: Path) -> None:
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}\n'
    files = {"shop/one.json": template, "shop/machine.asl.json": '{"StartAt": "A", "States": {}}\n'}
    Assembly(tmp_path, files, {"shop/machine.asl.json"}).write()
    assert [each.name for each in built.read_build(tmp_path)] == ["shop/one"]
    read = reading.read_folder(str(tmp_path))
    assert list(read.templates) == ["shop/one"]
    assert not read.problems


def test_a_second_build_changes_nothing(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    changes = Assembly(tmp_path, TWO).write()
    assert not changes.any
    assert changes.unchanged == tuple(TWO)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times


def test_only_the_file_that_differs_is_written(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    before = (tmp_path / "shop/one.json").stat().st_mtime_ns
    changes = Assembly(tmp_path, {**TWO, "shop/two.json": "new\n"}).write()
    assert changes.stale == ("shop/two.json",)
    assert (tmp_path / "shop/one.json").stat().st_mtime_ns == before


def test_a_file_of_no_stack_any_more_is_deleted_with_its_empty_folder(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    changes = Assembly(tmp_path, {"three.json": "3\n"}).write()
    assert changes.left_over == ("shop/one.json", "shop/two.json")
    assert contents(tmp_path) == {"three.json": "3\n"}
    assert not (tmp_path / "shop").exists()


def test_a_folder_that_holds_more_than_our_files_stays(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    (tmp_path / "shop" / "notes.md").write_text("mine")
    Assembly(tmp_path, {"three.json": "3\n"}).write()
    assert contents(tmp_path) == {"three.json": "3\n", "shop/notes.md": "mine"}


def test_building_some_stacks_leaves_the_files_of_the_others(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    changes = Assembly(tmp_path, {"shop/one.json": "new\n"}).write(complete=False)
    assert changes == ((), ("shop/one.json",), (), ())
    assert contents(tmp_path) == {**TWO, "shop/one.json": "new\n"}
    assert not Assembly(tmp_path, {**TWO, "shop/one.json": "new\n"}).changes().any


FOREIGN = {
    "a template that no build wrote": ({"shop/one.json": "mine"}, "shop/one.json"),
    "a manifest of another program": ({MANIFEST: '{"files": ["shop/one.json"]}'}, MANIFEST),
    "a manifest that is no text": ({MANIFEST: "\x00\x01 nonsense"}, MANIFEST),
}


@pytest.mark.parametrize(("files", "culprit"), FOREIGN.values(), ids=FOREIGN)
def test_a_file_in_the_way_is_refused_and_kept(tmp_path: Path, files: dict[str, str], culprit: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(OutputFileError, match=f"{culprit}: is in the way: no build wrote it"):
        Assembly(tmp_path, TWO).write()
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json")} == set(files)
    assert all((tmp_path / name).read_text() == text for name, text in files.items())


def test_a_file_that_is_already_right_becomes_ours(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    (tmp_path / MANIFEST).unlink()
    changes = Assembly(tmp_path, TWO).write()
    assert changes.missing == (MANIFEST,)
    assert Assembly(tmp_path, ONE).write().left_over == ("shop/two.json", "three.json")


def test_without_its_manifest_a_build_deletes_nothing(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    (tmp_path / MANIFEST).unlink()
    assert Assembly(tmp_path, ONE).write().left_over == ()
    assert contents(tmp_path) == TWO


def test_a_manifest_with_conflict_markers_is_understood(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    (tmp_path / MANIFEST).write_text(CONFLICT)
    changes = Assembly(tmp_path, ONE).write()
    assert changes.left_over == ("shop/two.json", "three.json")
    assert json.loads((tmp_path / MANIFEST).read_text())["files"] == list(ONE)


def test_a_manifest_that_is_not_utf_8_is_understood(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    (tmp_path / MANIFEST).write_bytes(manifest(*TWO).encode() + b"\xff\xfe")
    assert Assembly(tmp_path, ONE).write().left_over == ("shop/two.json", "three.json")


HOSTILE = ("../precious.json", "shop/../../precious.json", "/etc/precious.json", "link/precious.json",
           "linked.json", ".hidden.json", "shop//precious.json", "./precious.json")  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_manifest_leads_to_a_deletion_outside(tmp_path: Path, name: str) -> None:
    folder, elsewhere = tmp_path / "build", tmp_path / "elsewhere"
    elsewhere.mkdir()
    precious = [tmp_path / "precious.json", elsewhere / "precious.json"]
    for path in precious:
        path.write_text("precious")
    Assembly(folder, TWO).write()
    (folder / "link").symlink_to(elsewhere)
    (folder / "linked.json").symlink_to(precious[0])
    (folder / ".hidden.json").write_text("precious")
    absolute = str(elsewhere / "precious.json")
    (folder / MANIFEST).write_text(manifest(*TWO, name, absolute))
    assert Assembly(folder, TWO).write().left_over == ()
    assert all(path.read_text() == "precious" for path in (*precious, folder / ".hidden.json"))
    assert (folder / "link").is_symlink()
    assert (folder / "linked.json").is_symlink()


@given(
    text=st.text(max_size=80),
    names=st.lists(st.lists(st.sampled_from(["..", ".", "precious", "in", "link", "", "/", "\\", "~"]), max_size=5)),
)
def test_nothing_that_a_manifest_may_say_touches_what_is_not_listed_in_the_folder(
    tmp_path_factory: pytest.TempPathFactory, text: str, names: list[list[str]]
) -> None:
    top = tmp_path_factory.mktemp("hostile")
    folder = top / "build"
    (folder / "in").mkdir(parents=True)
    (folder / "link").symlink_to(top)
    outside = [top / "precious.json", top / "in" / "precious.json"]
    for path in outside:
        path.parent.mkdir(exist_ok=True)
        path.write_text("precious")
    (folder / MANIFEST).write_text(text + manifest(*(f"{'/'.join(parts)}.json" for parts in names)), "utf-8")
    Assembly(folder, ONE).write()
    assert all(path.read_text() == "precious" for path in outside)


def test_nothing_is_written_through_a_link_to_another_folder(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "build", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "shop").symlink_to(elsewhere)
    with pytest.raises(OutputFileError, match=r"shop/one.json: would be written through a link"):
        Assembly(folder, ONE).write()
    assert list(elsewhere.iterdir()) == []


def test_the_build_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "build").symlink_to(tmp_path / "real")
    Assembly(tmp_path / "build", TWO).write()
    assert Assembly(tmp_path / "build", ONE).write().left_over == ("shop/two.json", "three.json")
    assert contents(tmp_path / "real") == ONE


def test_an_old_name_in_other_capitals_is_not_deleted_where_it_is_the_same_file(tmp_path: Path) -> None:
    Assembly(tmp_path, {"shop/One.json": "1\n"}).write()
    os.link(tmp_path / "shop/One.json", tmp_path / "shop/one.json")  # as if capitals were one
    assert Assembly(tmp_path, ONE).changes().left_over == ()
    (tmp_path / "shop/one.json").unlink()
    assert Assembly(tmp_path, ONE).write().left_over == ("shop/One.json",)


def test_a_build_that_was_cut_off_knows_its_files_again(tmp_path: Path) -> None:
    class CutOff(Exception):
        pass

    class Files(dict[str, str]):
        def __getitem__(self, name: str) -> str:
            if name == "three.json":
                raise CutOff
            return super().__getitem__(name)

    Assembly(tmp_path, ONE).write()
    with pytest.raises(CutOff):
        Assembly(tmp_path, Files(TWO)).write()
    assert Assembly(tmp_path, {**TWO, "shop/two.json": "other\n"}).write().stale == ("shop/two.json",)


def test_what_a_killed_build_left_is_swept_away_but_not_what_a_running_one_needs(tmp_path: Path) -> None:
    Assembly(tmp_path, TWO).write()
    over, running, foreign = (
        tmp_path / "shop" / name
        for name in (".one.json.999999999.tmp", f".one.json.{os.getpid()}.tmp", ".other.json.999999999.tmp")
    )
    for path in (over, running, foreign):
        path.write_text("")
    Assembly(tmp_path, TWO).write()
    assert [path.exists() for path in (over, running, foreign)] == [False, True, True]


UNWRITABLE = {
    "a file in place of the folder": ("file", r"file/manifest.json: cannot be written: File exists"),
    "a path below a file": ("file/build", r"build/manifest.json: cannot be written: Not a directory"),
}


@pytest.mark.parametrize(("folder", "message"), UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_folder_that_cannot_be_is_refused(tmp_path: Path, folder: str, message: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputFileError, match=message):
        Assembly(tmp_path / folder, ONE).write()
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop" / "one.json").mkdir(parents=True)
    with pytest.raises(OutputFileError, match=r"shop/one.json: cannot be read: Is a directory"):
        Assembly(tmp_path, ONE).write()


def test_a_failing_write_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        replace(path, "new \ud800")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("file", "old")]


def test_a_named_output_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "file").write_text("old")
    write_out(tmp_path / "link", "new")
    assert (tmp_path / "file").read_text() == "new"
    assert (tmp_path / "link").is_symlink()


def test_a_named_output_that_is_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_out(pipe, "data")
        assert os.read(reader, 10) == b"data"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
