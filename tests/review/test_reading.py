"""A folder of templates as a build: every way to write one is read, and one bad file does not hide the others."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackgen.errors import OutputFileError
from stackgen.review.reading import read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.review.model import Build

QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
GOOD = json.dumps(QUEUE)
YAML = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read(folder: Path, files: Mapping[str, str | bytes]) -> Build:
    return read_folder(str(write(folder, files)))


def problems_of(build: Build, folder: Path) -> list[str]:
    return [
        str(problem).replace(f"{folder}/", "").replace(os.path.relpath(folder) + "/", "") for problem in build.problems
    ]


WRITTEN: dict[str, tuple[str, str | bytes]] = {
    "JSON": ("a.json", GOOD),
    "JSON under CloudFormation's own suffix": ("a.template", GOOD),
    "JSON with a byte order mark": ("a.json", b"\xef\xbb\xbf" + GOOD.encode()),
    "YAML": ("a.yaml", YAML),
    "YAML with a shorter suffix": ("a.yml", YAML),
    "YAML under CloudFormation's own suffix": ("a.template", YAML),
    "YAML with a byte order mark": ("a.yaml", b"\xef\xbb\xbf" + YAML.encode()),
    "YAML with Windows' line ends": ("a.yaml", YAML.replace("\n", "\r\n")),
    "YAML behind three dashes": ("a.yaml", f"---\n{YAML}"),
    "JSON in a file of YAML": ("a.yaml", GOOD),
    "JSON behind blank lines": ("a.template", f"\n\n  {GOOD}"),
}


@pytest.mark.parametrize(("name", "text"), WRITTEN.values(), ids=WRITTEN)
def test_a_template_may_be_written_as(tmp_path: Path, name: str, text: str | bytes) -> None:
    build = read(tmp_path, {name: text})
    assert {name: each.content for name, each in build.templates.items()} == {"a": QUEUE}
    assert build.problems == []


DEEP = "[" * 100_000
BAD: dict[str, tuple[str, str | bytes, str]] = {
    "JSON with a comma too many": ("x.json", '{\n  "Resources": {},\n}', "x.json:3: is not JSON: "),
    "JSON that ends too soon": ("x.json", '{\n  "Resources": {\n', "x.json:3: is not JSON: "),
    "JSON behind a comment": ("x.json", '// a\n{"Resources": {}}', "x.json:1: is not JSON: "),
    "an empty file of JSON": ("x.json", "", "x.json:1: is not JSON: "),
    "JSON under CloudFormation's own suffix": ("x.template", '{\n"Resources": 5,}', "x.template:2: is not JSON: "),
    "JSON with a number of thousands of digits": (
        "x.json", f'{{"Resources": {"1" * 5000}}}', "x.json: is not JSON: a number is too long",
    ),
    "JSON that is too deep": ("x.json", f'{{"Resources": {DEEP}', "x.json: is nested too deeply"),
    "YAML with a tab": ("x.yaml", "Resources:\n\tA: b\n", "x.yaml:2: is not YAML: found character '\\t'"),
    "YAML with a list that does not end": ("x.yaml", f"{YAML}    Tags: [a\n", "x.yaml:5: is not YAML: "),
    "YAML with a wrong indentation": ("x.yaml", "Resources:\n  A: b\n C: d\n", "x.yaml:3: is not YAML: "),
    "YAML with an unknown alias": ("x.yaml", "Resources:\n  A: *b\n", "x.yaml:2: is not YAML: found undefined alias"),
    "YAML of two documents": ("x.yaml", f"{YAML}---\n{YAML}", "x.yaml:4: is not YAML: "),
    "YAML that is too deep": ("x.yaml", f"Resources: {DEEP[:5000]}", "x.yaml: is nested too deeply"),
    "YAML with a date that is none": ("x.yaml", f"{YAML}Metadata: 2012-99-99\n", "x.yaml: is not YAML: month must be"),
    "a list as a key": ("x.yaml", f"{YAML}? [a, b]\n: c\n", "x.yaml: is not YAML: unhashable type"),
    "bytes that are no UTF-8": ("x.json", b'{"Resources": "\xff"}', "x.json: is not UTF-8: "),
    "UTF-16": ("x.yaml", YAML.encode("utf-16"), "x.yaml: is not UTF-8: "),
    "resources that are a list": (
        "x.json", '{"Resources": []}',
        "x.json:1: is no CloudFormation template: Resources was expected, and they are list",
    ),
    "resources that are nothing": (
        "x.yaml", "Resources:\n",
        "x.yaml:1: is no CloudFormation template: Resources was expected, and there are none",
    ),
    "resources by another name": (
        "x.yaml", f"AWSTemplateFormatVersion: 2010-09-09\n{YAML.replace('Resources', 'Resuorces')}",
        "x.yaml:1: is no CloudFormation template: Resources was expected, and there are none\n  Resuor",
    ),
    "a resource without a type": ("x.json", '{"Resources": {"A": {}}}', "x.json: resource A has no Type, or is no"),
    "a resource that is a text": ("x.yaml", "Resources:\n  A: b\n", "x.yaml: resource A has no Type, or is no object"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "message"), BAD.values(), ids=BAD)
def test_a_bad_file_is_told_with_its_line_and_hides_no_other(
    tmp_path: Path, name: str, text: str | bytes, message: str
) -> None:
    build = read(tmp_path, {name: text, "before.json": GOOD, "yonder/after.yaml": YAML})
    assert list(build.templates) == ["before", "yonder/after"]
    (problem,) = problems_of(build, tmp_path)
    assert problem.startswith(message)
    assert len(problem.splitlines()) <= 3


def test_a_folder_of_bad_files_alone_is_a_build_without_templates(tmp_path: Path) -> None:
    build = read(tmp_path, {"a.json": "{", "b.yaml": "\t"})
    assert (len(build.problems), build.templates) == (2, {})


MACROS = {
    "a transform that makes all resources": "Transform: OurMacro\n",
    "a SAM template": "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n",
    "a loop": "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Each: [X, [a], {}]\n",
    "an include among the resources": "Resources:\n  Fn::Transform: {Name: AWS::Include}\n",
    "an include in a resource": "Resources:\n  A:\n    Fn::Transform: {Name: AWS::Include}\n",
}


@pytest.mark.parametrize("text", MACROS.values(), ids=MACROS)
def test_what_a_macro_will_make_is_a_template(tmp_path: Path, text: str) -> None:
    build = read(tmp_path, {"a.yaml": text})
    assert (list(build.templates), build.problems) == (["a"], [])


def test_a_module_as_a_type_is_named_by_its_tag(tmp_path: Path) -> None:
    build = read(tmp_path, {"a.yaml": "Resources:\n  A:\n    Type: !Rain::Module ./module.yaml\n"})
    assert build.templates["a"].section("Resources")["A"]["Type"].endswith("Rain::Module")


OTHERS = {
    "package.json": '{"name": "x", "version": "1"}',
    "tsconfig.json": "[]",
    "compose.yaml": "services:\n  a: {image: b}\n",
    "text.yaml": "just a text\n",
    "empty.yaml": "",
    "number.json": "5",
    "README.md": "# Resources\n",
    "Resources.txt": "{",
}


def test_what_looks_like_no_template_is_left_out(tmp_path: Path) -> None:
    build = read(tmp_path, {**OTHERS, "a.json": GOOD})
    assert (list(build.templates), build.problems) == (["a"], [])


@pytest.mark.parametrize("folder", [".git", ".aws-sam/build", "node_modules/x", "deep/node_modules/x"])
def test_what_tools_keep_is_not_entered(tmp_path: Path, folder: str) -> None:
    build = read(tmp_path, {f"{folder}/a.json": "{", "b.json": GOOD})
    assert (list(build.templates), build.problems) == (["b"], [])


EMPTY: dict[str, tuple[dict[str, str], str]] = {
    "nothing": ({}, "holds no CloudFormation template"),
    "other files": ({"package.json": "{}"}, r"holds no CloudFormation template; .*package\.json is none"),
    "templates of tools": ({".aws-sam/a.json": GOOD}, "holds no CloudFormation template"),
    "a manifest of nothing": (
        {"manifest.json": '{"schema": "stackgen/manifest", "files": []}', "a.json": GOOD},
        "holds no CloudFormation template",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "message"), EMPTY.values(), ids=EMPTY)
def test_a_folder_without_templates_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(OutputFileError, match=message):
        read(tmp_path, files)


def test_a_folder_that_is_not_there_is_refused_with_the_likely_name(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    with pytest.raises(OutputFileError, match=r"there is no such folder\n  did you mean build\?"):
        read_folder(str(tmp_path / "biuld"))
    with pytest.raises(OutputFileError, match=r"there is no such folder$"):
        read_folder(str(tmp_path / "quite" / "elsewhere"))


def test_a_file_may_be_named_itself(tmp_path: Path) -> None:
    write(tmp_path, {"deep/a.json": GOOD, "deep/b.json": GOOD})
    build = read_folder(str(tmp_path / "deep" / "a.json"))
    assert {name: each.path for name, each in build.templates.items()} == {"a": str(tmp_path / "deep" / "a.json")}


@pytest.mark.parametrize(("name", "text"), OTHERS.items(), ids=OTHERS)
def test_a_file_that_is_named_is_meant_to_be_a_template(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text})
    (problem,) = read_folder(str(tmp_path / name)).problems
    assert name in str(problem)


def test_names_are_those_of_the_files_below_the_folder(tmp_path: Path) -> None:
    build = read(tmp_path, {"b.json": GOOD, "tap/a.yaml": YAML, "tap/deep er/ä.template": YAML, "x.y.json": GOOD})
    assert sorted(build.templates) == ["b", "tap/a", "tap/deep er/ä", "x.y"]
    assert all(name == each.name for name, each in build.templates.items())


def test_files_of_one_name_stay_apart(tmp_path: Path) -> None:
    build = read(tmp_path, {"x.json": GOOD, "x.yaml": YAML, "x.template": GOOD})
    assert list(build.templates) == ["x", "x.template", "x.yaml"]


def manifest(*names: str, schema: str = "stackgen/manifest") -> str:
    return json.dumps({"schema": schema, "version": 1, "files": list(names)})


def test_our_manifest_says_which_files_are_templates(tmp_path: Path) -> None:
    files = {"manifest.json": manifest("tap/a.json"), "tap/a.json": GOOD, "old.json": GOOD, "broken.json": "{"}
    build = read(tmp_path, files)
    assert (list(build.templates), build.problems) == (["tap/a"], [])


def test_what_the_manifest_lists_is_missed(tmp_path: Path) -> None:
    build = read(
        tmp_path, {"manifest.json": manifest("gone.json", "a.json", "folder"), "a.json": GOOD, "folder/b.json": GOOD}
    )
    assert list(build.templates) == ["a"]
    hint = "python -m stackgen build writes it"
    missing = [f"{name}: is listed in the manifest, and is not there\n  {hint}" for name in ("gone.json", "folder")]
    assert problems_of(build, tmp_path) == missing


def test_what_the_manifest_lists_is_meant_to_be_a_template(tmp_path: Path) -> None:
    build = read(tmp_path, {"manifest.json": manifest("a.json", "package.json"), "a.json": GOOD, "package.json": "{}"})
    assert list(build.templates) == ["a"]
    assert "is no CloudFormation template" in str(build.problems[0])


FOREIGN = [manifest("a.json", schema="theirs"), "{", "[]", '{"schema": "stackgen/manifest", "files": 5}', b"\xff"]


@pytest.mark.parametrize("text", FOREIGN)
def test_another_programs_manifest_decides_nothing(tmp_path: Path, text: str | bytes) -> None:
    assert "b" in read(tmp_path, {"manifest.json": text, "b.json": GOOD}).templates


def test_links_that_lead_nowhere_or_in_circles_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.json": GOOD})
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "gone.json").symlink_to("nowhere")
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "other.json").symlink_to("a.json")
    build = read_folder(str(tmp_path))
    assert list(build.templates) == ["a", "other"]
    assert problems_of(build, tmp_path) == [
        "gone.json: cannot be read: No such file or directory",
        "loop.json: cannot be read: Too many levels of symbolic links",
    ]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.json": GOOD})
    os.mkfifo(tmp_path / "pipe.json")
    build = read_folder(str(tmp_path))
    assert (list(build.templates), problems_of(build, tmp_path)) == (["a"], ["pipe.json: is no file"])


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.json": GOOD})
    (tmp_path / "memory.json").symlink_to("/proc/self/mem")  # which even root cannot read from its start
    build = read_folder(str(tmp_path))
    assert list(build.templates) == ["a"]
    assert problems_of(build, tmp_path) == ["memory.json: cannot be read: Input/output error"]


def test_the_label_is_what_the_reader_called_it(tmp_path: Path) -> None:
    write(tmp_path, {"a.json": GOOD})
    assert read_folder(str(tmp_path)).label == str(tmp_path)
    assert read_folder(str(tmp_path), "work tree").label == "work tree"
