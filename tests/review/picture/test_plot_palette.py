"""A picture of Plot Palette that needs no hand work: a master, eight nested stacks, a hundred resources."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from stackgen.review.picture.assembly import picture_of, roots_to_draw
from stackgen.review.picture.depth import limited, size
from stackgen.review.picture.folding import folded
from stackgen.review.picture.layout import laid_out
from stackgen.review.picture.mermaid import as_mermaid, is_drawn
from stackgen.review.picture.svg import as_svg
from tests.review.picture.geometry import check_apart, check_arrows, check_labels
from tests.review.picture.plot_palette import CHILDREN, plot_palette

BUILD = plot_palette()
WHOLE = picture_of(BUILD, roots_to_draw(BUILD))
PICTURES = {"whole": folded(WHOLE), "depth 1": folded(limited(WHOLE, 1)), "nothing folded": WHOLE}
STACKS = {"NetworkStack", "StorageStack", "DatabaseStack", "IAMStack"}
STACKS |= {"AuthStack", "APIStack", "ComputeStack", "FrontendStack"}
SVG = "{http://www.w3.org/2000/svg}"


def test_the_wiring_is_whole() -> None:
    """Every parameter that a child has is handed to it, and every output that is asked for is there."""
    resources = BUILD.templates["master-stack"].section("Resources")
    for child in resources.values():
        template = BUILD.templates[child["Properties"]["TemplateURL"][2:].removesuffix(".json")]
        assert set(child["Properties"]["Parameters"]) == set(template.section("Parameters"))
        for value in child["Properties"]["Parameters"].values():
            if "Fn::GetAtt" in value:
                source, output = value["Fn::GetAtt"]
                url = resources[source]["Properties"]["TemplateURL"]
                assert output.removeprefix("Outputs.") in BUILD.templates[url[2:].removesuffix(".json")].section(
                    "Outputs"
                )


def test_it_has_the_shape_of_its_description() -> None:
    assert roots_to_draw(BUILD) == ["master-stack"]
    assert {each.title for each in WHOLE.boxes()} == {"master-stack", *STACKS}
    assert {each.subtitle for each in WHOLE.boxes() if each.kind == "nested"} == set(CHILDREN)
    assert 80 <= sum(len(node.members) for node in WHOLE.nodes()) <= 130


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps_and_no_arrow_crosses_a_third_box(name: str) -> None:
    for parent in laid_out(PICTURES[name]).everything():
        check_apart(parent)
        check_labels(parent)
        check_arrows(parent)


@pytest.mark.parametrize("name", PICTURES)
def test_every_stack_has_its_title(name: str) -> None:
    root = ET.fromstring(as_svg(PICTURES[name], "Plot Palette"))  # noqa: S314  our own text
    titles = {each.text for each in root.iter(f"{SVG}text") if each.get("class") == "t"}
    assert titles >= {"master-stack", *STACKS}


@pytest.mark.parametrize(("name", "width", "height"), [("whole", 2700, 1400), ("depth 1", 1400, 700)])
def test_it_stays_small_enough_to_be_read(name: str, width: float, height: float) -> None:
    area = laid_out(PICTURES[name]).area
    assert area.width <= width
    assert area.height <= height


def test_a_hundred_resources_become_some_forty_nodes_that_stand_for_all_of_them() -> None:
    assert size(PICTURES["whole"]) <= 45
    members = [member for node in PICTURES["whole"].nodes() for member in node.members]
    assert sorted(members) == sorted(member for node in WHOLE.nodes() for member in node.members)


def test_github_draws_it() -> None:
    assert is_drawn(as_mermaid(PICTURES["whole"], "Plot Palette"), PICTURES["whole"])
