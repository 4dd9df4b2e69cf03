"""Which rules of the linter are ours: cfn-lint leaves the ids from 9100 to its users."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["NEVER_EXCEPTED", "OURS", "is_ours", "likely_rule", "reaches_ours"]

_OURS = """
    W9100 E9101 E9102 E9103 E9104 E9105 E9106 E9107 E9108 E9109 E9110 E9111 W9112 W9113 E9114 W9115 E9116
    E9117 W9118 I9119 E9120 W9121 W9122 W9123 W9124 E9125 E9126 W9127 W9128 W9129 E9130 E9131 W9132
    W9133 W9134 E9135 E9136 E9137 E9138 W9139 E9140 W9141 W9142 W9143 W9144 W9145 W9146 E9147 W9148
    W9149 W9150 W9151 E9152 W9153 W9154 W9155 W9156 W9157 W9158 W9160 W9161 W9162 W9163 W9164 W9165 W9166 W9167 W9168
    E9169 W9170 W9171 E9172 E9173 W9174 W9175 E9176 E9177 W9178 E9179 W9180 E9181 E9182 W9183 W9184
    W9185 E9186 E9187 W9188 W9189
"""
OURS = frozenset(_OURS.split())
"""All of them, known without the linter: whoever builds has no need of it."""

NEVER_EXCEPTED = ("W9100", "W9118", "I9119")
"""Those that watch over exceptions."""


def is_ours(rule: str) -> bool:
    """Whether it is one of ``E9100`` to ``I9199``."""
    return len(rule) == 5 and rule[0] in "EWI" and rule.startswith("91", 1) and rule[3:].isdigit()  # noqa: PLR2004


def reaches_ours(start: str) -> bool:
    """Whether rules of ours begin so: cfn-lint ignores all that begin with what it is given."""
    return any(rule.startswith(start) for rule in OURS) or is_ours(start)


def likely_rule(word: str, known: Iterable[str]) -> str:
    """``did you mean E9130?``: the rule of the same number, or one that is written alike; empty where none is."""
    from .errors import likely

    names = sorted(known)
    number = "".join(letter for letter in word if letter.isdigit())
    same = [name for name in names if number and name[1:] == number]
    hint = f"did you mean {same[0]}?" if same else likely(word.upper(), names)
    return hint if hint.startswith("did you mean") else ""
