"""``python -m stackgen multi``, as a person runs it: its help, its words, and a first day with it."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from stackgen.commands.multi import WORDS, words_here
from stackgen.local.cloud import Cloud
from tests.deployer.operating.installed import ACCOUNTS, DEPLOYER, REGIONS, Installed
from tests.support import credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support import Ran, Sandbox

LEAVES = [
    ("targets", "list"),
    ("targets", "set"),
    ("targets", "rm"),
    ("targets", "config"),
    ("lock", "show"),
    ("lock", "break"),
    *((word,) for word in WORDS if word not in ("targets", "lock", "rehearse")),
]


def test_the_help_lists_the_words_that_are_installed(sandbox: Sandbox) -> None:
    ran = sandbox.run("multi", "--help")
    assert (ran.code, ran.err) == (0, "")
    for word, (module, _) in WORDS.items():
        is_here = find_spec(f"stackgen.commands.{module}") is not None
        assert (f"\n  {word} " in ran.out) == is_here == (word in words_here()), word
    assert sandbox.run("multi") == (2, "", ran.out)


@pytest.mark.parametrize("words", [("targets",), ("lock",), *LEAVES], ids=" ".join)
def test_every_word_has_a_help_that_fits(sandbox: Sandbox, words: tuple[str, ...]) -> None:
    (sandbox.root / "pyproject.toml").unlink()
    ran = sandbox.run("multi", *words, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: python -m stackgen multi {' '.join(words)} ")
    assert "Formats: text, json." in " ".join(ran.out.split())
    if words in LEAVES:
        for option in ("--installation ENV", "--double-hyphen"):
            assert option in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("words", [("targets",), ("lock",)], ids=" ".join)
def test_a_word_with_further_words_needs_one(sandbox: Sandbox, words: tuple[str, ...]) -> None:
    ran = sandbox.run("multi", *words)
    assert (ran.code, ran.out, ran.err) == (2, "", sandbox.run("multi", *words, "--help").out)


USAGE = {
    ("multi", "stauts"): "error: multi: unknown word 'stauts'\n  did you mean status?\n",
    ("multi", "lock", "brake"): "error: multi lock: unknown word 'brake'\n  did you mean break?\n",
    ("multi", "status"): "error: status: the following arguments are required: REPO\n",
    ("multi", "status", "shop", "--bulid", "x"): "error: status: unrecognized arguments: --bulid x\n  did you",
    ("multi", "status", "shop", "--format", "md"): "error: --format md: one of text, json was expected\n",
    ("multi", "status", "shop", "-e", "a/b"): "error: -e 'a/b': a name without '#', '/' and blanks was expected\n",
    ("build", "--profile", "x"): "error: build takes no --profile: it asks AWS nothing\n  these take --profile: apply,",
}  # fmt: skip


@pytest.mark.parametrize(("words", "message"), USAGE.items(), ids=map(" ".join, USAGE))
def test_a_wrong_flag_or_name_is_2_with_the_likely_spelling(
    sandbox: Sandbox, words: tuple[str, ...], message: str
) -> None:
    ran = sandbox.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(message)


def test_without_boto3_the_extra_is_named(sandbox: Sandbox) -> None:
    sandbox.write({"hidden/boto3.py": "raise ImportError('not here')"})
    program = (
        "import sys, importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'boto3' else find(name, *more)\n"
        "from stackgen.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    sandbox.write({"run.py": program})
    import subprocess

    from tests.support import environment

    done = subprocess.run(
        [sys.executable, "run.py", "multi", "status", "shop"],
        cwd=sandbox.root, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == "error: talking to AWS needs boto3\n  install the extra deploy: pip install 'stackgen[deploy]'\n"
    )


@pytest.fixture
def served(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox whose AWS is a stand-in that this process serves."""
    with Cloud() as cloud:
        Installed(cloud)
        sandbox.always |= credentials(cloud.url, DEPLOYER, sandbox.root)
        yield sandbox


@pytest.mark.requirement("DEP-51")
def test_a_first_day_with_the_deployer(served: Sandbox) -> None:
    """A command of the guide does not work as it is typed there."""
    (served.root / "pyproject.toml").unlink()

    def multi(*words: str) -> Ran:
        return served.run("multi", *words, "-r", "us-east-1")

    where = ("--accounts", ",".join(ACCOUNTS), "--regions", ",".join(REGIONS))
    assert multi("setup").code == 4
    assert multi("targets", "set", "--default", "-e", "dev", *where) == (
        0,
        "the default in dev: 6 targets in 3 accounts, 2 regions\n"
        + "".join(f"  {account}/{region}\n" for account in ACCOUNTS for region in REGIONS),
        "",
    )
    plan = multi("plan", "shop", "--format", "json")
    assert (plan.code, plan.err) == (0, "")
    assert json.loads(plan.out)["counts"]["create"] == 6
    assert multi("status", "shop").code == 2
    assert multi("targets", "rm", "--default", "-e", "dev").code == 3
    assert multi("targets", "rm", "--default", "-e", "dev", "--yes").code == 0
    assert multi("targets", "list", "-o", "targets.txt") == (
        0,
        "",
        "warning: releases go to dev first (built-in), which has no targets\n",
    )
    assert (served.root / "targets.txt").read_text().startswith("the default: 0 targets in 0 environments")
