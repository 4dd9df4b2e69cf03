"""A stack's parameters: what may be given, how a literal is written, and what reads it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, overload

from .constraints import NUMERIC, refusal, text_of
from .declaration import Kind_co, Reference, checked_type
from .errors import LimitError, ParameterError
from .limits import DESCRIPTION_BYTES, PARAMETER_DESCRIPTION_CHARACTERS
from .parameter_types import (
    COMMA_DELIMITED_LIST,
    STRING,
    ParameterType,
    String,
    is_ssm,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from troposphere import AWSHelperFn

    from .errors import Location

    class _Ref:
        """For type checkers a parameter is more than any ``Ref``: it has a type."""

    Scalar: TypeAlias = str | int | float | bool
    Argument: TypeAlias = Scalar | Sequence[object] | AWSHelperFn


else:
    from troposphere import Ref as _Ref  # some of troposphere's own rules leave a Ref in peace, and nothing else

CONSTRAINTS = ("pattern", "min_length", "max_length", "min_value", "max_value")
_SHOWN = 80  # characters of a value, and


class FromParent:
    """``default=FromParent()``: the parameter travels. A parent that declares it too hands it on unasked.

    ``FromParent("production")`` also gives CloudFormation a Default, for a stack that is deployed by itself.
    """

    __slots__ = ("default",)

    def __init__(self, default: Scalar | None = None) -> None:
        self.default = default


class Parameter(Reference[Kind_co], _Ref):
    """One parameter of a template.

    ``type`` is a constant of ``stackgen.parameter_types``. Constraints carry CloudFormation's names in snake
    case and are checked here against the default, and in ``nested()`` against every literal. Lengths are in
    characters. ``output=True`` also emits the value as an output of the same name; ``label`` is shown by the
    console's form. Raises ParameterError, and LimitError for a description of more than 4,000 characters.
    """

    what = "parameter"

    @overload
    def __init__(
        self: Parameter[String],
        *,
        default: Scalar | FromParent | None = ...,
        allowed_values: Sequence[Scalar] = ...,
        pattern: str | None = ...,
        min_length: int | None = ...,
        max_length: int | None = ...,
        no_echo: bool = ...,
        description: str = ...,
        constraint_description: str = ...,
        label: str = ...,
        output: bool = ...,
        logical_id: str | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        type: ParameterType[Kind_co],
        *,
        default: Scalar | Sequence[Scalar] | FromParent | None = ...,
        allowed_values: Sequence[Scalar] = ...,
        pattern: str | None = ...,
        min_length: int | None = ...,
        max_length: int | None = ...,
        min_value: float | None = ...,
        max_value: float | None = ...,
        no_echo: bool = ...,
        description: str = ...,
        constraint_description: str = ...,
        label: str = ...,
        output: bool = ...,
        logical_id: str | None = ...,
    ) -> None: ...
    def __init__(
        self,
        type: str = STRING,  # noqa: A002  CloudFormation's word
        *,
        default: Any = None,
        allowed_values: Sequence[Scalar] = (),
        pattern: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        min_value: float | None = None,
        max_value: float | None = None,
        no_echo: bool = False,
        description: str = "",
        constraint_description: str = "",
        label: str = "",
        output: bool = False,
        logical_id: str | None = None,
    ) -> None:
        super().__init__(checked_type(type), logical_id)
        self.travels = isinstance(default, FromParent)
        given = default.default if isinstance(default, FromParent) else default
        self.allowed_values = _texts(allowed_values, self.location)
        self.pattern = pattern
        self.min_length, self.max_length = min_length, max_length
        self.min_value, self.max_value = min_value, max_value
        self.no_echo = no_echo
        self.description = description
        self.constraint_description = constraint_description
        self.console_label = label
        self.output = output
        self.default: str | None = None
        self._check_constraints(self.location)
        if given is not None:
            self.default = self.encoded(given, "Default", self.location)

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: type) -> Parameter[Kind_co]: ...
        def __set__(self, instance: object, value: Reference[Kind_co] | Argument) -> None: ...

    @property
    def required(self) -> bool:
        """Whether ``nested()`` must be given a value."""
        return self.default is None and not self.travels

    def as_value(self) -> Any:
        """``Ref``."""
        return {"Ref": self.logical_id}

    def as_argument(self) -> Any:
        """``Ref``, joined where it is a list: what crosses a stack's boundary is one string."""
        return {"Fn::Join": [",", self.as_value()]} if self.is_list else self.as_value()

    def encoded(self, value: object, what: str, where: Location) -> str:
        """A literal as CloudFormation takes it: a text; booleans in lower case, lists joined by commas.

        Raises ParameterError when the value does not fit the type or a constraint.
        """
        text = super().encoded(value, what, where)
        reason = self.refusal(text)
        if reason:
            given = f"{text[:60]}..." if len(text) > _SHOWN else text
            raise ParameterError(
                f"{what} {given!r} of {self.label} {reason}", self.constraint_description, location=where
            )
        return text

    def refusal(self, text: str) -> str:
        """Why CloudFormation would refuse this value, or nothing."""
        return refusal(self.as_declaration(), text)

    def _check_constraints(self, where: Location) -> None:
        for name in CONSTRAINTS:
            if getattr(self, name) is not None and not suits(name, self.type):
                raise ParameterError(f"{name} does not go with type {self.type}", location=where)
            self._check_number(name, where)
        for least, most in (("min_length", "max_length"), ("min_value", "max_value")):
            lower, upper = getattr(self, least), getattr(self, most)
            if lower is not None and upper is not None and lower > upper:
                raise ParameterError(f"{least}, {lower}, is more than {most}, {upper}", location=where)
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ParameterError(f"pattern {self.pattern!r}: {error}", location=where) from error
        self._check_description(where)
        entry = {name: value for name, value in self.as_declaration().items() if name != "AllowedValues"}
        for value in self.allowed_values:
            reason = refusal(entry, value)
            if reason:
                raise ParameterError(f"allowed value {value!r} {reason}", location=where)

    def _check_number(self, name: str, where: Location) -> None:
        value = getattr(self, name)
        if value is None or name == "pattern":
            return
        is_length = name in ("min_length", "max_length")
        kinds = int if is_length else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            expected = "a whole number" if is_length else "a number"
            raise ParameterError(f"{name} is {value!r}, but {expected} was expected", location=where)
        if (is_length and value < 0) or not -math.inf < value < math.inf:
            raise ParameterError(f"{name} is {value}, which no value can have", location=where)

    def _check_description(self, where: Location) -> None:
        if self.output and len(self.description.encode()) > DESCRIPTION_BYTES:
            raise LimitError(
                f"the description, which is the output's too, is over {DESCRIPTION_BYTES:,} bytes",
                location=where,
            )
        if len(self.description) > PARAMETER_DESCRIPTION_CHARACTERS:
            raise LimitError(
                f"the description has {len(self.description):,} characters, "
                f"{PARAMETER_DESCRIPTION_CHARACTERS:,} are allowed",
                location=where,
            )

    def as_declaration(self) -> dict[str, Any]:
        """The entry of the section Parameters."""
        entry = {
            "Type": self.type,
            "Default": self.default,
            "AllowedValues": list(self.allowed_values) or None,
            "AllowedPattern": self.pattern,
            "MinLength": self.min_length,
            "MaxLength": self.max_length,
            "MinValue": self.min_value,
            "MaxValue": self.max_value,
            "NoEcho": self.no_echo or None,
            "Description": self.description or None,
            "ConstraintDescription": self.constraint_description or None,
        }
        return {key: value for key, value in entry.items() if value is not None}


def _texts(values: object, where: Location) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ParameterError(
            f"allowed_values is {values!r}, but a list was expected",
            f"did you mean [{values!r}]?",
            location=where,
        )
    return tuple(text_of(value) for value in values)


def suits(constraint: str, kind: str) -> bool:
    """Whether a parameter of this type may have the constraint, one of ``CONSTRAINTS``."""
    if constraint in ("min_value", "max_value"):
        return kind in NUMERIC
    if constraint in ("min_length", "max_length"):
        return kind == STRING
    return kind in (STRING, COMMA_DELIMITED_LIST) or is_ssm(kind)
