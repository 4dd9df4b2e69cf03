"""``images``: container images that templates name and CloudFormation cannot make."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .arguments import Parser
from .forms import in_help
from .words import dispatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {"push": ("images_push", "build images, and push them to the repositories of each region")}
"""What each word is for, and the module that answers it."""

DESCRIPTION = """\
The container images of a project's stacks, in ECR: which ones a stack needs, under which tag and in which repository,
is read from its templates and the values of its parameters.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    parser = Parser("images", DESCRIPTION + in_help("text", "json"), "WORD ...")
    names = parser.add_argument_group("words; each has a --help of its own")
    for word, (_, text) in WORDS.items():
        names.add_argument(word, nargs="?", help=text)
    return dispatch(console, parser, {word: module for word, (module, _) in WORDS.items()}, arguments, _run)


def _run(console: Console, module: str, word: str, arguments: Sequence[str]) -> int:
    del word
    command = import_module(f".{module}", __package__)
    code: int = command.run(console, arguments)
    return code
