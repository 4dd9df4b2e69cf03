"""A stack's outputs: typed, set exactly once, exported when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from .declaration import Kind, Reference, caller, checked_type
from .errors import OutputError
from .parameter_types import STRING, ParameterType, String

if TYPE_CHECKING:
    from .sections import Condition


class Output(Reference[Kind]):
    """One output of a template.

    The value stands here (``Output(value=Network.VpcId)``) or is assigned once in ``build()`` (``self.VpcId = vpc.ref()``). ``type`` is
    what the parent's wiring is checked against; with a ``value`` that knows its own type it may be left out. ``export=True`` exports
    it under the stack's ``export_name``; a text or ``Sub`` is the name itself. Raises OutputError.
    """

    what = "output"

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
        value: Reference[Kind],
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
        type: ParameterType[Kind],
        *,
        value: object = ...,
        export: object = ...,
        description: str = ...,
        condition: Condition | None = ...,
        logical_id: str | None = ...,
    ) -> None: ...
    def __init__(
        self,
        type: str | None = None,
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

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Output[Kind]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> Output[Kind]: ...
        def __get__(self, instance: object, owner: type) -> Output[Kind]: ...
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

    def __set__(self, instance: Any, value: object) -> None:
        """Settle the value, once, from ``build()``."""
        where = caller()
        earlier = instance.settled_outputs.get(self.name)
        if earlier or self.value is not None:
            first = earlier[1] if earlier else self.location
            raise OutputError(
                f"{instance.__class__.__name__}.{self.name} is set twice",
                f"first at line {first[1]} of {first[0].rsplit('/', 1)[-1]}",
                location=where,
            )
        instance.settled_outputs[self.name] = (value, where)

    def as_value(self) -> Any:
        """Outputs are read by the parent, never inside their own template."""
        raise OutputError(
            f"{self.label} is an output of this stack: use the value that it is given", location=self.location
        )
