"""What a program is told by its environment's variables.

    given = Variables(os.environ)
    table = given.matching("DYNAMODB_TABLE", TABLE)
    given.settle()

All that is wrong with them is told at once, by the last line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smartstream.errors import SettingInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT = "prod|dev|pr-[0-9]{1,6}"
TABLE = "[A-Za-z0-9_.-]{3,255}"
BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
CLIENT_ID = "[A-Za-z0-9_-]{1,128}"
LEVEL = "debug|info|warning|error"
ADDRESS = r"https://[a-z0-9.-]+(:[0-9]+)?|http://127\.0\.0\.1:[0-9]+"
"""Tokens travel there: over TLS, or not at all beyond this machine."""


class Variables:
    """Reads variables, and remembers what is wrong until ``settle`` tells it."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._wrong: list[str] = []

    def matching(self, name: str, pattern: str, usual: str = "") -> str:
        """The text of a variable; of one that nobody set, what is usual."""
        text = self._given.get(name) or usual
        if not text:
            self._wrong.append(f"{name} is not set")
        elif not re.fullmatch(pattern, text):
            self._wrong.append(f"{name} is {text[:60]!r}, which is not of the form {pattern}")
        return text

    def seconds(self, name: str, usual: float) -> float:
        """A number of seconds above 0, an hour at most."""
        text = self._given.get(name) or str(usual)
        if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) and 0 < float(text) <= 3600:  # noqa: PLR2004 - as it says
            return float(text)
        self._wrong.append(f"{name} is {text[:60]!r}, expected a number of seconds above 0, 3600 at most")
        return usual

    def settle(self) -> None:
        """Raises SettingInvalid."""
        if self._wrong:
            raise SettingInvalid(f"environment variables: {'; '.join(self._wrong)}")
