"""A template's sections hold objects, whatever is written; what stands where is found in JSON."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.model import Build, Template

TEXT = """\
{
  "Resources": {
    "Queue": {
      "Type": "AWS::SQS::Queue",
      "Properties": {
        "DelaySeconds": 5
      }
    }
  }
}
"""
SECTIONS: list[tuple[Any, dict[str, Any]]] = [
    ({"A": {"b": 1}}, {"A": {"b": 1}}),
    ({"A": {"b": 1}, "C": "d", "E": None, "F": []}, {"A": {"b": 1}}),
    ([], {}),
    (None, {}),
    ("a", {}),
]


@pytest.mark.parametrize(("written", "expected"), SECTIONS)
def test_a_section_holds_its_entries_that_are_objects(written: Any, expected: dict[str, Any]) -> None:
    assert Template("a", "a.json", {"Resources": written}).section("Resources") == expected


def test_a_section_that_is_not_there_is_empty() -> None:
    assert Template("a", "a.json", {}).section("Outputs") == {}


LINES = [
    (("Resources",), 2),
    (("Resources", "Queue"), 3),
    (("Resources", "Queue", "Properties", "DelaySeconds"), 6),
    (("Resources", "Queue", "Properties", "Gone"), 5),
]


@pytest.mark.parametrize(("path", "line"), LINES)
def test_a_line_is_that_of_the_last_part_that_is_there(path: tuple[str, ...], line: int) -> None:
    assert Template("a", "a.json", {}, TEXT).line_of(*path) == line


@pytest.mark.parametrize("text", ["", "Resources:\n  Queue:\n"])
def test_no_line_is_told_where_only_the_file_is_known(text: str) -> None:
    assert Template("a", "a.yaml", {}, text).line_of("Resources", "Queue") == 0


def test_a_build_says_what_it_is() -> None:
    build = Build("HEAD", {"a": Template("a", "a.json", {})})
    assert (repr(build), repr(build.templates["a"])) == ("Build('HEAD', 1 templates)", "Template('a')")
    assert (build.problems, build.commit) == ([], "")
