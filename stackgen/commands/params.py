"""``params``: the parameters of deployments against their templates, before CloudFormation refuses them one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .forms import in_help
from .words import by_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {
    "reference": ("params_reference", "a page about the parameters of a stack: what they take, have and change"),
    "validate": ("params_validate", "everything that is wrong with an environment's parameters, or a file's"),
}

DESCRIPTION = "The parameters of deployments against their templates."


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    return by_word(console, "params", DESCRIPTION + in_help("text", "json"), WORDS, arguments)
