"""The commands that read builds, given what is wrong: what it is, where it is, what to do; never a traceback.

Exit codes: 1 for wrong files and settings, 2 for wrong words, 4 for findings.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.review.repositories import ALONE, Repository
from tests.support import PYPROJECT, Ran, Sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMPARING = ("diff", "impact", "permissions")
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue"}
GOOD = json.dumps({"Resources": {"Queue": QUEUE}}, indent=2)
MANIFEST = json.dumps({"schema": "stackgen/manifest", "version": 1, "files": ["a.json", "gone.json"]})


def nested(url: str) -> str:
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    return json.dumps({"Resources": {"Child": stack}}, indent=2)


def needing(*names: str) -> str:
    parameters = {name: {"Type": "String"} for name in names}
    return json.dumps({"Parameters": parameters, "Resources": {"Queue": QUEUE}}, indent=2)


class Case(NamedTuple):
    """Files of a repository, words behind the command, and what the refusal says."""

    files: Mapping[str, str | bytes]
    words: tuple[str, ...]
    patterns: tuple[str, ...]
    code: int = 1
    commands: tuple[str, ...] = COMPARING


def folder(files: Mapping[str, str | bytes], *patterns: str, commands: tuple[str, ...] = COMPARING) -> Case:
    """A good folder compared with one that is bad."""
    return Case({f"bad/{name}": text for name, text in files.items()}, ("good", "bad"), patterns, 1, commands)


def words(*given: str, says: str, code: int = 2, commands: tuple[str, ...] = COMPARING) -> Case:
    """All files are right, and the words are not."""
    return Case({}, given, (says,), code, commands)


def settings(text: str, *patterns: str) -> Case:
    """The project's settings are wrong, or go badly with the build."""
    return Case({"pyproject.toml": PYPROJECT + text}, ("HEAD",), patterns, 1, ("impact", "permissions"))


FOLDERS = {
    "a folder without templates": folder({"README.md": "x"}, "bad: holds no CloudFormation template"),
    "a folder of other files": folder(
        {"package.json": "{}"}, r"holds no CloudFormation template; bad/package\.json is none"
    ),
    "a folder that is not there": words(
        "good", "./bda", code=1, says=r"bda: there is no such folder\n  did you mean bad\?"
    ),
    "broken JSON": folder({"x.json": '{\n  "Resources": {},\n}', "a.json": GOOD}, r"bad/x\.json:3: is not JSON: "),
    "broken JSON alone": folder({"x.json": "{"}, r"bad/x\.json:1: is not JSON: "),
    "broken YAML": folder({"x.yaml": "Resources:\n\tA: b\n", "a.json": GOOD}, r"bad/x\.yaml:2: is not YAML: "),
    "an unknown tag of YAML": folder({"x.yaml": "Resources:\n  A: b\n  - c\n"}, r"bad/x\.yaml:3: is not YAML: "),
    "bytes that are no text": folder({"x.json": b"\xff\xfe"}, r"bad/x\.json: is not UTF-8: "),
    "a template that is a list": Case(
        {"x.json": "[]"}, ("good", "x.json"), (r"x\.json:1: is no CloudFormation template: an object was expected",)
    ),
    "resources that are misspelt": folder(
        {"x.json": '{"AWSTemplateFormatVersion": "2010-09-09", "Resorces": {}}'},
        r"bad/x\.json:1: is no CloudFormation template: Resources was expected, and there are none\n",
        r"  Resorces is written; did you mean Resources\?",
    ),
    "resources that are a list": folder({"x.json": '{"Resources": []}'}, "Resources was expected, and they are list"),
    "a resource without a type": folder({"x.json": '{"Resources": {"A": {}}}'}, "resource A has no Type"),
    "a file that the manifest lists is missing": folder(
        {"manifest.json": MANIFEST, "a.json": GOOD}, r"bad/gone\.json: is listed in the manifest, and is not there"
    ),
    "aliases that multiply": folder(
        {
            "x.yaml": "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
        },
        "has more than 2,000,000 values; do its aliases multiply",
        commands=("diff",),
    ),
    "templates that nest each other": folder(
        {"a.json": nested("./b.json"), "b.json": nested("./a.json")},
        r"bad/b\.json:3: Child nests a in itself: a -> b -> a",
    ),
    "a template that nests itself": folder({"a.json": nested("./a.json")}, "Child nests a in itself: a -> a"),
    "a child that is not there": folder(
        {"a.json": nested("./netwrk.json"), "network.json": GOOD},
        r"bad/a\.json:6: Child is made from \./netwrk\.json, and the build has no such template\n",
        r"  did you mean network\?",
    ),
}

WORDS = {
    "an unknown ref": words("mian", says=r"git knows no commit 'mian'\n  did you mean main\?"),
    "an unknown end of a range": words("main..mian", says=r"git knows no commit 'mian'\n  did you mean main\?"),
    "an unknown end of three dots": words("HEAD...HEAD~9", says="git knows no commit 'HEAD~9'"),
    "a range of three": words("a..b..c", says="'a..b..c' is no range of commits"),
    "three words": words("good", "bad", "more", says="two builds are compared, and 3 were named: good bad more"),
    "a wrong format": words("HEAD", "--format", "xml", says="--format xml: one of text, json, md was expected"),
    "a misspelt format": words("HEAD", "--format", "jsno", says=r"did you mean json\?"),
    "a wrong option": words("HEAD", "--formt", "json", says=r"--formt.*\n  did you mean --format\?"),
    "an unknown environment": words(
        "HEAD", "-e", "prd", says=r"no environment 'prd'\n  did you mean prod\?", commands=("impact", "permissions")
    ),
    "an environment for a command that takes none": words(
        "HEAD", "-e", "prod", says="diff takes no -e: it does the same for every environment", commands=("diff",)
    ),
    "an unknown region": words(
        "HEAD", "-r", "eu-wset-1", says=r"no environment is deployed to eu-wset-1\n  did you mean eu-west-1\?",
        commands=("impact", "permissions"),
    ),
    "a parameter without a value": words(
        "HEAD", "-p", "Size", says="-p Size: Name=Value was expected", commands=("impact", "permissions")
    ),
    "a parameter that no stack has": words(
        "HEAD", "-p", "Sise=1", says=r"-p Sise: no stack that is looked at has such a parameter",
        commands=("impact", "permissions"),
    ),
    "nothing to fail on": words(
        "HEAD", "--fail-on", "", says="--fail-on names nothing, so it would let everything pass", commands=("impact",)
    ),
    "commas to fail on": words(
        "HEAD", "--fail-on", " , ", says="--fail-on names nothing", commands=("impact",)
    ),
    "environments with a comma": words(
        "HEAD", "-e", "dev,prod", says="-e is repeated for several: -e dev -e prod", commands=("impact", "permissions")
    ),
    "an unknown kind to fail on": words(
        "HEAD", "--fail-on", "replace,destry", says=r"--fail-on destry: one of .+\n  did you mean destroy\?",
        commands=("impact",),
    ),
    "an unknown code": words("V999", says="there is no code 'V999'", commands=("explain",)),
    "two codes": words("V201", "V202", says="unrecognized arguments: V202", commands=("explain",)),
    "a format that explain has not": words(
        "--format", "md", says="--format md: one of text, json was expected", commands=("explain",)
    ),
    "an environment for explain": words("-e", "prod", says="explain takes no -e", commands=("explain",)),
}  # fmt: skip

PROD = '[tool.stackgen.env.prod]\nregions = ["eu-west-1"]\n'
SETTINGS = {
    "a misspelt setting": settings(
        "[tool.stackgen.env.prod]\nregoins = []\n", r"pyproject\.toml:4: env\.prod: unknown setting 'regoins'"
    ),
    "a stack that is not there": settings(
        f'{PROD}stacks = ["b"]\n', r"pyproject\.toml:5: env\.prod\.stacks names 'b', and work tree has no such stack"
    ),
    "a parameter that no stack has": settings(
        f"{PROD}[tool.stackgen.env.prod.parameters]\nSize = 1\n",
        r"pyproject\.toml:6: env\.prod\.parameters: no stack of work tree has a parameter 'Size'",
    ),
    "parameters that an environment lacks": Case(
        {"pyproject.toml": PYPROJECT + PROD, "build/a.json": needing("First", "Second")},
        ("HEAD",),
        (
            r"pyproject\.toml:3: prod gives no value to First, Second of a\n",
            r"\[tool\.stackgen\.env\.prod\.parameters\]",
        ),
        1,
        ("impact", "permissions"),
    ),
}

CASES = {
    f"{command}: {name}": (command, case)
    for name, case in {**FOLDERS, **WORDS, **SETTINGS}.items()
    for command in case.commands
}


@pytest.fixture
def project(tmp_path: Path) -> Sandbox:
    """A project of one template and one environment, committed."""
    repository = Repository(tmp_path / "project")
    repository.commit(
        {
            "pyproject.toml": PYPROJECT + PROD,
            "stacks/__init__.py": "",
            "build/a.json": GOOD,
            "good/a.json": GOOD,
            "bad/a.json": GOOD,
        }
    )
    return Sandbox(repository.root)


def prepared(project: Sandbox, files: Mapping[str, str | bytes]) -> Sandbox:
    if any(name.startswith("bad/") for name in files):
        (project.root / "bad" / "a.json").unlink()
    for name, text in files.items():
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return project


def ran_in(project: Sandbox, *arguments: str) -> Ran:
    return project.run(*arguments, cwd=None, **ALONE)


@pytest.mark.parametrize(("command", "case"), CASES.values(), ids=CASES)
def test_what_is_wrong_is_told_where_it_is_in_a_few_lines(project: Sandbox, command: str, case: Case) -> None:
    prepared(project, case.files)
    before = project.contents("build")
    ran = ran_in(project, command, *case.words)
    assert ran.code == case.code, ran
    assert ran.err.startswith("error: "), ran
    for pattern in case.patterns:
        assert re.search(pattern, ran.err), ran.err
    assert len(ran.err.splitlines()) <= 5
    assert "Traceback" not in ran.err
    assert "this is a bug" not in ran.err
    assert project.contents("build") == before


@pytest.mark.parametrize("command", COMPARING)
def test_one_bad_file_does_not_hide_the_others(project: Sandbox, command: str) -> None:
    bad = {"bad/a.json": GOOD, "bad/x.json": "{", "bad/y.yaml": "\t", "bad/z.json": GOOD.replace("Queue", "Topic")}
    ran = ran_in(prepared(project, bad), command, "good", "bad", "--format", "json")
    assert ran.code == 1
    assert json.loads(ran.out)["schema"].startswith("stackgen/")
    assert [line.partition(" is ")[0] for line in ran.err.splitlines()] == [
        "error: bad/x.json:1:",
        "error: bad/y.yaml:1:",
    ]


def test_the_others_are_shown(project: Sandbox) -> None:
    bad = {"bad/a.json": GOOD, "bad/x.json": "{", "bad/z.json": GOOD}
    ran = ran_in(prepared(project, bad), "impact", "good", "bad")
    assert ran.out.splitlines()[0].startswith("1 created")


@pytest.mark.parametrize("command", COMPARING)
def test_without_a_project_two_folders_are_enough_and_a_ref_is_not(tmp_path: Path, command: str) -> None:
    sandbox = Sandbox(tmp_path / "none").write({"a/x.json": GOOD, "b/x.json": GOOD})
    assert ran_in(sandbox, command, "a", "b").code == 0
    ran = ran_in(sandbox, command, "HEAD")
    assert (ran.code, ran.out) == (1, "")
    assert "no project in" in ran.err


@pytest.mark.parametrize("command", COMPARING)
def test_a_project_outside_of_git_has_no_ref(tmp_path: Path, command: str) -> None:
    sandbox = Sandbox(tmp_path / "plain").write(
        {"pyproject.toml": PYPROJECT, "stacks/__init__.py": "", "build/a.json": GOOD}
    )
    ran = ran_in(sandbox, command, "HEAD")
    assert (ran.code, ran.out) == (1, "")
    assert "build: is in no git repository, so there is no ref to compare with" in ran.err


@pytest.mark.parametrize("command", COMPARING)
def test_a_project_that_was_never_built_has_nothing_to_compare(project: Sandbox, command: str) -> None:
    (project.root / "build" / "a.json").unlink()
    (project.root / "build").rmdir()
    ran = ran_in(project, command, "HEAD")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: build: there is no such folder")


@pytest.mark.parametrize("command", COMPARING)
def test_five_thousand_resources_are_compared(project: Sandbox, command: str) -> None:
    resources = {f"Queue{number}": {**QUEUE, "Properties": {"DelaySeconds": 1}} for number in range(5000)}
    changed = {**resources, "Queue7": {**QUEUE, "Properties": {"DelaySeconds": 2}}}
    files = {
        f"{name}/big.json": json.dumps({"Resources": each}) for name, each in (("one", resources), ("two", changed))
    }
    ran = ran_in(prepared(project, files), command, "one", "two", "--format", "json")
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("command", COMPARING)
def test_equal_builds_are_no_finding(project: Sandbox, command: str) -> None:
    ran = ran_in(project, command, "HEAD")
    assert (ran.code, ran.err) == (0, "")


REPLACED = GOOD.replace('"AWS::SQS::Queue"', '"AWS::SQS::Queue", "Properties": {"FifoQueue": true}')
FINDINGS = [("replace", 4), ("destroy,replace", 4), (" replace ", 4), ("destroy", 0)]


@pytest.mark.parametrize(("kinds", "code"), FINDINGS)
def test_findings_are_an_exit_code_of_their_own(project: Sandbox, kinds: str, code: int) -> None:
    ran = ran_in(prepared(project, {"bad/a.json": REPLACED}), "impact", "good", "bad", f"--fail-on={kinds}")
    assert ran.code == code, ran
    assert ran.err.startswith("error: --fail-on: ") == (code == 4)


def test_settings_that_were_wrong_at_the_base_do_not_keep_their_correction_out(project: Sandbox) -> None:
    repository = Repository(project.root)
    repository.commit({"pyproject.toml": PYPROJECT + PROD.replace("regions", "regoins")})
    repository.commit({"pyproject.toml": PYPROJECT + PROD})
    assert ran_in(project, "impact", "HEAD~1..HEAD").code == 0


CUT = GOOD[:30]
SIDES = {"after": ("good", "bad"), "before": ("bad", "good")}
JUDGED = ("impact", "diff", "permissions", "cost")


def cut(project: Sandbox) -> Sandbox:
    """The second of two equal folders, in which one of two files lost its end."""
    return prepared(project, {"good/b.json": GOOD, "bad/a.json": CUT, "bad/b.json": GOOD})


@pytest.mark.parametrize("sides", SIDES.values(), ids=SIDES)
@pytest.mark.parametrize("command", JUDGED)
def test_a_file_that_lost_its_end_is_neither_gone_nor_new(
    project: Sandbox, command: str, sides: tuple[str, str]
) -> None:
    """What is told is what would be told if neither side had it."""
    data = []
    for name in ("a.json", "b.json"):  # the first is cut, the second is what both have
        ran = ran_in(cut(project) if name == "a.json" else project, command, *sides, "--format", "json")
        data.append({key: each for key, each in json.loads(ran.out).items() if key not in {"verdict", "problems"}})
        assert ran.code == (1 if name == "a.json" else 0)
        for side in sides:
            (project.root / side / "a.json").unlink(missing_ok=True)
    assert data[0] == data[1]


FIRST_LINES = {
    "impact": "nothing changes in what could be read (defaults/us-east-1); 1 file could not",
    "diff": "no changes in what could be read; 1 file could not",
    "report": "nothing changes in what could be read (defaults/us-east-1); 1 file could not",
}


@pytest.mark.parametrize("sides", SIDES.values(), ids=SIDES)
@pytest.mark.parametrize("form", ["text", "md"])
@pytest.mark.parametrize("command", FIRST_LINES)
def test_the_first_line_says_that_not_all_was_read(
    project: Sandbox, command: str, form: str, sides: tuple[str, str]
) -> None:
    ran = ran_in(cut(project), command, *sides, "--format", form)
    assert ran.out.splitlines()[0].strip("*") == FIRST_LINES[command]


@pytest.mark.parametrize("sides", SIDES.values(), ids=SIDES)
def test_what_could_not_be_read_does_not_stop_a_workflow_as_a_loss(project: Sandbox, sides: tuple[str, str]) -> None:
    prepared(cut(project), {"good/a.json": json.dumps({"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}})})
    assert ran_in(project, "impact", *sides, "--fail-on", "data-loss,destroy").code == 1


def test_a_picture_of_a_change_leaves_it_out_too(project: Sandbox) -> None:
    ran = ran_in(cut(project), "graph", "good", "--changed", "bad", "--format", "dot")
    assert ran.code == 1
    assert '"a"' not in ran.out
    assert '"b"' in ran.out


def test_a_file_that_is_broken_on_both_sides_is_told_once(project: Sandbox) -> None:
    repository = Repository(project.root)
    repository.commit({"build/broken.json": CUT})
    for command in COMPARING:
        ran = ran_in(project, command, "HEAD")
        assert ran.code == 1
        assert [line.partition(" is ")[0] for line in ran.err.splitlines()] == ["error: build/broken.json:3:"]


BROKEN_TREES = {"itself": nested("./a.json"), "nothing": nested("./gone.json")}


@pytest.mark.parametrize("kind", BROKEN_TREES)
@pytest.mark.parametrize(
    "words", [("diff", "good", "bad"), ("impact", "good", "bad"), ("permissions", "good", "bad"), ("graph", "./bad"),
              ("time", "bad"), ("cost", "bad"), ("report", "good", "bad")], ids=lambda words: str(words[0])
)  # fmt: skip
def test_every_command_tells_a_child_that_is_not_there_and_prints_the_rest(
    project: Sandbox, words: tuple[str, ...], kind: str
) -> None:
    ran = ran_in(prepared(project, {"bad/a.json": BROKEN_TREES[kind]}), *words)
    assert ran.code == 1
    assert "nests a in itself" in ran.err or "Child is made from ./gone.json" in ran.err
    assert ran.err.count("error: ") == 1
    assert ran.out


FOREIGN = PYPROJECT + PROD + 'stacks = ["a"]\n[tool.stackgen.env.prod.parameters]\nSize = 3\n'


@pytest.mark.parametrize(
    "words", [("impact", "good", "bad"), ("permissions", "good", "bad"), ("cost", "good", "bad"), ("cost", "bad"),
              ("report", "good", "bad"), ("time", "bad"), ("graph", "./bad", "--changed", "good")], ids=" ".join
)  # fmt: skip
def test_environments_are_not_for_the_folders_of_others(project: Sandbox, words: tuple[str, ...]) -> None:
    """They name stacks and parameters that the others have not; the regions are taken from the project."""
    files = {"good/foreign.json": GOOD, "bad/foreign.json": needing("Other"), "pyproject.toml": FOREIGN}
    (project.root / "good" / "a.json").unlink()
    ran = ran_in(prepared(project, files), *words)
    assert ran.code == 0, ran
    assert "error" not in ran.err
    assert "prod" not in ran.out
    if words[0] in {"impact", "cost"}:
        assert "defaults/us-east-1" in ran.out.splitlines()[0]
    if words[0] != "graph":
        asked = ran_in(project, *words, "-e", "prod")
        assert (asked.code, "env.prod.stacks names 'a'" in asked.err) == (2 if words[0] == "time" else 1, True)


@pytest.mark.parametrize("words", [("HEAD", "bad"), ("good",), ("build", "bad")])
def test_they_are_for_a_comparison_with_the_projects_own(project: Sandbox, words: tuple[str, ...]) -> None:
    assert "(prod/eu-west-1)" in ran_in(project, "impact", *words).out.splitlines()[0]


@pytest.mark.parametrize("settings", [None, "[tool.other]\n"])
def test_without_a_project_a_range_and_two_refs_are_refused_alike(tmp_path: Path, settings: str | None) -> None:
    repository = Repository(tmp_path / "plain")
    repository.commit({"a.json": GOOD, **({} if settings is None else {"pyproject.toml": settings})})
    repository.commit({"a.json": CUT})
    sandbox = Sandbox(repository.root)
    told = {
        (command, ran_in(sandbox, command, *words))
        for command in COMPARING
        for words in (("HEAD~1..HEAD",), ("HEAD~1", "HEAD"), ("HEAD~1",))
    }
    assert {(ran.code, ran.out) for _, ran in told} == {(1, "")}
    (error,) = {ran.err for _, ran in told}
    assert "[tool.stackgen]" in error
    assert "name two folders of templates, which need none" in error


@pytest.mark.parametrize("command", COMPARING)
def test_two_folders_need_no_project_beside_the_settings_of_other_tools(tmp_path: Path, command: str) -> None:
    sandbox = Sandbox(tmp_path).write({"pyproject.toml": "[tool.other]\n", "a/x.json": GOOD, "b/x.json": GOOD})
    assert ran_in(sandbox, command, "a", "b").code == 0
