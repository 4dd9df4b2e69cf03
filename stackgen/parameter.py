"""A stack's parameters: what may be given, how a literal is written, and what reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, overload

from .declaration import Kind, Reference, caller, checked_type
from .errors import ParameterError
from .limits import PARAMETER_VALUE_BYTES
from .parameter_types import NUMBER, STRING, ParameterType, String, is_list, is_ssm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from troposphere import AWSHelperFn

    Scalar: TypeAlias = str | int | float | bool
    Argument: TypeAlias = Scalar | Sequence[object] | AWSHelperFn


class FromParent:
    """``default=FromParent()``: the parameter travels. A parent that declares it too hands it on without being asked.

    ``FromParent("production")`` also gives CloudFormation a Default, for a stack that is deployed by itself.
    """

    __slots__ = ("default",)

    def __init__(self, default: Scalar | None = None) -> None:
        self.default = default


class Parameter(Reference[Kind]):
    """One parameter of a template.

    ``type`` is a constant of ``stackgen.parameter_types``. Constraints carry CloudFormation's names in snake case and are checked here
    against the default, and in ``nested()`` against every literal. ``output=True`` also emits the value as an output of the same
    name; ``label`` is shown by the console's form. Raises ParameterError.
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
        type: ParameterType[Kind],
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
        type: str = STRING,
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
        self.allowed_values = tuple(_text(value) for value in allowed_values)
        self.pattern = pattern
        self.min_length, self.max_length = min_length, max_length
        self.min_value, self.max_value = min_value, max_value
        self.no_echo = no_echo
        self.description = description
        self.constraint_description = constraint_description
        self.console_label = label
        self.output = output
        self.default = None
        self._check_constraints()
        if given is not None:
            if isinstance(given, Reference):
                raise ParameterError(f"a Default is a literal, not {given!r}", location=self.location)
            self.default = self.encoded(given, "Default")

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: type) -> Parameter[Kind]: ...
        def __set__(self, instance: object, value: Reference[Kind] | Argument) -> None: ...

    @property
    def required(self) -> bool:
        """Whether ``nested()`` must be given a value."""
        return self.default is None and not self.travels

    def as_value(self) -> Any:
        """``Ref``."""
        return {"Ref": self.logical_id}

    def encoded(self, value: object, what: str, location: tuple[str, int] | None = None) -> str:
        """A literal as CloudFormation takes it: always a string; booleans in lower case, lists joined by commas.

        Raises ParameterError when the value does not fit the type or a constraint.
        """
        where = location or self.location
        if isinstance(value, list | tuple):
            if not is_list(self.type) or is_ssm(self.type):
                raise ParameterError(f"{what} {value!r} is a list, but {self.label} is {self.type}", location=where)
            parts = [_text(part) for part in value]
            if torn := [part for part in parts if "," in part]:
                raise ParameterError(
                    f"{what} of {self.label}: {torn[0]!r} holds a comma, which separates elements", location=where
                )
            text = ",".join(parts)
        elif isinstance(value, str | int | float):
            text = _text(value)
        else:
            raise ParameterError(
                f"{what} of {self.label} is {value!r} ({value.__class__.__name__}), which is no parameter value",
                "a text, a number, a boolean, a list or a reference was expected",
                location=where,
            )
        if reason := self.refusal(text):
            raise ParameterError(
                f"{what} {text!r} of {self.label} {reason}", self.constraint_description, location=where
            )
        return text

    def refusal(self, text: str) -> str:
        """Why CloudFormation would refuse this value, or nothing."""
        if len(text.encode()) > PARAMETER_VALUE_BYTES:
            return f"is {len(text.encode()):,} bytes long, {PARAMETER_VALUE_BYTES:,} are allowed"
        for part in text.split(",") if self.is_list and not is_ssm(self.type) else [text]:
            if reason := self._refusal_of_one(part):
                return reason
        return ""

    def _refusal_of_one(self, text: str) -> str:
        if self.allowed_values and text not in self.allowed_values:
            return f"is not one of {', '.join(self.allowed_values[:8])}"
        if self.pattern is not None and re.fullmatch(self.pattern, text) is None:
            return f"does not match {self.pattern}"
        if self.min_length is not None and len(text) < self.min_length:
            return f"is shorter than {self.min_length} characters"
        if self.max_length is not None and len(text) > self.max_length:
            return f"is longer than {self.max_length} characters"
        return self._refusal_of_number(text) if self.type in (NUMBER, "List<Number>") else ""

    def _refusal_of_number(self, text: str) -> str:
        try:
            number = float(text)
        except ValueError:
            return "is not a number"
        if self.min_value is not None and number < self.min_value:
            return f"is below {self.min_value}"
        if self.max_value is not None and number > self.max_value:
            return f"is above {self.max_value}"
        return ""

    def _check_constraints(self) -> None:
        numeric, textual = self.type in (NUMBER, "List<Number>"), self.type in (STRING, "CommaDelimitedList")
        for name, allowed in (
            ("min_value", numeric), ("max_value", numeric),
            ("min_length", self.type == STRING), ("max_length", self.type == STRING),
            ("pattern", textual or is_ssm(self.type)),
        ):  # fmt: skip
            if getattr(self, name) is not None and not allowed:
                raise ParameterError(f"{name} does not go with type {self.type}", location=caller())
        for least, most in ((self.min_length, self.max_length), (self.min_value, self.max_value)):
            if least is not None and most is not None and least > most:
                raise ParameterError(f"the least, {least}, is more than the most, {most}", location=caller())
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ParameterError(f"pattern {self.pattern!r}: {error}", location=caller()) from error

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


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
