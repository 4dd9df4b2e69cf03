"""``build``: write the templates, or check that they are as they should be."""

from __future__ import annotations

import gc
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.assembly import MANIFEST, Assembly, Changes
from stackgen.errors import UsageError, likely, shown
from stackgen.inputs import Recorder, forget
from stackgen.limits import TEMPLATE_BODY_BYTES

from .arguments import Parser, form_of, project_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.project import Project
    from stackgen.stack import Stack
    from stackgen.template import Template

NEARLY_FULL = 0.8
"""Share of a limit from which a build warns."""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Build, compare, write."""
    parser = Parser("build", "Render every stack and write the templates that changed.")
    parser.add_argument(
        "stacks", nargs="*", metavar="STACK", help="only these and what they nest: a class, a file or system/file"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 4 if a file is stale, missing or left over")
    parser.add_argument("--out", type=Path, metavar="DIR", help="another folder than the project's build folder")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json", "yaml")
    if form == "yaml" and options.out is None:
        raise UsageError("--format yaml needs --out DIR", "the build folder holds JSON, the golden form")
    project = project_of(console)
    gc.disable()  # nothing that a build makes becomes garbage before it ends
    whole = not options.stacks and options.out is None
    recorder = Recorder(str(project.root)) if whole and not options.check else None
    templates = _templates(project, options.stacks)
    suffix = "yaml" if form == "yaml" else "json"
    assembly = Assembly.of(templates, options.out or project.build, suffix)
    _tell_head_room(console, templates)
    complete = not options.stacks
    if options.check:
        return _check(console, assembly, complete=complete, form=form)
    forget(str(project.root))
    changes = assembly.write(complete=complete)
    counts = _counts(len(templates), changes)
    _report(console, form, counts, assembly, changes)
    if changes.any:
        _warn_if_ignored(console, assembly.folder)
    if recorder is not None:
        outputs = [str(assembly.folder / name) for name in (*assembly.files, MANIFEST)]
        same = f"built {len(templates)} templates: nothing has changed"
        recorder.save(same, [str(project.config)], str(project.stacks), outputs)
    return 0


def _templates(project: Project, wanted: Sequence[str]) -> list[Template]:
    from stackgen.discovery import discover, templates_of  # loads troposphere: after the cheap checks

    stacks = discover(project)
    return templates_of(stacks if not wanted else _chosen(stacks, wanted))


def _chosen(stacks: Sequence[type[Stack]], wanted: Sequence[str]) -> list[type[Stack]]:
    names: dict[str, list[type[Stack]]] = {}
    for stack in stacks:
        for name in {stack.__name__, stack.file, f"{stack.system}/{stack.file}"}:
            names.setdefault(name, []).append(stack)
    chosen = []
    for word in wanted:
        found = names.get(word.removesuffix(".json"))
        if not found:
            raise UsageError(f"no stack {word!r}", likely(word, names))
        if len(found) > 1:
            raise UsageError(f"{word!r} may be {' or '.join(f'{each.system}/{each.file}' for each in found)}")
        chosen += found
    return chosen


def _counts(templates: int, changes: Changes) -> str:
    written = [name for name in (*changes.missing, *changes.stale) if name != MANIFEST]
    return (
        f"built {templates} template{'s' if templates != 1 else ''}: {len(written)} written, "
        f"{len(changes.unchanged)} unchanged, {len(changes.left_over)} removed"
    )


def _report(console: Console, form: str, verdict: str, assembly: Assembly, changes: Changes) -> None:
    if form == "json":
        console.json("build", {"verdict": verdict, "folder": str(assembly.folder), **_lists(changes)})
        return
    console.say(verdict)
    folder = shown(str(assembly.folder))
    for word, names in (("wrote", (*changes.missing, *changes.stale)), ("removed", changes.left_over)):
        for name in names:
            if name != MANIFEST:
                console.tell(f"  {word:<8} {folder}/{name}")


def _lists(changes: Changes) -> dict[str, object]:
    return {
        "missing": list(changes.missing),
        "stale": list(changes.stale),
        "left_over": list(changes.left_over),
        "unchanged": list(changes.unchanged),
    }


def _check(console: Console, assembly: Assembly, *, complete: bool, form: str) -> int:
    changes = assembly.changes(complete=complete)
    folder = shown(str(assembly.folder))
    if changes.any:
        counts = f"{len(changes.stale)} stale, {len(changes.missing)} missing, {len(changes.left_over)} left over"
        verdict = f"{folder}/ is not what the stacks build: {counts}"
    else:
        verdict = f"{folder}/ is what the stacks build: {len(changes.unchanged)} templates"
    if form == "json":
        console.json("build-check", {"verdict": verdict, "folder": str(assembly.folder), **_lists(changes)})
    else:
        console.say(verdict)
        for word, names in (("stale", changes.stale), ("missing", changes.missing), ("left over", changes.left_over)):
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
    try:
        ignored = subprocess.run(  # noqa: S603  fixed words and our own path
            ["git", "check-ignore", "--quiet", str(folder)],  # noqa: S607  git is whatever the author's PATH says
            cwd=folder.parent, capture_output=True, check=False,
        ).returncode  # fmt: skip
    except OSError:
        return
    if ignored == 0:
        console.warn(f"git ignores {shown(str(folder))}/: commit it, so that reviewers see what changes")
