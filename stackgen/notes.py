"""What a running class body knows of the declarations made in it, so that the class can refuse what would be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import DeclarationError

if TYPE_CHECKING:
    from types import FrameType

    from .declaration import Declaration

_NOTES = "__declarations__"
"""Under this name the body's namespace keeps its notes: they are gone with it when the body fails."""
_OPTIMIZED = 1  # inspect.CO_OPTIMIZED: set for functions, not for class bodies and modules


class Note:
    """A declaration, the name that the class body bound it to, and whether a helper function made it."""

    __slots__ = ("declaration", "helped", "name")

    def __init__(self, declaration: Declaration, *, helped: bool) -> None:
        self.declaration = declaration
        self.helped = helped
        self.name = ""


def note(declaration: Declaration, frame: FrameType) -> None:
    """Tell the class body that runs, if one does; ``frame`` is the author's that made the declaration."""
    here: FrameType | None = frame
    helped = False
    while here is not None and (code := here.f_code).co_name != "<module>":
        if not code.co_flags & _OPTIMIZED and "__qualname__" in here.f_locals:
            notes = here.f_locals.setdefault(_NOTES, [])
            if notes and not notes[-1].name:  # by now the one before is bound, and not yet bound anew
                earlier = notes[-1].declaration
                names = (name for name, value in reversed(here.f_locals.items()) if value is earlier)
                notes[-1].name = next(names, "")
            notes.append(Note(declaration, helped=helped))
            return
        helped = helped or not code.co_name.startswith("<")  # a comprehension is part of the body
        here = here.f_back


def notes_of(cls: type) -> list[Note]:
    """What the body of a class noted, taken from the class."""
    notes: list[Note] = vars(cls).get(_NOTES, [])
    if notes:
        delattr(cls, _NOTES)
    return notes


def check_is_in_a_body(declaration: Declaration, frame: FrameType) -> None:
    """What a method of a stack makes, such as ``build()``, would be lost. Raises DeclarationError."""
    code = frame.f_code
    if declaration.belongs and code.co_argcount:
        maker = frame.f_locals.get(code.co_varnames[0])
        if hasattr(type(maker), "members") and "settled_outputs" in getattr(maker, "__dict__", ()):
            raise DeclarationError(
                f"a {declaration.what} that {code.co_name}() makes does not reach the template",
                declaration.belongs,
                location=declaration.location,
            )
