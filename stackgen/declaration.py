"""What every declaration in a stack's class body has in common: a name, a place, and that it never becomes text by accident."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any, Generic, NoReturn

from .errors import DeclarationError, ParameterError, likely
from .parameter_types import PARAMETER_TYPES, STRING, ParameterType, String, Value, is_list, read_as

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from .errors import Location

    class _Helper:
        """Type checkers must not take a declaration for any bare intrinsic: its type would be lost."""

else:
    from typing import TypeVar

    from troposphere import AWSHelperFn as _Helper

if TYPE_CHECKING:
    Kind = TypeVar("Kind", bound=Value, covariant=True, default=String)
else:
    Kind = TypeVar("Kind", bound=Value, covariant=True)  # the standard library's has no defaults yet

_LIBRARY = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STACKS_OF_OURS = _LIBRARY + "deployer" + os.sep
PASCAL_CASE = re.compile(r"[A-Z][A-Za-z0-9]*")


def caller(method: str = "") -> Location:
    """The line of the author's code that called into the library; frames of ``method`` (an override) count as ours."""
    frame = sys._getframe(2)  # noqa: SLF001  inspect.stack() reads source files, 1,000 times slower
    while frame.f_back is not None:
        code = frame.f_code
        path = code.co_filename
        ours = path.startswith(_LIBRARY) and not path.startswith(_STACKS_OF_OURS)
        if not ours and code.co_name != method:
            break
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


class Declaration(_Helper):
    """A named part of a template: attribute of a stack class, and CloudFormation helper wherever a value may stand.

    ``name`` is the attribute's name; ``logical_id`` is what the template calls it, the same unless said otherwise.
    """

    what = "declaration"

    def __init__(self, logical_id: str | None = None) -> None:
        self.name = ""
        self.owner: type | None = None
        self.location = caller()
        self._logical_id = logical_id

    def __set_name__(self, owner: type, name: str) -> None:
        if not self.name:  # a second name is refused by the class, which can say where
            self.name = name
            self.owner = owner

    @property
    def logical_id(self) -> str:
        """The name in the template."""
        if not (self._logical_id or self.name):
            raise DeclarationError(
                f"this {self.what} has no name: make it an attribute of a stack class", location=self.location
            )
        return self._logical_id or self.name

    @property
    def label(self) -> str:
        """How a message calls it: ``NetworkStack.VpcId``."""
        return f"{self.owner.__name__}.{self.name}" if self.owner else self.name or f"an unnamed {self.what}"

    def as_value(self) -> Any:
        """What stands for it inside a property or another intrinsic."""
        raise NotImplementedError

    def to_dict(self) -> Any:
        """For troposphere's own encoder, so that a single resource can be shown alone."""
        return self.as_value()

    def _no_text(self, *_: object) -> NoReturn:
        raise DeclarationError(
            f"{self.label} is not text: its value is known only when the stack is deployed",
            'use Sub("...${Name}...", Name=...) or Join, which CloudFormation evaluates then',
            location=caller(),
        )

    __str__ = __format__ = __add__ = __radd__ = __mod__ = __iter__ = __bool__ = __len__ = _no_text  # type: ignore[assignment]  # they never return

    def __repr__(self) -> str:
        return f"<{self.what} {self.label}>"

    __eq__ = object.__eq__  # troposphere compares rendered JSON; a declaration is itself alone
    __hash__ = object.__hash__


class Reference(Declaration, Generic[Kind]):
    """A declaration that has a value of a known type: parameter, output of a child, ``typed()`` intrinsic."""

    what = "reference"

    def __init__(self, kind: str = STRING, logical_id: str | None = None) -> None:
        super().__init__(logical_id)
        self.type = str(kind)

    @property
    def kind(self) -> str:
        """The type of the value that is read here."""
        return read_as(self.type)

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return is_list(self.type)

    def as_argument(self) -> Any:
        """What stands for it where a string must cross a stack's boundary: lists are joined by commas."""
        value = self.as_value()
        return {"Fn::Join": [",", value]} if self.is_list else value


class Typed(Reference[Kind]):
    """An intrinsic of which the author vouches for the type."""

    what = "typed intrinsic"

    def __init__(self, kind: str, value: object) -> None:
        super().__init__(kind)
        self.value = value

    @property
    def label(self) -> str:
        """It has no name of its own."""
        return f"typed({self.type}, ...)"

    def as_value(self) -> Any:
        """The intrinsic itself; the renderer goes on into it."""
        return self.value


def typed(kind: ParameterType[Kind], value: object) -> Reference[Kind]:
    """Vouch for the type of an intrinsic: ``typed(VPC_ID, If(...))``; without it an intrinsic counts as ``String``.

    Raises ParameterError for a type that CloudFormation does not have.
    """
    return Typed(checked_type(kind), value)


def checked_type(kind: str) -> str:
    """A type that CloudFormation knows, else ParameterError."""
    if kind in PARAMETER_TYPES:
        return str(kind)
    raise ParameterError(
        f"{kind!r} is not a type of CloudFormation parameters", likely(str(kind), PARAMETER_TYPES), location=caller()
    )
