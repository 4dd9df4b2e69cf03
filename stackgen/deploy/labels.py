"""What a stack is deployed with beside its values: its name, its tags, the capabilities that are acknowledged."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from stackgen.errors import ProjectError, UsageError
from stackgen.review.capabilities import IAM, NAMED_IAM
from stackgen.review.capabilities import capabilities_of as needed_by

from .setting_forms import TAG, TAG_KEY, TAG_VALUE, location_of
from .settings import MOST_TAGS, OWNER, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.project import Project
    from stackgen.review.model import Build

    from .settings import Settings

TAG_VARIABLE = "STACKGEN_TAG_"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


def stack_name_of(project: Project, settings: Settings, words: Mapping[str, str]) -> str:
    """What a stack is called in AWS. Raises ProjectError for what no stack can be called."""
    said = settings.text("stack_name")
    short = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", words["file"]).lower().removesuffix("-stack")
    start = words["system"] if short == words["system"] else words["file"]
    name = said or f"{start}-{words['env']}"
    if not _NAME.fullmatch(name):
        file = words["file"]
        raise ProjectError(
            f"the stack of {file} would be called {name!r}, but a letter, then up to 127 letters, digits and "
            "hyphens was expected",
            f"stack.{file}.stack_name gives it another name",
            location=(project.config_path, 0),
        )
    return name


def tags_of(env: str, system: str, settings: Settings) -> dict[str, Setting]:
    """The tags of a stack, each with who gave it. Raises UsageError for a variable that gives a wrong one."""
    found = {
        OWNER: Setting(env, "the environment's name"),
        "Project": Setting(system, "the stack's system"),
        "ManagedBy": Setting("cloudformation", "default"),
        **settings.tags,
    }
    for variable, value in os.environ.items():
        key = variable.removeprefix(TAG_VARIABLE)
        if key == variable:
            continue
        if key == OWNER:
            raise UsageError(f"{variable}: this tag says whose stack it is, and is the name of the environment")
        if not TAG_KEY.fullmatch(key) or not TAG_VALUE.fullmatch(value):
            raise UsageError(f"{variable} = {value!r} is no tag: {TAG} was expected")
        found[key] = Setting(value, variable)
    if len(found) > MOST_TAGS:
        raise UsageError(f"{len(found)} tags were given, and CloudFormation takes {MOST_TAGS}")
    return found


def capabilities_of(project: Project, build: Build, template: str, settings: Settings) -> tuple[str, ...]:
    """What the deployment of a stack acknowledges: what its templates need, or what the project says.

    Raises ProjectError where the project says less than is needed.
    """
    tree = {each: build.templates[each].content for each in sorted(build._below([template]))}
    needed = needed_by(tree.values())
    said = settings.texts("capabilities")
    if not said:
        return needed
    for capability in needed:
        if capability not in said and not (capability == IAM and NAMED_IAM in said):
            one = next(each for each, content in tree.items() if capability in needed_by([content]))
            place, _, key = settings.values["capabilities"].origin.rpartition(".")
            problem = f"{place}.capabilities lacks {capability}, which {one} needs"
            raise ProjectError(problem, location=location_of(project, place, key))
    return said
