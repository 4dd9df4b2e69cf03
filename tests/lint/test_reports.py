"""Findings for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from stackgen.lint.explaining import Told
from stackgen.lint.finding import Finding
from stackgen.lint.reports import as_junit, as_sarif, fingerprint

TOLD = {"W3005": Told("W3005", "warning", "No order twice", "Why.", "What to do.", "https://example.com", "reliability",
                      ("GDL-052",))}  # fmt: skip
FILE = str(Path("build/shop/queue.json").absolute())
FINDINGS = [
    Finding("shop/queue", FILE, 3, "E3002", "a & <b>"),
    Finding("shop/queue", FILE, 4, "W3005", "c"),
    Finding("shop/queue", FILE, 5, "I3011", "d"),
]


def test_sarif_has_a_result_for_each_finding() -> None:
    log = json.loads(as_sarif(FINDINGS, {"cfn-lint": "1.58.0"}, TOLD))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    assert run["tool"]["driver"]["name"] == "stackgen"
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == ["E3002", "I3011", "W3005"]
    assert [each["level"] for each in run["results"]] == ["error", "warning", "note"]
    assert run["results"][1] == {
        "ruleId": "W3005",
        "ruleIndex": 2,
        "level": "warning",
        "message": {"text": "c"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "build/shop/queue.json", "uriBaseId": "EXECUTIONROOT"},
                    "region": {"startLine": 4},
                }
            }
        ],
        "partialFingerprints": {"stackgen/v1": fingerprint(FINDINGS[1])},
    }
    assert run["tool"]["driver"]["rules"][2] == {
        "id": "W3005", "shortDescription": {"text": "No order twice"}, "fullDescription": {"text": "Why. What to do."},
        "helpUri": "https://example.com", "properties": {"tags": ["reliability", "GDL-052"]},
    }  # fmt: skip


def test_a_finding_is_known_again_on_another_line_and_nothing_else_is_taken_for_it() -> None:
    """Code scanning would close and open it with each line that comes above it."""
    one = FINDINGS[0]
    assert fingerprint(one) == fingerprint(one._replace(line=90, file="elsewhere.json"))
    others = [{"rule": "E3003"}, {"template": "shop/other"}, {"message": "b"}, {"path": ("Resources",)}]
    assert len({fingerprint(one._replace(**each)) for each in ({}, *others)}) == 5  # type: ignore[arg-type]


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    assert json.loads(as_sarif([], {}, {}))["runs"][0]["results"] == []


def test_junit_has_a_case_for_each_template() -> None:
    suite = ET.fromstring(as_junit(FINDINGS, [FILE, FILE.replace("queue", "network")]))  # noqa: S314  our own text
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    first, second = suite
    assert (first.get("name"), second.get("name")) == ("build/shop/queue.json", "build/shop/network.json")
    assert "build/shop/queue.json:3: E3002 a & <b>" in first[0].text.splitlines() if first[0].text else False
    assert len(second) == 0
