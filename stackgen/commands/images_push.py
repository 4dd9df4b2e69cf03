"""``images push``: build the images that stacks need, once, and push them to each region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError, likely

from .arguments import Parser
from .asking import add_yes, confirm
from .deploying import add_stacks, add_values, deployment_of
from .for_each import ForEach
from .forms import form_of, in_help
from .images_pushing import MISSING, THERE, Pushing, Row
from .words import counted, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.images.settings import Recipe
    from stackgen.deploy.images.wanted import Image
    from stackgen.project import Project

    from .deploying import Deployment

DESCRIPTION = """\
Build the images that stacks need, and push them to the repositories of each region under the very tag that the stacks
ask for. An image is built once, by Docker or else by buildah, so that all regions run the same. A tag that cannot be
moved and has other content is refused: give the stack's parameter another one.

[tool.stackgen.image.NAME] in the project says from what: context, the folder; repository, such as validator-*;
dockerfile and platform where they are not Dockerfile and linux/amd64. --context says it for one image.
"""
FINDINGS = 4


def run(console: Console, arguments: Sequence[str]) -> int:
    """Push what is needed; with --check only say what is missing, with 4 where something is."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json")
    if options.copy_from and options.context:
        raise UsageError("--from copies an image, and --context builds one: give one of them")
    with deployment_of(console, options, as_it_stands=True, every_stack=True) as deployment:
        each = ForEach(console, deployment.sessions)
        images, unknown = _needed(deployment, options.repository)
        pushing = Pushing(console, deployment, images, options.copy_from or "")
        rows = each.do(pushing.looked, images, lambda image: image.place)
        for path in unknown:
            console.warn(f"{path}: its image is not known before the deployment; give its parameters values")
        if not options.check:
            groups = pushing.groups(rows, _recipes(deployment.project, options, rows))
            if groups:
                count = sum(len(group.rows) for group in groups)
                verb = "copy" if options.copy_from else "build"
                confirm(console, f"{verb} {counted(len(groups), 'image')} for {counted(count, 'place')}, and push what "
                        "is missing?", yes=options.yes)  # fmt: skip
                program = pushing.program(options.program)
                done = each.do(lambda group: pushing.pushed(group, program, each), groups, lambda group: group.name)
                pushed = {row.image: row for group in done for row in group}
                rows = [pushed.get(row.image, row) for row in rows]
    missing = [row for row in rows if row.outcome == MISSING]
    if form == "json":
        console.json("images-push", {"images": [row.as_json() for row in rows], "unknown": list(unknown)})
    else:
        _print(console, rows, len(unknown), each.failed)
    if options.check:
        return each.code(0) or (FINDINGS if missing or unknown else 0)
    return each.code(len(rows) - len(missing)) or (1 if missing else 0)


def _parser() -> Parser:
    parser = Parser("images push", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_stacks(parser)
    add = parser.add_argument
    add("--check", action="store_true", help="only say which are missing; 4 where some are")
    add("--repository", action="append", default=[], metavar="NAME", help="only images of it; may be repeated")
    add("--context", metavar="DIR", help="the folder that is built, instead of the project's setting")
    add("--dockerfile", metavar="FILE", help="in that folder; Dockerfile by default")
    add("--platform", metavar="PLATFORM", help="with --context: linux/amd64 by default")
    add("--from", dest="copy_from", metavar="REGION", help="copy what this region has, instead of building it")
    add("--with", dest="program", choices=("docker", "buildah"), help="which program; by default the first there is")
    add_values(parser)
    add_yes(parser)
    return parser


def _needed(deployment: Deployment, repositories: Sequence[str]) -> tuple[dict[Image, Any], list[str]]:
    """The images with the target whose credentials see them, and paths of unknown ones. Raises UsageError."""
    from stackgen.deploy.images.wanted import wanted

    images: dict[Image, Any] = {}
    unknown: dict[str, None] = {}
    for target in deployment.targets:
        found = wanted(deployment.build, target)
        unknown |= dict.fromkeys(found.unknown)
        for image in found.images:
            images.setdefault(image, target)
    known = {image.repository for image in images}
    for name in repositories:
        if name not in known:
            raise UsageError(f"no stack needs an image of the repository {name!r}", likely(name, known))
    return {
        image: target for image, target in images.items() if not repositories or image.repository in repositories
    }, [*unknown]


def _recipes(project: Project, options: argparse.Namespace, rows: Sequence[Row]) -> list[Recipe]:
    """What images are built from. Raises UsageError, ProjectError."""
    from stackgen.deploy.images.settings import given, recipes

    if options.context is None:
        if options.dockerfile or options.platform:
            raise UsageError("--dockerfile and --platform belong to --context")
        return recipes(project)
    names = sorted({row.image.repository for row in rows})
    if len(names) > 1:
        raise UsageError(f"--context is for one image, and these are needed: {', '.join(names)}", "--repository NAME")
    return [given(options.context, options.dockerfile, options.platform)]


def _print(console: Console, rows: Sequence[Row], unknown: int, failed: int) -> None:
    outcomes = [row.outcome for row in rows]
    missing, there = outcomes.count(MISSING), outcomes.count(THERE)
    verdict = f"{counted(len(rows), 'image')}: {len(rows) - missing - there} pushed, {there} there already"
    console.say(f"{verdict}, {missing} missing, {unknown} unknown, {failed} failed")
    table(console, [(row.image.place, row.outcome, row.digest or "no digest") for row in rows])
