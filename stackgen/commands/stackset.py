"""``stackset``: templates of the build in many accounts and regions, rolled out from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .forms import in_help
from .words import by_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {
    "plan": ("stackset_plan", "what would be created, updated and deleted where; changes nothing"),
    "apply": ("stackset_apply", "plan, ask, carry out and follow; once more for what failed"),
    "status": ("stackset_status", "how the stacks are, by status and reason, and the last operations"),
    "verify": ("stackset_verify", "whether what is deployed works: by reading, and with --invoke by trying it"),
    "drift": ("stackset_drift", "compare every stack with its template, and say what differs"),
    "delete": (
        "stackset_delete",
        "take stacks out of a StackSet (--retain keeps them, --no-retain deletes), or delete it",
    ),
}
"""What each word is for, and the module that answers it."""

DESCRIPTION = """\
One template as stacks in many accounts and regions, by a CloudFormation StackSet that is rolled out from here.
[tool.stackgen.stackset.NAME] in the project says which template, and where: the accounts and regions of the
environments, or those that it lists. Begin with python -m stackgen stackset plan.

Exit codes of apply and delete: 0 well, or nothing to do; 1 it failed everywhere; 3 nobody said yes; 5 it failed and
was taken back; 6 that failed too, or a stack is out of reach: somebody must decide; 7 another operation runs on it; 8
some stacks are well, and some are not; 130 interrupted.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    return by_word(console, "stackset", DESCRIPTION + in_help("text", "json"), WORDS, arguments)
