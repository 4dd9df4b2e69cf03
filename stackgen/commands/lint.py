"""``lint``: cfn-lint over the built templates, and the contracts between them."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from stackgen.errors import MissingExtraError, ProjectError, UsageError
from stackgen.lint.built import chosen, read_build
from stackgen.lint.finding import place
from stackgen.lint.memory import keep, key_of, recall

from .arguments import Parser
from .context import project_of
from .forms import form_of, in_help
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.lint.explaining import Told
    from stackgen.lint.finding import BuiltTemplate, Finding
    from stackgen.lint.runner import Linter
    from stackgen.project import Project

LAZY = 1_000_000
"""Objects from which the garbage collector looks for cycles: linting makes few, and looking costs a quarter of it."""
CFN_LINT = "cfn-lint"
_ANNOTATIONS = {"error": "error", "warning": "warning", "informational": "notice"}


def run(console: Console, arguments: Sequence[str]) -> int:
    """Read the build folder, lint, print; 4 when anything was found, at whatever level."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json", *(() if options.exceptions else ("sarif", "junit")))
    project = project_of(console)
    built = read_build(project.build)
    templates = chosen(built, options.stacks) if options.stacks else built
    if options.exceptions:
        from .lint_exceptions import list_exceptions

        return list_exceptions(console, templates, form, _today())
    regions = tuple(dict.fromkeys(console.regions or project.regions))
    console.tell(f"linting {counted(len(templates), 'template')} for {', '.join(regions)}")
    for template in templates:
        console.detail(f"  {template.name}")

    if options.engine == CFN_LINT:
        findings, versions = linted(console, project, built, templates, regions)
    else:
        from stackgen.lint import fast_engine

        findings, versions = fast_engine.findings(templates, {each.name: each for each in built})
    if options.beside:
        from stackgen.lint import checkov

        console.tell(f"checkov reads {counted(len(templates), 'template')}")
        theirs, versions["checkov"] = checkov.findings(templates)
        findings = [*findings, *theirs]
    verdict = f"{summary(findings)} in {counted(len(templates), 'template')} for {', '.join(regions)}"
    declared = _declared(project, templates, findings)
    if form == "json":
        rows = [
            {**each._asdict(), "file": place(each), "level": each.level, "declared": where}
            for each, where in zip(findings, declared, strict=True)
        ]
        console.json("lint", {"verdict": verdict, "versions": versions, "findings": rows})
    elif form == "sarif":
        from stackgen.lint.reports import as_sarif

        console.say(as_sarif(findings, versions, _told() if findings else {}))
    elif form == "junit":
        from stackgen.lint.reports import as_junit

        console.say(as_junit(findings, [template.file for template in templates]))
    else:
        console.say(verdict)
        for each, where in zip(findings, declared, strict=True):
            console.say(f"{place(each)}:{each.line}: {each.rule} {each.message}{f' ({where})' if where else ''}")
    for each, where in zip(findings, declared, strict=True):
        file, _, line = where.rpartition(":")
        at = (str(project.root / file), int(line)) if where else (each.file, each.line)
        console.annotate(_ANNOTATIONS[each.level], f"{each.rule} {each.message}", at)
    return 4 if findings else 0


def _parser() -> Parser:
    parser = Parser(
        "lint",
        "Check the built templates with cfn-lint and our rules, in all regions of the project, and their wiring."
        + in_help("text", "json", "sarif", "junit"),
    )
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="only these: system/file or file")
    listing = "what the templates except from rules, why, by whom and until when; lints nothing"
    parser.add_argument("--exceptions", action="store_true", help=listing)
    engine = "cfn-lint, with our rules, is the authority; cloudformation-validate is AWS's own, for a quick look"
    engines = (CFN_LINT, "cloudformation-validate")
    parser.add_argument("--engine", choices=engines, metavar="ENGINE", default=CFN_LINT, help=engine)
    beside = "merge the findings of checkov, where it is installed in an environment of its own"
    parser.add_argument("--with", dest="beside", choices=("checkov",), help=beside)
    return parser


def _declared(project: Project, templates: Sequence[BuiltTemplate], findings: Sequence[Finding]) -> list[str]:
    """For each finding where its resource, parameter or output was declared in Python, where a build has kept that."""
    from stackgen.sources import Sources

    if not findings:
        return []
    sources = Sources(project.cache)
    texts = {each.name: each.text for each in templates}
    return [sources.place(each.template, texts[each.template], *each.path) for each in findings]


def linted(
    console: Console,
    project: Project,
    built: Sequence[BuiltTemplate],
    templates: Sequence[BuiltTemplate],
    regions: Sequence[str],
) -> tuple[list[Finding], dict[str, str]]:
    """The findings and what they depend on, from the last run if nothing has changed since."""
    asked = [each.name for each in templates], regions, project.regions
    key = key_of(project.root, [(each.name, each.file, each.text) for each in built], *asked)
    known = recall(project.cache, key, _today())
    if known is not None:
        return known
    gc.set_threshold(LAZY)
    from stackgen.lint.pipeline import findings_of
    from stackgen.lint.runner import versions
    from stackgen.lint.suppressions import next_day

    by_name = {each.name: each for each in built}
    linter = _linter(console, project, regions)
    findings = findings_of(linter, templates, by_name, tell_unused=set(regions) >= set(project.regions))
    keep(project.cache, key, findings, versions(), next_day([each.content for each in templates], _today()))
    return findings, versions()


def _told() -> dict[str, Told]:
    """What is known of the rules; nothing without cfn-lint, for another engine may have found something."""
    from stackgen.lint.explaining import everything

    try:
        return everything()
    except MissingExtraError:
        return {}


def _today() -> str:
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
