"""E9111, rollback triggers: they are no part of a template, but of each operation, and stand in the project's settings.

CloudFormation rolls an operation back where a trigger is missing; so a stack cannot name an alarm that its own first
creation makes. Five triggers and 180 minutes are its limits (API reference, RollbackConfiguration).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .finding import Finding, entry
from .kit.values import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .finding import BuiltTemplate

TRIGGERS = "E9111"
MOST = 5
_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_HOLE = re.compile(r"\$?\{[^{}]*\}")


class Settings(NamedTuple):
    """The tables ``[tool.stackgen.stack.NAME]`` of a project, and where their keys stand."""

    file: str
    stacks: Mapping[str, Any]
    line_of: Callable[[str, str], int]
    """Of a key in the table of a stack: its line in the file."""


def check_triggers(settings: Settings, templates: Mapping[str, BuiltTemplate]) -> Iterator[Finding]:
    """What is wrong with the triggers of stacks of these templates."""
    for template in templates.values():
        for stack in (template.name, template.name.rsplit("/", 1)[-1]):
            table = settings.stacks.get(stack)
            table = table if isinstance(table, dict) else {}
            named = table.get("rollback_alarms")
            if isinstance(named, list) and named:
                for key, problem in _problems(template, templates, named, table):
                    line = settings.line_of(key, stack)
                    yield Finding(template.name, settings.file, line, TRIGGERS, f"{stack} {problem}")


def _problems(
    template: BuiltTemplate, templates: Mapping[str, BuiltTemplate], named: list[Any], table: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The key and what is wrong with it."""
    if len(named) > MOST:
        yield "rollback_alarms", f"names {len(named)} rollback triggers, and CloudFormation takes {MOST}"
    if not table.get("monitoring_minutes"):
        problem = "names rollback triggers and no monitoring_minutes: nobody watches after the last change"
        yield "rollback_alarms", problem
    own = {_filled(name) for name in _alarms(template, templates, set())} - {"", _filled("{any}")}
    for alarm in (str(each).rpartition(":alarm:")[2] for each in named):
        if _filled(alarm) in own:
            problem = f"has the trigger {alarm}, which it makes itself: its first creation fails where that is missing"
            yield "rollback_alarms", problem


def _alarms(template: BuiltTemplate, templates: Mapping[str, BuiltTemplate], seen: set[str]) -> Iterator[str]:
    """The names of the alarms that a stack makes, with what it nests; those that AWS would make up cannot be named."""
    if template.name in seen:
        return
    seen.add(template.name)
    for resource in template.section("Resources").values():
        if resource.get("Type") in _ALARMS:
            name = texts(entry(resource, "Properties").get("AlarmName"))
            if name:
                yield name
    for child in template.children.values():
        if child in templates:
            yield from _alarms(templates[child], templates, seen)


def _filled(name: str) -> str:
    """A name whose holes, which parameters or settings fill, all look alike."""
    return _HOLE.sub("{}", name)
