"""Files of parameters: the forms that are read, and what is told of those that are wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.deploy.parameter_files import read, read_regions
from stackgen.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

ARRAY = """\
[
  {"ParameterKey": "Size", "ParameterValue": "3"},
  {"ParameterKey": "Name", "ParameterValue": ""}
]
"""
FORMS = {
    "CloudFormation's": ("a.json", ARRAY, {"Size": "3", "Name": ""}),
    "CloudFormation's with what a stack shows": (
        "a.json",
        '[{"ParameterKey": "A", "ParameterValue": "b", "ResolvedValue": "c", "UsePreviousValue": false}]',
        {"A": "b"},
    ),
    "flat": ("a.json", '{"Size": 3, "On": true, "List": ["a", 1], "Text": "x"}', {
        "Size": "3", "On": "true", "List": "a,1", "Text": "x"}),
    "numbers as they are written": ("a.json", '{"A": 1.50, "B": 1e2, "C": 12345678901234567890}', {
        "A": "1.50", "B": "1e2", "C": "12345678901234567890"}),
    "CodePipeline's": ("a.json", '{"Parameters": {"Size": "3"}}', {"Size": "3"}),
    "a parameter that is called so": ("a.json", '{"Parameters": "x"}', {"Parameters": "x"}),
    "TOML": ("a.toml", 'Size = 3\nOn = true\nList = ["a", "b"]\nPart = 1.50\n', {
        "Size": "3", "On": "true", "List": "a,b", "Part": "1.50"}),
    "a table in TOML": ("a.toml", '[Parameters]\nSize = "3"\n', {"Size": "3"}),
    "with a byte order mark": ("a.json", "\ufeff" + ARRAY, {"Size": "3", "Name": ""}),
    "empty in its form": ("a.json", "[]", {}),
}  # fmt: skip


@pytest.mark.requirement("PP-16", "PP-D34")
@pytest.mark.parametrize(("name", "text", "values"), FORMS.values(), ids=FORMS)
def test_each_form_is_read_as_texts(tmp_path: Path, name: str, text: str, values: dict[str, str]) -> None:
    """a form that people have is refused, or a value is another one in CloudFormation than in the file"""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert read(path).values == values


LINES = {
    "array": ("a.json", ARRAY, "Name", 3),
    "flat": ("a.json", '{\n "A": "1",\n "B": "2"\n}', "B", 3),
    "wrapped": ("a.json", '{"Parameters": {\n "A": "1",\n\n "B": "2"}}', "B", 4),
    "TOML": ("a.toml", "# a\nA = 1\nB = 2\n", "B", 3),
    "a table": ("a.toml", "[Parameters]\nA = 1\n\nB = 2\n", "B", 4),
    "what it has not": ("a.json", ARRAY, "Other", 0),
}


@pytest.mark.parametrize(("name", "text", "parameter", "line"), LINES.values(), ids=LINES)
def test_a_value_is_found_by_its_line(tmp_path: Path, name: str, text: str, parameter: str, line: int) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert read(path).location(parameter) == (str(path), line)


EXPECTED = "was expected"
WRONG: dict[str, tuple[str, str | bytes, int, str]] = {
    "nothing": ("a.json", "", 1, "is empty"),
    "no JSON": ("a.json", '[\n{"ParameterKey": }]', 2, "is not JSON: Expecting value at column 18"),
    "a comment": ("a.json", "// x\n[]", 1, "is not JSON"),
    "cut off": ("a.json", '[{"ParameterKey": "A"', 1, "is not JSON"),
    "a text": ("a.json", '"x"', 1, "is a text"),
    "a number": ("a.json", "7", 1, "is a text"),
    "null": ("a.json", "null", 1, "is null"),
    "no TOML": ("a.toml", "A = \n", 0, "is not TOML"),
    "not UTF-8": ("a.json", b'{"A": "\xff"}', 0, "is not UTF-8"),
    "an object in the array": ("a.json", '[\n{"A": "b"}]', 2, "item 1 has no ParameterKey"),
    "a text in the array": ("a.json", '["A=b"]', 1, "item 1 is a text, but {"),
    "an empty key": ("a.json", '[{"ParameterKey": "", "ParameterValue": "b"}]', 1, "item 1 has no ParameterKey"),
    "a misspelt key": (
        "a.json", '[{"ParamterKey": "A", "ParameterValue": "b"}]', 1,
        "item 1 has no ParameterKey\n  ParamterKey is written there",
    ),
    "a misspelt value": (
        "a.json", '[{"ParameterKey": "A", "ParameterVlue": "b"}]', 1,
        "A has no ParameterValue\n  ParameterVlue is written there",
    ),
    "no value": ("a.json", '[{"ParameterKey": "A"}]', 1, "A has no ParameterValue"),
    "a key too many": (
        "a.json", '[{"ParameterKey": "A", "ParameterValue": "b", "Description": "c"}]', 1,
        "A has an unknown key 'Description'",
    ),
    "the previous value": (
        "a.json", '[{"ParameterKey": "A", "UsePreviousValue": true}]', 1, "A says UsePreviousValue\n  give A its Par",
    ),
    "twice in the array": (
        "a.json", '[{"ParameterKey": "A", "ParameterValue": "b"},\n{"ParameterKey": "A", "ParameterValue": "b"}]', 2,
        "A is given twice",
    ),
    "twice in an object": ("a.json", '{"A": "1",\n"A": "2"}', 2, "A is given twice"),
    "twice in TOML": ("a.toml", "A = 1\nA = 2\n", 0, "is not TOML: Cannot overwrite a value"),
    "a null": ("a.json", '{\n"A": null}', 2, "A is null, but a text, a number, true, false or a list of them was"),
    "an object": ("a.json", '{"A": {"Ref": "B"}}', 1, "A is an object, but"),
    "a list of lists": ("a.json", '{"A": [["x"]]}', 1, "A is a list, but"),
    "an object as a value": (
        "a.json", '[{"ParameterKey": "A",\n"ParameterValue": {}}]', 2, "its value is an object, but",
    ),
    "no number": ("a.json", '{"A": NaN}', 0, "NaN is no number"),
    "tags beside": (
        "a.json", '{"Parameters": {},\n"Tags": {}}', 2, "Tags stands beside Parameters, which nothing reads\n  tags",
    ),
    "a date": ("a.toml", "A = 2026-01-01\n", 1, "A is a date, but"),
    "a depth that nothing reads": ("a.json", "[" * 100_000, 0, "is nested too deeply"),
}  # fmt: skip


@pytest.mark.requirement("PP-17", "PP-18", "PP-D33")
@pytest.mark.parametrize(("name", "text", "line", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_told_with_its_line_and_what_was_expected(
    tmp_path: Path, name: str, text: str | bytes, line: int, message: str
) -> None:
    """a wrong file is read as if it were right, or refused without a word of where"""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ProjectError) as caught:
        read(path)
    assert caught.value.location == (str(path), line)
    assert len(str(caught.value).splitlines()) <= 5
    assert str(caught.value).partition(": ")[2].startswith(message)


def test_a_file_that_is_not_there_is_told_with_the_likely_one(tmp_path: Path) -> None:
    (tmp_path / "prod.json").write_text("{}")
    with pytest.raises(ProjectError, match=r"there is no such file\n  did you mean prod.json\?"):
        read(tmp_path / "prd.json")
    with pytest.raises(ProjectError, match="there is no such file"):
        read(tmp_path / "folder" / "prd.json")


def test_a_folder_and_a_file_that_is_far_too_large_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be read: Is a directory"):
        read(tmp_path)
    (tmp_path / "a.json").write_text(" " * 1_000_001)
    with pytest.raises(ProjectError, match="is larger than 1,000,000 bytes"):
        read(tmp_path / "a.json")


NAMES = st.text("abcXYZ019", min_size=1, max_size=5)
TEXTS = st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"), max_size=9), max_size=5)


@settings(deadline=None)
@given(TEXTS)
def test_every_text_arrives_as_it_is_in_each_form(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("files") / "a.json"
    array = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
    for content in (array, {"Parameters": values}, *([values] if "Parameters" not in values else [])):
        path.write_text(json.dumps(content), encoding="utf-8")
        assert read(path).values == values


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("files")
    for name in ("a.json", "a.toml"):
        (folder / name).write_bytes(content)
        with suppress(ProjectError):
            assert all(isinstance(each, str) for each in read(folder / name).values.values())


def test_regions_are_read_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "regions.json"
    path.write_text('{"eu-west-1": {\n"Models": ["a"],\n"Cidr": "10.0.0.0/16"}}')
    found = read_regions(path)["eu-west-1"]
    assert found.values == {"Models": ["a"], "Cidr": "10.0.0.0/16"}
    assert found.location("Cidr") == (str(path), 3)
    (tmp_path / "regions.toml").write_text('[eu-west-1]\nCidr = "10.0.0.0/16"\n')
    assert read_regions(tmp_path / "regions.toml")["eu-west-1"].location("Cidr")[1] == 2


@pytest.mark.parametrize(("text", "line"), [("[]", 1), ('{\n"eu-west-1": ["a"]}', 2)])
def test_regions_of_another_form_are_refused(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "regions.json"
    path.write_text(text)
    with pytest.raises(ProjectError, match=EXPECTED) as caught:
        read_regions(path)
    assert caught.value.location == (str(path), line)
