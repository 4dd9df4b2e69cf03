"""Fewer nodes that say the same, and boxes that stay closed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.picture.depth import closed, fitting, limited, size
from stackgen.review.picture.folding import CROWDED, folded
from stackgen.review.picture.model import SIGNS, Arrow, Box, Node
from stackgen.review.picture.wording import counted, cut, lines_of, short_type

TIMES = "\N{MULTIPLICATION SIGN}"


def node(key: str, kind: str = "EC2 VPC", **more: object) -> Node:
    return Node(key, (key,), kind, (key,), **more)  # type: ignore[arg-type]  # of any kind


def box(*items: Node | Box, arrows: str = "") -> Box:
    """``arrows`` are words such as ``a>b``, and ``a:b`` for DependsOn."""
    found = []
    for word in arrows.split():
        source, target = word.replace(":", ">").split(">")
        found.append(Arrow(source, target, "reference" if ">" in word else "depends"))
    return Box("box", "box", "nested", items=items, arrows=tuple(found))


def ends(found: Box) -> set[tuple[str, str]]:
    return {(arrow.source, arrow.target) for arrow in found.arrows}


def test_equal_siblings_are_one_node_with_their_number() -> None:
    subnets = [node(f"Subnet{number}", "EC2 Subnet") for number in (1, 2, 3)]
    found = folded(box(node("Vpc"), *subnets, arrows="Vpc>Subnet1 Vpc>Subnet2 Vpc>Subnet3"))
    assert [(each.names, each.kind) for each in found.nodes()] == [
        (("Vpc",), "EC2 VPC"),
        (("Subnet1-3",), f"3 {TIMES} EC2 Subnet"),
    ]
    assert ends(found) == {("Vpc", "Subnet1")}


def test_pairs_of_equals_fold_alongside_each_other() -> None:
    items = [node("F1", "F"), node("F2", "F"), node("R1", "R"), node("R2", "R")]
    found = folded(box(*items, arrows="R1>F1 R2>F2"))
    assert [each.count for each in found.nodes()] == [2, 2]


@pytest.mark.parametrize(
    ("items", "arrows"),
    [
        ([node("a", "F"), node("b", "G")], ""),
        ([node("a", "F"), node("b", "F", conditional=True)], ""),
        ([node("a", "F"), node("b", "F", status="changed")], ""),
        ([node("a", "F"), node("b", "F"), node("c", "G")], "a>c"),
        ([node("a", "F"), node("b", "F"), node("c", "G")], "a>c c>b"),
        ([node("a", "F"), node("b", "F"), node("c", "G")], "a>c b:c"),
        ([node("a", "F"), node("b", "F")], "a>b"),
    ],
)
def test_what_differs_in_anything_but_its_name_stays_apart(items: list[Node], arrows: str) -> None:
    assert len(folded(box(*items, arrows=arrows)).items) == len(items)


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    found = folded(box(node("a", "A"), node("b", "B"), node("c", "C"), arrows="a>b b>c a>c"))
    assert ends(found) == {("a", "b"), ("b", "c")}


def test_an_arrow_that_hands_values_over_is_never_left_out() -> None:
    boxes = [Box(key, key, "nested") for key in "abc"]
    arrows = tuple(Arrow(*pair, "reference", ("X",)) for pair in (("a", "b"), ("b", "c"), ("a", "c")))
    assert len(folded(Box("", "", "picture", items=tuple(boxes), arrows=arrows)).arrows) == 3


def crowd(*further: Node) -> list[Node]:
    return [node(f"other{number}", f"T{number}") for number in range(CROWDED)] + list(further)


def test_in_a_crowd_a_node_with_one_neighbour_moves_into_it() -> None:
    found = folded(box(*crowd(node("Bucket", "S3 Bucket"), node("Policy", "S3 BucketPolicy")), arrows="Bucket>Policy"))
    bucket = next(each for each in found.nodes() if each.key == "Bucket")
    assert bucket.details == ("with S3 BucketPolicy",)
    assert bucket.members == ("Bucket", "Policy")
    assert not ends(found)


@pytest.mark.parametrize(
    "further",
    [
        pytest.param([node("Host", "A"), node("Alarm", "B", exposed=True)], id="an output names it"),
        pytest.param([node("Host", "A"), node("Alarm", "B", status="changed")], id="it changes"),
    ],
)
def test_what_somebody_looks_for_stays_in_a_crowd(further: list[Node]) -> None:
    host, alarm = further
    items = crowd(replace(host, exposed=True), alarm)
    assert len(folded(box(*items, arrows="Host>Alarm")).items) == len(items)


def test_in_a_small_box_everything_keeps_its_node() -> None:
    items = [node("Bucket", "S3 Bucket"), node("Policy", "S3 BucketPolicy")]
    assert folded(box(*items, arrows="Bucket>Policy")).items == tuple(items)


@st.composite
def graphs(draw: st.DrawFn) -> Box:
    number = draw(st.integers(1, 14))
    kinds = st.sampled_from("AAAB")
    statuses = st.sampled_from(["", "", "", *SIGNS])
    items: list[Node | Box] = [
        node(f"n{at}", draw(kinds), status=draw(statuses), conditional=draw(st.booleans())) for at in range(number)
    ]
    items.append(Box("inner", "inner", "nested", items=(node("deep"), node("deeper"))))
    keys = st.sampled_from([item.key for item in items])
    arrows = draw(st.lists(st.builds(Arrow, keys, keys, st.sampled_from(["reference", "depends"])), max_size=25))
    return Box("", "", "picture", items=tuple(items), arrows=tuple(arrows))


@given(graphs())
def test_every_resource_is_in_exactly_one_node_before_and_after(picture: Box) -> None:
    before = Counter(member for each in picture.nodes() for member in each.members)
    assert Counter(member for each in folded(picture, 3).nodes() for member in each.members) == before


@given(graphs())
def test_folding_hides_no_change(picture: Box) -> None:
    changed = {member: each.status for each in picture.nodes() for member in each.members if each.status}
    found = {member: each.status for each in folded(picture, 3).nodes() for member in each.members}
    assert {member: found[member] for member in changed} == changed


@given(graphs())
def test_after_folding_arrows_join_two_items_once(picture: Box) -> None:
    found = folded(picture, 3)
    keys = {item.key for item in found.items}
    pairs = [(arrow.source, arrow.target) for arrow in found.arrows]
    assert len(pairs) == len(set(pairs))
    assert all(source in keys and target in keys and source != target for source, target in pairs)


@given(graphs())
def test_the_same_picture_folds_the_same_way(picture: Box) -> None:
    assert folded(picture) == folded(picture)


def deep(levels: int) -> Box:
    inner = Box("0", "0", "nested", items=(node("a", "EC2 VPC", status="added"), node("b", "EC2 Subnet")))
    for level in range(1, levels):
        inner = Box(str(level), str(level), "nested", items=(inner, node(f"n{level}")))
    return Box("", "", "picture", items=(inner,))


@pytest.mark.parametrize(("depth", "drawn"), [(0, 1), (1, 2), (2, 3), (3, 4), (9, 4)])
def test_depth_is_how_many_levels_of_stacks_are_open(depth: int, drawn: int) -> None:
    assert size(limited(deep(3), depth)) == drawn


def test_a_closed_box_says_what_is_in_it_and_what_changes() -> None:
    found = closed(deep(2).items[0])  # type: ignore[arg-type]  # it is a box
    assert found.kind == "closed"
    assert found.details == ("4 resources", "+ 1 added", f"2 {TIMES} EC2 VPC", "EC2 Subnet", "nested stack")
    assert set(found.members) == {"a", "b", "n1"}


@pytest.mark.parametrize(("most", "depth"), [(4, None), (3, 2), (2, 1), (1, 0), (0, 0)])
def test_a_picture_that_is_too_large_has_as_many_levels_as_fit(most: int, depth: int | None) -> None:
    assert fitting(deep(3), lambda each: each, lambda each: size(each) <= most)[1] == depth


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        (["Vpc"], ("Vpc",)),
        (["Subnet2", "Subnet1", "Subnet3"], ("Subnet1-3",)),
        (["Subnet10", "Subnet9"], ("Subnet9-10",)),
        (["Subnet1", "Subnet3"], ("Subnet1,3",)),
        (["A1Route", "A2Route"], ("A1-2Route",)),
        (["A1B1", "A2B2"], ("A1B1", "A2B2")),
        (["Queue", "Jobs"], ("Jobs", "Queue")),
        (list("abcdefg"), ("a", "b", "c", "d", "and 3 more")),
        (["Subnet01", "Subnet1"], ("Subnet01", "Subnet1")),
    ],
)
def test_names_of_equals_in_few_lines(names: list[str], lines: tuple[str, ...]) -> None:
    assert lines_of(names) == lines


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("AWS::EC2::Subnet", "EC2 Subnet"),
        ("Custom::SchemaMigration", "Custom SchemaMigration"),
        ("My::Own::Type::MODULE", "My Own Type MODULE"),
        ("Odd", "Odd"),
        ("", ""),
        ("AWS", "AWS"),
    ],
)
def test_short_types(name: str, short: str) -> None:
    assert short_type(name) == short


def test_long_texts_lose_their_middle_and_line_ends() -> None:
    assert cut("a" * 30 + "b" * 30, 21) == "a" * 13 + "…" + "b" * 7
    assert cut("one\ntwo\tthree") == "one two three"


def test_the_rest_of_many_kinds_is_one_line() -> None:
    assert counted(["A", "B", "B", "C", "D"], 3) == (f"2 {TIMES} B", "A", "and 2 more")
