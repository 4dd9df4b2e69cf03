"""The small graph algorithms under the picture."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.picture.graphs import backward, components, implied, sorted_by_arrows
from stackgen.review.picture.placement import spread

PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)


def reachable(pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    found = set(pairs)
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return found
        found |= more


@given(PAIRS)
def test_without_the_backward_pairs_nothing_is_left_on_a_circle(pairs: list[tuple[int, int]]) -> None:
    turned = backward(8, pairs)
    rest = [pair for at, pair in enumerate(pairs) if at not in turned]
    assert len(sorted_by_arrows(8, rest)) == 8


@given(PAIRS)
def test_turning_the_backward_pairs_round_leaves_only_loops_on_a_circle(pairs: list[tuple[int, int]]) -> None:
    turned = backward(8, pairs)
    rest = [(b, a) if at in turned else (a, b) for at, (a, b) in enumerate(pairs) if a != b]
    assert len(sorted_by_arrows(8, rest)) == 8


@given(PAIRS)
def test_a_graph_without_circles_has_no_backward_pair(pairs: list[tuple[int, int]]) -> None:
    assert backward(8, [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]) == set()


@given(PAIRS)
def test_without_the_implied_pairs_everything_still_leads_where_it_led(pairs: list[tuple[int, int]]) -> None:
    forward = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    rest = [pair for at, pair in enumerate(forward) if at not in implied(8, forward)]
    assert reachable(rest) == reachable(forward)
    assert implied(8, rest) == set()


@given(PAIRS)
def test_every_vertex_is_in_one_component_with_all_that_it_is_joined_to(pairs: list[tuple[int, int]]) -> None:
    groups = components(8, pairs)
    assert sorted(vertex for group in groups for vertex in group) == list(range(8))
    of = {vertex: number for number, group in enumerate(groups) for vertex in group}
    assert all(of[a] == of[b] for a, b in pairs)


@given(st.lists(st.tuples(st.floats(-99, 99), st.floats(0.1, 9), st.floats(0, 9)), min_size=1, max_size=12))
def test_positions_keep_their_distances_and_move_nothing_that_need_not_move(
    wishes: list[tuple[float, float, float]],
) -> None:
    wanted = [want for want, _, _ in wishes]
    weights = [weight for _, weight, _ in wishes]
    distances = [distance for _, _, distance in wishes[1:]]
    found = spread(wanted, weights, distances)
    assert all(b - a >= distance - 1e-6 for a, b, distance in zip(found, found[1:], distances, strict=False))
    if all(b - a >= distance for a, b, distance in zip(wanted, wanted[1:], distances, strict=False)):
        assert all(abs(a - b) < 1e-6 for a, b in zip(wanted, found, strict=True))
