"""``rollback --to``: an older version of a stack that is well, out of git, against the stand-in for AWS."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from .deployed import NAME, changing
from .test_backup import PLAIN, tree_of
from .typed import SETTINGS

if TYPE_CHECKING:
    from .deployed import Deployed
    from .typed import Typed

MORE = {"Type": "AWS::SNS::Topic"}


def commit(typed: Typed, delay: str) -> None:
    """Commit the build as it is, with a value of the environment."""
    typed.write("pyproject.toml", f'{SETTINGS}\n[tool.stackgen.env.dev.parameters]\nDelay = "{delay}"\n')
    git = ["git", "-C", str(typed.root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "a version"]):
        subprocess.run([*git, *words], check=True, capture_output=True)


def two_versions(typed: Typed, **later: dict[str, Any]) -> Deployed:
    """The shop in two commits, and the later one deployed by the command."""
    commit(typed, "5")
    assert typed.run("deploy", "--yes").code == 0
    shop = typed.shop(**later)
    commit(typed, "9")
    ran = typed.run("deploy", "--yes", "--allow", "replace:Table")
    assert ran.code == 0, ran.err
    typed.cloud.gateway.notes.clear()
    return shop


def delay(shop: Deployed) -> str:
    values = {each["ParameterKey"]: each["ParameterValue"] for each in shop.stack()["Parameters"]}
    return str(values["Delay"])


def paths(shop: Deployed) -> set[str]:
    return {each.path.partition("/")[2] for each in tree_of(shop).all_resources()}


@pytest.mark.requirement("PP-29")
def test_an_older_version_comes_back_with_the_values_that_it_had(typed: Typed) -> None:
    """Templates of the one commit are deployed with values of the other, or nobody is asked."""
    shop = two_versions(typed, queues={"More": MORE})
    assert "Queues/More" in paths(shop)
    ran = typed.run("rollback", "--to", "HEAD~1")
    assert (ran.code, ran.out) == (3, "")
    assert "Queues/More" in ran.err
    assert "with the values of that commit's settings and files" in ran.err
    assert (delay(shop), "Queues/More" in paths(shop)) == ("9", True)
    ran = typed.run("rollback", "--to", "HEAD~1", answer="y")
    assert ran.code == 0, ran.err
    assert (delay(shop), "Queues/More" in paths(shop)) == ("5", False)
    assert "More" in (typed.root / "build/shop/queues.json").read_text("utf-8")


def test_the_values_of_a_record_can_be_taken_instead(typed: Typed) -> None:
    shop = two_versions(typed, queues={"More": MORE})
    assert typed.run("backup").code == 0
    (record,) = (typed.root / "backups").glob("*.json")
    ran = typed.run("rollback", "--to", "HEAD~1", "--values-of", str(record), "--yes")
    assert ran.code == 0, ran.err
    assert (delay(shop), "Queues/More" in paths(shop)) == ("9", False)
    assert "with the values of the record" in ran.err


def test_a_value_of_a_record_that_does_not_fit_is_told_of_the_record(typed: Typed) -> None:
    """It was told as if somebody had typed it, and as if it stood in the settings."""
    commit(typed, "5")
    typed.deploy()
    typed.write("pyproject.toml", f'{SETTINGS}\n[tool.stackgen.stack.shop-stack]\nenvironment_parameter = "Key"\n')
    git = ["git", "-C", str(typed.root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run([*git, "commit", "-qam", "the name of the environment"], check=True, capture_output=True)
    assert typed.run("backup").code == 0
    (record,) = (typed.root / "backups").glob("*.json")
    ran = typed.run("rollback", "--to", "HEAD", "--values-of", f"backups/{record.name}", "--yes")
    assert (ran.code, ran.out) == (1, "")
    said = f"Key = 'id' (the record backups/{record.name})"
    assert ran.err.startswith(f"error: {said}, but the environment is dev\n")
    ran = typed.run("rollback", "--to", "HEAD", "-p", "Key=other", "--yes")
    assert ran.err.startswith("error: Key = 'other' (-p), but the environment is dev\n")


@pytest.mark.requirement("PP-22", "PP-23", "PP-D22")
def test_data_that_an_older_version_does_not_have_is_not_lost_unasked(typed: Typed) -> None:
    """A table goes that nobody allowed to go, or it goes before it was backed up."""
    shop = two_versions(typed, data={"Orders": PLAIN})
    ran = typed.run("rollback", "--to", "HEAD~1", "--yes")
    assert ran.code == 4
    assert "--allow remove:Data/Orders" in ran.err
    assert "Data/Orders" in paths(shop)
    assert shop.client("dynamodb").list_backups()["BackupSummaries"] == []
    ran = typed.run("rollback", "--to", "HEAD~1", "--yes", "--allow", "remove:Data/Orders")
    assert ran.code == 0, ran.err
    sources = {each["TableName"] for each in shop.client("dynamodb").list_backups()["BackupSummaries"]}
    assert any("-Orders-" in name for name in sources)


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        (("--to", "HEAD~9"), 2, "git knows no commit 'HEAD~9'"),
        (("--to", "HEAD", "--skip", "auto"), 2, "are of a way back that got stuck"),
        (("--allow", "replace:X"), 2, "--allow goes with --to COMMIT"),
        (("--no-backup",), 2, "--no-backup goes with --to COMMIT"),
        (("--to", "HEAD", "--values-of", "none.json"), 1, "cannot be read"),
        (("--to", "HEAD", "-r", "eu-west-1"), 2, "dev is not deployed to eu-west-1"),
    ],
)
def test_what_cannot_be_meant_is_refused(typed: Typed, words: tuple[str, ...], code: int, problem: str) -> None:
    commit(typed, "5")
    typed.deploy()
    ran = typed.run("rollback", *words, "--yes")
    assert (ran.code, ran.out) == (code, "")
    assert problem in ran.err
    assert changing([each.operation for each in typed.cloud.gateway.notes]) == []


def test_a_stack_that_was_never_made_has_no_version_to_come_back(typed: Typed) -> None:
    commit(typed, "5")
    ran = typed.run("rollback", "--to", "HEAD", "--yes")
    assert ran.code == 1
    assert f"{NAME} in " in ran.err
    assert "was never made" in ran.err


def test_a_commit_without_a_build_or_settings_is_told(typed: Typed) -> None:
    commit(typed, "5")
    for path in (typed.root / "build/shop").iterdir():
        path.unlink()
    typed.write("stacks/new.txt", "x")
    git = ["git", "-C", str(typed.root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run([*git, "commit", "-qam", "no build"], check=True, capture_output=True)
    typed.build()
    ran = typed.run("rollback", "--to", "HEAD", "--yes")
    assert ran.code == 2
    assert "HEAD has no templates in build" in ran.err
