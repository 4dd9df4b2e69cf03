"""Every review over twenty kinds of templates of our own, by the functions of ``scripts/corpus``."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path

import pytest

from scripts.corpus import STAGES, Facts, Run, main, work
from scripts.corpus_mutations import MUTATIONS, mutations
from scripts.corpus_stages import Case, Tables, UnexpectedError
from stackgen.review.reading import read_folder

CORPUS = Path(__file__).with_name("corpus")

COUNTED = {
    "all-conditional.json": (4, 1, 29, 3, 7),
    "api.yaml": (9, 1, 28, 0, 8),
    "custom-resources.json": (7, 1, 10, 0, 8),
    "database.yaml": (5, 1, 13, 0, 9),
    "ecs.json": (12, 1, 24, 0, 8),
    "events.json": (7, 1, 13, 0, 7),
    "exporter.yaml": (2, 1, 6, 0, 7),
    "foreach.yaml": (5, 1, 4, 0, 7),
    "iam.json": (9, 1, 18, 0, 7),
    "importer.json": (3, 1, 5, 0, 6),
    "live-values.yaml": (5, 1, 10, 0, 8),
    "macros.yaml": (3, 1, 4, 0, 8),
    "mappings.json": (3, 1, 21, 0, 7),
    "nested/child.json": (1, 1, 7, 0, 7),
    "nested/parent.yaml": (5, 3, 5, 0, 8),
    "network.yaml": (23, 1, 48, 0, 9),
    "sam.yaml": (2, 1, 7, 0, 8),
    "stackset.json": (2, 1, 3, 0, 8),
    "state-machine.json": (6, 1, 9, 0, 6),
    "table-stream.json": (4, 1, 13, 0, 9),
    "unusual-spellings.yaml": (6, 1, 16, 0, 9),
    "website.yaml": (6, 1, 25, 0, 9),
}
"""Resources of the tree, stacks, references, resources that may be there or not, mutations that fit."""

PRICED = {
    "custom-resources.json": (1, 0),
    "database.yaml": (2, 0),
    "ecs.json": (5, 0),
    "exporter.yaml": (0, 0),
    "network.yaml": (2, 0),
    "sam.yaml": (2, 0),
    "table-stream.json": (2, 0),
}
"""How many resources have a price, and how many that nobody knows the price of."""

CIRCLE = {
    "Resources": {
        "First": {"Type": "AWS::SNS::Topic", "DependsOn": "Second"},
        "Second": {"Type": "AWS::SNS::Topic", "DependsOn": "First"},
    }
}
TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "news"}}}}

ASKING_NOTHING = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": {"Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::GetAtt": []}}]}}]}}  # fmt: skip
BROKE = {
    "a character that XML cannot hold": {"Type": "Custom::\u0001Thing"},
    "a capacity of 301 digits": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {"ProvisionedThroughput": {"ReadCapacityUnits": 1e300, "WriteCapacityUnits": 1}},
    },
    "a GetAtt of nothing": ASKING_NOTHING,
}
"""Resources over which a stage once stumbled."""


@cache
def run() -> Run:
    return work(CORPUS)


def facts(file: str) -> Facts:
    return run().facts[file]


def test_no_stage_fails_for_any_template() -> None:
    assert run().failures == []


def test_every_template_goes_through_every_stage() -> None:
    count = len(COUNTED)
    once = ("read", "references", "evaluate", "evaluate, nothing known", "diff with itself", "SVG")
    assert {stage: run().runs[stage] for stage in once} == dict.fromkeys(once, count)
    assert run().runs["cost"] == run().runs["permissions"] == run().runs["time to create"] == 2 * count
    mutated = sum(each.mutations for each in run().facts.values())
    assert run().runs["diff of a mutation"] == run().runs["impact of a mutation"] == mutated
    assert set(run().runs) == set(STAGES)


@pytest.mark.parametrize("file", sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.*")))
def test_what_a_template_holds_is_counted(file: str) -> None:
    found = facts(file)
    assert (found.resources, found.stacks, found.references, found.undecided, found.mutations) == COUNTED[file]


@pytest.mark.parametrize("file", sorted(COUNTED))
def test_every_mutation_is_a_change_and_every_creation_takes_time(file: str) -> None:
    found = facts(file)
    assert found.changes >= found.mutations
    assert found.minutes > 0


@pytest.mark.parametrize("file", sorted(PRICED))
def test_what_has_a_price_is_counted(file: str) -> None:
    assert (facts(file).priced, facts(file).uncovered) == PRICED[file]


def test_only_types_without_a_schema_need_no_permission() -> None:
    assert [file for file, each in run().facts.items() if not each.actions] == ["sam.yaml"]


def test_what_the_mutations_do_is_of_every_kind() -> None:
    assert {"create", "update", "replace", "delete"} <= set(run().impacts)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_mutation_leaves_the_template_as_it_was(name: str) -> None:
    before = read_folder(str(CORPUS / "database.yaml")).templates["database"].content
    kept = copy.deepcopy(before)
    changed = {what: content for what, content, _ in mutations(before)}[name]
    assert before == kept
    assert changed != kept


def test_a_template_that_is_no_json_is_named_with_its_line_and_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.json").write_text('{\n  "Resources": {,}\n}\n', encoding="utf-8")
    (tmp_path / "topic.json").write_text(json.dumps(TOPIC), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("1 failure: 1 template, 1 resource, ")
    (failed,) = (line for line in out.splitlines() if line.startswith("FAILED"))
    assert failed.startswith("FAILED broken.json: read: ")
    assert "broken.json:2: is not JSON" in failed


def test_a_stage_that_fails_is_named_and_the_others_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "circle.json").write_text(json.dumps(CIRCLE), encoding="utf-8")
    assert main([str(tmp_path), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    stages = {each["stage"] for each in found["failures"] if each["file"] == "circle.json"}
    assert "time to create" in stages
    assert found["templates"]["circle.json"]["resources"] == 2
    assert found["stages"]["SVG"]["runs"] == 1


def test_the_table_has_a_line_for_each_stage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "topic.yaml").write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}\n", encoding="utf-8")
    (tmp_path / "notes.yaml").write_text("a: list of notes\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    first, others, _, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith("no failure: 1 template, 1 resource, ")
    assert others == "1 file holds no template"
    assert [line[:24].rstrip() for line in lines] == list(STAGES)


@pytest.mark.parametrize("what", sorted(BROKE))
def test_no_stage_stumbles_over(what: str, tmp_path: Path) -> None:
    content = {"Resources": {"Odd": BROKE[what], **TOPIC["Resources"]}}
    (tmp_path / "odd.json").write_text(json.dumps(content), encoding="utf-8")
    assert work(tmp_path).failures == []


def test_a_folder_without_a_template_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "no template" in capsys.readouterr().err


def test_a_difference_that_is_not_told_is_found() -> None:
    case = Case(read_folder(str(CORPUS / "database.yaml")), "database", Tables())
    content = copy.deepcopy(case.build.templates["database"].content)
    with pytest.raises(UnexpectedError, match="changed of Resources is not told"):
        case.difference(content, ("Resources", "changed"))
