"""A stack's outputs: typed, set exactly once, exported when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from .declaration import Kind_co, Reference, caller, checked_type, place
from .errors import LimitError, OutputError
from .limits import DESCRIPTION_BYTES
from .parameter_types import STRING, ParameterType, String, takes_list

if TYPE_CHECKING:
    from troposphere import AWSHelperFn

    from .errors import Location
    from .sections import Condition


class Output(Reference[Kind_co]):
    """One output of a template.

    The value stands here (``Output(value=Network.VpcId)``) or is assigned once in ``build()`` (``self.VpcId =
    vpc.ref()``). ``type`` is what the parent's wiring is checked against; with a ``value`` that knows its own
    type it may be left out. ``export=True`` exports it under the stack's ``export_name``; a text or ``Sub``
    is the name itself. Raises OutputError, and LimitError for a description of more than 1,024 bytes.
    """

    what = "output"
    error = OutputError

    @overload
    def __init__(
        self: Output[String],
        *,
        value: str | None = ...,
        export: object = ...,
        description: str = ...,
        condition: Condition | None = ...,
        logical_id: str | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        *,
        value: Reference[Kind_co] | AWSHelperFn,  # pyright joins what build() assigns to what is declared
        export: object = ...,
        description: str = ...,
        condition: Condition | None = ...,
        logical_id: str | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: Output[String],
        *,
        value: object,
        export: object = ...,
        description: str = ...,
        condition: Condition | None = ...,
        logical_id: str | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        type: ParameterType[Kind_co],
        *,
        value: object = ...,
        export: object = ...,
        description: str = ...,
        condition: Condition | None = ...,
        logical_id: str | None = ...,
    ) -> None: ...
    def __init__(
        self,
        type: str | None = None,  # noqa: A002  CloudFormation's word
        *,
        value: Any = None,
        export: object = False,
        description: str = "",
        condition: Condition | None = None,
        logical_id: str | None = None,
    ) -> None:
        kind = type or (value.kind if isinstance(value, Reference) else STRING)
        super().__init__(checked_type(kind), logical_id)
        self.value = value
        self.export = export
        self.description = description
        self.condition = condition
        size = len(description.encode())
        if size > DESCRIPTION_BYTES:
            raise LimitError(
                f"the description is {size:,} bytes long, {DESCRIPTION_BYTES:,} are allowed",
                location=self.location,
            )

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: type) -> Output[Kind_co]: ...
    else:

        def __get__(self, instance, owner):
            """The declaration on the class; on a stack that is being built, the value that was set."""
            if instance is None:
                return self
            settled = instance.settled_outputs.get(self.name)
            value = settled[0] if settled else self.value
            if value is None:
                raise OutputError(f"{self.label} is read before it is set", location=caller())
            return value

    def encoded(self, value: object, what: str, where: Location) -> str:
        """A literal as text. Raises OutputError, also for a text where a list is declared."""
        if takes_list(self.type) and isinstance(value, str | int | float):
            raise OutputError(f"{self.label} is {self.type}, but {value!r} is one value, not a list", location=where)
        return super().encoded(value, what, where)

    def __set__(self, instance: Any, value: object) -> None:
        """Settle the value, once, from ``build()``."""
        where = caller()
        earlier = instance.settled_outputs.get(self.name)
        if earlier or self.value is not None:
            raise OutputError(
                f"{instance.__class__.__name__}.{self.name} is set twice",
                f"first in {place(earlier[1] if earlier else self.location)}",
                location=where,
            )
        if value is None:
            raise OutputError(f"{self.label} is set to None, which is no value", location=where)
        instance.settled_outputs[self.name] = (value, where)

    def as_value(self) -> Any:
        """Nothing: outputs are read by the parent, never inside their own template. Raises OutputError."""
        raise OutputError(
            f"{self.label} is an output of this stack: use the value that it is given", location=self.location
        )
