"""How wide a text is: the advance widths of Helvetica, which Arial and Liberation Sans share, and some room.

Nobody measures in the reader's browser, so a font that runs wider must still fit: see ``ROOM``.
"""

from __future__ import annotations

import unicodedata

ROOM = 1.1
"""DejaVu Sans and Segoe UI run wider than Helvetica."""

_BOLD = 1.07
_WIDE = 1000
_OTHER = 600
_WIDTHS = {
    222: "iIjl'|",
    278: " ft!,./:;[]\\",
    333: "r-()`",
    355: '"',
    389: "*",
    469: "^",
    500: "cksvxyzJ·",
    556: "abdeghnopqu0123456789#$L_?",
    584: "+<=>~±\N{MULTIPLICATION SIGN}",
    611: "FTZ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    889: "%",
    944: "W",
    1000: "—…→",
    1015: "@",
    334: "{}",
}
_BY_CHARACTER = {character: width for width, characters in _WIDTHS.items() for character in characters}


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line, in the unit of ``size``."""
    units = sum(_BY_CHARACTER.get(each) or _unusual(each) for each in text)
    return units / 1000 * size * ROOM * (_BOLD if bold else 1)


def _unusual(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WFA" else _OTHER
