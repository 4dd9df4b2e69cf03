"""W9170."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import functions, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class LambdaSaysMemoryAndTimeout(rule.OfResources):
    """Neither is left to what Lambda takes: 128 MB and three seconds."""

    id = "W9170"
    shortdesc = "A function says how much memory it has and how long it may run"
    why = "128 MB and three seconds, which Lambda takes otherwise, end calls that are only slow, as the first one is."
    remedy = "Set MemorySize and Timeout to what was measured, with something to spare."
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html"
    pillar = "performance"
    guidelines = ("GDL-110",)
    types = functions.TYPES
    passes = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {MemorySize: 512, Timeout: 30}}
    """
    fails = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {MemorySize: 512}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """What is not said, in some scenario."""
        del view
        for name in ("MemorySize", "Timeout"):
            for found in resource.values(name):
                if found.value is values.ABSENT:
                    yield rule.Found(found.path, f"{resource.title} does not say its {name}")
