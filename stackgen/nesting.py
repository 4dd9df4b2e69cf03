"""Children of a stack: ``nested()`` wires them, and refuses a wrong wire on the line where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from troposphere import AWSHelperFn

from .boundary import Boundary
from .declaration import Declaration, Kind_co, Reference, caller, place
from .errors import DeclarationError, OutputError, ParameterError, likely
from .output import Output
from .parameter import Parameter
from .sections import Condition as ConditionDeclaration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .errors import Location
    from .sections import Condition
    from .stack import Stack

P = ParamSpec("P")
S = TypeVar("S", bound="Stack")

_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate"),
    "UpdateReplacePolicy": ("Delete", "Retain"),
}


class TemplateURL(AWSHelperFn):
    """The URL of a stack's template with its digest; ``Stack.template_url`` makes it, the renderer writes it."""

    def __init__(self, stack: type[Stack]) -> None:
        self.stack = stack
        self.data = f"the TemplateURL of {stack.__name__}"


class Attributes(NamedTuple):
    """What belongs to the nested resource itself, in CloudFormation's words.

    These, ``TemplateURL`` and ``Parameters`` are all that CloudFormation documents for
    ``AWS::CloudFormation::Stack`` in a template.
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


class ChildOutput(Reference[Kind_co]):
    """An output of a child, as its parent reads it."""

    what = "output of a child"
    is_part = False

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
    belongs = 'use self.nest("Name", ...)'

    def __init__(
        self, stack: type[Stack], attributes: Attributes, arguments: dict[str, object], *, built: bool = False
    ) -> None:
        if built:
            self.belongs = ""  # self.nest() is its place
        super().__init__()
        self.stack = stack
        self.attributes = attributes
        self.arguments = arguments

    def __getattr__(self, name: str) -> ChildOutput[Any]:
        # Probes of copy, pickle and pytest, some of them before there is any state, and of troposphere.
        if name.startswith("_") or "arguments" not in self.__dict__ or name in ("resource", "properties"):
            raise AttributeError(name)
        return self.output(name, caller())

    def output(self, name: str, where: Location) -> ChildOutput[Any]:
        """The output of that attribute name. Raises OutputError where the child has none."""
        declared = self.stack.members.get(name)
        if isinstance(declared, Output) or (isinstance(declared, Parameter) and declared.output):
            return ChildOutput(self, declared.kind, declared.logical_id, name)
        if isinstance(declared, Parameter):
            hint = f"{name} is a parameter: Parameter(..., output=True) would emit it"
        else:
            hint = likely(name, self.stack.output_names())
        raise OutputError(f"{self.stack.__name__} has no output {name}", hint, location=where)

    def as_value(self) -> Any:
        """``Ref`` of a nested stack: its stack ID."""
        return {"Ref": self.logical_id}


def nested(stack: Callable[P, S], attributes: Attributes = PLAIN, /, *_: P.args, **arguments: P.kwargs) -> S:
    """Declare a child.

        Network = nested(NetworkStack, CidrBlock=CidrBlock)

    Type checkers see a ``NetworkStack``, so that a missing, unknown or wrongly typed parameter and a misspelt
    output are refused before anything runs; the same is refused at import, on this line. Raises
    ParameterError or DeclarationError.
    """
    where = caller()
    child = NestedStack(stack_class(stack, where), checked_attributes(attributes, where), dict(arguments))
    checked_arguments(child, Boundary(where))
    return child  # type: ignore[return-value]  # like dataclasses.field: typed as what the attribute will read as


def stack_class(stack: object, where: Location) -> type[Stack]:
    """A class that can be nested, because it names a file. Raises DeclarationError."""
    if isinstance(stack, type) and hasattr(stack, "members") and hasattr(stack, "file"):
        if not stack.file:
            raise DeclarationError(
                f"{stack.__name__} cannot be nested: it names no file",
                'give it file = "some-stack"',
                location=where,
            )
        return stack
    raise DeclarationError(f"nested() takes a stack class, not {stack!r}", location=where)


def checked_attributes(attributes: object, where: Location) -> Attributes:
    """Attributes that CloudFormation takes for a nested stack. Raises DeclarationError."""
    if not isinstance(attributes, Attributes):
        raise DeclarationError(
            f"{attributes!r} is given where Attributes(...) belongs",
            "parameters are handed over by name, attributes of the resource as Attributes(...)",
            location=where,
        )
    condition = attributes.Condition
    if condition is not None and not isinstance(condition, ConditionDeclaration):
        raise DeclarationError(
            f"Attributes(Condition={condition!r}) is no condition",
            "declare it in the class body with stackgen's Condition, and give the declaration itself",
            location=where,
        )
    for name, known in _POLICIES.items():
        policy = getattr(attributes, name)
        if policy is not None and policy not in known:
            raise DeclarationError(
                f"{name} {policy!r} is not one of {', '.join(known)}",
                likely(str(policy), known),
                location=where,
            )
    return attributes


def checked_arguments(child: NestedStack, boundary: Boundary) -> dict[str, object]:
    """The arguments by the parameters' logical IDs, checked, in the form in which they cross.

    Raises ParameterError for one that is unknown, missing, of another type or outside its constraints.
    """
    by_name = {parameter.name: parameter for parameter in child.stack.parameters().values()}
    for name in child.arguments:
        if name not in by_name:
            raise ParameterError(
                f"{child.stack.__name__} has no parameter {name}",
                _of_the_resource(child, name) or likely(name, by_name),
                location=boundary.where,
            )
    missing = [parameter for name, parameter in by_name.items() if parameter.required and name not in child.arguments]
    if missing:
        raise ParameterError(
            f"{child.stack.__name__} needs {', '.join(parameter.name for parameter in missing)}",
            f"{missing[0].name} is {missing[0].type}, declared in {place(missing[0].location)}",
            location=boundary.where,
        )
    return {
        by_name[name].logical_id: boundary.crossing(by_name[name], value) for name, value in child.arguments.items()
    }


def _of_the_resource(child: NestedStack, name: str) -> str:
    """The hint for what belongs to the nested resource and was handed to the child."""
    if name not in Attributes._fields:
        return ""
    return f"{name} belongs to the nested resource: nested({child.stack.__name__}, Attributes({name}=...))"
