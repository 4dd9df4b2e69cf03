"""``build``: write the templates, or check that they are as they should be."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, NamedTuple

from stackgen.assembly import MANIFEST, Assembly, Changes
from stackgen.errors import UsageError, likely, shown
from stackgen.inputs import Recorder
from stackgen.limits import TEMPLATE_BODY_BYTES

from .context import project_of
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stackgen.console import Console
    from stackgen.project import Project
    from stackgen.stack import Stack
    from stackgen.template import Template

NEARLY_FULL = 0.8
"""Share of a limit from which a build warns."""


class Options(NamedTuple):
    """What the command was asked for; ``out`` is a folder, or the project's own."""

    stacks: Sequence[str] = ()
    check: bool = False
    out: str | None = None


def _options(arguments: Sequence[str]) -> Options:
    if not arguments:
        return Options()
    from .arguments import Parser

    formats = in_help("text", "json", "yaml (of the templates, with --out)")
    parser = Parser("build", "Render every stack and write the templates that changed." + formats)
    parser.add_argument(
        "stacks",
        nargs="*",
        metavar="STACK",
        help="only these and what they nest: a class, a file or system/file",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 4 if a file is stale, missing or left over"
    )
    parser.add_argument("--out", metavar="DIR", help="another folder than the project's build folder")
    parsed = parser.parsed(arguments)
    return Options(parsed.stacks, parsed.check, parsed.out)


def run(console: Console, arguments: Sequence[str]) -> int:
    """Build, compare, write."""
    options = _options(arguments)
    form = form_of(console, "text", "json", "yaml")
    if form == "yaml" and options.out is None:
        raise UsageError("--format yaml needs --out DIR", "the build folder holds JSON, the golden form")
    project = project_of(console)
    folder = project.build if options.out is None else project.other_build(options.out)
    if form == "yaml" and folder.resolve() == project.build.resolve():
        raise UsageError(f"--out {options.out} is the build folder", "it holds JSON, the golden form")
    gc.disable()  # nothing that a build makes becomes garbage before it ends
    complete = not options.stacks
    if options.check:
        sys.dont_write_bytecode = True  # not even Python writes
        assembly = _assembly(console, _rendered(console, project, options.stacks), folder)
        return _check(console, assembly, complete=complete)
    recorder = Recorder(str(project.root))
    templates = _rendered(console, project, options.stacks)
    assembly = _assembly(console, templates, folder)
    recorder.stop()
    changes = assembly.write(complete=complete)
    _report(console, assembly, changes)
    if options.out is None:
        from stackgen.sources import remember

        remember(project.cache, str(project.root), templates)
        if changes.any:
            _warn_if_ignored(console, assembly.folder)
        if complete and console.config is None:  # what a plain build would do again
            outputs = [str(assembly.folder / name) for name in (*assembly.files, MANIFEST)]
            same = f"built {_templates(assembly)}: nothing has changed"
            recorder.save(same, str(project.config), str(project.stacks), outputs)
    return 0


def _rendered(console: Console, project: Project, wanted: Sequence[str]) -> list[Template]:
    from stackgen.discovery import discover, templates_of  # loads troposphere: after the cheap checks

    stacks = discover(project, console.warn)
    return templates_of(chosen(stacks, wanted) if wanted else stacks, project.profiles)


def _assembly(console: Console, templates: Sequence[Template], folder: Path) -> Assembly:
    _tell_head_room(console, templates)
    return Assembly.of(templates, folder, "yaml" if console.form == "yaml" else "json")


def chosen(stacks: Sequence[type[Stack]], wanted: Sequence[str]) -> list[type[Stack]]:
    """The stacks that these words name: a class, a file or system/file. Raises UsageError."""
    names: dict[str, list[type[Stack]]] = {}
    for stack in stacks:
        for name in {stack.__name__, stack.file, f"{stack.system}/{stack.file}"}:
            names.setdefault(name, []).append(stack)
    wanted_stacks = []
    for word in wanted:
        found = names.get(word.removesuffix(".json"))
        if not found:
            raise UsageError(f"no stack {word!r}", likely(word, names))
        if len(found) > 1:
            raise UsageError(f"{word!r} may be {' or '.join(f'{each.system}/{each.file}' for each in found)}")
        wanted_stacks += found
    return wanted_stacks


def _templates(assembly: Assembly) -> str:
    count = len(assembly.files) - len(assembly.beside)
    return f"{count} template{'' if count == 1 else 's'}"


def _report(console: Console, assembly: Assembly, changes: Changes) -> None:
    written = [name for name in (*changes.missing, *changes.stale) if name != MANIFEST]
    verdict = (
        f"built {_templates(assembly)}: {len(written)} written, {len(changes.unchanged)} unchanged, "
        f"{len(changes.left_over)} removed"
    )
    if console.form == "json":
        console.json("build", _content(verdict, assembly, changes))
        return
    console.say(verdict)
    folder = shown(str(assembly.folder))
    for word, names in (("wrote", written), ("removed", changes.left_over)):
        for name in names:
            console.tell(f"  {word:<8} {folder}/{name}")


def _content(verdict: str, assembly: Assembly, changes: Changes) -> dict[str, object]:
    lists = {name: list(names) for name, names in changes._asdict().items()}
    return {"verdict": verdict, "folder": str(assembly.folder), **lists}


def _check(console: Console, assembly: Assembly, *, complete: bool) -> int:
    changes = assembly.changes(complete=complete)
    folder = shown(str(assembly.folder))
    lists = {"stale": changes.stale, "missing": changes.missing, "left over": changes.left_over}
    if changes.any:
        counts = ", ".join(f"{len(names)} {word}" for word, names in lists.items())
        verdict = f"{folder}/ is not what the stacks build: {counts}"
    else:
        verdict = f"{folder}/ is what the stacks build: {_templates(assembly)}"
    if console.form == "json":
        console.json("build-check", _content(verdict, assembly, changes))
    else:
        console.say(verdict)
        for word, names in lists.items():
            for name in names:
                console.say(f"  {word:<9} {folder}/{name}")
        if changes.any:
            console.tell("build them: python -m stackgen build")
    return 4 if changes.any else 0


def _tell_head_room(console: Console, templates: Sequence[Template]) -> None:
    for template in templates:
        nearest = template.rooms[0]
        if nearest.share >= NEARLY_FULL:
            console.warn(f"{template.name} is near a limit of CloudFormation: {nearest}")
        size = len(template.text.encode())
        through = " (through S3 only)" if size > TEMPLATE_BODY_BYTES else ""
        console.detail(f"  {template.name}: {nearest}; {size:,} bytes{through}")


def _warn_if_ignored(console: Console, folder: Path) -> None:
    """A build folder that git ignores would never reach a review."""
    if not any((above / ".git").exists() for above in folder.parents):
        return
    import subprocess  # only a build that changed something pays for it

    command = ["git", "check-ignore", "--quiet", str(folder / MANIFEST)]
    try:
        ignored = subprocess.run(command, cwd=folder.parent, capture_output=True, check=False).returncode  # noqa: S603  fixed words and our own path
    except OSError:  # no git
        return
    if ignored == 0:
        console.warn(f"git ignores {shown(str(folder))}/: commit it, so that reviewers see what changes")
