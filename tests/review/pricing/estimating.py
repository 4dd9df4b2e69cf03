"""What the tests of cost share: a template in, an estimate out, with a usage and a day of their own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from stackgen.review.evaluation.tree import Environment, evaluate
from stackgen.review.model import Build, Template
from stackgen.review.pricing.amounts import Range
from stackgen.review.pricing.estimate import Estimate, estimate
from stackgen.review.pricing.prices import Table, bundled
from stackgen.review.pricing.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

TODAY = dt.date(2026, 11, 20)
TABLE = bundled()


def build_of(resources: Mapping[str, Any], **sections: Any) -> Build:
    """A build of one template."""
    return Build("test", {"App": Template("App", "App.json", {"Resources": resources, **sections})})


def usage_of(**amounts: Mapping[str, int | str | tuple[int | str, int | str, int | str]]) -> Usage:
    """Overrides by logical ID."""
    return Usage(
        overrides={
            name: {
                key: Range.of(*value) if isinstance(value, tuple) else Range.exactly(value)
                for key, value in own.items()
            }
            for name, own in amounts.items()
        }
    )


def estimated(
    resources: Mapping[str, Any],
    usage: Usage | None = None,
    region: str = "us-east-1",
    *,
    table: Table = TABLE,
    free_tier: bool = True,
    **sections: Any,
) -> Estimate:
    """The estimate of a template's resources."""
    environment = Environment("test", region)
    tree = evaluate(build_of(resources, **sections), "App", environment)
    return estimate([(tree, usage or Usage())], environment, table, TODAY, free_tier=free_tier)


def resource(type_: str, **properties: Any) -> dict[str, Any]:
    """One resource."""
    return {"Type": type_, "Properties": properties}
