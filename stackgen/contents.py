"""The sections of one template, from a built stack, with every check that needs the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import Sub, Tags

from .boundary import Boundary
from .errors import (
    CycleError,
    DeclarationError,
    DuplicateError,
    OutputError,
    ReferenceError,  # noqa: A004  CloudFormation's own word; see errors.py
    StackgenError,
    likely,
)
from .exemptions import with_exemptions
from .graph import check_acyclic, check_names, find_cycle
from .naming import check_physical_name
from .nesting import checked_arguments
from .output import Output
from .parameter import Parameter
from .profiles import PROFILE, noted
from .rendering import Rendering
from .scope import Scope
from .sections import Condition, Mapping, Rule, interface
from .writer import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .errors import Location
    from .nesting import NestedStack
    from .stack import Stack
    from .template import Template

NESTED = "AWS::CloudFormation::Stack"


class Contents:
    """The sections of one built stack; ``template_of`` gives a child's template, which is rendered first."""

    def __init__(self, stack: Stack, template_of: Callable[[type[Stack]], Template], profile: str = "") -> None:
        self.stack = stack
        self.profile = profile
        self.template_of = template_of
        self.where = stack.location or ("", 0)
        self.parameters = stack.parameters()
        self.conditions = stack.declared(Condition)
        self.types = {title: str(each.resource.get("Type")) for title, each in stack.resources.items()}
        self.types |= dict.fromkeys(stack.children, NESTED)
        self.scope = Scope.of(type(stack), stack.children_by_name())
        self.rendering = Rendering(self.scope, stack.children, self._url)
        self.exports: set[str] = set()
        mappings = stack.declared(Mapping)
        self.known = {
            "Resources": {*self.types, *self.parameters},
            "Conditions": self.conditions,
            "Mappings": mappings,
        }
        self.known_early = {**self.known, "Resources": self.parameters}

    def sections(self) -> dict[str, Any]:
        """The sections that are not empty. Raises DeclarationError and its kind."""
        stack = self.stack
        sections = self._adopted(stack.adopted) if stack.adopted is not None else self._declared()
        if not sections.get("Resources"):
            raise DeclarationError(
                f"{type(stack).__name__} has no resource; a template needs one", location=stack.location
            )
        return sections

    def _adopted(self, sections: dict[str, Any] | Any) -> dict[str, Any]:
        notes = noted(sections.get("Metadata") or {}, {PROFILE: self.profile} if self.profile else {})
        return {**sections, **({"Metadata": notes} if notes else {})}

    def _declared(self) -> dict[str, Any]:
        stack = self.stack
        sections: dict[str, Any] = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": stack.description(),
            "Metadata": self._metadata(),
            "Parameters": {name: each.as_declaration() for name, each in self.parameters.items()},
            "Rules": {name: self._early(each.as_declaration(), each) for name, each in stack.declared(Rule).items()},
            "Mappings": {
                name: self.rendering.item(each.table, each.location) for name, each in stack.declared(Mapping).items()
            },
            "Conditions": self._conditions(),
            "Transform": self._transform(),
            "Resources": self._resources(),
            "Outputs": self._outputs(),
        }
        for name, section in stack.sections.items():
            if name not in SECTIONS:
                raise DeclarationError(
                    f"sections: CloudFormation has no section {name!r}",
                    likely(name, SECTIONS),
                    location=self.where,
                )
            if sections.get(name):
                raise DeclarationError(f"sections: {name} is declared in the class body already", location=self.where)
            sections[name] = self.rendering.item(section, self.where)
        return {name: section for name, section in sections.items() if section}

    def _transform(self) -> list[Any]:
        """One macro or several, each a name or ``{"Name": ..., "Parameters": ...}``."""
        given = self.stack.transform
        macros = [given] if isinstance(given, str | dict) else list(given)
        for macro in macros:
            if not isinstance(macro, str) and not (isinstance(macro, dict) and isinstance(macro.get("Name"), str)):
                raise DeclarationError(
                    f"transform of {type(self.stack).__name__}: {macro!r} is no macro",
                    'give its name, or {"Name": ..., "Parameters": {...}}',
                    location=self.where,
                )
        rendered: list[Any] = self.rendering.item(macros, self.where)
        return rendered

    def _metadata(self) -> dict[str, Any]:
        labels = {name: each.console_label for name, each in self.parameters.items() if each.console_label}
        metadata = dict(self.stack.metadata)
        console = interface(self.stack.parameter_groups, labels, list(self.parameters), self.where)
        if console:
            if "AWS::CloudFormation::Interface" in metadata:
                raise DeclarationError(
                    f"{type(self.stack).__name__}: metadata holds AWS::CloudFormation::Interface, "
                    "and so do its labels and parameter_groups",
                    location=self.where,
                )
            metadata["AWS::CloudFormation::Interface"] = console
        if self.stack.exemptions:
            metadata |= with_exemptions([metadata], self.stack.exemptions)
        metadata = noted(metadata, {PROFILE: self.profile} if self.profile else {})
        rendered: dict[str, Any] = self.rendering.item(metadata, self.where)
        return rendered

    def _early(self, value: object, declared: Condition | Rule) -> Any:
        """A condition or rule: decided before any resource exists, it may name parameters only."""
        self.rendering.begin(declared.location)
        rendered = self.rendering.decided(value)
        what = f"{type(self.stack).__name__}.{declared.name}"
        for (namespace, name), how in self.rendering.uses.items():
            if namespace == "Conditions" and isinstance(declared, Rule):
                raise ReferenceError(
                    f"{what}: {how} names the condition {name}, and none is decided when rules are checked",
                    "a rule may read parameters and mappings only; write the comparison out",
                    location=declared.location,
                )
            if namespace == "Resources" and name in self.types:
                raise ReferenceError(
                    f"{what}: {how} names a resource, {name}, and none exists when it is decided",
                    f"a {declared.what} may read parameters and mappings only",
                    location=declared.location,
                )
        if not self.stack.transform:
            check_names(self.rendering.uses, self.known_early, what, declared.location)
        return rendered

    def _check_names(self, what: str, where: Location) -> None:
        if not self.stack.transform:  # a macro may make what is named
            check_names(self.rendering.uses, self.known, f"{type(self.stack).__name__}.{what}", where)

    def _conditions(self) -> dict[str, Any]:
        rendered, edges = {}, {}
        for name, condition in self.conditions.items():
            rendered[name] = self._early(condition.expression, condition)
            edges[name] = {used for space, used in self.rendering.uses if space == "Conditions"}
        cycle = find_cycle(edges)
        if cycle:
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
        rendering, attributes = self.rendering, child.attributes
        rendering.begin(where, attributes.Condition)
        arguments: dict[str, object] = dict(self._travelling(child))
        arguments |= checked_arguments(child, Boundary(where, self.scope.current, self.types))
        properties: dict[str, Any] = {
            "TemplateURL": self._url(child.stack),
            "Parameters": {name: rendering.argument(value) for name, value in arguments.items()} or None,
            "Tags": Tags(dict(attributes.Tags)) if isinstance(attributes.Tags, dict) else attributes.Tags,
            "NotificationARNs": attributes.NotificationARNs,
            "TimeoutInMinutes": attributes.TimeoutInMinutes,
        }
        condition = attributes.Condition
        entry: dict[str, Any] = {
            "Type": NESTED,
            "Condition": None if condition is None else rendering.name_of(condition, "Condition"),
            "DeletionPolicy": attributes.DeletionPolicy,
            "DependsOn": rendering.depends_on(attributes.DependsOn or []),
            "UpdateReplacePolicy": attributes.UpdateReplacePolicy,
            "Metadata": rendering.value(attributes.Metadata),
            "Properties": {name: rendering.value(value) for name, value in properties.items() if value is not None},
        }
        return {name: value for name, value in entry.items() if value}

    def _url(self, stack: type[Stack]) -> Sub:
        """Where deployment puts a template: in the bucket of the region, under its name and the digest of its text."""
        try:
            template = self.template_of(stack)
        except CycleError as error:
            error.location = error.location or self.rendering.here
            raise
        bucket = f"https://{self.stack.artifact_bucket}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}"
        return Sub(f"{bucket}/{template.name}/{template.digest}.json")

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
                self.rendering.begin(parameter.location)
                outputs[name] = {"Value": self.rendering.argument(parameter)}
                if parameter.description:
                    outputs[name]["Description"] = parameter.description
        for name, output in self.stack.declared(Output).items():
            outputs[name] = self._output(name, output)
        return outputs

    def _output(self, name: str, output: Output[Any]) -> dict[str, Any]:
        what = f"{type(self.stack).__name__}.{output.name}"
        value, where = self.stack.settled_outputs.get(output.name, (output.value, output.location))
        if value is None:
            raise OutputError(
                f"{what} is never set",
                f"set it once in build(): self.{output.name} = ..., or give Output(value=...)",
                location=output.location,
            )
        entry: dict[str, Any] = {}
        self.rendering.begin(where, output.condition)
        boundary = Boundary(where, self.scope.current, self.types)
        entry["Value"] = self.rendering.argument(boundary.crossing(output, value))
        if output.description:
            entry["Description"] = output.description
        if output.condition is not None:
            entry["Condition"] = self.rendering.name_of(output.condition, "Condition")
        if output.export:
            entry["Export"] = {"Name": self._export(what, name, output)}
        self._check_names(name, where)
        return entry

    def _export(self, what: str, name: str, output: Output[Any]) -> Any:
        export = output.export
        if export is True:
            export = {"Fn::Sub": self.stack.export_name.replace("{name}", name)}
        rendered = self.rendering.value(export)
        if str(rendered) in self.exports:
            raise DuplicateError(
                f"{what} is exported as {rendered}, and so is another output",
                'export_name needs {name} in it, as in "${AWS::StackName}-{name}"',
                location=output.location,
            )
        self.exports.add(str(rendered))
        return rendered
