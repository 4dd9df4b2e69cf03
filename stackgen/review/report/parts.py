"""A part of a report: what it has to say, or the sentence that says why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from stackgen.errors import StackgenError

if TYPE_CHECKING:
    from collections.abc import Callable

Content_co = TypeVar("Content_co", covariant=True)
Other = TypeVar("Other")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Part(Generic[Content_co]):
    """``content`` is None where ``failure`` says what went wrong."""

    content: Content_co | None
    failure: str = ""


def attempt(what: str, make: Callable[[], Made]) -> Part[Made]:
    """The part that ``make`` answers; whatever it raises becomes a sentence, so that the other parts are still seen."""
    try:
        return Part(make())
    except StackgenError as error:
        place = f" ({error.location[0]})" if error.location else ""
        return Part(None, f"{what}: {error.message}{place}")
    except Exception as error:  # noqa: BLE001  a mistake of ours in one part must not take the others away
        return Part(None, f"{what}: unexpected {type(error).__name__}: {error}; this is a bug in stackgen")


def after(part: Part[Other], what: str, make: Callable[[Other], Made]) -> Part[Made]:
    """A part that is made from another one; where that failed, it cannot be made."""
    content = part.content
    if content is None:
        return Part(None, f"{what}: it needs what could not be made ({part.failure})")
    return attempt(what, lambda: make(content))
