"""The Gantt chart in text and as SVG, and the estimate as Markdown and as data."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from stackgen.review.timing.drawing import svg
from stackgen.review.timing.estimate import Estimate, estimate
from stackgen.review.timing.gantt import gantt
from stackgen.review.timing.text import content, lines, markdown, verdict
from tests.review.timing.builds import build_of, nested, resource, table

TIMES = table(Vpc=60, Function=(240, 10), Quick=1)
SVG = "{http://www.w3.org/2000/svg}"


NETWORK = {"Resources": {"Vpc": resource("Test::X::Vpc"), "Rule": resource("Test::X::Quick", "Vpc")}}
SHOP = {
    "Network": nested("network"),
    "Function": resource("Test::X::Function", depends_on=["Network"]),
    "Side": resource("Test::X::Vpc"),
}


EXPECTED = [
    "                      0       1       2       3       4       5",
    "* shop                ─────────────────────────────────────────   5.0",
    "    Side              ▒▒▒▒▒▒▒▒                                    1.0",
    "  * Network           ────────                                    1.0",
    "    * Vpc             ████████                                    1.0",
    "    * Rule                    █                                   1.0",
    "    Queue             ▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░           4.0",
    "  * Function                  ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   5.0",
    "█ on the critical path  ▒ beside it  ░ configured, not complete  ─ a …",
]


def shop() -> Estimate:
    return estimate(build_of(shop=SHOP, network=NETWORK), "shop", TIMES)


def test_the_chart_marks_the_path_indents_what_is_nested_and_shows_what_unblocks_early() -> None:
    found = {**SHOP, "Queue": resource("Test::X::Function")}
    lines = list(gantt(estimate(build_of(shop=found, network=NETWORK), "shop", TIMES), 70))
    assert lines == EXPECTED


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert all(len(line) <= width for line in gantt(shop(), width))


def test_only_the_path_is_painted() -> None:
    painted = list(gantt(shop(), 80, lambda text, code: f"<{code}>{text}"))
    assert [line.split()[2] for line in painted if line.startswith("<1;31>")] == ["Vpc", "Rule", "Function"]


def test_many_short_steps_are_folded_into_one_row() -> None:
    many = {f"Rule{number}": resource("Test::X::Quick") for number in range(50)}
    found = estimate(build_of(shop={**many, "Vpc": resource("Test::X::Vpc")}), "shop", TIMES)
    text = "\n".join(gantt(found, 80))
    assert "50 shorter ones" in text
    assert "Rule7" not in text


def test_an_empty_stack_has_no_chart() -> None:
    empty = estimate(build_of(shop={"Resources": {}}), "shop", TIMES)
    assert list(gantt(empty, 80)) == []
    assert ET.fromstring(svg(empty)).tag == f"{SVG}svg"  # noqa: S314  our own text


def test_the_drawing_says_what_it_shows_and_needs_nothing_from_outside() -> None:
    drawn = svg(shop())
    root = ET.fromstring(drawn)  # noqa: S314  our own text
    assert root.get("role") == "img"
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == verdict(shop())
    titles = [each.text for each in root.iter(f"{SVG}title")]
    assert "shop/Network/Vpc (Test::X::Vpc): 0.0 to 1.0 minutes, on the critical path" in titles
    assert "prefers-color-scheme: dark" in drawn
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_names_from_a_template_are_no_markup() -> None:
    name = "<script>alert(1)</script>&|`x`"
    found = estimate(build_of(shop={name: resource("Test::X::Vpc")}), "shop", TIMES)
    assert "<script>" not in svg(found)
    ET.fromstring(svg(found))  # noqa: S314  our own text
    text = "\n".join(markdown(found, name))
    assert "<script>" not in text.replace("\\<", "")
    assert "\\|" in text


def test_the_data_is_json_with_every_step() -> None:
    data = json.loads(json.dumps(content(shop())))
    assert data["seconds"] == {"low": 150.5, "typical": 301.0, "high": 903.0}
    assert [step["address"] for step in data["path"]] == ["shop/Network/Vpc", "shop/Network/Rule", "shop/Function"]
    assert {step["address"]: step["slack"] for step in data["steps"]}["shop/Side"] == 241.0
    assert data["bases"] == {"measured": 5}


def test_the_words_name_the_path_and_what_the_figures_rest_on() -> None:
    found = shop()
    assert verdict(found) == "typically 5.0 minutes (2.5 to 15.1) for a first creation, longest: Network -> Function"
    text = list(lines(found))
    assert text[0] == "critical path (minutes from the start):"
    assert text[3] == "  1.0 - 5.0  Function      after Network (DependsOn)"
    assert text[-1] == "times by their basis: measured 5"
