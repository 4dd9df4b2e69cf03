"""Two builds reviewed as wholes: environments, regions, roots, and values that change with no template."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.errors import OutputFileError
from stackgen.review.environments import Values
from stackgen.review.impact.review import Review, review
from stackgen.review.impact.summary import Summary
from tests.review.impact.changing import Contents, app, build_of, nested, project, resource, reviewed

QUEUE = resource("AWS::SQS::Queue")
SIZED = app(
    {"Vpc": resource("AWS::EC2::VPC", {"CidrBlock": {"Ref": "Cidr"}})},
    Parameters={"Cidr": {"Type": "String", "Default": "10.0.0.0/16"}},
)


def values(env: dict[str, Any]) -> Values:
    return Values(project(env))


def told(found: Review) -> dict[str, dict[str, str]]:
    """What happens to every address, by place."""
    answer: dict[str, dict[str, str]] = {}
    for outcome in found.outcomes:
        answer.setdefault(str(outcome.place), {}).update({each.address: each.word for each in outcome.impacts})
    return answer


def env(cidr: str, **more: Any) -> dict[str, Any]:
    return {"dev": {"regions": ["us-east-1"], "parameters": {"Cidr": cidr}, **more}}


def test_a_parameter_that_changes_is_a_change() -> None:
    build = build_of(SIZED)
    found = review(build, build, values(env("10.1.0.0/16")), values(env("10.2.0.0/16")))
    assert told(found) == {"dev/us-east-1": {"app/Vpc": "replaced"}}
    (reason,) = found.outcomes[0].impacts[0].reasons
    assert (reason.before, reason.after) == ("10.2.0.0/16", "10.1.0.0/16")


def test_the_same_values_are_no_change() -> None:
    build = build_of(SIZED)
    same = env("10.1.0.0/16")
    assert told(review(build, build, values(same), values(same))) == {"dev/us-east-1": {}}
    assert told(review(build, build, values(same))) == {"dev/us-east-1": {}}


def test_a_stack_that_an_environment_newly_has_is_created() -> None:
    contents = {**SIZED, "data": {"Resources": {"Queue": QUEUE}}}
    build = build_of(contents)
    found = review(build, build, values(env("10.1.0.0/16")), values(env("10.1.0.0/16", stacks=["app"])))
    assert told(found) == {"dev/us-east-1": {"data/Queue": "created"}}


def test_in_a_place_that_the_earlier_settings_do_not_know_all_is_new() -> None:
    build = build_of(SIZED)
    both = {**env("10.1.0.0/16"), "prod": {"regions": ["us-east-1"], "parameters": {"Cidr": "10.9.0.0/16"}}}
    found = review(build, build, values(both), values(env("10.1.0.0/16")))
    assert told(found) == {"dev/us-east-1": {}, "prod/us-east-1": {"app/Vpc": "created"}}


def test_every_root_is_reviewed_in_every_place_that_deploys_it() -> None:
    before = {"one": {"Resources": {"A": QUEUE}}, "two": {"Resources": {"B": QUEUE}}}
    slow = resource("AWS::SQS::Queue", {"DelaySeconds": 1})
    after = {"one": {"Resources": {"A": slow}}, "two": {"Resources": {"B": slow}}}
    places = {"dev": {"regions": ["us-east-1", "eu-west-1"], "stacks": ["one"]}, "prod": {"regions": ["us-east-1"]}}
    assert told(review(build_of(before), build_of(after), values(places))) == {
        "dev/us-east-1": {"one/A": "updated in place"},
        "dev/eu-west-1": {"one/A": "updated in place"},
        "prod/us-east-1": {"one/A": "updated in place", "two/B": "updated in place"},
    }


def test_a_child_is_no_root_of_its_own() -> None:
    contents = {**app({"Child": nested("child")}), "child": {"Resources": {"Queue": QUEUE}}}
    found = review(build_of(contents), build_of(contents), values(env("x")))
    assert [outcome.root for outcome in found.outcomes] == ["app"]


def test_a_template_that_becomes_a_child_is_deleted_as_a_root() -> None:
    child = {"Resources": {"Queue": QUEUE}}
    before = {"app": {"Resources": {"Topic": resource("AWS::SNS::Topic")}}, "child": child}
    after = {"app": {"Resources": {"Topic": resource("AWS::SNS::Topic"), "Child": nested("child")}}, "child": child}
    assert told(review(build_of(before), build_of(after), values(env("x")))) == {
        "dev/us-east-1": {"child/Queue": "deleted", "app/Child": "created", "app/Child/Queue": "created"}
    }


@pytest.mark.parametrize(
    ("properties", "moved"),
    [({"Fn::Sub": "q-${AWS::Region}"}, True), ("q", False), ({"Fn::Sub": "${AWS::AccountId}"}, True)],
)
def test_pseudo_parameters_are_those_of_the_place(properties: Any, *, moved: bool) -> None:
    before, after = (app({"It": resource("AWS::SNS::Topic", {"TopicName": name})}) for name in ("q", properties))
    found = reviewed(before, after, {"dev": {"account": "111111111111", "regions": ["eu-west-1"]}})
    assert bool(found.impacts) is moved


def test_what_could_not_be_read_is_told_beside_the_rest() -> None:
    before, after = build_of(app({"Queue": QUEUE})), build_of(app({}))
    after.problems.append(OutputFileError("is not JSON", location=("x.json", 3)))
    found = review(before, after, values({"dev": {"regions": ["us-east-1"]}}))
    assert [str(each) for each in found.problems] == ["x.json:3: is not JSON"]
    assert told(found) == {"dev/us-east-1": {"app/Queue": "deleted"}}


def test_a_parameter_that_nobody_gives_is_a_problem_and_hides_nothing() -> None:
    needs = app({"Queue": resource("AWS::SQS::Queue", {"DelaySeconds": 1})}, Parameters={"Size": {"Type": "String"}})
    found = review(build_of(app({"Queue": QUEUE})), build_of(needs), values({"dev": {"regions": ["us-east-1"]}}))
    assert [each.message for each in found.problems] == ["dev gives no value to Size of app"]
    assert told(found) == {"dev/us-east-1": {"app/Queue": "updated in place"}}


def test_a_region_that_no_schema_knows_is_judged_by_the_first() -> None:
    before, after = (build_of(app({"It": resource("AWS::SQS::Queue", {"FifoQueue": each})})) for each in (False, True))
    found = review(before, after, values({"dev": {"regions": ["xx-nowhere-1"]}}))
    assert told(found) == {"dev/xx-nowhere-1": {"app/It": "replaced"}}


def test_a_review_knows_the_date_of_its_schemas() -> None:
    assert reviewed(app({"Q": QUEUE}), app({"Q": QUEUE})).review.schemas[:2] == "20"


def test_without_any_root_there_is_nothing_to_review() -> None:
    found = review(build_of({}), build_of({}), values(env("x")))
    assert (found.outcomes, found.problems) == ((), ())
    assert Summary(found).verdict == "nothing changes"


def test_a_circle_of_templates_is_reviewed_and_told() -> None:
    contents = {"a": {"Resources": {"B": nested("b")}}, "b": {"Resources": {"A": nested("a"), "Queue": QUEUE}}}
    found = review(build_of(contents), build_of(contents), values({"dev": {"regions": ["us-east-1"]}}))
    assert ["nests" in each.message for each in found.problems] == [True]
    assert [outcome.impacts for outcome in found.outcomes] == [()]


def test_five_thousand_resources_are_reviewed() -> None:
    def large(delay: int) -> Contents:
        queue = resource("AWS::SQS::Queue", {"DelaySeconds": delay})
        return {f"part{part}": {"Resources": {f"Q{number}": queue for number in range(500)}} for part in range(10)}

    assert reviewed(large(1), large(2)).verdict == "5000 updated in place (defaults/us-east-1)"
