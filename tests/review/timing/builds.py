"""What the tests of the times share: small builds, a table of round figures, and the logs of real deployments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from stackgen.review.model import Build, Template
from stackgen.review.timing.rows import Row
from stackgen.review.timing.table import Table

LOGS = Path(__file__).with_name("logs.json")


class Log(NamedTuple):
    """One deployment that somebody published: when each resource started, was configured and complete."""

    name: str
    source: str
    where: str
    seconds: float
    change_set_seconds: float | None
    resources: dict[str, dict[str, Any]]

    def build(self) -> Build:
        """The template as far as the log and the public sources of it show it: types, references, DependsOn."""
        return build_of(**{self.name: {title: _resource(each) for title, each in self.resources.items()}})

    @property
    def total(self) -> float:
        return self.seconds + (self.change_set_seconds or 0)


def logs() -> list[Log]:
    return [Log(*(each.get(field) for field in Log._fields)) for each in json.loads(LOGS.read_text(encoding="utf-8"))]


def build_of(**templates: dict[str, Any]) -> Build:
    """Templates by name; a key may hold their resources alone."""
    made = {}
    for name, content in templates.items():
        whole = content if "Resources" in content else {"Resources": content}
        made[name] = Template(name, f"{name}.json", whole, json.dumps(whole))
    return Build("tests", made)


def resource(kind: str, *refers_to: str, depends_on: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"Type": kind, "Properties": {**properties, "X": [{"Ref": each} for each in refers_to]}}
    if depends_on:
        made["DependsOn"] = depends_on
    return made


def nested(template: str, **parameters: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": f"./{template}.json", "Parameters": parameters},
    }


def table(**seconds: float | tuple[float, float]) -> Table:
    """A table of types ``Test::X::<name>``: seconds to complete, or a pair with those until ready. Nothing beside."""
    rows = [
        Row(kind, "", "create", 0, 0, 0, 0, "measured", "test") for kind in ("transition", "stack start", "stack end")
    ]
    rows.append(Row("changeset", "create change set", "create", 0, 0, 0, 0, "measured", "test"))
    rows.append(
        Row("AWS::CloudFormation::Stack", "overhead per nested stack", "create", 0, 0, 0, 0, "measured", "test")
    )
    rows.append(
        Row(
            "AWS::CloudFormation::StackSet",
            "overhead per stack instance wave",
            "create",
            0,
            0,
            0,
            0,
            "measured",
            "test",
        )
    )
    for name, value in seconds.items():
        complete, ready = value if isinstance(value, tuple) else (value, value)
        rows += [
            Row(f"Test::X::{name}", "", operation, complete / 2, complete, complete * 3, ready, "measured", "test")
            for operation in ("create", "update", "delete")
        ]
    return Table(rows)


def _resource(each: dict[str, Any]) -> dict[str, Any]:
    return resource(
        each["type"], *each.get("refers_to", ()), depends_on=each.get("depends_on"), **each.get("properties", {})
    )
