"""What every declaration in a stack's class body has in common: a name, a place, and no text by accident."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Generic, NoReturn

from .constraints import text_of
from .errors import DeclarationError, ParameterError, likely
from .notes import check_is_in_a_body, note
from .parameter_types import (
    PARAMETER_TYPES,
    STRING,
    ParameterType,
    String,
    Value,
    is_list,
    read_as,
    takes_list,
)

if TYPE_CHECKING:
    from types import FrameType

    import troposphere
    from typing_extensions import TypeVar

    from .errors import Location

    class _Helper:
        """Type checkers must not take a declaration for any bare intrinsic: its type would be lost."""

    Kind_co = TypeVar("Kind_co", bound=Value, covariant=True, default=String)

else:
    from typing import TypeVar

    import troposphere
    from troposphere import AWSHelperFn as _Helper

    Kind_co = TypeVar("Kind_co", bound=Value, covariant=True)  # the standard library's has no defaults yet

_LIBRARY = __file__.removesuffix(os.path.basename(__file__))  # noqa: PTH119  pathlib is not worth its import here
_TROPOSPHERE = troposphere.__file__.removesuffix("__init__.py")
_STANDARD = os.__file__.removesuffix("os.py")
_STACKS_OF_OURS = _LIBRARY + "deployer" + os.sep


def caller(method: str = "") -> Location:
    """The author's line that called the library; frames of ``method``, an override, count as ours."""
    frame = _author(sys._getframe(2), method)
    return frame.f_code.co_filename, frame.f_lineno


def _author(frame: FrameType, method: str = "") -> FrameType:
    """The nearest frame of the author's; inspect.stack() would read source files, 1,000 times slower."""
    while frame.f_back is not None:
        code = frame.f_code
        path = code.co_filename
        ours = path.startswith((_LIBRARY, _TROPOSPHERE)) and not path.startswith(_STACKS_OF_OURS)
        if not ours and code.co_name != method:
            break
        frame = frame.f_back
    return frame


def _is_authors(frame: FrameType) -> bool:
    """Whether a frame is the author's own: neither this library's, an installed one's nor the standard library's."""
    path = frame.f_code.co_filename
    return _author(frame) is frame and not ("-packages" in path or path.startswith((_STANDARD, "<")))


def place(location: Location | None) -> str:
    """A location inside a message: ``network.py:12``."""
    path, line = location or ("an unknown file", 0)
    return f"{path.replace(os.sep, '/').rpartition('/')[2]}:{line}"


class Declaration(_Helper):
    """A named part of a template: attribute of a stack class, and intrinsic wherever a value may stand.

    ``name`` is the attribute's name; ``logical_id`` is what the template calls it, the same unless said
    otherwise.
    """

    what = "declaration"
    is_part = True
    """Whether it is a part of the template, which is lost without a name."""
    belongs = "declare it in the class body"
    """What its maker is told in ``build()``, where it is lost."""

    def __init__(self, logical_id: str | None = None) -> None:
        frame = _author(sys._getframe(1))
        self.name = ""
        self.owner: type | None = None
        self.location = frame.f_code.co_filename, frame.f_lineno
        self._logical_id = logical_id
        if self.is_part:
            check_is_in_a_body(self, frame)
            note(self, frame)

    def __set_name__(self, owner: type, name: str) -> None:
        if not self.name:  # a second name is refused by the class, which can say where
            self.name = name
            self.owner = owner

    @property
    def logical_id(self) -> str:
        """The name in the template. Raises DeclarationError before the declaration is part of a class."""
        if not (self._logical_id or self.name):
            raise DeclarationError(
                f"this {self.what} has no name: make it an attribute of a stack class", location=self.location
            )
        return self._logical_id or self.name

    @property
    def label(self) -> str:
        """How a message calls it: ``NetworkStack.VpcId``."""
        if self.owner is not None:
            return f"{self.owner.__name__}.{self.name}"
        variables = _author(sys._getframe(1)).f_locals  # of a class body that still runs, most likely
        name = next((name for name, value in variables.items() if value is self), "")
        body = str(variables.get("__qualname__", "")).rpartition(".")[2]
        return f"{body}.{name}" if name and body else f"an unnamed {self.what}"

    def as_value(self) -> Any:
        """What stands for it inside a property or another intrinsic."""
        raise NotImplementedError

    def to_dict(self) -> Any:
        """For troposphere's own encoder, so that a single resource can be shown alone."""
        return self.as_value()

    def _no_text(self, *_: object) -> NoReturn:
        raise DeclarationError(
            f"{self.label} is not text: its value is known only when the stack is deployed",
            'use Sub("...${Name}...", Name=...), Join or Select, which CloudFormation evaluates then',
            location=caller(),
        )

    __str__ = __format__ = __add__ = __radd__ = __mod__ = __iter__ = __getitem__ = __int__ = _no_text
    __len__ = __contains__ = __float__ = __lt__ = __gt__ = __le__ = __ge__ = _no_text

    def __repr__(self) -> str:
        return f"<{self.what} {self.label}>" if self.name else f"<{self.label}>"

    def __bool__(self) -> bool:
        """Refused in the author's own code. Troposphere's rules ask any value whether it is there, and it is."""
        if _is_authors(sys._getframe(1)):
            self._no_text()
        return True

    def __eq__(self, other: object) -> bool:
        """A declaration is itself alone; asking it for its value is refused, for the answer would always be no."""
        if isinstance(other, str | int | float) and _is_authors(sys._getframe(1)):
            raise DeclarationError(
                f"{self.label} is compared with {other!r}, but its value is known only when the stack is deployed",
                "let CloudFormation compare: Condition(Equals(...)), and If(...)",
                location=caller(),
            )
        return self is other

    def __ne__(self, other: object) -> bool:
        if isinstance(other, str | int | float) and _is_authors(sys._getframe(1)):
            self._no_text()
        return self is not other

    __hash__ = object.__hash__


class Reference(Declaration, Generic[Kind_co]):
    """A declaration that has a value of a known type: parameter, output of a child, ``typed()`` intrinsic."""

    what = "reference"
    error: type[DeclarationError] = ParameterError
    """What a value that does not suit it raises."""

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

    def encoded(self, value: object, what: str, where: Location) -> str:
        """A literal as it crosses a stack's boundary: a text; booleans in lower case, lists joined by commas.

        Raises ``error`` when the value does not fit the type.
        """
        listed = takes_list(self.type)
        if isinstance(value, list | tuple):
            if not listed:
                raise self.error(f"{self.label} is {self.type}, but {what} {value!r} is a list", location=where)
            parts = [text_of(part) for part in value]
            for part in parts:
                if "," in part:
                    raise self.error(
                        f"{what} of {self.label}: {part!r} holds a comma, which separates elements",
                        location=where,
                    )
            return ",".join(parts)
        if isinstance(value, str | int | float):
            return text_of(value)
        raise self.error(
            f"{what} of {self.label} is {value!r} ({type(value).__name__}), which is no value of a parameter",
            "a text, a number, a boolean, a list or a reference was expected",
            location=where,
        )


class Typed(Reference[Kind_co]):
    """An intrinsic of which the author vouches for the type."""

    what = "typed intrinsic"
    is_part = False

    def __init__(self, kind: str, value: object) -> None:
        super().__init__(kind)
        self.value = value

    def __set_name__(self, owner: type, name: str) -> None:
        """It stays without a name: it is a value, no part of a template."""

    @property
    def label(self) -> str:
        """It has no name of its own."""
        return f"typed({self.type}, ...)"

    def as_value(self) -> Any:
        """The intrinsic itself; the renderer goes on into it."""
        return self.value


def typed(kind: ParameterType[Kind_co], value: object) -> Reference[Kind_co]:
    """Vouch for the type of an intrinsic: ``typed(VPC_ID, If(...))``.

    Without it an intrinsic counts as ``String``.
    Raises ParameterError for a type that CloudFormation does not have.
    """
    return Typed(checked_type(kind), value)


def checked_type(kind: object) -> str:
    """A type that CloudFormation knows, else ParameterError."""
    if kind in PARAMETER_TYPES:
        return str(kind)
    raise ParameterError(
        f"{kind!r} is not a type of CloudFormation parameters",
        likely(str(kind), PARAMETER_TYPES),
        location=caller(),
    )


def intrinsic(value: object) -> dict[str, Any]:
    """The one-key dict of an intrinsic such as ``{"Ref": ...}``, or an empty dict for anything else."""
    data = getattr(value, "data", value)
    if not isinstance(data, dict) or len(data) != 1:
        return {}
    name = str(next(iter(data)))
    return data if name.startswith("Fn::") or name in ("Ref", "Condition") else {}
