"""What each stage does with one template, and what must hold of the outcome. A stage raises what went wrong."""

from __future__ import annotations

import copy
import datetime as dt
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stackgen.review.diff import markdown as diff_markdown
from stackgen.review.diff import text as diff_text
from stackgen.review.diff.compare import compare
from stackgen.review.edges import edges_of, resource_edges
from stackgen.review.environments import Values
from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.symbols import symbols_in
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.impact import markdown as impact_markdown
from stackgen.review.impact import text as impact_text
from stackgen.review.impact.result import FAILS, NONE, UPDATE
from stackgen.review.impact.review import review
from stackgen.review.impact.summary import Summary
from stackgen.review.model import Build, Template
from stackgen.review.permissions import as_dict, as_markdown, as_text, documents
from stackgen.review.permissions.gathering import permissions_of
from stackgen.review.picture.assembly import picture_of
from stackgen.review.picture.compared import compared
from stackgen.review.picture.depth import fitting, size
from stackgen.review.picture.dot import as_dot
from stackgen.review.picture.folding import folded
from stackgen.review.picture.mermaid import as_mermaid, is_drawn
from stackgen.review.picture.svg import as_svg
from stackgen.review.pricing import estimate as pricing
from stackgen.review.pricing import report as prices
from stackgen.review.pricing.findings import findings
from stackgen.review.pricing.prices import bundled
from stackgen.review.pricing.usage import Usage
from stackgen.review.schemas import Schemas
from stackgen.review.timing import drawing, gantt
from stackgen.review.timing import estimate as timing
from stackgen.review.timing import text as times
from stackgen.review.timing.table import Table

if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Tree
    from stackgen.review.impact.result import Impact
    from stackgen.review.picture.model import Box
    from stackgen.review.pricing.prices import Table as Prices

    from .corpus_mutations import Told

REGION = "us-east-1"
MOST_DRAWN = 1_000
"""As many nodes as ``stackgen graph`` puts into an SVG."""


class UnexpectedError(Exception):
    """An outcome that cannot be right."""


class Tables:
    """What all templates share: schemas, times and prices are read once."""

    @cached_property
    def schemas(self) -> Schemas:
        return Schemas()

    @cached_property
    def times(self) -> Table:
        return Table.shipped()

    @cached_property
    def prices(self) -> Prices:
        return bundled()


class Case:
    """One template, with those that it nests, in a place: with its defaults, or with nothing known."""

    def __init__(self, build: Build, name: str, tables: Tables, region: str = REGION) -> None:
        self.build = build
        self.name = name
        self.tables = tables
        self.values = Values(None, (), (region,))
        self.environment = Environment("corpus", region)

    def with_nothing_known(self) -> Case:
        """The same in no region, and no parameter has a value."""
        return Case(_without_defaults(self.build), self.name, self.tables, "")

    def with_content(self, content: dict[str, Any]) -> Build:
        """The build with another content of the template; its text is not kept, so that contents are compared."""
        template = self.build.templates[self.name]
        other = Template(template.name, template.path, content)
        return Build(self.build.label, {**self.build.templates, self.name: other})

    def references(self) -> int:
        """How many references the template holds."""
        template = self.build.templates[self.name]
        counted = sum(1 for each in template.section("Resources").values() for _ in resource_edges(each))
        return counted + sum(1 for name in ("Outputs", "Conditions") for _ in edges_of(template.section(name)))

    def tree(self) -> Tree:
        """The evaluated tree; every symbol in it is looked at."""
        tree = evaluate(self.build, self.name, self.environment)
        for resource in tree.resources():
            for _, symbol in symbols_in(resource.properties):
                str(symbol)
        return tree

    def same(self) -> None:
        """The template compared with a copy of itself: nothing differs, and nothing happens."""
        copied = self.with_content(copy.deepcopy(self.build.templates[self.name].content))
        found = compare(self.build, copied)
        if found.changes or found.children:
            raise UnexpectedError(f"{found.verdict}: {found.changes[:3]}")

    def untouched(self) -> None:
        """An update to the same does nothing."""
        copied = self.with_content(copy.deepcopy(self.build.templates[self.name].content))
        impacts = [each for each in _impacts(self.build, copied, self.values) if each.action != NONE]
        if impacts:
            raise UnexpectedError(f"without a change: {impacts[0]}")

    def difference(self, mutated: dict[str, Any], told: Told) -> int:
        """How many changes a mutation is. It is told, shown, and the same from the other side."""
        after = self.with_content(mutated)
        found = compare(self.build, after)
        section, kind = told
        if kind not in found.counts.get(section.lower(), {}):
            raise UnexpectedError(f"{kind} of {section} is not told: {found.verdict}")
        if compare(after, self.build) != found.reversed():
            raise UnexpectedError("the way back is another difference")
        list(diff_text.text_lines(found))
        diff_markdown.markdown(found)
        found.as_json()
        return len(found.changes)

    def impact(self, mutated: dict[str, Any]) -> list[Impact]:
        """What a mutation does to the resources of the template, and of those that it nests."""
        found = review(self.build, self.with_content(mutated), self.values)
        summary = Summary(found)
        list(impact_text.lines_of(summary))
        list(impact_markdown.lines_of(summary))
        summary.as_json()
        return [impact for outcome in found.outcomes if outcome.root == self.name for impact in outcome.impacts]

    def update_minutes(self, mutated: dict[str, Any], impacts: list[Impact]) -> float:
        """Typical minutes of the update that a mutation is."""
        actions = {each.address: UPDATE if each.action == FAILS else each.action for each in impacts}
        after = self.with_content(mutated)
        return _typical(
            timing.estimate_update(self.build, after, self.name, actions, self.tables.times, self.environment)
        )

    def changed_picture(self, mutated: dict[str, Any]) -> None:
        """The picture of a mutation, in colours."""
        after = self.with_content(mutated)
        self._drawn(compared(self.build, after, [self.name], _impacts(self.build, after, self.values)))

    def mermaid(self) -> int:
        """How many characters the picture takes in Mermaid's language."""
        picture = picture_of(self.build, [self.name])
        smaller, _ = fitting(picture, folded, lambda each: is_drawn(as_mermaid(each, self.name), each))
        return len(as_mermaid(smaller, self.name))

    def dot(self) -> int:
        """How many characters the picture takes in Graphviz's, with every resource."""
        return len(as_dot(picture_of(self.build, [self.name]), self.name))

    def svg(self) -> int:
        """How many characters the SVG has, which must be well-formed."""
        return self._drawn(picture_of(self.build, [self.name]))

    def _drawn(self, picture: Box) -> int:
        smaller, _ = fitting(picture, folded, lambda each: size(each) <= MOST_DRAWN)
        text = as_svg(smaller, self.name)
        ET.fromstring(text)  # noqa: S314  we wrote it
        return len(text)

    def minutes(self, operation: str) -> float:
        """Typical minutes of an operation."""
        options = timing.Options(operation)
        return _typical(timing.estimate(self.build, self.name, self.tables.times, self.environment, options))

    def cost(self, tree: Tree) -> Counter[str]:
        """How many resources are priced, free, and not covered; every resource that may exist is one of these."""
        today = dt.datetime.now(tz=dt.UTC).date()
        made = pricing.estimate([(tree, Usage())], self.environment, self.tables.prices, today)
        shown = [prices.Compared(made, None, tuple(findings(made, self.tables.prices)))]
        prices.verdict(shown)
        list(prices.text(shown, 100))
        list(prices.markdown(shown))
        prices.as_dict(shown)
        counted = Counter(free=len(made.free), uncovered=len(made.uncovered))
        counted["priced"] = len(made.types) - counted.total()
        there = sum(1 for each in tree.resources() if each.exists is not False)
        if len(made.types) != there or counted["priced"] < 0:
            raise UnexpectedError(f"{len(made.types)} of {there} resources are looked at")
        return counted

    def permissions(self) -> int:
        """How many actions the deploying role needs."""
        needed = permissions_of(self.build, self.values, self.tables.schemas)
        list(as_text(needed))
        list(as_markdown(needed))
        as_dict(needed)
        documents(needed)
        return len(needed.grantable)


def _typical(estimate: timing.Estimate) -> float:
    """Minutes; the estimate is shown in every form."""
    low, typical, high = estimate.totals
    if not 0 <= low <= typical <= high:
        raise UnexpectedError(f"{low} to {typical} to {high} seconds")
    list(times.lines(estimate))
    list(times.markdown(estimate, estimate.root, list(gantt.gantt(estimate))))
    times.content(estimate)
    ET.fromstring(drawing.svg(estimate))  # noqa: S314  we wrote it
    return typical / 60


def _impacts(before: Build, after: Build, values: Values) -> list[Impact]:
    return [impact for outcome in review(before, after, values).outcomes for impact in outcome.impacts]


def _without_defaults(build: Build) -> Build:
    templates = {}
    for name, template in build.templates.items():
        parameters = {
            title: {key: each for key, each in declared.items() if key != "Default"}
            for title, declared in template.section("Parameters").items()
        }
        content = {**template.content, "Parameters": parameters} if parameters else template.content
        templates[name] = Template(name, template.path, content)
    return Build(build.label, templates)
