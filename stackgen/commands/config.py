"""``config``: what holds for each deployment, and who said so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .arguments import Parser
from .context import project_of
from .deploying import add_stacks, add_values, read_build, wish_of
from .forms import form_of, in_help
from .words import by_function, counted, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deploy.resolving import Resolved
    from stackgen.project import Project

FORMS = ("text", "json")
TEXT = "every setting, tag and parameter of each deployment, with --origin where it was said"


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on; ``show`` is the only one."""
    parser = Parser("config", "What holds for each deployment, and who said so." + in_help(*FORMS), "WORD ...")
    parser.add_argument_group("words; each has a --help of its own").add_argument("show", nargs="?", help=TEXT)
    return by_function(console, parser, {"show": _show}, arguments)


def _show(console: Console, arguments: Sequence[str]) -> int:
    parser = Parser(
        "config show",
        f"{TEXT.capitalize()}. Offline: an account that the project does not say is not known here." + in_help(*FORMS),
    )
    add_stacks(parser)
    add_values(parser)
    parser.add_argument("--origin", action="store_true", help="where each value was said")
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    project = project_of(console)
    build = read_build(project)
    wish = wish_of(console, options, project, build)
    from stackgen.deploy.resolving import resolve
    from stackgen.deploy.showing import parameters_of, settings_of, tags_of

    found = resolve(project, build, replace(wish, every=True))
    content = [
        (each, {"settings": settings_of(each), "tags": tags_of(each), "parameters": parameters_of(each)})
        for each in found
    ]
    verdict = (
        f"{counted(len(found), 'deployment')} of {counted(len({each.target.env for each in found}), 'environment')}"
    )
    if form == "json":
        console.json(
            "config", {"verdict": verdict, **_of_project(project), "deployments": [_as_json(*each) for each in content]}
        )
    else:
        console.say(f"{verdict}, by {project.config}")
        for each, parts in content:
            _print(console, each, parts, with_origin=options.origin)
    for each in found:
        for problem in each.problems:
            console.warn(str(problem))
    return 0


def _of_project(project: Project) -> dict[str, object]:
    return {
        "config": str(project.config),
        "project": {"stacks": str(project.stacks), "build": str(project.build), "regions": list(project.regions)},
    }


def _as_json(each: Resolved, parts: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    target = each.target
    return {
        "environment": target.env,
        "region": target.region,
        "template": target.template,
        "stack": target.stack_name,
        **{
            part: {name: {"value": said.value, "origin": said.origin} for name, said in values.items()}
            for part, values in parts.items()
        },
    }


def _print(console: Console, each: Resolved, parts: Mapping[str, Mapping[str, Any]], *, with_origin: bool) -> None:
    target = each.target
    console.say("")
    console.say(f"{target.env}/{target.region}: {target.template} as {target.stack_name}")
    for part, values in parts.items():
        console.say(f"  {part}")
        rows = [(name, _shown(said.value), *([said.origin] if with_origin else [])) for name, said in values.items()]
        table(console, rows, "    ")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "-"
    text = str(value)
    return text or '""'
