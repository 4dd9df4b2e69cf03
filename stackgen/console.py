# ruff: noqa: T201 # printing is what this module is for
"""What a command prints: data on stdout, narration on stderr; the same switches for all commands."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from .errors import Location, StackgenError


WITH_VALUE = {
    "--config": "config",
    "-e": "environments",
    "--env": "environments",
    "-r": "regions",
    "--region": "regions",
    "--profile": "profile",
    "--format": "form",
    "-o": "output",
    "--output": "output",
}
"""The options of all commands that take a value, and what Console calls them."""

SWITCHES = {
    "-q": "quiet",
    "--quiet": "quiet",
    "-v": "verbose",
    "--verbose": "verbose",
    "--no-color": "color",
    "--ci": "ci",
}
"""The options of all commands that take none."""


class Console:
    """Collects a command's data and prints its narration.

    ``NO_COLOR``, ``FORCE_COLOR`` and ``COLUMNS`` are honoured; with ``GITHUB_ACTIONS=true`` errors and
    warnings are also annotations.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        verbose: bool = False,
        color: bool = True,
        ci: bool = False,
        form: str = "text",
        output: str | None = None,
        config: str | None = None,
        profile: str | None = None,
        regions: tuple[str, ...] = (),
        environments: tuple[str, ...] = (),
    ) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self.form = form
        self.output = None if output == "-" else output
        self.config = config
        self.profile = profile
        self.regions = regions
        self.environments = environments
        self.ci = ci or _is_true("CI")
        self._color = color
        self._lines: list[str] = []

    @property
    def width(self) -> int | None:
        """The columns that a table may take; ``None`` where it goes to no terminal and nobody said."""
        told = os.environ.get("COLUMNS", "")
        if told.isdecimal() and int(told):
            return int(told)
        if self.output is not None or sys.stdout is None or not sys.stdout.isatty():
            return None
        try:
            return os.get_terminal_size(sys.stdout.fileno()).columns or None
        except OSError:
            return None

    def say(self, line: str = "") -> None:
        """One line of data."""
        if self.output is not None:
            self._lines.append(line)
            return
        try:
            print(line)
        except BrokenPipeError:
            raise
        except OSError as error:
            from .errors import OutputFileError

            raise OutputFileError(f"standard output cannot be written: {error.strerror}") from error
        except UnicodeEncodeError:  # a terminal or locale that cannot show it
            print(line.encode(sys.stdout.encoding, "replace").decode(sys.stdout.encoding))

    def tell(self, line: str) -> None:
        """One line of narration."""
        if not self.quiet:
            print(line, file=sys.stderr)

    def detail(self, line: str) -> None:
        """Narration for those who asked for it with ``-v``."""
        if self.verbose and not self.quiet:
            print(line, file=sys.stderr)

    def warn(self, line: str) -> None:
        """Something that is allowed but hardly meant."""
        print(f"{self.paint('warning:', '33', sys.stderr)} {line}", file=sys.stderr)
        self.annotate("warning", line)

    def error(self, error: StackgenError) -> None:
        """A refusal: at most five lines."""
        print(f"{self.paint('error:', '1;31', sys.stderr)} {error}", file=sys.stderr)
        self.annotate("error", "\n".join([error.message, *error.hints]), error.location)

    @property
    def annotates(self) -> bool:
        """Whether errors, warnings and findings are also said as GitHub's annotations."""
        return _is_true("GITHUB_ACTIONS")

    def annotate(self, kind: str, text: str, location: Location | None = None) -> None:
        if not self.annotates:
            return
        place = ""
        if location is not None:
            from .errors import shown

            path = location[0]
            of_commit = path.partition(":")[2]  # main:build/x.json
            if os.path.exists(of_commit) and not os.path.exists(path):  # noqa: PTH110  a text, as the rest here
                path = of_commit
            file = shown(path, os.environ.get("GITHUB_WORKSPACE") or None)
            place = f" file={_escaped(file, ':,')},line={location[1] or 1}"
        print(f"::{kind}{place}::{_escaped(text)}", file=sys.stderr)

    def json(self, schema: str, content: dict[str, object]) -> None:
        """Data for programs: ``schema`` and ``version`` first."""
        from .jsontext import indented

        self.say(indented({"schema": f"stackgen/{schema}", "version": 1, **content}))

    def paint(self, text: str, code: str, stream: TextIO | None = None) -> str:
        """Colour, where the stream and the environment want it."""
        stream = stream or sys.stdout
        to_file = stream is sys.stdout and self.output is not None
        if not self._color or to_file or os.environ.get("NO_COLOR"):
            return text
        if os.environ.get("FORCE_COLOR") or (stream.isatty() and not self.ci):
            return f"\033[{code}m{text}\033[0m"
        return text

    @property
    def said(self) -> bool:
        """Whether there are data for ``-o FILE``."""
        return bool(self._lines)

    def finish(self) -> None:
        """Write ``-o FILE``, whole. Raises OutputFileError."""
        if self.output is not None:
            from pathlib import Path

            from .assembly import write_out

            write_out(Path(self.output), "".join(line + "\n" for line in self._lines))


def _is_true(variable: str) -> bool:
    return os.environ.get(variable, "").lower() == "true"


def _escaped(text: str, further: str = "") -> str:
    """In the form of GitHub's workflow commands."""
    for character in "%\r\n" + further:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
