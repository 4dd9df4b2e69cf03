"""``params validate``: everything that CloudFormation would refuse, told at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import StackgenError

from .arguments import Parser
from .context import project_of
from .deploying import add_values, needs_boto3, read_build, wish_of
from .forms import form_of, in_help
from .words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.resolving import Wish
    from stackgen.deploy.sessions import Sessions
    from stackgen.deploy.validating import Checked, Finding
    from stackgen.project import Project
    from stackgen.review.model import Build

FINDINGS = 4
FORMS = ("text", "json")
DESCRIPTION = """\
Everything that is wrong with the parameters of an environment, or with a file of parameters: names that the template
does not have, values that it refuses, values that are missing; all at once, each with its line. Without a word all
environments.

Then AWS is asked: whether there are credentials, of which account, and whether the regions offer what the stack
declares that it needs; what they lack is a warning. With --offline nobody is asked.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Check the values, then ask AWS; 4 where something is wrong."""
    options = _parser().parsed(arguments)
    form = form_of(console, *FORMS)
    project = project_of(console)
    build = read_build(project)
    sessions = None
    from stackgen.deploy.parameters import strangers

    if not options.offline:
        needs_boto3()
        from stackgen.deploy.sessions import Sessions

        sessions = Sessions()
    wish = replace(wish_of(console, options, project, build), every=True)
    checked, wish = _checked(project, build, wish, options)
    warnings: list[str] = []
    if sessions is not None and checked.deployments and not checked.findings:
        try:
            with sessions.telling():
                checked, warnings = _asked(project, build, wish, sessions)
        except StackgenError as error:
            error.hints.append("what can be said without AWS is in order; with --offline nothing else is looked at")
            raise
    _print(console, form, checked, [*strangers(build), *warnings])
    return FINDINGS if checked.findings else 0


def _parser() -> Parser:
    words = "[FILE-OR-ENV] [STACK...] [options]"
    parser = Parser("params validate", DESCRIPTION + in_help(*FORMS), words)
    add = parser.add_argument
    add("subject", nargs="?", metavar="FILE-OR-ENV", help="a file of parameters, or an environment of the project")
    add("stacks", nargs="*", metavar="STACK", help="a class, a file or system/file; all of the environment by default")
    add("--offline", action="store_true", help="ask AWS nothing")
    add_values(parser)
    return parser


def _checked(project: Project, build: Build, wish: Wish, options: argparse.Namespace) -> tuple[Checked, Wish]:
    """What is wrong without AWS, and with which deployments. Raises UsageError."""
    from stackgen.deploy.validating import homes_of, is_file, of_environments, of_file

    if options.subject is None:
        return of_environments(project, build, wish), wish
    if not is_file(project, options.subject):
        wish = replace(wish, environments=list(dict.fromkeys([options.subject, *wish.environments])))
        return of_environments(project, build, wish), wish
    homes = [
        (env, template)
        for env, template in homes_of(project, build, Path(options.subject))
        if not wish.environments or env in wish.environments
    ]
    if homes and not options.stacks:
        names = [list(dict.fromkeys(names)) for names in zip(*homes, strict=True)]
        wish = replace(wish, environments=names[0], words=names[1])
    elif wish.environments:
        wish = replace(wish, files=[*wish.files, options.subject])
    else:
        return of_file(project, build, wish.words, options.subject), wish
    return of_environments(project, build, wish), wish


def _asked(project: Project, build: Build, wish: Wish, sessions: Sessions) -> tuple[Checked, list[str]]:
    """The same with the accounts that AWS says, and what the regions lack. Raises what AWS refuses."""
    from stackgen.deploy.availability import checks_of, lacking
    from stackgen.deploy.refusals import told
    from stackgen.deploy.validating import of_environments

    checked = of_environments(project, build, wish, sessions.account)
    warnings = []
    for each in checked.deployments:
        place = f"{each.target.env}/{each.target.region}"
        for check in checks_of(project, each.target.region, each.settings):
            try:
                found = lacking(check, sessions.of(each.target))
                warnings += [f"{check.place}: {place}: {sentence}" for sentence in found]
            except Exception as error:
                ours = told(error, sessions.asked)
                if ours is None:
                    raise
                warnings.append(f"{place}: {check.name} could not be looked at: {ours.message}")
    return checked, list(dict.fromkeys(warnings))


def _print(console: Console, form: str, checked: Checked, warnings: Sequence[str]) -> None:
    where = f"{counted(len(checked.deployments), 'deployment')}, " if checked.deployments else ""
    verdict = f"{counted(len(checked.findings), 'finding')} in {where}{counted(checked.values, 'value')}"
    if form == "json":
        console.json(
            "params",
            {
                "verdict": verdict,
                "exit_code": FINDINGS if checked.findings else 0,
                "findings": [_as_json(each) for each in checked.findings],
                "warnings": list(warnings),
            },
        )
    else:
        console.say(verdict)
        for each in checked.findings:
            console.say(str(each.error))
            console.annotate("error", "\n".join([each.error.message, *each.error.hints]), each.error.location)
    for sentence in warnings:
        console.warn(sentence)
    ready = {(each.target.template, each.target.env) for each in checked.deployments}
    if len(ready) == 1 and not checked.findings:
        ((template, env),) = ready
        console.tell(f"deploy it: python -m stackgen deploy {template} -e {env}")


def _as_json(finding: Finding) -> dict[str, object]:
    path, line = finding.error.location or ("", 0)
    return {
        "message": finding.error.message,
        "hints": finding.error.hints,
        "file": path,
        "line": line,
        "place": finding.place,
        "template": finding.template,
    }
