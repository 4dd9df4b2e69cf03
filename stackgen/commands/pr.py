"""``pr``: what workflows do with a pull request: may it be deployed, one comment, and those that are open for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .forms import in_help
from .words import by_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {
    "gate": ("pr_gate", "whether the pull request of this run may have an environment"),
    "comment": ("pr_comment", "one comment for each purpose, written once and then changed"),
    "stale": ("pr_stale", "say of pull requests that are open for long what they cost"),
}
"""What each word is for, and the module that answers it."""

DESCRIPTION = """\
What a workflow at GitHub does with pull requests. It reads the variables that GitHub gives to every run:
GITHUB_REPOSITORY, GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_API_URL; and GITHUB_TOKEN, which a job has to be given.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    return by_word(console, "pr", DESCRIPTION + in_help("text", "json"), WORDS, arguments)
