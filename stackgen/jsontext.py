"""JSON by the reader and writer in C that ``json`` itself uses: ``json`` and ``re``, which it needs, are slow to load.

They take a fifth of what a review does; their share in reading and writing is to say what is wrong, and what is wrong
is left to them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    def parsed(text: str) -> Any:
        """What ``json.loads`` gives. Raises ValueError, which says where."""

    def compact(value: Any, *, sort_keys: bool = False) -> str:
        """What ``json.dumps`` gives."""

    def quoted(text: str) -> str:
        """A text as ``json.dumps`` writes it."""

else:
    try:
        from _json import encode_basestring_ascii as quoted
        from _json import make_encoder, make_scanner
    except ImportError:  # another interpreter than CPython
        from json import dumps as compact
        from json import dumps as quoted
        from json import loads as parsed
    else:
        _SPACE = " \t\n\r"

        class _Reading:
            """How values are made; the scanner takes these names from a ``json.JSONDecoder``."""

            strict = True
            object_hook = object_pairs_hook = None
            parse_float, parse_int = float, int
            parse_constant = float

        _scan = make_scanner(_Reading)

        def parsed(text):
            try:
                value, end = _scan(text, len(text) - len(text.lstrip(_SPACE)))
            except Exception:  # noqa: BLE001  that it stumbles is all that it says without json
                end = None
            if end is None or text[end:].strip(_SPACE):
                from json import loads

                return loads(text)
            return value

        def compact(value, *, sort_keys=False):
            return "".join(make_encoder({}, _refused, quoted, None, ": ", ", ", sort_keys, False, True)(value, 0))  # noqa: FBT003  by place

        def _refused(value):
            raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


__all__ = ["compact", "indented", "parsed", "quoted"]


def indented(value: Any, margin: str = "\n") -> str:
    """What ``json.dumps(value, indent=2)`` gives."""
    inner = margin + "  "
    if isinstance(value, dict) and value:
        named = ((key if isinstance(key, str) else compact(key), each) for key, each in value.items())
        members = [f"{quoted(name)}: {indented(each, inner)}" for name, each in named]
        return f"{{{inner}{f',{inner}'.join(members)}{margin}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{inner}{f',{inner}'.join([indented(each, inner) for each in value])}{margin}]"
    return quoted(value) if isinstance(value, str) else compact(value)
