"""Which template a nested stack is made from: the longest end of its URL that names one; never a guess."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.model import Build, Template
from stackgen.review.nested import broken, readable_url

NAMES = ("tap/TapStack", "tap/network-stack", "tap/compute-stack", "shop/network-stack", "plain")
HOST = "https://bucket.s3.amazonaws.com"
JOINED = {"Fn::Join": ["/", ["https:/", {"Ref": "Bucket"}, "tap", "network-stack.json"]]}


def build_of(contents: dict[str, dict[str, Any]]) -> Build:
    return Build("b", {name: Template(name, f"{name}.json", content, "") for name, content in contents.items()})


def stack(url: Any, kind: str = "Stack") -> dict[str, Any]:
    return {"Type": f"AWS::CloudFormation::{kind}", "Properties": {"TemplateURL": url}}


def template(*urls: Any, kind: str = "Stack") -> dict[str, Any]:
    return {"Resources": {f"N{number}": stack(url, kind) for number, url in enumerate(urls)}}


def ours(place: str) -> dict[str, Any]:
    """A URL as the library writes it, with the digest of the template."""
    return {"Fn::Sub": f"https://{place}/network-stack/0123456789abcdef.json"}


FOUND: dict[str, tuple[Any, str | None]] = {
    "ours, with a digest": (ours("${B}.s3.${AWS::URLSuffix}/tap"), "tap/network-stack"),
    "ours, behind a prefix": (ours("${B}.s3.${AWS::URLSuffix}/a/b/shop"), "shop/network-stack"),
    "ours, behind a prefix that a parameter gives": (ours("${B}/${Prefix}tap"), "tap/network-stack"),
    "a URL": (f"{HOST}/tap/compute-stack.json", "tap/compute-stack"),
    "a URL with a version": (f"{HOST}/tap/compute-stack.json?versionId=5/plain.json", "tap/compute-stack"),
    "a URL of the name alone": (f"{HOST}/compute-stack.yaml", "tap/compute-stack"),
    "a URL of a name that two have": (f"{HOST}/network-stack.yaml", None),
    "a URL of another folder": (f"{HOST}/other/plain.template", "plain"),
    "S3's own form": ("s3://bucket/tap/compute-stack.yml", "tap/compute-stack"),
    "a path beside the template": ("./network-stack.json", "tap/network-stack"),
    "a path without a dot": ("network-stack.yaml", "tap/network-stack"),
    "a path upwards": ("../shop/network-stack.yaml", "shop/network-stack"),
    "a path upwards to the top": ("../plain.json", "plain"),
    "a path from the top": ("tap/compute-stack.json", "tap/compute-stack"),
    "a name without a suffix": ("compute-stack", "tap/compute-stack"),
    "a list of Sub": ({"Fn::Sub": ["https://${V}/tap/network-stack.json", {"V": "x"}]}, "tap/network-stack"),
    "Join": (JOINED, "tap/network-stack"),
    "Join of a name with a parameter": (
        {"Fn::Join": ["", [{"Ref": "Prefix"}, "compute-stack.yaml"]]}, "tap/compute-stack",
    ),
    "a part of a name": (f"{HOST}/my-compute-stack.json", None),
    "a name of which a part is not known": ({"Fn::Sub": "https://${B}/${Env}-stack.json"}, None),
    "a parameter": ({"Ref": "Url"}, None),
    "an attribute": ({"Fn::GetAtt": ["A", "Url"]}, None),
    "a mapping": ({"Fn::FindInMap": ["A", "B", "C"]}, None),
    "nothing": (None, None),
    "an empty text": ("", None),
    "a list": (["a"], None),
    "a template that is not there": (f"{HOST}/tap/database-stack.json", None),
}  # fmt: skip


@pytest.mark.parametrize(("url", "expected"), FOUND.values(), ids=FOUND)
@pytest.mark.parametrize("kind", ["Stack", "StackSet"])
def test_a_templates_url_leads_to(url: Any, expected: str | None, kind: str) -> None:
    contents: dict[str, dict[str, Any]] = {name: {"Resources": {}} for name in NAMES}
    build = build_of({**contents, "tap/TapStack": template(url, kind=kind)})
    child = build.children("tap/TapStack")["N0"]
    assert child.name == expected
    assert child.kind == ("nested" if kind == "Stack" else "stackset")


READABLE: list[tuple[Any, str]] = [
    ("a", "a"),
    ({"Fn::Sub": "a-${B}"}, "a-${B}"),
    ({"Fn::Sub": ["a-${B}", {"B": "c"}]}, "a-${B}"),
    (JOINED, "https://${Bucket}/tap/network-stack.json"),
    ({"Ref": "A"}, "${A}"),
    ({"Fn::GetAtt": ["A", "B"]}, "${A.B}"),
    ({"Fn::GetAtt": "A.B"}, "${A.B}"),
    ({"Fn::If": ["A", "b", "c"]}, "${...}"),
    ({"Fn::Join": "a"}, "${...}"),
    ({"Fn::Sub": []}, "[]"),
    ({}, ""),
    (None, ""),
    (5, ""),
]


@pytest.mark.parametrize(("value", "expected"), READABLE)
def test_a_url_is_one_text_for_the_reader(value: Any, expected: str) -> None:
    assert readable_url(value) == expected


LEAF: dict[str, Any] = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
ROOTS: dict[str, tuple[dict[str, dict[str, Any]], list[str]]] = {
    "templates on their own": ({"b": LEAF, "a": LEAF}, ["a", "b"]),
    "a parent": ({"a": template("b.json"), "b": LEAF}, ["a"]),
    "a grandparent": ({"a": template("b.json"), "b": template("c.json"), "c": LEAF}, ["a"]),
    "two parents of one": ({"a": template("c.json"), "b": template("c.json"), "c": LEAF}, ["a", "b"]),
    "the template of a StackSet": ({"a": template("b.json", kind="StackSet"), "b": LEAF}, ["a", "b"]),
    "a StackSet's that is nested as well": (
        {"a": template("b.json", kind="StackSet"), "b": LEAF, "c": template("b.json")}, ["a", "c"],
    ),
    "a template that nests itself": ({"a": template("a.json")}, ["a"]),
    "templates that nest each other": ({"b": template("a.json"), "a": template("b.json")}, ["a"]),
    "a circle below a root": ({"a": template("b.json"), "b": template("c.json"), "c": template("b.json")}, ["a"]),
    "a circle of three beside a root": (
        {"z": LEAF, "a": template("b.json"), "b": template("c.json"), "c": template("a.json")}, ["a", "z"],
    ),
    "a child that is not there": ({"a": template("gone.json")}, ["a"]),
}  # fmt: skip


@pytest.mark.parametrize(("contents", "expected"), ROOTS.values(), ids=ROOTS)
def test_roots_are_what_no_other_nests_and_no_template_is_left_out(
    contents: dict[str, dict[str, Any]], expected: list[str]
) -> None:
    assert build_of(contents).roots == expected


TWO = ("N0 is made from x1.json", "N1 is made from y2.json")
BROKEN: dict[str, tuple[dict[str, dict[str, Any]], list[str]]] = {
    "a whole tree": ({"a": template("b.json", f"{HOST}/c.json"), "b": LEAF, "c": LEAF}, []),
    "a diamond": ({"a": template("b.json", "c.json"), "b": template("d.json"), "c": template("d.json"), "d": LEAF}, []),
    "one template twice": ({"a": template("b.json", "b.json"), "b": LEAF}, []),
    "a URL of somebody else": ({"a": template(f"{HOST}/theirs.json", {"Ref": "Url"})}, []),
    "a file that is not there": (
        {"a": template("./netwrk.json"), "network": LEAF},
        ["a.json: N0 is made from ./netwrk.json, and the build has no such template\n  did you mean network?"],
    ),
    "two of them": (
        {"a": template("x1.json", "y2.json")},
        [f"a.json: {each}, and the build has no such template" for each in TWO],
    ),
    "a template that nests itself": ({"a": template("a.json")}, ["a.json: N0 nests a in itself: a -> a"]),
    "a circle of two": (
        {"a": template("b.json"), "b": template("a.json")}, ["b.json: N0 nests a in itself: a -> b -> a"],
    ),
    "a circle below a root": (
        {"a": template("b.json"), "b": template("c.json"), "c": template("b.json")},
        ["c.json: N0 nests b in itself: b -> c -> b"],
    ),
    "two circles": (
        {"a": template("a.json"), "b": template("b.json")},
        ["a.json: N0 nests a in itself: a -> a", "b.json: N0 nests b in itself: b -> b"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("contents", "expected"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_nested_is_told(contents: dict[str, dict[str, Any]], expected: list[str]) -> None:
    assert [str(problem) for problem in broken(build_of(contents))] == expected


def test_a_long_chain_is_followed_to_its_end() -> None:
    contents = {f"t{number}": template(f"t{number + 1}.json") for number in range(3000)}
    build = build_of({**contents, "t3000": LEAF})
    assert build.roots == ["t0"]
    assert list(broken(build)) == []
