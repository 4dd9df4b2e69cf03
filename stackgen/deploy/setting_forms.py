"""The forms of values that settings of stacks and of StackSets have alike, and how another one is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.environments import _wrong
from stackgen.errors import ProjectError, likely
from stackgen.project import line_of_setting
from stackgen.review.capabilities import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.errors import Location
    from stackgen.project import Project

    Form = tuple[str, str]
    """A pattern for the whole value, and what it means in words."""

ROLE = (r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,576}", "the ARN of a role")
NAME = (r"[A-Za-z][A-Za-z0-9-]{0,127}", "a letter, then up to 127 letters, digits and hyphens")
"""Of stacks and StackSets."""
BUCKET = (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket")

TAG_KEY = re.compile(r"(?!aws:)[\w\s+=.:/@-]{1,128}", re.IGNORECASE)
TAG_VALUE = re.compile(r"[\w\s+=.:/@-]{0,256}")
TAG = "a key of up to 128, a value of up to 256 letters, digits, spaces and +-=._:/@; no key aws:..."


def location_of(project: Project, place: str, name: str) -> Location:
    """Where a setting is written."""
    return project.config_path, line_of_setting(project.config_path, name, place)


def check_form(project: Project, place: str, name: str, text: str, form: Form) -> None:
    """Raises ProjectError for a text of another form."""
    if not re.fullmatch(form[0], text):
        raise _wrong(project, place, name, text, form[1])


def check_capabilities(project: Project, place: str, found: Iterable[str]) -> None:
    """Raises ProjectError for a capability that CloudFormation does not know."""
    for each in found:
        if each not in KNOWN:
            problem = f"{place}.capabilities has {each!r}"
            raise ProjectError(problem, likely(each, KNOWN), location=location_of(project, place, "capabilities"))


def check_tag(project: Project, place: str, key: str, text: str, *, also: str = "", owner: str = "") -> None:
    """Raises ProjectError for a tag that AWS does not take, or that is *owner*, which *also* says."""
    if key == owner or not TAG_KEY.fullmatch(key) or not TAG_VALUE.fullmatch(text):
        raise _wrong(project, place, key, text, "; ".join(part for part in (TAG, also) if part))
