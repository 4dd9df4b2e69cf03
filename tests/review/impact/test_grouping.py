"""Outcomes of many environments and regions, told once where they are equal."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.impact.text import lines_of
from tests.review.impact.changing import Contents, app, resource, reviewed

NAMES = {"Suffix": {"Type": "String", "Default": "dev"}}
IS_PROD = {"IsProd": {"Fn::Equals": [{"Ref": "Suffix"}, "prod"]}}


def env(name: str, *regions: str, **parameters: str) -> dict[str, Any]:
    return {name: {"regions": list(regions), "parameters": {"Suffix": name, **parameters}}}


THREE = {**env("dev", "us-east-1"), **env("staging", "us-east-1"), **env("prod", "us-east-1")}
TWO_BY_TWO = {**env("dev", "us-east-1", "eu-west-1"), **env("prod", "us-east-1", "eu-west-1")}


def cluster(days: int, key: Any) -> Contents:
    properties = {"Engine": "aurora-mysql", "BackupRetentionPeriod": days, **({"KmsKeyId": key} if key else {})}
    return app({"AuroraCluster": resource("AWS::RDS::DBCluster", properties)}, Parameters=NAMES, Conditions=IS_PROD)


def places_of(summary: Any) -> dict[str, tuple[str, ...]]:
    return {each.impact.word: each.places for each in summary.impacts}


def test_dev_and_staging_are_updated_in_place_and_prod_is_replaced() -> None:
    key = {"Fn::If": ["IsProd", "arn:aws:kms:key", {"Ref": "AWS::NoValue"}]}
    summary = reviewed(cluster(1, None), cluster(7, key), THREE)
    assert places_of(summary) == {"updated in place": ("dev", "staging"), "replaced": ("prod",)}
    heads = [line for line in lines_of(summary) if "AuroraCluster" in line and "AWS::RDS" in line]
    assert heads == [
        "  ~  AuroraCluster  AWS::RDS::DBCluster  updated in place  [dev, staging]",
        "  ±  AuroraCluster  AWS::RDS::DBCluster  replaced  [prod]",
    ]


def by_region(region: str, after: str) -> Contents:
    chosen = {"Fn::If": ["There", after, "a"]}
    conditions = {"There": {"Fn::Equals": [{"Ref": "AWS::Region"}, region]}}
    group = resource("AWS::EC2::SecurityGroup", {"GroupDescription": chosen})
    return app({"It": group}, Conditions=conditions, Parameters=NAMES)


@pytest.mark.parametrize(
    ("environments", "expected"),
    [
        pytest.param(TWO_BY_TWO, ("dev/eu-west-1", "prod/eu-west-1"), id="one region of two"),
        pytest.param(env("dev", "us-east-1", "eu-west-1"), ("dev/eu-west-1",), id="one region of one environment"),
        pytest.param(
            {**env("dev", "us-east-1"), **env("prod", "eu-west-1")}, ("prod",), id="all regions of one environment"
        ),
        pytest.param(env("dev", "eu-west-1"), (), id="everywhere"),
    ],
)
def test_single_regions_are_named_where_their_environment_is_not_of_one_mind(
    environments: dict[str, Any], expected: tuple[str, ...]
) -> None:
    summary = reviewed(by_region("eu-west-1", "a"), by_region("eu-west-1", "b"), environments)
    assert places_of(summary) == {"replaced": expected}


def test_what_is_so_everywhere_is_told_once_and_without_places() -> None:
    summary = reviewed(cluster(1, None), cluster(7, None), TWO_BY_TWO)
    assert places_of(summary) == {"updated in place": ()}


def test_everywhere_means_where_the_stack_is_deployed() -> None:
    before = {"one": cluster(1, None)["app"], "two": cluster(1, None)["app"]}
    after = {"one": cluster(7, None)["app"], "two": cluster(7, None)["app"]}
    environments = {"dev": {"stacks": ["one"]}, "prod": {"stacks": ["one", "two"]}}
    found = {each.impact.address: each.places for each in reviewed(before, after, environments).impacts}
    assert found == {"one/AuroraCluster": (), "two/AuroraCluster": ()}


def named(property_: str, value: Any) -> Contents:
    return app({"It": resource("AWS::SQS::Queue", {"DelaySeconds": 1, property_: value})}, Parameters=NAMES)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param({"Fn::Sub": "q-${Suffix}"}, "q-${Suffix}", id="a parameter's value"),
        pytest.param({"Fn::Sub": "q-${AWS::Region}"}, "q-${AWS::Region}", id="the region"),
        pytest.param("q", "q", id="a text that is the same everywhere"),
    ],
)
def test_a_verdict_that_differs_by_a_value_is_told_with_its_name(value: Any, told: str) -> None:
    before, after = named("QueueName", value), named("QueueName", value)
    after["app"]["Resources"]["It"]["Properties"]["FifoQueue"] = True
    (found,) = [each for each in reviewed(before, after, TWO_BY_TWO).verdicts if each.verdict.code == "V201"]
    assert found.verdict.text == f"it is replaced, and the new one has QueueName {told} as the old one has"
    assert found.places == ()


def test_a_verdict_of_one_place_is_told_as_it_is_there() -> None:
    before = named("QueueName", {"Fn::Sub": "q-${Suffix}"})
    after = named("QueueName", {"Fn::Sub": "q-${Suffix}"})
    after["app"]["Resources"]["It"]["Properties"]["FifoQueue"] = {"Fn::If": ["IsProd", True, {"Ref": "AWS::NoValue"}]}
    after["app"]["Conditions"] = IS_PROD
    (found,) = [each for each in reviewed(before, after, TWO_BY_TWO).verdicts if each.verdict.code == "V201"]
    assert "QueueName q-prod as" in found.verdict.text
    assert found.places == ("prod",)


SIZES = {"Delays": {"dev": {"Delay": 3}, "staging": {"Delay": 4}, "prod": {"Delay": 5}}}


@pytest.mark.parametrize(
    ("environments", "value", "told"),
    [
        pytest.param(THREE, 7, ("1", "7"), id="the same everywhere"),
        pytest.param(
            THREE, {"Fn::FindInMap": ["Delays", {"Ref": "Suffix"}, "Delay"]}, ("1", "3 or 4 or 5"), id="three"
        ),
        pytest.param(THREE, {"Fn::Sub": "${Suffix}-x"}, ("1", "${Suffix}-x"), id="by a parameter"),
    ],
)
def test_a_value_that_differs_from_place_to_place_is_not_told_as_if_it_did_not(
    environments: dict[str, Any], value: Any, told: tuple[str, str]
) -> None:
    before, after = (
        app({"It": named("DelaySeconds", each)["app"]["Resources"]["It"]}, Parameters=NAMES, Mappings=SIZES)
        for each in (1, value)
    )
    (found,) = reviewed(before, after, environments).impacts
    (reason,) = found.impact.reasons
    assert (reason.before, reason.after) == told


def test_of_many_values_some_are_told() -> None:
    names = [f"e{number}" for number in range(5)]
    delays = {"Delays": {name: {"Delay": number} for number, name in enumerate(names)}}
    value = {"Fn::FindInMap": ["Delays", {"Ref": "Suffix"}, "Delay"]}
    before, after = (
        app({"It": resource("AWS::SQS::Queue", {"DelaySeconds": each})}, Parameters=NAMES, Mappings=delays)
        for each in (9, value)
    )
    (found,) = reviewed(before, after, {name: env(name, "us-east-1")[name] for name in names}).impacts
    assert found.impact.reasons[0].after == "0 or 1 or 2 or ..."
