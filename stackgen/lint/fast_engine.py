"""AWS's own engine, cloudformation-validate, for the loop of writing and looking: compiled, and without our rules.

cfn-lint is the authority. This engine knows most of its rules and some of its own; what it merely remarks (INFO) is
left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import MissingExtraError

from .between import between
from .by_template import ByTemplate
from .contracts import check_contracts
from .finding import Finding
from .suppressions import applied
from .unchanged import state_of_sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .finding import BuiltTemplate

NAME = "cloudformation-validate"
_TOLD = {"FATAL": "E", "ERROR": "E", "WARN": "W"}


def findings(
    chosen: Sequence[BuiltTemplate], templates: Mapping[str, BuiltTemplate], cache: Path
) -> tuple[list[Finding], dict[str, str]]:
    """What it finds in the chosen templates, with the contracts between all; and its version.

    Raises MissingExtraError where it is not installed.
    """
    try:
        import cloudformation_validate
    except ImportError as error:
        raise MissingExtraError(
            f"the engine {NAME} is not installed ({error})", f"install it: pip install {NAME}"
        ) from error
    memory = ByTemplate(cache / "lint-fast.json", f"{_version()} {state_of_sources()}", templates)
    known = {template.name: memory.known(template) for template in chosen}
    raw = {name: findings for name, findings in known.items() if findings is not None}
    if len(raw) < len(chosen):
        engine: Any = cloudformation_validate.CompositeEngine()
        for template in chosen:
            if template.name not in raw:
                told = engine.validate_template(template.file).diagnostics
                raw[template.name] = [_finding(template, each) for each in told if each.severity.name in _TOLD]
        memory.keep(raw)
    across = between(templates)
    found: list[Finding] = []
    for template in chosen:
        own = [*raw[template.name], *check_contracts(template, templates), *across[template.name]]
        found += applied(template, dict.fromkeys(own), tell_unused=False)
    return sorted(found, key=lambda each: (each.file, each.line, each.rule)), {NAME: _version()}


def _finding(template: BuiltTemplate, told: Any) -> Finding:
    owner = told.entity
    section = f"{owner.entity_type.name.capitalize()}s" if owner is not None else ""
    path = (section, str(owner.logical_id)) if owner is not None and owner.logical_id else ()
    return Finding(template.name, template.file, told.start_line or 1, _id(told), told.message, path)


def _id(told: Any) -> str:
    """Its id, with the letter of its severity where the two differ."""
    letter = _TOLD[told.severity.name]
    return str(told.rule_id) if str(told.rule_id)[:1] in ("E", "W") else f"{letter}{str(told.rule_id)[1:]}"


def _version() -> str:
    from importlib.metadata import version

    return version(NAME)
