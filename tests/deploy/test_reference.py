"""The page about a stack's parameters: what each takes, has where, and does when it is changed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.reference.entries import accepts
from stackgen.deploy.reference.gathering import gathered
from stackgen.deploy.reference.notes import read
from stackgen.deploy.reference.page import as_json, markdown
from stackgen.deploy.resolving import Wish
from stackgen.errors import ProjectError, UsageError
from stackgen.project import Project
from stackgen.review.reading import read_folder
from tests.test_params_command import run

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.deploy.reference.entries import Entry
    from stackgen.review.model import Build

PARAMETERS: dict[str, Any] = {
    "Key": {"Type": "String", "Default": "id", "AllowedPattern": "[a-z]+", "ConstraintDescription": "small letters"},
    "Delay": {"Type": "Number", "MinValue": 0, "MaxValue": 900, "Description": "Seconds"},
    "Password": {"Type": "String", "NoEcho": True, "MinLength": 8, "Default": "change-me-soon"},
}
TEMPLATE: dict[str, Any] = {
    "Metadata": {
        "AWS::CloudFormation::Interface": {"ParameterGroups": [{"Label": {"default": "Data"}, "Parameters": ["Key"]}]}
    },
    "Parameters": PARAMETERS,
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": {"Ref": "Key"}, "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": {"Ref": "Key"}, "KeyType": "HASH"}],
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": {"Ref": "Delay"}}},
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"SecretString": {"Ref": "Password"}},
        },
    },
}
SETTINGS = """\
[tool.stackgen]
regions = ["us-east-1"]

[tool.stackgen.env.dev.parameters]
Delay = 5

[tool.stackgen.env.prod]
regions = ["us-east-1", "eu-west-1"]
stacks = ["shop-stack"]

[tool.stackgen.env.prod.parameters]
Delay = 5
Password = "correct-horse-battery"

[tool.stackgen.env.prod.region.eu-west-1.parameters]
Delay = 9
"""
NOTES = """\
[Key]
example = "number"
advice = "For good."

[Delay]
example = 30
prod = "Little."
"""


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Project, Build, str]:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "notes.toml").write_text(NOTES, encoding="utf-8")
    for name in ("shop-stack", "other-stack"):
        path = tmp_path / "build" / "shop" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return Project.find(tmp_path), read_folder(str(tmp_path / "build")), str(tmp_path / "notes.toml")


def entries_of(shop: tuple[Project, Build, str]) -> dict[str, Entry]:
    project, build, notes = shop
    (found,) = gathered(project, build, Wish(["shop-stack"]), notes).values()
    return {each.name: each for each in found}


def test_the_groups_of_the_console_come_first_and_then_what_is_in_none(shop: tuple[Project, Build, str]) -> None:
    assert [(each.group, each.name) for each in entries_of(shop).values()] == [
        ("Data", "Key"), ("Other", "Delay"), ("Other", "Password"),
    ]  # fmt: skip


def test_each_environment_and_region_has_its_value_and_who_said_it(shop: tuple[Project, Build, str]) -> None:
    assert [tuple(each) for each in entries_of(shop)["Delay"].chosen] == [
        ("dev/us-east-1", "5", "env.dev.parameters"),
        ("prod/us-east-1", "5", "env.prod.parameters"),
        ("prod/eu-west-1", "9", "env.prod.region.eu-west-1.parameters"),
    ]


def test_a_change_is_tried_and_what_it_replaces_and_loses_is_told(shop: tuple[Project, Build, str]) -> None:
    effect = entries_of(shop)["Key"].effect
    assert effect is not None
    assert (effect.before, effect.after, dict(effect.resources)) == ("id", "number", {"replaced": ("Table",)})
    assert list(effect.losses.values()) == [("Table",)]
    delay = entries_of(shop)["Delay"].effect
    assert delay is not None
    assert (dict(delay.resources), dict(delay.losses)) == ({"updated in place": ("Queue",)}, {})


def test_a_secret_is_nowhere_on_the_page_neither_its_value_nor_its_default(shop: tuple[Project, Build, str]) -> None:
    entries = entries_of(shop)
    page = markdown("shop", [*entries.values()])
    told = page + json.dumps([as_json(each) for each in entries.values()])
    assert entries["Password"].effect is None
    assert "correct-horse-battery" not in told
    assert "change-me-soon" not in told
    assert "`****`" in page


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"AllowedValues": ["a", ""]}, "`a`, nothing"),
        ({"AllowedPattern": "x", "ConstraintDescription": "an x"}, "an x"),
        ({"MinValue": 1, "MaxValue": 5}, "1 to 5"),
        ({"MinLength": 8}, "8 characters"),
        ({}, "any text"),
    ],
)
def test_what_a_parameter_takes_is_said_in_words(declared: dict[str, Any], words: str) -> None:
    assert accepts(declared) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[Kay]\nexample = 'x'\n", ["has no parameter 'Kay'", "Key"]),
        ("[Key]\nadvise = 'x'\n", ["unknown key 'advise'", "advice"]),
        ("[Key]\nexample = 'UPPER'\n", ["the example of Key", "UPPER"]),
        ("[Key]\nprod = 5\n", ["a text was expected"]),
        ("Key = 5\n", ["a table was expected"]),
        ("[Key\n", ["is no TOML"]),
    ],
)
def test_a_note_that_is_wrong_is_refused_with_what_was_meant(
    text: str, words: list[str], shop: tuple[Project, Build, str], tmp_path: Path
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        read(path, shop[1].templates["shop/shop-stack"], ["dev", "prod"])
    assert [word for word in words if word not in f"{caught.value} {caught.value.hints}"] == []


def test_a_file_of_notes_that_is_not_there_is_an_error_and_one_for_two_stacks_too(
    shop: tuple[Project, Build, str], tmp_path: Path
) -> None:
    project, build, notes = shop
    with pytest.raises(ProjectError, match="cannot be read"):
        gathered(project, build, Wish(["shop-stack"]), str(tmp_path / "none.toml"))
    with pytest.raises(UsageError, match="for which stack"):
        gathered(project, build, Wish(), notes)


def test_without_words_every_stack_has_its_page_and_an_environment_can_be_chosen(
    shop: tuple[Project, Build, str],
) -> None:
    project, build, _ = shop
    found = gathered(project, build, Wish(environments=["prod"]))
    places = {name: {each.place for entry in page for each in entry.chosen} for name, page in found.items()}
    assert places == {"shop/other-stack": set(), "shop/shop-stack": {"prod/us-east-1", "prod/eu-west-1"}}


def test_the_command_prints_markdown_whose_links_lead_somewhere_and_json() -> None:
    told = run("params", "reference", "plot-palette/master-stack")
    assert told.code == 0
    assert told.out.startswith("## Parameters of `plot-palette/master-stack`")
    links = set(re.findall(r"\]\(#([a-z]+)\)", told.out))
    headings = {heading.lower() for heading in re.findall(r"^#### (\w+)$", told.out, re.MULTILINE)}
    assert links == headings
    as_data = json.loads(run("params", "reference", "plot-palette/master-stack", "--format", "json").out)
    assert {each["name"].lower() for each in as_data["stacks"]["plot-palette/master-stack"]} == headings


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("plot-palette/master-stak",), 2, "did you mean"),
        (("plot-palette/master-stack", "--notes", "none.toml"), 1, "cannot be read"),
        (("plot-palette/master-stack", "--notes"), 2, "expected one argument"),
        (("plot-palette/network-stack",), 2, "is nested"),
        (("plot-palette/master-stack", "-e", "prodution"), 2, "did you mean"),
    ],
)
def test_what_is_typed_wrongly_is_told(words: tuple[str, ...], code: int, said: str) -> None:
    told = run("params", "reference", *words)
    assert told.code == code
    assert said in told.err
