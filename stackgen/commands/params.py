"""``params``: the parameters of deployments against their templates, before CloudFormation refuses them one by one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .arguments import Parser
from .forms import in_help
from .words import dispatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {
    "reference": ("params_reference", "a page about the parameters of a stack: what they take, have and change"),
    "validate": ("params_validate", "everything that is wrong with an environment's parameters, or a file's"),
}


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    parser = Parser(
        "params", "The parameters of deployments against their templates." + in_help("text", "json"), "WORD ..."
    )
    names = parser.add_argument_group("words; each has a --help of its own")
    for word, (_, text) in WORDS.items():
        names.add_argument(word, nargs="?", help=text)
    return dispatch(console, parser, {word: module for word, (module, _) in WORDS.items()}, arguments, _run)


def _run(console: Console, module: str, word: str, arguments: Sequence[str]) -> int:
    del word
    command = import_module(f".{module}", __package__)
    code: int = command.run(console, arguments)
    return code
