"""From a stack class to the text of its template, children first.

class  ->  build()  ->  plain sections (checked)  ->  text, digest
"""

from __future__ import annotations

import os
import re
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple

from .contents import Contents
from .errors import CycleError, DeclarationError, LimitError, SourceError, StackgenError, meant
from .hashing import sha256
from .limits import head_room
from .output import Output
from .writer import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .errors import Location
    from .limits import HeadRoom
    from .stack import Stack

DIGEST_DIGITS = 16
"""Hex digits of the SHA-256 that name a child's content in its TemplateURL: 64 bits, ample for one bucket."""


_REPR = re.compile(r"<(?:[a-z][a-z ]* )?(\w+)\.(\w+)>")
_STANDARD = os.__file__.removesuffix("os.py")


class Template(NamedTuple):
    """One rendered template; a value without I/O."""

    system: str
    file: str
    text: str
    digest: str
    children: tuple[str, ...]
    """Names of the templates that it nests."""
    rooms: tuple[HeadRoom, ...]
    """Its limits, the nearest first."""
    beside: tuple[tuple[str, str], ...] = ()
    """Further files of the template, which are none: paths below ``build/`` and texts."""
    places: tuple[tuple[str, Location], ...] = ()
    """Where in Python its entries were declared: ``Resources/Bucket`` and the place."""

    @property
    def name(self) -> str:
        """``tap/network-stack``: unique in a project, and the path below ``build/`` without its ending."""
        return f"{self.system}/{self.file}" if self.system else self.file


class Renderer:
    """Renders stack classes, each once, and every child before its parent.

    *profiles* says what stacks are for: a profile by ``system/file``, by file or by system; see ``profiles``.
    """

    def __init__(self, profiles: Mapping[str, str] | None = None) -> None:
        self._profiles = profiles or {}
        self.templates: dict[type[Stack], Template] = {}
        self._open: list[type[Stack]] = []

    def template(self, stack: type[Stack]) -> Template:
        """The template of a class.

        Raises DeclarationError and its kind, LimitError for a template larger than CloudFormation takes, and
        SourceError when ``build()`` raises something else.
        """
        done = self.templates.get(stack)
        if done is not None:
            return done
        if stack in self._open:
            path = " -> ".join(each.__name__ for each in [*self._open[self._open.index(stack) :], stack])
            raise CycleError(f"stacks nest each other: {path}")  # the parent knows on which line
        self._open.append(stack)
        try:
            built = _built(stack)
            sections = Contents(built, self.template, self._profile(stack)).sections()
            children = sorted({self.template(child.stack).name for child in built.children.values()})
        finally:
            self._open.pop()
        try:
            text = json_text(sections)
        except DeclarationError as error:
            error.location = error.location or stack.location
            raise
        _check_no_repr(built, sections, text)
        rooms = head_room(sections, len(text.encode()))
        if rooms[0].share > 1:
            raise LimitError(
                f"{stack.__name__} is over a limit of CloudFormation: {rooms[0]}",
                "split it into nested stacks",
                location=stack.location,
            )
        digest = sha256(text.encode()).hexdigest()[:DIGEST_DIGITS]
        beside = tuple((f"{stack.system}/{name}".lstrip("/"), text) for name, text in sorted(built.beside().items()))
        places = _places(built)
        template = Template(stack.system, stack.file, text, digest, tuple(children), tuple(rooms), beside, places)
        self.templates[stack] = template
        return template

    def _profile(self, stack: type[Stack]) -> str:
        names = (f"{stack.system}/{stack.file}", stack.file, stack.system)
        return next((self._profiles[name] for name in names if name in self._profiles), "")


def _places(built: Stack) -> tuple[tuple[str, Location], ...]:
    declared = {"Parameters": built.parameters(), "Outputs": built.declared(Output)}
    found = [(f"Resources/{title}", where) for title, where in built.places.items()]
    found += [(f"{section}/{name}", each.location) for section, all_ in declared.items() for name, each in all_.items()]
    return tuple((what, where) for what, where in found if where)


def render(stack: type[Stack]) -> Template:
    """The template of one class; its children are rendered on the way."""
    return Renderer().template(stack)


def _built(stack: type[Stack]) -> Stack:
    try:
        instance = stack()
        instance.build()
    except StackgenError as error:
        if error.location is None:
            error.location = author_line(error)
        raise
    except Exception as error:
        raise SourceError(
            f"{stack.__name__}.build(): {type(error).__name__}: {error}",
            hint_for(error) or meant(error),
            location=author_line(error) or stack.location,
        ) from error
    return instance


def _check_no_repr(stack: Stack, sections: dict[str, Any], text: str) -> None:
    """No declaration was written as Python shows it, by ``f"{self.Env!r}"``. Raises DeclarationError."""
    owners = {base.__name__: base for base in (*type(stack).__mro__, *(each.stack for each in stack.children.values()))}
    for found in _REPR.finditer(text):
        if found[2] not in getattr(owners.get(found[1]), "members", ()):
            continue
        entries: dict[str, Any] = sections.get("Resources", {})
        title = next((title for title, entry in entries.items() if found[0] in str(entry)), "")
        raise DeclarationError(
            f"{title or stack.__class__.__name__}: {found[0]} in a text is Python's name for it, not its value",
            'use Sub("...${Name}...", Name=...), Join or Select, which CloudFormation evaluates then',
            location=stack.places.get(title, stack.location),
        )


def hint_for(error: BaseException) -> str:
    """What a foreign error most likely means in a stack's code, or nothing."""
    if isinstance(error, TypeError) and "AWSDeclaration.__init__" in str(error):
        return "that is troposphere's Parameter or Output; use ours: from stackgen import Output, Parameter"
    if isinstance(error, TypeError) and str(error).startswith("Condition.__init__"):
        return "that is troposphere's Condition; use ours: from stackgen import Condition"
    return ""


def author_line(error: BaseException) -> Location | None:
    """The last line of the author's own code in a traceback: not of this library, an installed one or Python's."""
    here = __file__.rsplit("template.py", 1)[0]
    frames = [
        (frame.filename, frame.lineno or 0)
        for frame in traceback.extract_tb(error.__traceback__)
        if not (frame.filename.startswith((here, _STANDARD, "<frozen")) or "-packages" in frame.filename)
    ]
    return frames[-1] if frames else None
