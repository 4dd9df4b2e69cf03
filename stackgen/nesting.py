"""Children of a stack: ``nested()`` wires them, and refuses a wrong wire on the line where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from .boundary import leaving
from .declaration import Declaration, Kind, Reference, caller
from .errors import DeclarationError, OutputError, ParameterError, likely
from .output import Output
from .parameter import Parameter
from .sections import Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .errors import Location
    from .stack import Stack

P = ParamSpec("P")
S = TypeVar("S", bound="Stack")


class Attributes(NamedTuple):
    """What belongs to the nested resource itself, in CloudFormation's words; ``TimeoutInMinutes`` is in minutes.

    These, ``TemplateURL`` and ``Parameters`` are all that CloudFormation documents for ``AWS::CloudFormation::Stack`` in a template.
    """

    Condition: Condition | None = None
    DependsOn: Sequence[object] = ()
    DeletionPolicy: str | None = None
    UpdateReplacePolicy: str | None = None
    Metadata: Mapping[str, object] | None = None
    Tags: Mapping[str, object] | None = None
    NotificationARNs: object = None
    TimeoutInMinutes: int | None = None


PLAIN = Attributes()


class ChildOutput(Reference[Kind]):
    """An output of a child, as its parent reads it."""

    what = "output of a child"

    def __init__(self, child: NestedStack, kind: str, logical_id: str, attribute: str) -> None:
        super().__init__(kind, logical_id)
        self.child = child
        self.attribute = attribute

    @property
    def label(self) -> str:
        """``NetworkStack.VpcId``: the class that owns the output."""
        return f"{self.child.stack.__name__}.{self.attribute}"

    def as_argument(self) -> Any:
        """The bare ``GetAtt``: what the child joined crosses as it is."""
        return {"Fn::GetAtt": [self.child.logical_id, f"Outputs.{self.logical_id}"]}

    def as_value(self) -> Any:
        """``GetAtt``, split where the child joined a list."""
        got = self.as_argument()
        return {"Fn::Split": [",", got]} if self.is_list else got


class NestedStack(Declaration):
    """A child in its parent. Its PascalCase attributes are the child's outputs."""

    what = "nested stack"

    def __init__(self, stack: type[Stack], attributes: Attributes, arguments: dict[str, object]) -> None:
        super().__init__()
        self.stack = stack
        self.attributes = attributes
        self.arguments = arguments

    def __getattr__(self, name: str) -> ChildOutput[Any]:
        if name.startswith("_") or name in ("resource", "properties"):  # probes of copy, pickle and troposphere
            raise AttributeError(name)
        return self.output(name, caller())

    def output(self, name: str, where: Location) -> ChildOutput[Any]:
        """The output of that attribute name. Raises OutputError where the child has none."""
        declared = self.stack.members.get(name)
        if isinstance(declared, Output) or (isinstance(declared, Parameter) and declared.output):
            return ChildOutput(self, declared.kind, declared.logical_id, name)
        outputs = self.stack.output_names()
        if isinstance(declared, Parameter):
            hint = f"{name} is a parameter: Parameter(..., output=True) would emit it"
        else:
            hint = likely(name, outputs)
        raise OutputError(
            f"{self.stack.__name__} has no output {name}", hint, location=where
        )

    def as_value(self) -> Any:
        """``Ref`` of a nested stack: its stack ID."""
        return {"Ref": self.logical_id}


def nested(
    stack: Callable[P, S], attributes: Attributes = PLAIN, /, *_: P.args, **arguments: P.kwargs
) -> S:
    """Declare a child: ``Network = nested(NetworkStack, CidrBlock=CidrBlock)``.

    Type checkers see a ``NetworkStack``, so that a missing, unknown or wrongly typed parameter and a misspelt output are refused before
    anything runs; the same is refused at import, on this line. Raises ParameterError or DeclarationError.
    """
    child = NestedStack(stack_class(stack, caller()), attributes, dict(arguments))
    check_arguments(child, {}, child.location)
    return child  # type: ignore[return-value]  # like dataclasses.field: typed as what the attribute will read as


def stack_class(stack: object, where: Location) -> type[Stack]:
    if isinstance(stack, type) and hasattr(stack, "members") and hasattr(stack, "file"):
        if not stack.file:
            raise DeclarationError(
                f"{stack.__name__} cannot be nested: it names no file", 'give it file = "some-stack"', location=where
            )
        return stack
    raise DeclarationError(f"nested() takes a stack class, not {stack!r}", location=where)


def check_arguments(child: NestedStack, resources: Mapping[str, str], where: Location) -> dict[str, object]:
    """Every argument against the child's parameters: the values in the form in which they cross.

    Raises ParameterError for one that is unknown, missing, of another type or outside its constraints.
    """
    parameters = child.stack.parameters()
    by_name = {parameter.name: parameter for parameter in parameters.values()}
    for name in child.arguments:
        if name not in by_name:
            raise ParameterError(
                f"{child.stack.__name__} has no parameter {name}", likely(name, by_name), location=where
            )
    missing = [name for name, parameter in by_name.items() if parameter.required and name not in child.arguments]
    if missing:
        raise ParameterError(
            f"{child.stack.__name__} needs {', '.join(missing)}",
            f"declared in {_place(by_name[missing[0]])}",
            location=where,
        )
    return {
        by_name[name].logical_id: _crossing(by_name[name], value, resources, where)
        for name, value in child.arguments.items()
    }


def _crossing(parameter: Parameter[Any], value: object, resources: Mapping[str, str], where: Location) -> object:
    if isinstance(value, str | int | float) or value is None or _is_literal_list(value):
        return parameter.encoded(value, "argument", where)
    if isinstance(value, dict | NestedStack) or isinstance(value, type):
        return parameter.encoded(value, "argument", where)
    return leaving(parameter, value, resources, where)


def _is_literal_list(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(part, str | int | float) for part in value)


def _place(declaration: Declaration) -> str:
    path, line = declaration.location
    return f"{path.rsplit('/', 1)[-1]}:{line}"
