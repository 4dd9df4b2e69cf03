"""A lint's findings, from the last run where nothing has changed, for the commands that lint."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import ProjectError, UsageError
from stackgen.lint.memory import keep, key_of, recall
from stackgen.project import line_of_setting

from .words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.lint.finding import BuiltTemplate, Finding
    from stackgen.lint.runner import Linter
    from stackgen.lint.triggers import Settings
    from stackgen.project import Project

LAZY = 1_000_000
"""Objects from which the garbage collector looks for cycles: linting makes few, and looking costs a quarter of it."""


class Linted(NamedTuple):
    """What was found, and by what."""

    findings: list[Finding]
    versions: dict[str, str]
    key: str = ""
    """What all of it depends on; empty where that cannot be told."""


def linted(
    console: Console,
    project: Project,
    built: Sequence[BuiltTemplate],
    chosen: Sequence[BuiltTemplate],
    regions: Sequence[str],
) -> Linted:
    """What cfn-lint and our rules find in the chosen ones of the built templates."""
    asked = [each.name for each in chosen], regions, project.regions, project.tables.get("stack"), today()
    key = key_of(project.root, [(each.name, each.file, each.text) for each in built], *asked)
    known = recall(project.cache, key)
    if known is not None:
        return Linted(*known, key)
    gc.set_threshold(LAZY)
    from stackgen.lint.by_template import ByTemplate
    from stackgen.lint.pipeline import findings_of
    from stackgen.lint.runner import versions
    from stackgen.lint.triggers import check_triggers

    by_name = {each.name: each for each in built}
    linter = _linter(console, project, regions)
    triggers = list(check_triggers(_settings(project), by_name))
    memory = ByTemplate(project.cache / "lint-templates.json", key_of(project.root, [], regions, today()), by_name)
    findings = findings_of(linter, chosen, by_name, memory, triggers, tell_unused=set(regions) >= set(project.regions))
    keep(project.cache, key, findings, versions())
    return Linted(findings, versions(), key)


def _settings(project: Project) -> Settings:
    from stackgen.lint.triggers import Settings

    config = project.config_path
    return Settings(config, project.tables.get("stack", {}), lambda key, stack: _line(config, key, stack))


def _line(config: str, key: str, stack: str) -> int:
    return line_of_setting(config, key, f"stack.{stack}") or 1


def today() -> str:
    """The day, in UTC, by which exemptions and runtimes expire."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def _linter(console: Console, project: Project, regions: Sequence[str]) -> Linter:
    from stackgen.lint.runner import Linter  # loads cfn-lint, 40 times what the rest of this command takes

    try:
        return Linter(regions, project.root, project.build)
    except UsageError as error:
        if console.regions:
            raise
        raise ProjectError(error.message, *error.hints, location=(str(project.config), 0)) from error


def summary(findings: Sequence[Finding]) -> str:
    """``2 findings (1 error, 1 warning, 0 informational)``."""
    if not findings:
        return "no findings"
    levels = [each.level for each in findings]
    counts = (
        counted(levels.count("error"), "error"),
        counted(levels.count("warning"), "warning"),
        f"{levels.count('informational')} informational",
    )
    return f"{counted(len(findings), 'finding')} ({', '.join(counts)})"
