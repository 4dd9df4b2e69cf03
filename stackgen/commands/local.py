"""``local``: a stand-in for AWS on a port of this machine, and a deployment into it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.errors import MissingExtraError, ProjectError, UsageError
from stackgen.project import DEFAULT_REGIONS

from .arguments import Parser
from .context import project_of
from .forms import form_of, in_help

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from stackgen.console import Console
    from stackgen.lint.finding import BuiltTemplate, Finding
    from stackgen.local.rehearsal.session import Built
    from stackgen.local.rehearsal.words import Wanted
    from stackgen.project import Project
    from stackgen.template import Template

FINDINGS = 4
_EXTRA = ("boto3", "ministack", "moto")
_OF_A_DEPLOYMENT = ("stack_name", "parameter", "image", "secret", "once")


def run(console: Console, arguments: Sequence[str]) -> int:
    """Read the words, build and lint what is deployed, open the stand-in, serve."""
    wanted = _wanted(_parser().parsed(arguments))
    form_of(console, "text", "json")
    if console.output is not None:
        raise UsageError("local takes no -o: it prints as it goes", "let the shell do it: ... > FILE")
    from stackgen.local.rehearsal.words import region_of

    region = region_of(console.regions)
    _see_that_it_is_installed()
    deploying = wanted.deploying
    project = _project(console, needed=deploying is not None)
    if region is not None:
        from stackgen.local.rehearsal.regions import check_region

        check_region(region)
    region = region or (project.regions if project else DEFAULT_REGIONS)[0]
    home = project.root if project else Path.cwd()
    functions = _functions(wanted, home)
    built = None
    if project is not None and deploying is not None:
        built = _built(console, project, deploying.stack)
        from stackgen.local.rehearsal.parameters import check

        check(built.root, deploying.parameters)
        errors = _errors(console, project, built, region)
        if errors:
            return _refused(console, built.root, errors)
    try:
        from stackgen.local.rehearsal.session import rehearse
    except ImportError as error:
        raise _not_installed(str(error)) from error
    return rehearse(console, wanted, region, functions, built)


def _parser() -> Parser:
    parser = Parser(
        "local",
        "Serve a stand-in for AWS on a port of this machine until Ctrl-C, and deploy a stack of the project into it. "
        "Its time is its own: hours of waiting pass in seconds, and nothing of it is left afterwards."
        + in_help("text", "json"),
    )
    parser.usage = "python -m stackgen local [options]"
    add = parser.add_argument
    add("--port", metavar="N", default="0", help="the port; a free one by default")
    add("--accounts", metavar="ID,ID...", help="the accounts that exist; every one by default")
    add("--speed", metavar="N", default="60", help="seconds of its time in one of ours; 60 by default")
    add("--seed", metavar="N", default="0", help="of faults that have a probability")
    add(
        "--handler",
        metavar="PATTERN=MODULE:FUNCTION",
        action="append",
        default=[],
        help="what runs where a Lambda function's name, handler or repository matches; may be repeated",
    )
    add(
        "--fault",
        metavar="WORDS",
        action="append",
        default=[],
        help="what goes wrong, once unless times= or probability= says else; may be repeated. SERVICE:OPERATION= and "
        "throttle, lose, timeout[:SECONDS], delay:SECONDS or fail:CODE[:MESSAGE]; or create:, update:, delete:, "
        "validate: or hook:TYPE= and fail[:REASON] or delay:SECONDS; then ,times=N (or always) ,account=ID "
        ",region=NAME ,probability=0.1",
    )
    add = parser.add_argument_group("a deployment").add_argument
    add("--deploy", metavar="STACK", action="append", default=[], help="deploy it: a class, a file or system/file")
    add("--stack-name", metavar="NAME", help="what the stack is called; its file by default")
    add("--parameter", metavar="KEY=VALUE", action="append", default=[], help="of the stack; may be repeated")
    add(
        "--image",
        metavar="REPOSITORY:TAG",
        action="append",
        default=[],
        help="make a repository and an image in it; may be repeated",
    )
    add(
        "--secret",
        metavar="NAME[=VALUE]",
        action="append",
        default=[],
        help="make a SecureString, with a value that is made up unless given; may be repeated",
    )
    add("--once", action="store_true", help="end when the deployment has, with its exit code")
    return parser


def _wanted(options: argparse.Namespace) -> Wanted:
    from stackgen.local.fault_words import fault_of
    from stackgen.local.rehearsal import words

    deploying = None
    if len(options.deploy) > 1:
        raise UsageError(
            f"local takes one --deploy, and was given {' and '.join(options.deploy)}", "nest them in one stack"
        )
    if options.deploy:
        parameters = words.pairs_of("--parameter", map(words.parameter_of, options.parameter))
        deploying = words.Deploying(
            options.deploy[0],
            None if options.stack_name is None else words.stack_name_of(options.stack_name),
            {key: value or "" for key, value in parameters.items()},
            tuple(dict.fromkeys(map(words.image_of, options.image))),
            words.pairs_of("--secret", map(words.secret_of, options.secret)),
            options.once,
        )
    else:
        for name in _OF_A_DEPLOYMENT:
            if getattr(options, name):
                raise UsageError(f"--{name.replace('_', '-')} needs --deploy STACK", "it belongs to a deployment")
    return words.Wanted(
        words.port_of(options.port),
        words.accounts_of(options.accounts) if options.accounts is not None else (),
        words.speed_of(options.speed),
        words.seed_of(options.seed),
        tuple(map(words.handler_of, options.handler)),
        tuple(map(fault_of, options.fault)),
        deploying,
    )


def _functions(wanted: Wanted, home: Path) -> dict[str, Callable[..., Any]]:
    """What handlers run, by their patterns; the names in faults are looked at on the way. Raises UsageError."""
    from stackgen.local.fault_words import check_name
    from stackgen.local.rehearsal.handlers import imported

    for fault in wanted.faults:
        check_name(fault)
    return {handler.pattern: imported(handler, home) for handler in wanted.handlers}


def _see_that_it_is_installed() -> None:
    missing = [name for name in _EXTRA if find_spec(name) is None]
    if missing:
        raise _not_installed(f"no {' and no '.join(missing)}")


def _not_installed(why: str) -> Exception:
    from stackgen.local.errors import LocalError

    return LocalError(f"the stand-in for AWS is not installed ({why})", "pip install 'stackgen[local]'")


def _project(console: Console, *, needed: bool) -> Project | None:
    """The project, where there is one; only a deployment needs it. Raises ProjectError."""
    try:
        return project_of(console)
    except ProjectError:
        if needed or console.config is not None:
            raise
        return None


def _built(console: Console, project: Project, word: str) -> Built:
    """All templates of the project, in memory: ``build`` is the only one that writes them."""
    from stackgen.discovery import discover, templates_of
    from stackgen.local.rehearsal.session import Built

    from .build import chosen

    stacks = discover(project, console.warn)
    (stack,) = chosen(stacks, [word])
    templates = {template.name: template for template in templates_of(stacks, project.profiles)}
    return Built(templates[f"{stack.system}/{stack.file}" if stack.system else stack.file], templates)


def _errors(console: Console, project: Project, built: Built, region: str) -> list[Finding]:
    """What AWS would refuse in the tree that is deployed; the rest is narrated, guidelines too."""
    from tempfile import TemporaryDirectory

    from stackgen.lint.finding import place
    from stackgen.local.rehearsal.templates import tree_of

    from .linting import linted

    templates = [_as_built(project, each) for _, each in sorted(tree_of(built.root, built.templates).items())]
    console.tell(f"linting {built.root.name} and what it nests for {region}")
    try:
        with TemporaryDirectory(prefix="stackgen-lint-") as folder:  # cfn-lint looks for the children in files
            for template in templates:
                path = Path(folder, f"{template.name}.json")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(template.text, "utf-8")
            there = project._replace(build_path=str(folder))
            findings = linted(console, there, templates, templates, (region,)).findings
    except MissingExtraError as error:
        console.warn(f"{built.root.name} is not linted: {error.message}")
        return []
    errors = [each for each in findings if each.level == "error" and not each.is_advice]
    for each in findings:
        if each not in errors:
            narrate = console.tell if each.level != "informational" else console.detail
            narrate(f"{place(each)}:{each.line}: {each.rule} {each.message}")
    return errors


def _as_built(project: Project, template: Template) -> BuiltTemplate:
    import json

    from stackgen.lint.built import children_of
    from stackgen.lint.finding import BuiltTemplate as Value

    content = json.loads(template.text)
    file = str(project.build / f"{template.name}.json")
    return Value(template.name, file, template.text, content, children_of(content))


def _refused(console: Console, root: Template, errors: Sequence[Finding]) -> int:
    from stackgen.lint.finding import place

    from .linting import summary

    verdict = f"{root.name} is not deployed: {summary(errors)}"
    rows = [f"{place(each)}:{each.line}: {each.rule} {each.message}" for each in errors]
    if console.form == "json":
        import json

        content = {"verdict": verdict, "exit_code": FINDINGS, "findings": rows}
        console.say(json.dumps({"schema": "stackgen/local-outcome", "version": 1, **content}))
    else:
        console.say(verdict)
        for row in rows:
            console.say(row)
    return FINDINGS
