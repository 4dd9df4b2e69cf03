"""What a command prints: data on stdout, narration on stderr; the same switches for all commands."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from .errors import StackgenError


class Console:
    """Collects a command's data and prints its narration.

    ``NO_COLOR`` and ``FORCE_COLOR`` are honoured; with ``GITHUB_ACTIONS=true`` errors are also annotations.
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
        regions: tuple[str, ...] = (),
    ) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self.form = form
        self.output = output
        self.config = config
        self.regions = regions
        self.ci = ci or os.environ.get("CI", "").lower() == "true"
        self._color = color
        self._lines: list[str] = []

    def say(self, line: str = "") -> None:
        """One line of data."""
        if self.output is None:
            print(line)
        else:
            self._lines.append(line)

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

    def error(self, error: StackgenError) -> None:
        """A refusal: at most five lines, and an annotation in GitHub Actions."""
        print(f"{self.paint('error:', '1;31', sys.stderr)} {error}", file=sys.stderr)
        if os.environ.get("GITHUB_ACTIONS", "").lower() == "true":
            place = ""
            if error.location:
                from .errors import shown

                place = f" file={shown(error.location[0])},line={error.location[1] or 1}"
            text = "%0A".join([error.message, *error.hints]).replace("\r", "%0D").replace("\n", "%0A")
            print(f"::error{place}::{text}", file=sys.stderr)

    def json(self, schema: str, content: dict[str, object]) -> None:
        """Data for programs: ``schema`` and ``version`` first."""
        import json

        self.say(json.dumps({"schema": f"stackgen/{schema}", "version": 1, **content}, indent=2))

    def paint(self, text: str, code: str, stream: TextIO | None = None) -> str:
        """Colour, where the stream and the environment want it."""
        stream = stream or sys.stdout
        if not self._color or os.environ.get("NO_COLOR") or (stream is sys.stdout and self.output):
            return text
        if os.environ.get("FORCE_COLOR") or (stream.isatty() and not self.ci):
            return f"\033[{code}m{text}\033[0m"
        return text

    def finish(self) -> None:
        """Write ``-o FILE``, whole. Raises OutputFileError."""
        if self.output is not None:
            from pathlib import Path

            from .assembly import replace

            replace(Path(self.output), "".join(line + "\n" for line in self._lines))
