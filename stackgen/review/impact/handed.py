"""What a change hands on to stacks and resources that no template of the build lists: V411, V103 and V104.

The parameters of a StackSet reach the stack of every instance, in other accounts and regions; its tags, and those of a
nested stack, reach every resource in it that takes tags. Source: the pages of the two types at
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CloudFormation.html
"""

from __future__ import annotations

from collections import Counter

from stackgen.records import NamedTuple
from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.symbols import Attribute, Computed, canonical, symbols_in
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.model import Build, Template
from stackgen.review.nested import NESTED_STACK, STACK_SET, children_of

from .analysis import Analysis
from .codes import verdict
from .losses import losses
from .result import REPLACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from stackgen.review.evaluation.tree import Resource, Tree

    from .result import Verdict

_TAGS = {
    NESTED_STACK: "Tags change: every resource in the stack that takes tags is given them",
    STACK_SET: "Tags change: the stack of every instance is given them, with every resource in it that takes tags",
}
_MAY_LOSE = {"V101": "V103", "V102": "V104"}
"""Whether a StackSet has any instance is not known here, so nothing is certain to be lost."""


def handed_on(analysis: Analysis, before: Build, after: Build) -> Iterator[Verdict]:
    """What the StackSets and nested stacks of a root hand on; the builds have the templates of the StackSets."""
    if analysis.before is None or analysis.after is None:
        return
    for resource in analysis.after.resources():
        old = analysis.before.find(resource.stack, resource.logical_id) if resource.type in _TAGS else None
        if old is None or old.type != resource.type or old.exists is False or resource.exists is False:
            continue
        if "Tags" in analysis.changed_properties(resource.owner):
            yield verdict("V411", resource.address, _TAGS[resource.type])
        if resource.type == STACK_SET:
            first = _Side(old, analysis.before, before)
            yield from _of_stack_set(first, _Side(resource, analysis.after, after), analysis)


class _Side(NamedTuple):
    """A StackSet before or after the change."""

    resource: Resource
    tree: Tree
    build: Build

    @property
    def template(self) -> str:
        """The template of its instances; empty where it is not in the build."""
        template = self.tree.stacks[self.resource.stack].template
        child = children_of(template, self.build.templates).get(self.resource.logical_id)
        return (child.name if child else None) or ""

    def parameters(self) -> dict[str, dict[str, Any]]:
        """What every group of instances is given; of those that the template does not list, with the key ""."""
        properties = self.resource.properties
        found = {"": _keyed(properties.get("Parameters"))}
        groups = properties.get("StackInstancesGroup")
        for group in groups if isinstance(groups, list) else ():
            if isinstance(group, dict):
                key = canonical([group.get("DeploymentTargets"), group.get("Regions")])
                found[key] = {**found[""], **_keyed(group.get("ParameterOverrides"))}
        return found

    def instance(self, name: str, parameters: dict[str, Any]) -> Tree:
        """The stack of one instance under a name; its account and region are not known."""
        build = self.build
        if name != self.template:
            template = build.templates[self.template]
            named = Template(name, template.path, template.content, template.text)
            build = Build(build.label, {**build.templates, name: named})
        given: Mapping[str, Any] = parameters  # symbols among them, as a nested stack is given
        return evaluate(build, name, Environment(self.tree.environment.name, parameters=given))


def _keyed(parameters: Any) -> dict[str, Any]:
    entries = parameters if isinstance(parameters, list) else ()
    return {
        str(each["ParameterKey"]): each.get("ParameterValue")
        for each in entries
        if isinstance(each, dict) and "ParameterKey" in each
    }


def _of_stack_set(old: _Side, new: _Side, analysis: Analysis) -> Iterator[Verdict]:
    pairs = list(_pairs(old, new, analysis))
    changed = sorted({name for first, second in pairs for name in _different(first, second)})
    moved = old.template != new.template
    if not changed and not moved:
        return
    said = [f"parameter{'s' if len(changed) > 1 else ''} {', '.join(changed)}"] if changed else []
    said += [f"the template, {old.template or 'another'} -> {new.template or 'another'},"] if moved else []
    what = f"{' and '.join(said)} change{'s' if len(changed) + moved == 1 else ''}"
    if not old.template or not new.template:
        yield verdict("V411", new.resource.address, f"{what}: what that does to its instances is not seen here")
        return
    words: dict[str, str] = {}
    found: dict[Verdict, None] = {}
    for first, second in pairs:
        inner = Analysis(old.instance(new.template, first), new.instance(new.template, second), analysis.judge)
        words |= {impact.address: impact.word for impact in inner.impacts.values()}
        found |= dict.fromkeys(_of_instance(each, new.resource.address) for each in losses(inner))
    counted = ", ".join(f"{count} {word}" for word, count in Counter(words.values()).most_common()) or "nothing"
    yield verdict("V411", new.resource.address, f"{what}: in every instance of {new.template}, {counted}")
    yield from found


def _pairs(old: _Side, new: _Side, analysis: Analysis) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What the instances are given before and after, each pair once."""
    told = set()
    earlier, later = old.parameters(), new.parameters()
    for key in later:
        if key in earlier:
            given = {name: _renewed(value, analysis) for name, value in later[key].items()}
            pair = canonical([earlier[key], given])
            if pair not in told:
                told.add(pair)
                yield earlier[key], given


def _renewed(value: Any, analysis: Analysis) -> Any:
    """A value that refers to a replaced resource is another one, though it is written alike."""
    owners = (symbol.owner for _, symbol in symbols_in(value) if isinstance(symbol, Attribute))
    impacts = (analysis.impact_of(owner) for owner in owners)
    return Computed("new", value) if any(each is not None and each.action == REPLACE for each in impacts) else value


def _different(first: dict[str, Any], second: dict[str, Any]) -> Iterator[str]:
    for name in {*first, *second}:
        if canonical(first.get(name)) != canonical(second.get(name)):
            yield name


def _of_instance(found: Verdict, address: str) -> Verdict:
    """A verdict on the stack of an instance, as one on the StackSet."""
    inside = found.address.partition("/")[2]
    return verdict(_MAY_LOSE.get(found.code, found.code), f"{address}/{inside}", f"in every instance, {found.text}")
