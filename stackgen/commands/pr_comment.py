"""``pr comment``: one comment for each purpose, kept up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import UsageError

from .arguments import Parser
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
Write what the files hold, one below the other, as a comment on a pull request. There is one for each --key: what a
workflow wrote before under the same key is changed, and not written again; where it says the same, nothing happens.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Write it or change it. Raises UsageError, GitHubError."""
    parser = Parser("pr comment", DESCRIPTION + in_help("text", "json"), "--pr N FILE ...")
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="Markdown")
    add("--pr", metavar="N", required=True, help="the number of the pull request")
    add("--key", metavar="NAME", default="environment", help="what the comment is for; environment by default")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    from stackgen.deploy.environments.settings import number_of
    from stackgen.deploy.github.api import GitHub
    from stackgen.deploy.github.sticky import marker, stick

    number = number_of(options.pr)
    marker(options.key)  # refused before anything is read
    text = "\n\n".join(_text(each) for each in options.files)
    done = stick(GitHub.of(), number, options.key, text)
    if form == "json":
        console.json("pr-comment", {"pull_request": number, "key": options.key, "done": done})
    else:
        console.say(f"comment {options.key} on pull request {number}: {done}")
    return 0


def _text(name: str) -> str:
    try:
        return Path(name).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise UsageError(f"{name} cannot be read: {error}") from error
