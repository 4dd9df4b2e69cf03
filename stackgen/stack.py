"""``Stack``: a CloudFormation template as a Python class.

The class body declares what the template is given and gives, its conditions and its children; ``build()``
adds resources. Everything that the body says is checked when the class statement ends, everything else when
the template is rendered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from .declaration import Declaration, Typed, caller, place
from .errors import DeclarationError, DuplicateError, LimitError, OutputError, likely
from .exemptions import check_exemptions, with_exemptions
from .limits import DESCRIPTION_BYTES
from .members import (
    KEPT,
    check_annotated,
    check_doubled,
    check_foreign,
    check_logical_id,
    check_lost,
    check_member,
    check_resource,
    check_settings,
)
from .naming import named_in
from .nesting import PLAIN, Attributes, NestedStack, P, S, TemplateURL, checked_attributes, stack_class
from .notes import notes_of
from .output import Output
from .parameter import Parameter
from .scope import Scope
from .wiring import check_bucket, check_child, check_class

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from troposphere import AWSObject, Sub

    from .errors import Location
    from .exemptions import Exemptions

    Resource = TypeVar("Resource", bound=AWSObject)


@dataclass_transform(kw_only_default=True, field_specifiers=(Parameter,))
class Stack:
    """Base of every stack.

    A class with a ``file`` is a template: ``build/<system>/<file>.json``. A class without is a base for
    others. The first paragraph of the docstring becomes the Description.
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
    transform: ClassVar[str | Mapping[str, object] | Sequence[str | Mapping[str, object]]] = ()
    """Macros: ``AWS::LanguageExtensions``, or ``{"Name": "AWS::Include", "Parameters": {"Location": ...}}``."""
    metadata: ClassVar[Mapping[str, object]] = {}
    """Further entries of the template's Metadata."""
    exemptions: ClassVar[Exemptions] = {}
    """Rules of the linter that do not count in this whole template; see ``add`` for those of one resource."""
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
        where = caller()
        check_settings(cls, Stack, where)
        check_exemptions(cls.__name__, cls.exemptions, where)
        cls.location = where
        notes = notes_of(cls)
        check_doubled(cls, notes)
        members: dict[str, Declaration] = {}
        for base in reversed(cls.__mro__[:-1]):
            for name, value in list(vars(base).items()):
                if isinstance(value, Declaration) and not isinstance(value, Typed):
                    check_member(cls, name, value, Stack)
                    members[name] = value
                elif name in members and value is not None:
                    raise DuplicateError(
                        f"{base.__name__}.{name} hides {members[name].label}, a {members[name].what}",
                        f"{name} = None takes it away",
                        location=cls.location,
                    )
                elif base is cls:
                    members.pop(name, None)  # a subclass may take a member away: Reader = None
                    check_foreign(cls, name, value, cls.location)
                else:
                    members.pop(name, None)
        cls.members = members
        check_class(cls)
        check_lost(cls, notes)
        check_annotated(cls, members, where)

    def __init__(self) -> None:
        self.resources: dict[str, AWSObject] = {}
        self.children: dict[str, NestedStack] = dict(self.declared(NestedStack))
        self.places: dict[str, Location] = {title: child.location for title, child in self.children.items()}
        self.settled_outputs: dict[str, tuple[object, Location]] = {}
        self._parameter_ids = frozenset(self.parameters())

    if not TYPE_CHECKING:  # a checker must not let every misspelt output pass as settable

        def __setattr__(self, name: str, value: object) -> None:
            declared = self.members.get(name)
            if name[:1].isupper() and not isinstance(declared, Output):
                raise OutputError(
                    f"{type(self).__name__}.{name} is a {declared.what}, which build() cannot set"
                    if declared is not None
                    else f"{type(self).__name__} declares no output {name}",
                    "" if declared is not None else likely(name, self.output_names()),
                    location=caller(),
                )
            if name in KEPT and name in self.__dict__:
                raise DeclarationError(
                    f"{type(self).__name__}.{name} is not assigned: the stack keeps it",
                    "use self.add(...), self.nest(...) and self.Name = ...",
                    location=caller(),
                )
            object.__setattr__(self, name, value)

    def build(self) -> None:
        """Add the resources. A parent of pure wiring needs none."""

    def beside(self) -> Mapping[str, str]:
        """Further golden files, no templates, for readers of what the template holds: name with ``.json`` to text.

        They stand beside the template, and are built, checked and deleted with it.
        """
        return {}

    def add(self, resource: Resource, *, suppress: Exemptions | None = None) -> Resource:
        """Put a resource into the template and give it back.

        ``suppress`` silences rules of the linter on this resource: rule ID to an ``Exemption``, or for a rule of
        cfn-lint's own to the reason; they are kept in the template. Raises DuplicateError, NamingError, and
        DeclarationError for what is no resource.
        """
        where = caller("add")
        check_resource(resource, where)
        title = str(resource.title or "")
        self._claim(title, where)
        if suppress:
            _suppress(resource, suppress, where)
        self.resources[title] = resource
        return resource

    def nest(
        self,
        name: str,
        stack: Callable[P, S],
        attributes: Attributes = PLAIN,
        /,
        *_: P.args,
        **arguments: P.kwargs,
    ) -> S:
        """Declare a child inside ``build()``, for loops; checked like ``nested()``."""
        where = caller("nest")
        child = NestedStack(
            stack_class(stack, where), checked_attributes(attributes, where), dict(arguments), built=True
        )
        child.__set_name__(type(self), name)
        self._claim(name, where)
        check_child(type(self), Scope.of(type(self), self.children_by_name()), child, where)
        self.children[name] = child
        return child  # type: ignore[return-value]  # typed as what its attributes read as, like nested()

    def template_url(self, stack: type[Stack]) -> TemplateURL:
        """The TemplateURL of a stack that is not nested here, for what deploys it otherwise, such as a StackSet.

        Like that of a child it names the digest of the content. Raises DeclarationError without an ``artifact_bucket``.
        """
        where = caller("template_url")
        check_bucket(type(self), where)
        return TemplateURL(stack_class(stack, where))

    def _claim(self, title: str, where: Location) -> None:
        check_logical_id(title, title, where)
        if title in self.places:
            raise DuplicateError(
                f"{type(self).__name__} has two resources {title}",
                f"the first stands in {place(self.places[title])}",
                location=where,
            )
        if title in self._parameter_ids:
            raise DuplicateError(
                f"{title} is a parameter of {type(self).__name__} and a resource",
                f"the parameter stands in {place(self.parameters()[title].location)}",
                location=where,
            )
        self.places[title] = where

    @classmethod
    def named(cls, stem: str, *further: str) -> Sub:
        """A physical name in the system's pattern, from a kebab-case stem: ``named("vpc")``.

        ``further`` is appended, as in ``named("logs", "${AWS::Region}")``. Raises NamingError.
        """
        return named_in(cls.name_pattern, stem, further, caller("named"))

    @classmethod
    def declared(cls, kind: type[Any]) -> Mapping[str, Any]:
        """The declarations of one kind by logical ID."""
        return {each.logical_id: each for each in cls.members.values() if isinstance(each, kind)}

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter[Any]]:
        """The parameters by logical ID."""
        return cls.declared(Parameter)

    def children_by_name(self) -> Mapping[str, NestedStack]:
        """The children by attribute name, with those that ``nest()`` made."""
        return {child.name: child for child in self.children.values()}

    @classmethod
    def output_names(cls) -> list[str]:
        """The attribute names of everything that the template outputs."""
        return [
            name
            for name, each in cls.members.items()
            if isinstance(each, Output) or (isinstance(each, Parameter) and each.output)
        ]

    @classmethod
    def output_ids(cls) -> list[str]:
        """The logical IDs of everything that the template outputs."""
        return [cls.members[name].logical_id for name in cls.output_names()]

    @classmethod
    def description(cls) -> str:
        """The first paragraph of the class's docstring in one line.

        A subclass without a docstring has that of the stack that it varies. Raises DeclarationError when it is missing,
        LimitError when it is over 1,024 bytes.
        """
        docs = (vars(base).get("__doc__") for base in cls.__mro__ if base is cls or vars(base).get("file"))
        doc = next((text for text in docs if text), "")
        text = " ".join(re.split(r"\n\s*\n", doc.strip())[0].split())
        if not text:
            raise DeclarationError(
                f"{cls.__name__} has no docstring",
                "its first paragraph is the template's Description",
                location=cls.location,
            )
        size = len(text.encode())
        if size > DESCRIPTION_BYTES:
            raise LimitError(
                f"the Description of {cls.__name__} has {size:,} bytes, {DESCRIPTION_BYTES:,} are allowed",
                "put a blank line after the first sentence of its docstring",
                location=cls.location,
            )
        return text


def _suppress(resource: AWSObject, exemptions: Exemptions, where: Location) -> None:
    check_exemptions(str(resource.title), exemptions, where)
    given = resource.resource.get("Metadata") or {}
    parts = [given] if isinstance(given, dict) else given.data  # cloudformation.Metadata is made of parts
    notes = with_exemptions(parts, exemptions)
    resource.resource["Metadata"] = {**given, **notes} if isinstance(given, dict) else type(given)(*parts, notes)
