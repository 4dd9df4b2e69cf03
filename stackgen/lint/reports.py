"""Findings in the forms that other programs read: SARIF 2.1.0 for code scanning, JUnit for CI systems.

cfn-lint's own formatters need packages of further extras and know nothing of our rules.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stackgen.errors import shown
from stackgen.hashing import sha256

from .finding import place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .explaining import Told
    from .finding import Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "informational": "note"}


def as_sarif(
    findings: Sequence[Finding], versions: Mapping[str, str], told: Mapping[str, Told], declared: Sequence[str] = ()
) -> str:
    """SARIF: one run, one result for each finding; *told* is what is known of rules.

    *declared* says of each finding where that was declared in Python, as ``stacks/shop.py:12``, or nothing. There is
    where it is mended, so there it is shown, and the place in the template is related to it. A finding is known again
    by its fingerprint when lines above it have come or gone.
    """
    rules = sorted({finding.rule for finding in findings})
    results = [
        {
            "ruleId": finding.rule,
            "ruleIndex": rules.index(finding.rule),
            "level": _LEVELS[finding.level],
            "message": {"text": finding.message},
            **_places(finding, where),
            "partialFingerprints": {"stackgen/v1": fingerprint(finding)},
        }
        for finding, where in zip(findings, declared or [""] * len(findings), strict=True)
    ]
    described = [_described(rule, told.get(rule)) for rule in rules]
    driver = {"name": "stackgen", "rules": described, "properties": dict(versions)}
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _places(finding: Finding, declared: str) -> dict[str, Any]:
    template = _place(place(finding), finding.line)
    if not declared:
        return {"locations": [template]}
    file, _, line = declared.rpartition(":")
    related = {"id": 1, **template, "message": {"text": "what it became in the template"}}
    return {"locations": [_place(file, int(line))], "relatedLocations": [related]}


def _place(file: str, line: int) -> dict[str, Any]:
    artifact = {"uri": file, "uriBaseId": "EXECUTIONROOT"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line}}}


def fingerprint(finding: Finding) -> str:
    """A digest of what a finding is about: its rule, template, path and message, and not its line."""
    about = [finding.rule, finding.template, *finding.path, finding.message]
    return sha256("\0".join(about).encode()).hexdigest()[:32]


def _described(rule: str, told: Told | None) -> dict[str, Any]:
    if told is None:
        return {"id": rule}
    text = " ".join(part for part in (told.why, told.remedy) if part) or told.title
    found: dict[str, Any] = {"id": rule, "shortDescription": {"text": told.title}, "fullDescription": {"text": text}}
    if told.source:
        found["helpUri"] = told.source
    tags = [tag for tag in (told.pillar, *told.guidelines, *told.public) if tag]
    return {**found, **({"properties": {"tags": tags}} if tags else {})}


def as_junit(findings: Sequence[Finding], files: Sequence[str], declared: Sequence[str] = ()) -> str:
    """JUnit: one test case for each template, failed by its findings; *declared* as in ``as_sarif``."""
    from xml.etree import ElementTree as ET  # slow to load, for one form of many

    by_file: dict[str, list[str]] = {file: [] for file in files}
    for each, where in zip(findings, declared or [""] * len(findings), strict=True):
        line = f"{place(each)}:{each.line}: {each.rule} {each.message}"
        by_file[each.file].append(f"{line} ({where})" if where else line)
    failed = sum(bool(each) for each in by_file.values())
    suite = ET.Element("testsuite", name="stackgen lint", tests=str(len(by_file)), failures=str(failed))
    for file, own in by_file.items():
        case = ET.SubElement(suite, "testcase", classname="stackgen.lint", name=shown(file).replace("\\", "/"))
        if own:
            ET.SubElement(case, "failure", message=f"{len(own)} findings").text = "\n".join(own)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=False)
