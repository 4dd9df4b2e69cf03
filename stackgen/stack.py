"""``Stack``: a CloudFormation template as a Python class.

The class body declares what the template is given and gives, its conditions and its children; ``build()`` adds resources. Everything
that the body says is checked when the class statement ends, everything else when the template is rendered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from .declaration import Declaration, caller
from .errors import DeclarationError, DuplicateError, NamingError, OutputError, likely
from .limits import DESCRIPTION_BYTES, LOGICAL_ID_CHARACTERS
from .naming import named_in
from .nesting import PLAIN, Attributes, NestedStack, P, S, stack_class
from .output import Output
from .parameter import Parameter
from .sections import is_logical_id
from .wiring import check_class

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from troposphere import AWSObject, Sub

    from .errors import Location

    Resource = TypeVar("Resource", bound=AWSObject)


@dataclass_transform(kw_only_default=True, field_specifiers=(Parameter,))
class Stack:
    """Base of every stack.

    A class with a ``file`` is a template: ``build/<system>/<file>.json``. A class without is a base for others. The first paragraph of the
    docstring becomes the Description.
    """

    system: ClassVar[str] = ""
    """Folder below ``build/`` and first part of every TemplateURL's path."""
    file: ClassVar[str] = ""
    """Name of the template's file, without ``.json``."""
    artifact_bucket: ClassVar[str] = ""
    """Bucket of the children's templates, as the text of an ``Fn::Sub``; needed by a stack with children."""
    name_pattern: ClassVar[str] = "{stem}"
    """How ``named()`` makes a physical name: the text of an ``Fn::Sub`` with ``{stem}`` in it."""
    export_name: ClassVar[str] = "${AWS::StackName}-{name}"
    """How ``export=True`` names an export: the text of an ``Fn::Sub`` with ``{name}`` in it."""
    transform: ClassVar[Sequence[str]] = ()
    """Macros, such as ``AWS::LanguageExtensions``."""
    metadata: ClassVar[Mapping[str, object]] = {}
    """Further entries of the template's Metadata."""
    parameter_groups: ClassVar[Mapping[str, Sequence[object]]] = {}
    """Groups of ``AWS::CloudFormation::Interface``: title to parameters."""
    sections: ClassVar[Mapping[str, object]] = {}
    """Sections that are written as they are: ``Globals`` and ``Hooks``."""
    adopted: ClassVar[Mapping[str, Any] | None] = None
    """All sections, for a template that was made elsewhere; see ``adopt``."""

    members: ClassVar[Mapping[str, Declaration]] = {}
    """Every declaration by attribute name, of this class and its bases."""
    location: ClassVar[Location | None] = None
    """Where the class statement stands."""

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        cls.location = caller()
        members: dict[str, Declaration] = {}
        for base in reversed(cls.__mro__[:-1]):
            for name, value in list(vars(base).items()):
                if isinstance(value, Declaration):
                    cls._check_name(name, value)
                    members[name] = value
                else:
                    members.pop(name, None)  # a subclass may take a member away: Reader = None
        cls.members = members
        check_class(cls)

    @classmethod
    def _check_name(cls, name: str, value: Declaration) -> None:
        if value.name != name:
            raise DuplicateError(
                f"{cls.__name__}.{name} is {value.label} under a second name", "declare it anew", location=value.location
            )
        if hasattr(Stack, name):
            raise NamingError(f"{cls.__name__}.{name} would hide Stack.{name}", location=value.location)
        if not is_logical_id(name) or not value.logical_id.isalnum() or len(value.logical_id) > LOGICAL_ID_CHARACTERS:
            pascal = "".join(part[:1].upper() + part[1:] for part in value.logical_id.split("_"))
            raise NamingError(
                f"{value.logical_id!r} is no logical ID: letters and digits in PascalCase, at most {LOGICAL_ID_CHARACTERS}",
                f"did you mean {pascal}?" if is_logical_id(pascal) else "",
                location=value.location,
            )

    def __init__(self) -> None:
        self.resources: dict[str, AWSObject] = {}
        self.children: dict[str, NestedStack] = dict(self.declared(NestedStack))
        self.places: dict[str, Location] = {name: child.location for name, child in self.children.items()}
        self.settled_outputs: dict[str, tuple[object, Location]] = {}

    if not TYPE_CHECKING:  # a checker must not let every misspelt output pass as settable

        def __setattr__(self, name: str, value: object) -> None:
            if name[:1].isupper() and not isinstance(self.members.get(name), Output):
                raise OutputError(
                    f"{type(self).__name__} declares no output {name}", likely(name, self.output_names()), location=caller()
                )
            object.__setattr__(self, name, value)

    def build(self) -> None:
        """Add the resources. A parent of pure wiring needs none."""

    def add(self, resource: Resource, *, suppress: Mapping[str, str] | None = None) -> Resource:
        """Put a resource into the template and give it back.

        ``suppress`` silences rules of the linter on this resource: rule ID to the reason, which is kept in the template. Raises
        DuplicateError, NamingError.
        """
        where = caller("add")
        title = str(resource.title or "")
        self._claim(title, where)
        if suppress:
            _suppress(resource, suppress, where)
        self.resources[title] = resource
        return resource

    def nest(
        self, name: str, stack: Callable[P, S], attributes: Attributes = PLAIN, /, *_: P.args, **arguments: P.kwargs
    ) -> S:
        """Declare a child inside ``build()``, for loops; checked like ``nested()``."""
        where = caller("nest")
        child = NestedStack(stack_class(stack, where), attributes, dict(arguments))
        child.__set_name__(type(self), name)
        self._claim(name, where)
        self.children[name] = child
        return child  # type: ignore[return-value]  # typed as what its attributes read as, like nested()

    def _claim(self, title: str, where: Location) -> None:
        if not is_logical_id(title):
            raise NamingError(f"{title!r} is no logical ID: letters and digits in PascalCase", location=where)
        if title in self.places:
            path, line = self.places[title]
            raise DuplicateError(
                f"{type(self).__name__} has two resources {title}",
                f"the first stands in {path.rsplit('/', 1)[-1]}:{line}",
                location=where,
            )
        if title in self.parameters():
            raise DuplicateError(f"{title} is a parameter of {type(self).__name__} and a resource", location=where)
        self.places[title] = where

    @classmethod
    def named(cls, stem: str, *further: str) -> Sub:
        """A physical name in the system's pattern: ``named("vpc")``; ``further`` is appended: ``"${AWS::Region}"``."""
        return named_in(cls.name_pattern, stem, further, caller("named"))

    @classmethod
    def declared(cls, kind: type[Any]) -> Mapping[str, Any]:
        """The declarations of one kind by logical ID."""
        return {each.logical_id: each for each in cls.members.values() if isinstance(each, kind)}

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter[Any]]:
        """The parameters by logical ID."""
        return cls.declared(Parameter)

    @classmethod
    def output_names(cls) -> list[str]:
        """The attribute names of everything that the template outputs."""
        return [
            name
            for name, each in cls.members.items()
            if isinstance(each, Output) or (isinstance(each, Parameter) and each.output)
        ]

    @classmethod
    def description(cls) -> str:
        """The first paragraph of the class's docstring in one line. Raises DeclarationError when missing or too long."""
        doc = next((vars(base).get("__doc__") for base in cls.__mro__ if base is cls or vars(base).get("file")), None)
        text = " ".join(re.split(r"\n\s*\n", (doc or "").strip())[0].split())
        if not text:
            raise DeclarationError(
                f"{cls.__name__} has no docstring", "its first paragraph is the template's Description", location=cls.location
            )
        if len(text.encode()) > DESCRIPTION_BYTES:
            raise DeclarationError(
                f"the Description of {cls.__name__} is {len(text.encode()):,} bytes long, {DESCRIPTION_BYTES:,} are allowed",
                "put a blank line after the first sentence of its docstring",
                location=cls.location,
            )
        return text


def _suppress(resource: AWSObject, reasons: Mapping[str, str], where: Location) -> None:
    for rule, reason in reasons.items():
        if not reason.strip():
            raise DeclarationError(f"{resource.title} suppresses {rule} without a reason", location=where)
    metadata = dict(resource.resource.get("Metadata") or {})
    metadata["cfn-lint"] = {"config": {"ignore_checks": sorted(reasons)}}
    metadata["stackgen"] = {"suppressions": dict(sorted(reasons.items()))}
    resource.resource["Metadata"] = metadata
