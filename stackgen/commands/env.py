"""``env``: environments that come and go with pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .forms import in_help
from .words import by_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {
    "create": ("env_create", "make the environment of a pull request, or bring it up to date"),
    "show": ("env_show", "one of them, for a person or a pull request: its addresses, its cost"),
    "list": ("env_list", "all there are: whose, how old, until when, what is left over"),
    "extend": ("env_extend", "let one live longer; nothing else of it changes"),
    "destroy": ("env_destroy", "remove one, with all that is in its buckets"),
    "reap": ("env_reap", "remove those that are closed, or past their time"),
}
"""What each word is for, and the module that answers it."""

DESCRIPTION = """\
An isolated copy of the stacks for each pull request, called pr-7 for number 7, that is removed when the pull request is
closed or its time is over. [tool.stackgen.ephemeral] in the project says which stacks, where, with which values, and
how long one lives. They are found by the tags of their stacks; what lacks one of those tags, or has another
repository's, is never touched, and neither are prod, dev and the other environments of the project.

Other commands take their names too: status -e pr-7.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    return by_word(console, "env", DESCRIPTION + in_help("text", "json"), WORDS, arguments)
