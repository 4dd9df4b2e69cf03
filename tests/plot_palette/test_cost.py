"""What an environment costs: the drivers are those of the templates, and none that they do not have."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support import ROOT, environment

DRIVERS = {
    "AWS::DynamoDB::Table": {"ddb-wru", "ddb-rru", "ddb-storage", "ddb-pitr", "kms-req"},
    "AWS::S3::Bucket": {"s3-std", "s3-gir", "s3-int", "s3-put", "s3-get"},
    "AWS::Lambda::Function": {"lambda-req", "lambda-gbs-arm"},
    "AWS::ApiGatewayV2::Api": {"apigw-http"},
    "AWS::Amplify::App": {"amplify-build", "amplify-served", "amplify-stored"},
    "AWS::ECS::TaskDefinition": {"fargate-spot-vcpu", "fargate-spot-gb", "fargate-vcpu", "fargate-gb", "ipv4-hour"},
    "AWS::ECS::Cluster": {"cw-metric"},
    "AWS::ECR::Repository": {"ecr-gb"},
    "AWS::Logs::LogGroup": {"logs-in", "logs-st"},
    "AWS::Cognito::UserPool": {"cognito-ess"},
    "AWS::SSM::Parameter": {"ssm-std"},
    "AWS::EC2::VPCEndpoint": {"vpce-gateway"},
    "(account)": {"bedrock-tokens", "dt-out"},
}
UNPRICED = {"sns-delivery"}


@pytest.fixture(scope="session")
def places() -> Mapping[str, Any]:
    """The estimate of each environment in us-east-1, by its name."""
    command = [sys.executable, "-m", "stackgen", "--format", "json", "cost", "--region", "us-east-1"]
    for name in ("production", "staging", "development"):
        command += ["-e", name]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    return {place["environment"]: place for place in json.loads(done.stdout)["places"]}


def typical(place: Mapping[str, Any]) -> float:
    """The sum of the lines, which are rounded one by one."""
    return float(sum(line["usd"]["typical"] for line in place["lines"] if line["usd"] is not None))


@pytest.mark.requirement("PP-40")
@pytest.mark.parametrize("name", ["production", "staging", "development"])
def test_every_driver_of_the_templates_is_counted_and_everything_is_covered(
    places: Mapping[str, Any], name: str
) -> None:
    """a type costs something that nobody counts, or its usage is stated nowhere and so counted as nothing"""
    place = places[name]
    assert (place["not_covered"], place["unstated"]) == ({}, {})
    found: dict[str, set[str]] = {}
    for line in place["lines"]:
        found.setdefault(line["type"], set()).add(line["price"])
    others = set(found) - set(DRIVERS)
    assert others <= {"AWS::SNS::Topic", "AWS::SNS::Subscription"}
    assert {kind: found[kind] for kind in DRIVERS} == DRIVERS


@pytest.mark.requirement("PP-D38", "PP-40")
def test_no_nat_gateway_is_charged_because_there_is_none(places: Mapping[str, Any]) -> None:
    """32 USD a month are told for something that no template has"""
    for place in places.values():
        assert not [line for line in place["lines"] if line["price"].startswith("nat-")]


@pytest.mark.requirement("PP-D39", "PP-40")
def test_an_environment_has_a_total_and_smaller_ones_cost_less(places: Mapping[str, Any]) -> None:
    """the total is not a sum, or development is as dear as production"""
    totals = {name: typical(place) for name, place in places.items()}
    assert 20 < totals["production"] < 60
    assert totals["production"] > totals["staging"] > totals["development"] > 0
    for name, place in places.items():
        assert place["total"]["typical"] == pytest.approx(totals[name], abs=1)


@pytest.mark.requirement("PP-D59", "PP-40")
def test_workers_cost_by_the_hour_that_they_run_on_spare_capacity_with_a_public_address(
    places: Mapping[str, Any],
) -> None:
    """Spot is counted at the full price, or the address of a task is forgotten"""
    lines = {
        line["price"]: line for line in places["production"]["lines"] if line["type"] == "AWS::ECS::TaskDefinition"
    }
    assert lines["fargate-spot-vcpu"]["usd"]["typical"] == round(95 * 0.5 * 0.01334, 2)
    assert lines["fargate-spot-gb"]["usd"]["typical"] == round(95 * 0.00146, 2)
    assert lines["ipv4-hour"]["usd"]["typical"] == round(100 * 0.005, 2)


def test_what_no_source_has_a_price_for_is_told_and_not_counted_as_nothing(places: Mapping[str, Any]) -> None:
    unpriced = {line["price"] for place in places.values() for line in place["lines"] if line["usd"] is None}
    assert unpriced == UNPRICED
