"""``images``: container images that templates name and CloudFormation cannot make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .forms import in_help
from .words import by_word

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
    return by_word(console, "images", DESCRIPTION + in_help("text", "json"), WORDS, arguments)
