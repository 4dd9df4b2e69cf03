"""Mermaid, DOT and SVG: well formed whatever the names are, and each says all that the picture says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.review.picture.dot import as_dot
from stackgen.review.picture.legend import legend_of
from stackgen.review.picture.mermaid import MOST_ARROWS, as_mermaid, is_drawn
from stackgen.review.picture.model import SIGNS, Arrow, Box, Node
from stackgen.review.picture.svg import as_svg
from stackgen.review.picture.theme import DARK, LIGHT, Palette

if TYPE_CHECKING:
    from collections.abc import Callable

SVG = "{http://www.w3.org/2000/svg}"
NASTY = [
    'a "quoted" name',
    "]] --> x[[",
    "end",
    "<script>alert(1)</script>",
    "</title></svg>",
    "a & b &amp; c",
    "back\\slash\\",
    "`code` *bold* _under_",
    "- item",
    "1. item",
    "+ item",
    "%%{init: {}}%%",
    "#quot; #35;",
    "two\nlines\r\n}",
    "{curly} (round) |pipe|;",
    "click n1 href",
    "\x00\x07\x1b\ufffe\ud800",
    "Ä 中 \U0001f600",
    "",
]


def node(key: str, *names: str, **more: object) -> Node:
    return Node(key, names or (key,), "EC2 VPC", (key,), **more)  # type: ignore[arg-type]  # of any kind


def nasty(name: str) -> Box:
    """A picture that says a name wherever there is room for one."""
    one = Node("one", (name,), name, (name,), details=(name,), status="changed")
    inner = Box("inner", name, "stackset", subtitle=name, items=(one, node("two", name)), members=(name,))
    lost = Box("lost", name, "unknown", subtitle=name, details=(name,), conditional=True)
    arrows = (Arrow("inner", "lost", "reference", (name,)), Arrow("lost", "inner", "depends"))
    return Box("", "", "picture", items=(inner, lost), arrows=arrows)


PICTURE = Box(
    "",
    "",
    "picture",
    items=(
        Box(
            "root",
            "shop",
            "stack",
            items=(
                *(node(f"n{number}", f"Thing{number}", status=status) for number, status in enumerate(SIGNS)),
                Box("net", "Network", "nested", "network", items=(node("vpc", "Vpc", conditional=True),)),
                Box("gone", "Gone", "unknown", "./gone.json"),
                Box("shut", "Shut", "closed", details=("3 resources",)),
            ),
            arrows=(
                Arrow("n0", "n1"),
                Arrow("n1", "n2", "depends"),
                Arrow("net", "gone", "reference", ("VpcId",)),
                Arrow("net", "shut", "import", ("A", "B")),
            ),
        ),
    ),
)
WRITERS = pytest.mark.parametrize("write", [as_mermaid, as_dot, as_svg])


@WRITERS
def test_every_text_says_names_types_signs_and_labels(write: Callable[[Box, str], str]) -> None:
    text = write(PICTURE, "shop")
    for word in (
        "Thing0",
        "Thing4",
        "Vpc",
        "EC2 VPC",
        "Network",
        "network",
        "Gone",
        "3 resources",
        "VpcId",
        "2 values",
    ):
        assert word in text
    for status in SIGNS:
        assert status in text


@WRITERS
def test_the_same_picture_gives_the_same_text(write: Callable[[Box, str], str]) -> None:
    assert write(PICTURE, "shop") == write(PICTURE, "shop")


@WRITERS
def test_without_types_there_are_none(write: Callable[..., str]) -> None:
    picture = Box("", "", "picture", items=(node("a", "Vpc"),))
    lines = [line for line in write(picture, "x", types=False).splitlines() if "<title>" not in line]
    assert "EC2 VPC" not in "\n".join(lines)


@WRITERS
def test_an_empty_picture_is_a_text_too(write: Callable[[Box, str], str]) -> None:
    assert write(Box("", "", "picture"), "")


def test_the_legend_says_what_occurs_and_nothing_else() -> None:
    assert [kind for kind, _ in legend_of(PICTURE)] == [*SIGNS, "conditional", "depends", "import"]
    assert legend_of(Box("", "", "picture", items=(node("a"),))) == []


_LABEL = r'"([^"]*)"'
MERMAID = [
    re.compile(pattern)
    for pattern in (
        r"flowchart LR",
        r"%%\{init: \{\"flowchart\": \{\"wrappingWidth\": \d+\}\}\}%%",
        r"  accTitle: [\w ,./:()-]+",
        r"end",
        r"direction LR",
        rf"subgraph \w+\[{_LABEL}\]",
        rf"\w+\[{_LABEL}\]",
        rf"\w+\[\[{_LABEL}\]\]",
        rf"\w+ (-->|-\.->|==>)(\|{_LABEL}\|)? \w+",
        r"classDef \w+ [\w#:,. -]+",
        r"class [\w,]+ \w+",
    )
]


def check_mermaid(text: str) -> None:
    """Every line is one of the few forms that are used, and every subgraph has its end."""
    open_boxes = 0
    for line in text.splitlines():
        form = next((form for form in MERMAID if form.fullmatch(line) or form.fullmatch(line.strip())), None)
        assert form, line
        open_boxes += (line.lstrip().startswith("subgraph ")) - (line.strip() == "end")
        assert open_boxes >= 0
        for label in re.findall(_LABEL, line) if "init" not in line else []:
            assert not re.search(r"[][{}|<>`*_;\\\"]|#(?!\d+;)", re.sub(r"<br/>|#\d+;", "", label)), label
            assert not re.match(r"[-+*] |\d+\. ", label)
            assert label, line  # Mermaid refuses an empty one
    assert open_boxes == 0


@pytest.mark.parametrize("name", NASTY)
def test_no_name_breaks_out_of_mermaid(name: str) -> None:
    check_mermaid(as_mermaid(nasty(name), name))


def test_mermaid_nests_its_subgraphs_and_joins_known_ids() -> None:
    text = as_mermaid(PICTURE, "shop")
    check_mermaid(text)
    known = set(re.findall(r"^\s*(?:subgraph )?(\w+)\[", text, re.MULTILINE))
    arrows = re.findall(r"^\s*(\w+) (?:-->|-\.->|==>)\S* ?(?:.*\| )?(\w+)$", text, re.MULTILINE)
    assert len(arrows) == 4
    assert {end for pair in arrows for end in pair} <= known


def test_a_title_of_a_mermaid_box_is_one_line() -> None:
    """Mermaid keeps room for one line of title only; a second would lie on the nodes."""
    titles = re.findall(r"subgraph \w+\[\"(.*)\"\]", as_mermaid(PICTURE, "shop"))
    assert "Network · network" in titles
    assert not any("<br/>" in title for title in titles)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("tap/bootstrap-stack, tap/guard-stack", "tap/bootstrap-stack, tap/guard-stack"),
        ("tap/TapStack, what changes", "tap/TapStack, what changes"),
        ("", "no stacks"),
        ("a;b #c %% d\ne", "a b c d e"),
        ("--> [", ""),
    ],
)
def test_the_title_that_is_read_out_keeps_its_hyphens_and_commas(title: str, expected: str) -> None:
    (line,) = (each for each in as_mermaid(PICTURE, title).splitlines() if "accTitle" in each)
    assert line == f"  accTitle: {expected or 'no stacks'}"


def test_one_resource_in_one_stack_is_told_in_the_singular() -> None:
    picture = Box("", "", "picture", items=(Box("s", "shop", "stack", items=(node("a"),)),))
    assert '<desc id="desc">1 resource in 1 stack. Arrows' in as_svg(picture, "shop")


def test_a_drawing_without_stacks_says_so() -> None:
    assert '<title id="title">no stacks</title>' in as_svg(Box("", "", "picture"), "")


def test_mermaid_names_what_github_would_not_draw() -> None:
    assert is_drawn(as_mermaid(PICTURE, "shop"), PICTURE)
    items = tuple(node(f"n{number}") for number in range(MOST_ARROWS + 2))
    arrows = tuple(Arrow(f"n{number}", f"n{number + 1}") for number in range(MOST_ARROWS + 1))
    many = Box("", "", "picture", items=items, arrows=arrows)
    assert not is_drawn(as_mermaid(many, "x"), many)


DOT_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|->|[A-Za-z_][\w]*|[0-9.]+|[{}\[\]=,;]|\s+')


def check_dot(text: str) -> list[str]:
    """The words of a graph: nothing between them, and every bracket closed."""
    words = []
    at = 0
    while at < len(text):
        found = DOT_TOKEN.match(text, at)
        assert found, text[at : at + 40]
        at = found.end()
        words += [found.group()] if found.group().strip() else []
    pending: list[str] = []
    for word in words:
        if word in "{[":
            pending.append({"{": "}", "[": "]"}[word])
        elif word in "}]":
            assert pending.pop() == word
    assert not pending
    return words


@pytest.mark.parametrize("name", NASTY)
def test_no_name_breaks_out_of_dot(name: str) -> None:
    assert check_dot(as_dot(nasty(name), name))[:3] == ["digraph", "stacks", "{"]


def test_an_arrow_between_clusters_runs_from_the_last_node_to_the_first() -> None:
    """Otherwise Graphviz would put the clusters below each other instead of in order."""
    one = Box("one", "one", "nested", items=(node("b"), node("a")), arrows=(Arrow("a", "b"),))
    two = Box("two", "two", "nested", items=(node("d"), node("c")), arrows=(Arrow("c", "d"),))
    text = as_dot(Box("", "", "picture", items=(one, two), arrows=(Arrow("one", "two"),)), "x")
    names = dict(re.findall(r'(n\d+) \[label="(\w)', text))
    (tail, head) = re.findall(r"(n\d+) -> (n\d+) \[ltail", text)[0]
    assert (names[tail], names[head]) == ("b", "c")


def test_dot_has_a_cluster_a_box_and_ends_arrows_at_its_edge() -> None:
    text = as_dot(PICTURE, "shop")
    check_dot(text)
    clusters = set(re.findall(r"subgraph (cluster_n\d+)", text))
    assert len(clusters) == 2
    assert set(re.findall(r"(?:lhead|ltail)=(\w+)", text)) <= clusters
    assert text.count("style=dashed") >= 1


@pytest.mark.parametrize("name", NASTY)
def test_no_name_breaks_out_of_svg(name: str) -> None:
    root = ET.fromstring(as_svg(nasty(name), name))  # noqa: S314  our own text
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        *("svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text")
    }


@given(st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_name_at_all_is_written(name: str) -> None:
    picture = nasty(name)
    check_mermaid(as_mermaid(picture, name))
    check_dot(as_dot(picture, name))
    ET.fromstring(as_svg(picture, name))  # noqa: S314  our own text


def test_an_svg_is_self_contained_and_says_what_it_shows() -> None:
    text = as_svg(PICTURE, "shop, changes since main")
    root = ET.fromstring(text)  # noqa: S314  our own text
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    assert root.findtext(f"{SVG}title") == "shop, changes since main"
    assert "6 resources in 4 stacks, 1 of them closed. Drawn as 1 added, 1 removed" in (
        root.findtext(f"{SVG}desc") or ""
    )
    assert root.get("aria-labelledby") == "title desc"
    assert not re.search(r"<script|@import|url\((?!#)|href|<image|<foreignObject| on\w+=", text)
    assert text.count("http") == 1  # the namespace


def test_an_svg_has_colours_for_a_light_and_a_dark_page() -> None:
    text = as_svg(PICTURE, "shop")
    light, dark = text.split("@media(prefers-color-scheme:dark)")
    for status in SIGNS:
        assert LIGHT.statuses[status].fill in light
        assert DARK.statuses[status].fill in dark


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_filling(palette: Palette) -> None:
    pairs = [(palette.node.text, palette.node.fill), (palette.muted, palette.node.fill), (palette.muted, palette.page)]
    pairs += [(each.text, each.fill) for each in palette.statuses.values()]
    pairs += [(text, fill) for fill in palette.boxes for text in (palette.node.text, palette.muted)]
    pairs += [(each.text, fill) for fill in palette.boxes for each in palette.statuses.values()]
    for one, other in pairs:
        dark, light = sorted((luminance(one), luminance(other)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (one, other)  # what WCAG 2.2 asks of small text, 1.4.3
