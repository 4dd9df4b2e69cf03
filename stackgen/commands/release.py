"""``release``: what was deployed and works, remembered so that it can be deployed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .forms import in_help
from .words import by_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {
    "record": ("release_record", "remember what is deployed now as a release"),
    "list": ("release_list", "the releases of a stack, the newest first"),
}
"""What each word is for, and the module that answers it."""

DESCRIPTION = """\
A release is a stack as it was deployed at one time: the commit and the digest of its templates, the values of its
parameters, with the keys of packages, and images by their digests. It is recorded when a deployment has been verified,
and kept in Parameter Store: the newest 30 of each stack. rollback --to-release deploys one again.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    return by_word(console, "release", DESCRIPTION + in_help("text", "json", "md"), WORDS, arguments)
