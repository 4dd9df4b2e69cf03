"""Which metrics a template's alarms look at, and of what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .values import references, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .view import View

_QUERIED = re.compile(r"SELECT\s+\w+\(\s*\"?(\w+)")
"""The metric of a query over all of a kind."""


class Watched(NamedTuple):
    """A metric of an alarm; empty texts for what is unknown."""

    space: str
    name: str
    about: frozenset[str]
    """The resources of the template that its dimensions name."""

    def counts_for(self, own: set[str]) -> bool:
        """Whether it is about one of these, or about all of a kind."""
        return not self.about or bool(self.about & own)


def watched(view: View) -> Iterator[Watched]:
    """Each metric that an alarm of the template looks at."""
    for alarm in view.of_type("AWS::CloudWatch::Alarm"):
        metrics = [alarm.properties] if "MetricName" in alarm.properties else []
        inner = [each.value for each in alarm.values("Metrics", "MetricStat", "Metric")]
        for each in (*metrics, *(one for one in inner if isinstance(one, dict))):
            space, name = (texts(each.get(key)).partition("$")[0] for key in ("Namespace", "MetricName"))
            named = references(each.get("Dimensions"))
            yield Watched(space, name, frozenset(one for one in named if one in view.resources))
        for found in alarm.values("Metrics", "Expression"):
            for name in _QUERIED.findall(texts(found.value)):
                yield Watched("", name, frozenset())
