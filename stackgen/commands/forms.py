"""The forms in which a command prints its data."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stackgen.console import Console


def form_of(console: Console, *known: str) -> str:
    """The asked format, one of those that the command knows. Raises UsageError."""
    if console.form not in known:
        from stackgen.errors import UsageError, likely

        near = likely(console.form, known)
        hint = near if near.startswith("did you mean") else ""
        raise UsageError(f"--format {console.form}: one of {', '.join(known)} was expected", hint)
    return console.form


def in_help(*known: str) -> str:
    """The formats, as the end of what a command's help says of it."""
    return f"\n\nFormats: {', '.join(known)}."
