"""What AWS documents about updates and the provider schemas miss, or leave open: rows, one module a family of types.

A row repeats no schema; a test refuses one that changes no answer. Where editions of a page differ, the newest counts,
and where the schema is stricter than the newest page, the schema stays: pages are written from it. Where the newest
page says Some interruptions of what the schema replaces under some conditions, the conditions are those that older
editions spell out.
"""

from __future__ import annotations

from . import compute, databases, identity, services, tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .row import Table

__all__ = ["ROWS"]

FAMILIES = (compute, databases, identity, services, tables)

ROWS: Table = {type_: rows for family in FAMILIES for type_, rows in family.ROWS.items()}
"""The rows of each type."""
