"""A stack with all stacks nested in it, evaluated with an environment's values."""

from __future__ import annotations

from itertools import chain

from stackgen.errors import StackgenError
from stackgen.records import NamedTuple
from stackgen.review.nested import children_of

from .environment import Environment
from .functions import evaluated
from .parameters import effective
from .resource import Resource, address_of, decided, object_of
from .scope import Scope, may_grow
from .symbols import ABSENT, Computed, canonical
from .transforms import transformed, unseen_transforms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Any

    from stackgen.review.model import Build, Child, Template

    from .resource import When
    from .symbols import Path

__all__ = ["Environment", "Fault", "Resource", "Stack", "Tree", "address_of", "evaluate"]

MOST_STACKS = 2_500
"""Far more than one root has: CloudFormation runs 2,500 operations at once in a whole tree of nested stacks.

Source: CloudFormation User Guide, "Understand CloudFormation quotas"."""


class Fault(NamedTuple):
    """Something that CloudFormation would refuse with these values, in one stack of the tree."""

    address: str
    text: str


class Stack:
    """One stack of the tree, as its template makes it with these parameters.

    ``template`` is the one of the build, with what is known of its transforms written out.
    """

    __slots__ = ("conditions", "exists", "outputs", "parameters", "path", "resources", "template", "when")

    def __init__(self, path: Path, template: Template, parameters: dict[str, Any], when: When) -> None:
        self.path = path
        self.template = template
        self.parameters = parameters
        self.when = when
        self.exists = decided(when)
        self.conditions: dict[str, bool | None] = {}
        self.resources: dict[str, Resource] = {}
        self.outputs: dict[str, Any] = {}

    @property
    def transforms(self) -> list[str]:
        """The macros that the template asks for and of which it is not known here what they make."""
        return unseen_transforms(self.template)


class Tree:
    """A root stack and all that are nested in it, by path; the root's path is its name alone."""

    def __init__(self, root: str, environment: Environment) -> None:
        self.root = root
        self.environment = environment
        self.stacks: dict[Path, Stack] = {}
        self.faults: list[Fault] = []

    def resources(self) -> Iterator[Resource]:
        """Every resource of every stack, nested stacks themselves included; also those that do not exist."""
        return chain.from_iterable([stack.resources.values() for stack in self.stacks.values()])

    def find(self, stack: Path, logical_id: str) -> Resource | None:
        """One resource."""
        owner = self.stacks.get(stack)
        return owner.resources.get(logical_id) if owner else None


def evaluate(build: Build, root: str, environment: Environment | None = None, like: Tree | None = None) -> Tree:
    """The tree of one root template; ``like`` is one of another build in the same environment, evaluated already.

    Raises StackgenError for values that are nested too deeply to be read, or for more stacks than AWS takes.
    """
    tree = Tree(root, environment or Environment())
    if like is not None and like.environment != tree.environment:
        like = None
    try:
        _Evaluation(build, tree, like).stack((root,), {}, when=True, outer=())
    except RecursionError as error:
        path = build.templates[root].path
        raise StackgenError("is nested too deeply to be evaluated", location=(path, 0)) from error
    return tree


class _Evaluation:
    """Makes the stacks of one tree, each when it, or an output of it, is first asked for."""

    def __init__(self, build: Build, tree: Tree, like: Tree | None) -> None:
        self._build = build
        self._tree = tree
        self._like = like
        self._scopes: dict[Path, Scope] = {}
        self._children: dict[Path, dict[str, Child]] = {}
        self._open: set[tuple[Path, str]] = set()

    def stack(self, path: Path, given: dict[str, Any], when: When, outer: tuple[str, ...]) -> None:
        """Evaluate a stack with its children; ``outer`` are the templates that it is nested in."""
        name = outer[-1] if outer else self._tree.root
        written = self._build.templates[name]
        own = given if len(path) > 1 else dict(self._tree.environment.parameters)
        parameters = effective(written, own, path)
        template = transformed(written, path, self._tree.environment, parameters)
        is_written = template is written
        children = self._build.children(name) if is_written else children_of(template, self._build.templates)
        self._children[path] = children
        stack = Stack(path, template, parameters, when)
        self._tree.stacks[path] = stack
        if len(self._tree.stacks) > MOST_STACKS:
            problem = f"nests more than {MOST_STACKS:,} stacks; do its templates nest each other twice over?"
            raise StackgenError(problem, location=(self._build.templates[self._tree.root].path, 0))

        def child_output(title: str, output: str) -> Any:
            return self._output(stack, title, output, outer)

        scope = Scope(path, template, self._tree.environment, parameters, child_output)
        self._scopes[path] = scope
        for condition in template.section("Conditions"):
            stack.conditions[condition] = decided(scope.condition(condition))
        self._resources(stack, scope, has_children=bool(children))
        for title in children:
            self._child(stack, title, outer)
        for title, output in template.section("Outputs").items():
            if self._holds(output.get("Condition"), scope) is not False:
                stack.outputs[title] = self._value(output.get("Value"), scope)
        if when is True:
            self._tree.faults += [Fault(address_of(path), text) for text in scope.faults]

    def _resources(self, stack: Stack, scope: Scope, *, has_children: bool) -> None:
        """Make the resources, and look now at those that may be refused.

        Their values may lack an entry of a mapping, or an output of a nested stack.
        """
        same = _reusable(self._like, stack, self._children[stack.path].keys())
        text = stack.template.text
        are_refusable = has_children or not text or "FindInMap" in text
        for title, definition in stack.template.section("Resources").items():
            if title in same:
                stack.resources[title] = same[title]
                continue
            when = stack.when
            if "Condition" in definition:
                when = _both(when, self._holds(definition["Condition"], scope))
            resource = Resource(scope, title, definition, when)
            if are_refusable and when is True:
                resource.evaluate()
            elif are_refusable:
                with scope.supposing():
                    resource.evaluate()
            stack.resources[title] = resource

    @staticmethod
    def _holds(condition: Any, scope: Scope) -> When:
        return scope.condition(condition) if isinstance(condition, str) else True

    @staticmethod
    def _value(value: Any, scope: Scope) -> Any:
        result = evaluated(value, scope)
        return None if result is ABSENT else result

    def _child(self, parent: Stack, title: str, outer: tuple[str, ...]) -> Path | None:
        """Evaluate the nested stack of a resource, once; None where its template is not in the build."""
        path = (*parent.path, title)
        if path in self._tree.stacks:
            return path
        child = self._children[parent.path].get(title)
        if child is None or child.kind != "nested" or child.name is None or child.name in (self._tree.root, *outer):
            return None
        definition = parent.template.section("Resources")[title]
        scope = self._scopes[parent.path]
        when = _both(parent.when, self._holds(definition.get("Condition"), scope))
        if (parent.path, title) in self._open:  # a stack that waits for its own output
            return None
        self._open.add((parent.path, title))
        try:
            known = parent.resources.get(title)
            given = object_of(known.properties.get("Parameters", {})) if known else self._given(definition, scope, when)
            self.stack(path, given, when, (*outer, child.name))
        finally:
            self._open.discard((parent.path, title))
        return path

    @staticmethod
    def _given(definition: dict[str, Any], scope: Scope, when: When) -> dict[str, Any]:
        """The parameters of a nested stack. Its resource remembers what of them is refused."""
        if when is False:
            return {}
        with scope.supposing():
            properties = object_of(evaluated(definition.get("Properties", {}), scope))
        return object_of(properties.get("Parameters", {}))

    def _output(self, parent: Stack, title: str, output: str, outer: tuple[str, ...]) -> Any:
        """A nested stack's output, as a value of its parent; None where it is not known here."""
        path = self._child(parent, title, outer)
        stack = self._tree.stacks.get(path) if path else None
        if stack is None:
            return None
        if output in stack.outputs:
            return stack.outputs[output]
        written = stack.template.section("Outputs").get(output)
        scope = self._scopes[stack.path]
        if written is None:
            if not may_grow(stack.template, "Outputs"):
                self._scopes[parent.path].fault(f"nested stack {title} has no output {output}")
            return None
        if self._holds(written.get("Condition"), scope) is False:
            problem = f"nested stack {title} has no output {output}: {written['Condition']} does not hold"
            self._scopes[parent.path].fault(problem)
            return None
        if (stack.path, f"output {output}") in self._open:
            return None
        self._open.add((stack.path, f"output {output}"))
        try:
            return self._value(written.get("Value"), scope)
        finally:
            self._open.discard((stack.path, f"output {output}"))


def _both(first: When, second: When) -> When:
    """Whether both hold."""
    if first is False or second is False:
        return False
    if first is True or second is True:
        return second if first is True else first
    return first if first == second else Computed("Fn::And", first, second)


_SHARED_SECTIONS = ("Conditions", "Mappings", "Parameters", "Transform")


def _reusable(like: Tree | None, stack: Stack, children: Collection[str]) -> dict[str, Resource]:
    """The resources of the stack at the same place in another tree that are the same in this one, by logical ID.

    They are written alike, in stacks that give them the same values: two builds of a change are nearly equal, so most
    of the second need not be evaluated again. What refers to children is left out, for their outputs may differ; so is
    a tree in which something was refused.
    """
    twin = like.stacks.get(stack.path) if like is not None else None
    if like is None or twin is None or twin.when != stack.when or like.faults:
        return {}
    ours, theirs = stack.template.content, twin.template.content
    if any(ours.get(name) != theirs.get(name) for name in _SHARED_SECTIONS):
        return {}
    if canonical(stack.parameters) != canonical(twin.parameters):
        return {}
    own, others = stack.template.section("Resources"), twin.template.section("Resources")
    if own.keys() != others.keys():  # a name may be a resource in one and nothing in the other
        return {}
    alike = [title for title, definition in own.items() if definition == others[title]]
    if children:
        needs = stack.template.needs
        alike = [title for title in alike if title not in children and needs[title].isdisjoint(children)]
    return {title: twin.resources[title] for title in alike}
