"""W9160."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource

from stackgen.lint.kit import days, functions, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class RuntimeIsSupportedForLong(rule.OfResources):
    """AWS supports a function's runtime for the next months. When is told by the table that cfn-lint brings."""

    id = "W9160"
    shortdesc = "A function's runtime is supported for months to come"
    why = "When support has ended nothing is patched, and soon the function can neither be made nor changed."
    remedy = "Move to the runtime that follows it; the option days says how long before the end this is told."
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
    pillar = "security"
    guidelines = ("GDL-112",)
    public = ("Lambda.2",)
    types = functions.TYPES
    options: ClassVar = {
        "days": {"default": 90, "type": "integer"},
        **days.OPTION,
    }
    passes = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {Runtime: provided.al2023}}
    """
    fails = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.9}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A runtime whose support ends soon, or has."""
        del view
        last = days.today(self.config) + timedelta(days=int(self.config["days"]))
        for found in resource.said("Runtime"):
            known: dict[str, Any] = _lifecycles().get(found.value, {}) if isinstance(found.value, str) else {}
            end = known.get("deprecated")
            if end and date.fromisoformat(end) <= last:
                successor = f"; {known['successor']} is supported" if known.get("successor") else ""
                ends = "ends" if date.fromisoformat(end) > days.today(self.config) else "ended"
                message = f"{resource.title} is of {found.value}, whose support {ends} at {end}{successor}"
                yield rule.Found(found.path, message)


@cache
def _lifecycles() -> dict[str, dict[str, Any]]:
    """cfn-lint's table of when AWS ends what, with its dates: it is renewed with the linter."""
    return dict(load_resource(AdditionalSpecs, "LmbdRuntimeLifecycle.json"))
