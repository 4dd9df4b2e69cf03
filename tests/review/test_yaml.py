"""YAML templates: short forms become what JSON says, aliases are copies, and none multiplies without end."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.errors import OutputFileError
from stackgen.review.yaml import parse_yaml

YAML = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"


SHORT: list[tuple[str, Any]] = [
    ("!Ref A", {"Ref": "A"}),
    ("!Sub a-${B}", {"Fn::Sub": "a-${B}"}),
    ("!Sub ['${B}', {B: !Ref C}]", {"Fn::Sub": ["${B}", {"B": {"Ref": "C"}}]}),
    ("!GetAtt A.B", {"Fn::GetAtt": ["A", "B"]}),
    ("!GetAtt A.Outputs.B", {"Fn::GetAtt": ["A", "Outputs.B"]}),
    ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
    ("!If [A, b, !Ref AWS::NoValue]", {"Fn::If": ["A", "b", {"Ref": "AWS::NoValue"}]}),
    ("!Join ['-', [a, !Ref B]]", {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}),
    ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
    ("!FindInMap [A, !Ref B, c]", {"Fn::FindInMap": ["A", {"Ref": "B"}, "c"]}),
    ("!ImportValue a", {"Fn::ImportValue": "a"}),
    ("!Base64 a", {"Fn::Base64": "a"}),
    ("!Cidr [a, 1, 8]", {"Fn::Cidr": ["a", 1, 8]}),
    (
        "!And [!Condition A, !Not [!Equals [a, b]]]",
        {"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]},
    ),
    ("2012-10-17", "2012-10-17"),
    ("2012-10-17T10:00:00", "2012-10-17T10:00:00"),
    ("yes", True),
    ("1.50", 1.5),
    ("null", None),
    ("'01'", "01"),
    ("!!binary YQ==", "a"),
    ("|\n        a\n        b\n", "a\nb\n"),
]


@pytest.mark.parametrize(("text", "expected"), SHORT)
def test_yaml_says_what_json_would(text: str, expected: Any) -> None:
    content = parse_yaml(f"{YAML}    Properties:\n      It: {text}\n", "a.yaml")
    found = content["Resources"]["Queue"]["Properties"]["It"]
    assert (found, type(found)) == (expected, type(expected))


def test_keys_of_yaml_are_texts() -> None:
    content = parse_yaml("M:\n  111111111111: {true: a, 2012-10-17: b}\n", "a.yaml")
    assert content == {"M": {"111111111111": {"true": "a", "2012-10-17": "b"}}}


def test_an_alias_is_a_copy_of_what_it_names() -> None:
    content = parse_yaml("A: &a\n  Tags: []\nB: *a\n", "a.yaml")
    assert content["A"] == content["B"]
    assert content["A"]["Tags"] is not content["B"]["Tags"]


def test_aliases_that_multiply_are_refused() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(OutputFileError, match=r"bomb\.yaml: has more than 2,000,000 values; do its aliases multiply\?"):
        parse_yaml("\n".join(levels), "bomb.yaml")


def test_an_alias_of_what_it_stands_in_is_refused() -> None:
    with pytest.raises(OutputFileError, match=r"loop\.yaml"):
        parse_yaml(f"{YAML}Metadata: &m\n  again: *m\n", "loop.yaml")
