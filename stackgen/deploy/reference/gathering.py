"""From a wish to the parameters of its stacks, with the values of every environment that deploys them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.deploy.choosing import environments_of, named, stacks_of
from stackgen.deploy.resolving import resolve
from stackgen.errors import UsageError

from .entries import entries
from .notes import read

if TYPE_CHECKING:
    from stackgen.deploy.resolving import Wish
    from stackgen.project import Project
    from stackgen.review.model import Build

    from .entries import Entry


def gathered(project: Project, build: Build, wish: Wish, notes: str | None = None) -> dict[str, list[Entry]]:
    """The parameters of each stack that the wish names, or of all roots.

    Raises UsageError for notes on several stacks at once, and ProjectError for what is wrong with notes or settings.
    """
    names = list(dict.fromkeys(named(build, word, project) for word in wish.words)) or build.roots
    if notes and len(names) > 1:
        raise UsageError("--notes: for which stack?", f"name one of {', '.join(names)}")
    asked = environments_of(project, wish.environments, every=True)
    deployed = {each.name: stacks_of(project, build, (), each, every=True) for each in asked}
    answer = {}
    for name in names:
        template = build.templates[name]
        said = read(Path(notes), template, [each.name for each in asked]) if notes else {}
        of_name = [env for env, templates in deployed.items() if name in templates]
        places = resolve(project, build, replace(wish, words=[name], environments=of_name)) if of_name else []
        answer[name] = entries(build, template, places, said)
    return answer
