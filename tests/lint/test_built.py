"""Reading a build folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.errors import OutputFileError, UsageError
from stackgen.lint.built import children_of, chosen, read_build, with_children
from tests.lint.kit import DIGEST, built, nest

if TYPE_CHECKING:
    from pathlib import Path


def test_templates_are_read_by_name_and_the_manifest_is_none_of_them(tmp_path: Path) -> None:
    for name in ("manifest.json", "plain.json", "shop/queue.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    assert [each.name for each in read_build(tmp_path)] == ["plain", "shop/queue"]


def test_of_a_folder_with_a_manifest_only_what_it_lists_is_read(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for name in ("plain.json", "shop/queue.json", "shop/notes.json", "package.json"):
        (tmp_path / name).write_text("{}")
    files = ["gone.json", "plain.json", "shop/queue.json", "shop/queue.yaml"]
    (tmp_path / "manifest.json").write_text(json.dumps({"schema": "stackgen/manifest", "version": 1, "files": files}))
    assert [each.name for each in read_build(tmp_path)] == ["plain", "shop/queue"]


def test_the_manifest_of_another_tool_lists_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "plain.json").write_text("{}")
    (tmp_path / "manifest.json").write_text('{"files": ["app.json"]}')
    assert [each.name for each in read_build(tmp_path)] == ["plain"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{\n  "Resources": {\n', r"queue\.json:3: is not JSON.*\n.*python -m stackgen build"),
        (b"", r"queue\.json:1: is not JSON.*\n.*python -m stackgen build"),
        (b'{"a": "\xff"}', r"queue\.json: is not UTF-8"),
        (b"[]", r"queue\.json:1: is no template: an object was expected"),
    ],
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "queue.json").write_bytes(content)
    with pytest.raises(OutputFileError, match=message):
        read_build(tmp_path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "queue.json").mkdir()
    with pytest.raises(OutputFileError, match="cannot be read"):
        read_build(tmp_path)


def test_a_folder_without_templates_says_what_to_do(tmp_path: Path) -> None:
    for folder, problem in ((tmp_path, "holds no template"), (tmp_path / "build", "there is no such folder")):
        with pytest.raises(OutputFileError, match=f"{problem}\n  build first: python -m stackgen build"):
            read_build(folder)


TEMPLATES = [built(name, {}) for name in ("shop/network", "shop/queue", "tap/network")]


def test_templates_are_chosen_by_file_or_by_system_and_file() -> None:
    assert [each.name for each in chosen(TEMPLATES, ["queue", "tap/network.json"])] == ["shop/queue", "tap/network"]


def test_an_unknown_name_gets_the_likely_spelling() -> None:
    with pytest.raises(UsageError, match=r"no template 'queu' .*\n.*did you mean queue\?"):
        chosen(TEMPLATES, ["queu"])


def test_a_name_of_two_templates_is_refused() -> None:
    with pytest.raises(UsageError, match="'network' may be shop/network or tap/network"):
        chosen(TEMPLATES, ["network"])


@pytest.mark.parametrize(
    ("address", "child"),
    [
        (nest("tap/network-stack")["Properties"]["TemplateURL"], "tap/network-stack"),
        (nest("network")["Properties"]["TemplateURL"], "network"),
        (f"https://templates.s3.amazonaws.com/tap/network/{DIGEST}.json", "tap/network"),
        (f"https://templates.s3.amazonaws.com/network/{DIGEST}.json", "network"),
        ("https://templates.s3.amazonaws.com/tap/network.yaml", None),
        ("network.json", None),
        ({"Ref": "TemplateURL"}, None),
        ({"Fn::Sub": ["${Url}", {"Url": "x"}]}, None),
        (None, None),
    ],
)
def test_a_child_is_known_by_its_url(address: object, child: str | None) -> None:
    resource = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}
    assert children_of({"Resources": {"Child": resource}}) == ({"Child": child} if child else {})


@pytest.mark.parametrize("content", [{}, {"Resources": []}, {"Resources": {"A": 1, "B": {"Type": 2}}}])
def test_a_malformed_template_has_no_children(content: dict[str, object]) -> None:
    assert children_of(content) == {}


S3 = "https://bucket.s3.amazonaws.com"


@pytest.mark.parametrize(
    ("address", "child"),
    [
        ("app.json", "shop/app"),
        ("./app.yaml", "shop/app"),
        ("../tap/net.template", "tap/net"),
        ("tap/net.json", "tap/net"),
        ("nowhere.json", None),
        (f"{S3}/templates/app.json", "shop/app"),
        (f"{S3}/shop/app.yaml?versionId=1", "shop/app"),
        ("https://${Bucket}.s3.amazonaws.com/app.json", "shop/app"),
        ({"Fn::Join": ["/", [S3, {"Ref": "Prefix"}, "app.json"]]}, "shop/app"),
        ({"Fn::Join": ["", ["https://", {"Ref": "Bucket"}, f"/shop/app/{DIGEST}.json"]]}, "shop/app"),
        (f"{S3}/both.json", None),
        (f"{S3}/tap/both.json", "tap/both"),
        (f"{S3}/quickstart/net.json", None),
        (f"{S3}/main.json", None),
        ({"Fn::If": ["C", "app.json", "net.json"]}, None),
        ({"Ref": "Url"}, None),
    ],
)
def test_a_child_may_be_named_by_a_path_or_another_url_but_not_by_that_of_somebody_elses(
    address: object, child: str | None
) -> None:
    """A template of the name ``net`` is everybody's; this one does not declare what is handed over."""
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address, "Parameters": {"A": "x"}}}
    contents: dict[str, dict[str, Any]] = {
        "shop/main": {"Resources": {"Child": nested}},
        "shop/app": {"Parameters": {"A": {"Type": "String"}}},
        **{name: {"Parameters": {"A": {"Type": "String"}}} for name in ("shop/both", "tap/both")},
        "tap/net": {"Parameters": {"B": {"Type": "String"}}},
    }
    main, *_ = with_children([built(name, content) for name, content in contents.items()])
    assert main.children == ({"Child": child} if child else {})
