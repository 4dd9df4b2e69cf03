"""From a stack class to the text of its template, children first.

    class  ->  build()  ->  plain sections (checked)  ->  text, digest
"""

from __future__ import annotations

import traceback
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from .boundary import leaving
from .errors import CycleError, DeclarationError, LimitError, OutputError, SourceError, StackgenError
from .graph import check_acyclic, check_names, find_cycle
from .limits import head_room
from .naming import check_physical_name
from .nesting import NestedStack, check_arguments
from .output import Output
from .parameter import Parameter
from .rendering import Rendering
from .sections import Condition, Mapping, Rule, interface
from .writer import SECTIONS, json_text

if TYPE_CHECKING:
    from .errors import Location
    from .limits import HeadRoom
    from .stack import Stack

DIGEST_DIGITS = 16
"""Hex digits of the SHA-256 that name a child's content in its TemplateURL: 64 bits, ample for one bucket."""

NESTED = "AWS::CloudFormation::Stack"


class Template(NamedTuple):
    """One rendered template; a value without I/O."""

    system: str
    file: str
    text: str
    digest: str
    children: tuple[str, ...]
    """Names of the templates that it nests."""
    rooms: tuple[HeadRoom, ...]
    """Its limits, the nearest first."""

    @property
    def name(self) -> str:
        """``tap/network-stack``: unique in a project, and the path below ``build/`` without its ending."""
        return f"{self.system}/{self.file}" if self.system else self.file


class Renderer:
    """Renders stack classes, each once, and every child before its parent."""

    def __init__(self) -> None:
        self.templates: dict[type[Stack], Template] = {}
        self._open: list[type[Stack]] = []

    def template(self, stack: type[Stack]) -> Template:
        """The template of a class. Raises DeclarationError and its kind, SourceError when ``build()`` raises something else."""
        done = self.templates.get(stack)
        if done is not None:
            return done
        if stack in self._open:
            path = " -> ".join(each.__name__ for each in [*self._open[self._open.index(stack) :], stack])
            raise CycleError(f"stacks nest each other: {path}", location=stack.location)
        self._open.append(stack)
        try:
            built = _built(stack)
            sections, children = _Sections(built, self).all()
        finally:
            self._open.pop()
        text = json_text(sections)
        rooms = head_room(sections, len(text.encode()))
        if rooms[0].share > 1:
            raise LimitError(
                f"{stack.__name__} is over a limit of CloudFormation: {rooms[0]}",
                "split it into nested stacks",
                location=stack.location,
            )
        digest = sha256(text.encode()).hexdigest()[:DIGEST_DIGITS]
        template = Template(stack.system, stack.file, text, digest, children, tuple(rooms))
        self.templates[stack] = template
        return template


def render(stack: type[Stack]) -> Template:
    """The template of one class; its children are rendered on the way."""
    return Renderer().template(stack)


def _built(stack: type[Stack]) -> Stack:
    instance = stack()
    try:
        instance.build()
    except StackgenError as error:
        if error.location is None:
            error.location = author_line(error)
        raise
    except Exception as error:
        raise SourceError(
            f"{stack.__name__}.build(): {type(error).__name__}: {error}", location=author_line(error) or stack.location
        ) from error
    return instance


def author_line(error: BaseException) -> Location | None:
    """The last line of the author's own code in a traceback: not of this library, nor of an installed one."""
    here = __file__.rsplit("template.py", 1)[0]
    frames = [
        (frame.filename, frame.lineno or 0)
        for frame in traceback.extract_tb(error.__traceback__)
        if not (frame.filename.startswith((here, "<frozen")) or "site-packages" in frame.filename)
    ]
    return frames[-1] if frames else None


class _Sections:
    """The sections of one built stack."""

    def __init__(self, stack: Stack, renderer: Renderer) -> None:
        self.stack = stack
        self.renderer = renderer
        self.where = stack.location
        self.parameters = stack.parameters()
        self.conditions = stack.declared(Condition)
        self.types = {title: str(resource.resource.get("Type")) for title, resource in stack.resources.items()}
        self.types |= dict.fromkeys(stack.children, NESTED)
        members = {**stack.members, **stack.children}
        self.rendering = Rendering(type(stack).__name__, frozenset(type(stack).__mro__), members)
        self.known = {
            "Resources": {*self.types, *self.parameters},
            "Conditions": self.conditions,
            "Mappings": stack.declared(Mapping),
        }

    def all(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The sections that are not empty, and the names of the templates that they nest."""
        stack = self.stack
        if stack.adopted is not None:
            return dict(stack.adopted), ()
        sections: dict[str, Any] = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": stack.description(),
            "Metadata": self._metadata(),
            "Parameters": {name: each.as_declaration() for name, each in self.parameters.items()},
            "Rules": {name: self._item(each.as_declaration(), each) for name, each in stack.declared(Rule).items()},
            "Mappings": {name: each.table for name, each in stack.declared(Mapping).items()},
            "Conditions": self._conditions(),
            "Transform": list(stack.transform),
            "Resources": self._resources(),
            "Outputs": self._outputs(),
        }
        for name, section in stack.sections.items():
            if name not in SECTIONS or sections.get(name):
                raise DeclarationError(f"sections: {name!r} cannot be given here", location=self.where)
            sections[name] = self.rendering.item(section, self.where)
        if not sections["Resources"]:
            raise DeclarationError(f"{type(stack).__name__} has no resource; a template needs one", location=self.where)
        children = sorted({self.renderer.template(child.stack).name for child in stack.children.values()})
        return {name: section for name, section in sections.items() if section}, tuple(children)

    def _metadata(self) -> dict[str, Any]:
        labels = {name: each.console_label for name, each in self.parameters.items() if each.console_label}
        metadata = dict(self.stack.metadata)
        console = interface(self.stack.parameter_groups, labels, list(self.parameters), self.where or ("", 0))
        if console:
            metadata["AWS::CloudFormation::Interface"] = console
        rendered: dict[str, Any] = self.rendering.item(metadata, self.where)
        return rendered

    def _item(self, value: object, declared: Any, guard: object = None) -> Any:
        rendered = self.rendering.item(value, declared.location, guard)
        self._check_names(declared.logical_id, declared.location)
        return rendered

    def _check_names(self, what: str, where: Location | None) -> None:
        if not self.stack.transform:  # a macro may make what is named
            check_names(self.rendering.uses, self.known, f"{type(self.stack).__name__}.{what}", where)

    def _conditions(self) -> dict[str, Any]:
        rendered, edges = {}, {}
        for name, condition in self.conditions.items():
            rendered[name] = self._item(condition.expression, condition)
            edges[name] = {used for space, used in self.rendering.uses if space == "Conditions"}
        if cycle := find_cycle(edges):
            raise CycleError(
                f"conditions wait for each other: {' -> '.join([*cycle, cycle[0]])}",
                location=self.conditions[cycle[0]].location,
            )
        return rendered

    def _resources(self) -> dict[str, Any]:
        rendered: dict[str, Any] = {}
        edges: dict[str, dict[str, str]] = {}
        for title, resource in self.stack.resources.items():
            where = self.stack.places[title]
            check_physical_name(self.types[title], title, resource.properties, self.parameters, where)
            try:
                rendered[title] = self.rendering.item(resource, where, resource.resource.get("Condition"))
            except StackgenError:
                raise
            except Exception as error:
                raise DeclarationError(f"{title}: {error}", location=where) from error
            self._settle(title, edges)
        for title, child in self.stack.children.items():
            rendered[title] = self._child(title, child)
            self._settle(title, edges)
        check_acyclic(edges, self.types, dict(self.stack.places))
        return rendered

    def _settle(self, title: str, edges: dict[str, dict[str, str]]) -> None:
        self._check_names(title, self.stack.places[title])
        uses = self.rendering.uses.items()
        edges[title] = {name: how for (space, name), how in uses if space == "Resources" and name in self.types}

    def _child(self, title: str, child: NestedStack) -> dict[str, Any]:
        where = self.stack.places[title]
        template = self.renderer.template(child.stack)
        attributes = child.attributes
        self.rendering.begin(where, attributes.Condition)
        arguments: dict[str, object] = dict(self._travelling(child))
        arguments |= check_arguments(child, self.types, where)
        properties: dict[str, Any] = {
            "TemplateURL": {
                "Fn::Sub": f"https://{self.stack.artifact_bucket}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}"
                f"/{template.name}/{template.digest}.json"
            },
            "Parameters": {name: self.rendering.argument(value) for name, value in arguments.items()},
            "Tags": [{"Key": key, "Value": value} for key, value in sorted((attributes.Tags or {}).items())],
            "NotificationARNs": attributes.NotificationARNs,
            "TimeoutInMinutes": attributes.TimeoutInMinutes,
        }
        entry: dict[str, Any] = {
            "Type": NESTED,
            "Condition": attributes.Condition.logical_id if attributes.Condition is not None else None,
            "DeletionPolicy": attributes.DeletionPolicy,
            "DependsOn": self.rendering.depends_on(list(attributes.DependsOn)),
            "UpdateReplacePolicy": attributes.UpdateReplacePolicy,
            "Metadata": self.rendering.value(attributes.Metadata),
            "Properties": {name: self.rendering.value(value) for name, value in properties.items() if value},
        }
        return {name: value for name, value in entry.items() if value}

    def _travelling(self, child: NestedStack) -> dict[str, object]:
        return {
            name: own
            for name, parameter in child.stack.parameters().items()
            if parameter.travels and parameter.name not in child.arguments
            if isinstance(own := self.stack.members.get(parameter.name), Parameter)
        }

    def _outputs(self) -> dict[str, Any]:
        outputs = {}
        for name, parameter in self.parameters.items():
            if parameter.output:
                outputs[name] = {"Value": self.rendering.argument(parameter)}
                if parameter.description:
                    outputs[name]["Description"] = parameter.description
        for name, output in self.stack.declared(Output).items():
            outputs[name] = self._output(name, output)
        return outputs

    def _output(self, name: str, output: Output[Any]) -> dict[str, Any]:
        value, where = self.stack.settled_outputs.get(output.name, (output.value, output.location))
        if value is None:
            raise OutputError(
                f"{type(self.stack).__name__}.{output.name} is never set",
                f"set it once in build(): self.{output.name} = ..., or give Output(value=...)",
                location=output.location,
            )
        entry: dict[str, Any] = {}
        self.rendering.begin(where, output.condition)
        entry["Value"] = self.rendering.argument(leaving(output, value, self.types, where))
        if output.description:
            entry["Description"] = output.description
        if output.condition is not None:
            entry["Condition"] = self.rendering.owned(output.condition).logical_id
        if output.export:
            export = output.export
            if export is True:
                export = {"Fn::Sub": self.stack.export_name.replace("{name}", name)}
            entry["Export"] = {"Name": self.rendering.value(export)}
        self._check_names(name, where)
        return entry
