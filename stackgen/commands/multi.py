"""``multi``: releases to many accounts and regions, and the deployer that carries them out."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .arguments import Parser
from .forms import in_help
from .words import dispatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {
    "setup": ("multi_setup", "which template goes into which account, and what is still missing"),
    "targets": ("multi_targets", "where repositories are deployed to: list, set, rm, config"),
    "plan": ("multi_plan", "what a release would create, update and delete, in which order; changes nothing"),
    "apply": ("multi_apply", "start the rollout of a release"),
    "status": ("multi_status", "how a build goes, its failures by cause; --watch follows it"),
    "retry": ("multi_again", "once more, to exactly the targets that failed"),
    "redeploy": ("multi_again", "the same release once more, to all targets: also the way back to an older one"),
    "promote": ("multi_again", "a release that succeeded, on to the next environments"),
    "stop": ("multi_stop", "end a rollout that runs"),
    "lock": ("multi_lock", "who holds the lock of a repository: show, break"),
    "rehearse": ("multi_rehearse", "break the deployer a thousand times in a stand-in for AWS"),
}
"""What each word is for, and the module that answers it."""

DESCRIPTION = (
    "Releases to many accounts and regions. A deployer in one account, of stacks/deployer, watches a table of builds: "
    "these commands write to it and read from it, and its state machine does the work by CloudFormation StackSets. "
    "Begin with multi setup, then multi targets set, then multi plan and multi apply. Words that show or follow a "
    "build exit as it ended: 0 well, or it still runs; 1 it failed everywhere; 5 it failed and went back to the last "
    "good build; 6 it failed and a person must act; 7 a newer build took its place; 8 it failed in some targets."
)


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    words = words_here()
    parser = Parser("multi", DESCRIPTION + in_help("text", "json"), "WORD ...")
    names = parser.add_argument_group("words; each has a --help of its own")
    for word, (_, text) in words.items():
        names.add_argument(word, nargs="?", help=text)
    return dispatch(console, parser, {word: module for word, (module, _) in words.items()}, arguments, _run)


def words_here() -> dict[str, tuple[str, str]]:
    """The words whose modules are installed."""
    return {word: each for word, each in WORDS.items() if find_spec(f".{each[0]}", __package__)}


def _run(console: Console, module: str, word: str, arguments: Sequence[str]) -> int:
    command = import_module(f".{module}", __package__)
    code: int = command.run(console, word, arguments)
    return code
