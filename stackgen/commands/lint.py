"""``lint``: cfn-lint over the built templates, and the contracts between them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import UsageError, shown
from stackgen.inputs import is_overtaken
from stackgen.lint.built import chosen, read_build
from stackgen.lint.memory import Lint, keep_answer

from .arguments import Parser
from .context import project_of
from .forms import form_of, in_help
from .lint_printing import Report, say
from .linting import Linted, linted, summary, today
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.lint.finding import BuiltTemplate
    from stackgen.project import Project

CFN_LINT = "cfn-lint"


class Task(NamedTuple):
    """What is to be linted: all of a build, and which of it, for which regions."""

    project: Project
    built: list[BuiltTemplate]
    templates: list[BuiltTemplate]
    regions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{counted(len(self.templates), 'template')} for {', '.join(self.regions)}"


def run(console: Console, arguments: Sequence[str]) -> int:
    """Read the build folder, lint, print; 4 when anything was found, at whatever level."""
    began = time.time_ns()
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json", *(() if options.exceptions else ("sarif", "junit")))
    task = _task(console, options.stacks)
    if options.exceptions:
        if options.beside or options.engine != CFN_LINT:
            raise UsageError("--exceptions lints nothing: it takes neither --engine nor --with")
        from .lint_exceptions import list_exceptions

        return list_exceptions(console, task.templates, form, today())
    if options.beside:
        from stackgen.lint.checkov import found_program

        found_program()
    told = f"linting {task}"
    console.tell(told)
    for template in task.templates:
        console.detail(f"  {template.name}")
    is_old = _warned_of_an_old_build(console, task.project)
    found = _found(console, task, options)
    verdict = f"{summary(found.findings)} in {task}"
    said = say(console, Report(task.project, task.templates, found, verdict), form)
    code = 4 if found.findings else 0
    is_plain = not (arguments or console.regions or console.config or console.output)
    if form == "text" and is_plain and found.key and not is_old:
        files = [each.file for each in task.built]
        keep_answer(Lint(task.project.root, task.project.build, files, today(), began), (told, said, code))
    return code


def _task(console: Console, wanted: Sequence[str]) -> Task:
    project = project_of(console)
    built = read_build(project.build)
    regions = tuple(dict.fromkeys(console.regions or project.regions))
    return Task(project, built, chosen(built, wanted) if wanted else built, regions)


def _warned_of_an_old_build(console: Console, project: Project) -> bool:
    """Whether something that the last build was made from has changed since, and is said: findings may be of before."""
    is_old = is_overtaken(project.root_path)
    if is_old:
        console.warn(f"{shown(project.build_path)}/ is older than what it is made from: python -m stackgen build")
    return is_old


def _found(console: Console, task: Task, options: argparse.Namespace) -> Linted:
    """What the engine finds, and what is asked beside it."""
    if options.engine == CFN_LINT:
        found = linted(console, task.project, task.built, task.templates, task.regions)
    else:
        from stackgen.lint import fast_engine

        by_name = {each.name: each for each in task.built}
        found = Linted(*fast_engine.findings(task.templates, by_name, task.project.cache))
    if not options.beside:
        return found
    from stackgen.lint import checkov

    console.tell(f"checkov reads {counted(len(task.templates), 'template')}")
    theirs, version = checkov.findings(task.templates)
    by_place = sorted([*found.findings, *theirs], key=lambda each: (each.file, each.line))
    return Linted(by_place, {**found.versions, "checkov": version})


def _parser() -> Parser:
    parser = Parser(
        "lint",
        "Check the built templates with cfn-lint and our rules, in all regions of the project, and their wiring."
        + in_help("text", "json", "sarif", "junit"),
    )
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="only these: system/file or file")
    listing = "what the templates except from rules, why, by whom and until when; lints nothing"
    parser.add_argument("--exceptions", action="store_true", help=listing)
    engine = "cfn-lint, with our rules, is the authority; cloudformation-validate is AWS's own, for a second look"
    engines = (CFN_LINT, "cloudformation-validate")
    parser.add_argument("--engine", choices=engines, metavar="ENGINE", default=CFN_LINT, help=engine)
    beside = "merge the findings of checkov, where it is installed in an environment of its own"
    parser.add_argument("--with", dest="beside", choices=("checkov",), help=beside)
    return parser
