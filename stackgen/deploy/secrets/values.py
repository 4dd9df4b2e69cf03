"""What a secret may be: the characters that whoever reads it takes, and how one is made."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

USUAL = 32
"""Characters of one that is made: 193 bits."""

MARKS = "!#^-"
"""Which RDS, Redshift, ElastiCache, shells and addresses all take; so nothing has to be escaped anywhere."""

_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, MARKS)
_ALPHABET = "".join(_CLASSES)
_MOST = 4_096
"""Characters of a standard parameter. Source: Systems Manager API reference, PutParameter."""


class Rule(NamedTuple):
    """What a service takes."""

    shortest: int = 1
    longest: int = _MOST
    forbidden: str = ""
    whose: str = "Parameter Store"

    def problem(self, text: str) -> str:
        """Why it does not take a secret, in words that do not tell it; nothing where it does."""
        if not self.shortest <= len(text) <= self.longest:
            return f"it has {len(text):,} characters, and {self.whose} takes {self.shortest} to {self.longest:,}"
        if any(each in self.forbidden for each in text):
            return f"{self.whose} takes none of the characters {' '.join(self.forbidden.strip())} and no blanks"
        if not text.isascii() or not text.isprintable():
            return "it holds something else than printable ASCII characters"
        return ""


_DATABASE = "/@\"' "
_LONGEST = (("oracle", 30), ("custom-oracle", 30), ("postgres", 128), ("aurora-postgresql", 128), ("sqlserver", 128))


def rule_of(type_: str, name: str, engine: object = "") -> Rule:
    """What the property of a resource takes. An engine that is not known counts as MySQL, the stricter one.

    Sources: RDS API reference, CreateDBCluster and CreateDBInstance; Redshift, CreateCluster; ElastiCache User Guide,
    "Authenticating with the AUTH command".
    """
    if name == "MasterUserPassword" and type_.startswith(("AWS::RDS::", "AWS::DocDB::")):
        longest = next((most for start, most in _LONGEST if str(engine).startswith(start)), 41)
        return Rule(8, longest, _DATABASE, type_)
    if name == "MasterUserPassword":
        return Rule(8, 64, _DATABASE + "\\", type_)
    if name == "AuthToken":
        return Rule(16, 128, "/@\" '", type_)
    return Rule()


def made(rules: Iterable[Rule] = ()) -> str:
    """A new secret: of every class of characters at least one, a letter or digit first."""
    length = min([USUAL, *(rule.longest for rule in rules)])
    while True:
        text = "".join(secrets.choice(_ALPHABET) for _ in range(length))
        if text[0].isalnum() and all(set(text) & set(each) for each in _CLASSES):
            return text
