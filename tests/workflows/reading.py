"""The workflows of this repository, as GitHub reads them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from tests.support import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


class Line(NamedTuple):
    """One command line of a step, with what the step and its job give it."""

    workflow: str
    job: str
    text: str
    env: dict[str, str]
    step: str
    condition: str


def read(name: str) -> dict[str, Any]:
    """A workflow. YAML 1.1 takes ``on`` for true."""
    content: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return {("on" if key is True else key): value for key, value in content.items()}


def lines(name: str) -> list[Line]:
    """Every line of every ``run``, in the order of the file."""
    found = []
    for job, each in read(name)["jobs"].items():
        for step in each.get("steps", ()):
            env = {key: str(value) for key, value in {**each.get("env", {}), **step.get("env", {})}.items()}
            found += [
                Line(name, job, text.strip(), env, step.get("id", ""), str(step.get("if", "")))
                for text in str(step.get("run", "")).splitlines()
                if text.strip()
            ]
    return found


def environments_of(name: str) -> dict[str, str]:
    """The environment at GitHub of each job that has one."""
    said = {job: each["environment"] for job, each in read(name)["jobs"].items() if "environment" in each}
    return {job: str(each["name"] if isinstance(each, dict) else each) for job, each in said.items()}


def used(name: str) -> list[str]:
    """What other people's and our own actions and workflows are used."""
    jobs = read(name)["jobs"].values()
    steps = [step["uses"] for job in jobs for step in job.get("steps", ()) if "uses" in step]
    return steps + [job["uses"] for job in jobs if "uses" in job]


def filled(text: str, values: dict[str, str]) -> str:
    """A text with its expressions, of ``a || b`` the first that is not empty; what nobody gave a value is an error."""
    return _EXPRESSION.sub(lambda found: _value(found[1], values), text)


def _value(text: str, values: dict[str, str]) -> str:
    if text in values or "||" not in text:
        return values[text]
    return next(filter(None, (values[each.strip()] for each in text.split("||"))), "")
