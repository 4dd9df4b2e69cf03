"""What the guides tell people to type is typed here, in the state that they speak of."""

from __future__ import annotations

import re
import shlex
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from stackgen.local.cloud import Cloud
from tests.support import ROOT

from .aws_cli import aws
from .places import PLACES, Stage, checkout, configure
from .reading import Walk, missing, walks

if TYPE_CHECKING:
    from tests.support import Sandbox

GUIDES = ROOT / "docs" / "deployment"
PAGES = sorted(GUIDES.glob("*.md"))
WALKS = [walk for page in PAGES for walk in walks(page)]
OURS = ["python", "-m", "stackgen"]


@pytest.mark.requirement("PP-43", "PP-45")
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_what_a_guide_says_to_type_does_what_it_says(walk: Walk, sandbox: Sandbox) -> None:
    """a command of a guide is wrong, ends otherwise than it says, or does not print what it shows"""
    assert walk.where in PLACES, f"{walk.name}: nobody makes the state {walk.where!r}"
    with Cloud() as cloud, ExitStack() as closing:
        checkout(sandbox, cloud)
        PLACES[walk.where](Stage(sandbox, cloud, closing))
        for block in walk.blocks:
            told = ""
            if block.settings:
                configure(sandbox.root, block.settings)
            for number, command in enumerate(block.commands, 1):
                code, said = typed(command, sandbox, cloud)
                told += said
                assert code == (block.code if number == len(block.commands) else 0), f"{command}\n{said}"
            assert missing(block.shown, told) == [], told


def typed(command: str, sandbox: Sandbox, cloud: Cloud) -> tuple[int, str]:
    """How a command ends and what it says; only those of stackgen and of the AWS CLI can be run here."""
    words = shlex.split(command)
    if words[0] == "aws":
        return 0, aws(words[1:], cloud)
    assert words[:3] == OURS, command
    ran = sandbox.run(*words[3:])
    return ran.code, ran.out + ran.err


@pytest.mark.parametrize(
    "command",
    [
        "aws ecs describe-clusters --clusters plot-palette-development",
        "aws logs describe-log-groups --log-group-name-prefix /aws/ecs/plot-palette",
        "aws dynamodb list-tables",
    ],
)
def test_a_command_of_the_aws_cli_that_finds_nothing_is_noticed(command: str) -> None:
    with Cloud() as cloud, pytest.raises(AssertionError, match="finds nothing"):
        aws(shlex.split(command)[1:], cloud)


@pytest.mark.requirement("PP-43")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_guide_leads_somewhere(page: object) -> None:
    """a page or heading that a guide sends people to is not there"""
    path = GUIDES / str(getattr(page, "name", page))
    for target in re.findall(r"\]\(([^)#]*(?:#[^)]+)?)\)", path.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        if name.startswith("https://"):
            continue
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}
            assert anchor in anchors, target


@pytest.mark.requirement("PP-43", "PP-44")
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("README.md", [
            "Five minutes", "What you need", "Environments", "Before a deployment", "The second deployment", "Access",
        ]),
        ("troubleshooting.md", [
            "The stack cannot be created", "A nested stack fails", "A table exists already", "Bedrock refuses a model",
            "Too many VPCs", "Workers do not run", "A template is too large", "A rollback is stuck",
        ]),
        ("disaster-recovery.md", ["What is protected", "How much can be lost", "A region is gone", "Rehearse"]),
    ],
)  # fmt: skip
def test_every_part_that_was_asked_for_is_there(page: str, words: list[str]) -> None:
    """a guide loses a part that somebody needs at night: an issue, the backups, the way into another region"""
    headings = re.findall(r"^## (.+)$", (GUIDES / page).read_text("utf-8"), re.MULTILINE)
    assert [word for word in words if not any(heading.startswith(word) for heading in headings)] == []


@pytest.mark.requirement("PP-43")
def test_each_issue_has_its_symptom_its_cause_and_its_remedy() -> None:
    """somebody reads what is wrong and not what to do"""
    parts = (GUIDES / "troubleshooting.md").read_text("utf-8").split("\n## ")[1:]
    for part in parts:
        assert re.search(r"\*\*Symptom\.\*\*.+\*\*Cause", part, re.DOTALL), part[:40]
        assert re.search(r"\*\*(Cause and r|R)emedy\.\*\*", part), part[:40]


@pytest.mark.requirement("PP-44")
def test_the_table_of_loss_has_a_figure_for_everything_that_may_be_lost() -> None:
    """a row tells neither how much is lost nor how long it takes"""
    table = (GUIDES / "disaster-recovery.md").read_text("utf-8").split("| loss | RPO | RTO |")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.strip().splitlines()[1:]]
    assert len(rows) >= 6
    assert all(all(row) for row in rows)
