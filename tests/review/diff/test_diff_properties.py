"""What holds for the difference of any two builds."""

from __future__ import annotations

import copy
import json

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stackgen.review.diff.canonical import canonical
from stackgen.review.diff.compare import compare
from stackgen.review.model import Build
from tests.review.diff.patching import meaning_of, patched
from tests.review.strategies import build_of, builds, pairs_of_builds, respelled

MANY = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.generate, Phase.explicit, Phase.reuse],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@MANY
@given(builds())
def test_a_build_does_not_differ_from_itself(build: Build) -> None:
    assert not compare(build, build)
    contents = {name: template.content for name, template in build.templates.items()}
    assert compare(build, build_of(contents)).as_json()["changes"] == []


@MANY
@given(pairs_of_builds())
def test_the_way_back_is_the_difference_turned_round(pair: tuple[Build, Build]) -> None:
    before, after = pair
    assert compare(before, after).reversed() == compare(after, before)


@MANY
@given(pairs_of_builds())
def test_turned_round_twice_it_is_the_same(pair: tuple[Build, Build]) -> None:
    diff = compare(*pair)
    assert diff.reversed().reversed() == diff


@MANY
@given(st.data(), builds())
def test_another_spelling_is_no_difference(data: st.DataObject, build: Build) -> None:
    contents = {name: data.draw(respelled(template.content)) for name, template in build.templates.items()}
    assert not compare(build, build_of(contents, build.label))


@MANY
@given(pairs_of_builds())
def test_a_difference_applied_to_the_first_gives_the_second(pair: tuple[Build, Build]) -> None:
    before, after = pair
    contents = {name: copy.deepcopy(template.content) for name, template in before.templates.items()}
    found = patched(contents, compare(before, after))
    assert meaning_of(found) == meaning_of({name: template.content for name, template in after.templates.items()})


@MANY
@given(pairs_of_builds())
def test_it_is_empty_exactly_where_the_meanings_are_equal(pair: tuple[Build, Build]) -> None:
    meanings = [meaning_of({name: each.content for name, each in build.templates.items()}) for build in pair]
    assert bool(compare(*pair)) == (meanings[0] != meanings[1])


@MANY
@given(pairs_of_builds())
def test_it_reads_as_json(pair: tuple[Build, Build]) -> None:
    content = compare(*pair).as_json()
    assert json.loads(json.dumps(content)) == content


@MANY
@given(builds())
def test_the_one_spelling_is_its_own(build: Build) -> None:
    for template in build.templates.values():
        for resource in template.section("Resources").values():
            once = canonical(resource)
            assert canonical(once) == once
