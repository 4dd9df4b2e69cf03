"""What an environment of each class costs, by one model, and what no source has a price for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support import ROOT, environment

NAMES = ("smart-stream-prod", "smart-stream-dev", "smart-stream-pr-1")


@pytest.fixture(scope="module")
def places() -> Mapping[str, Any]:
    """The estimate of each class in us-east-1."""
    command = [sys.executable, "-m", "stackgen", "--format", "json", "cost"]
    for name in NAMES:
        command += ["-e", name]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    return {place["environment"]: place for place in json.loads(done.stdout)["places"]}


def charged(place: Mapping[str, Any]) -> dict[str, float]:
    """The typical cost of each price; of what has none nothing."""
    found: dict[str, float] = {}
    for line in (each for each in place["lines"] if each["usd"]):
        found[line["price"]] = found.get(line["price"], 0) + line["usd"]["typical"]
    return found


@pytest.mark.requirement("SS-11", "SS-D40")
def test_dev_and_pull_requests_cost_what_was_asked_for_and_production_says_why_it_is_more(
    places: Mapping[str, Any],
) -> None:
    """an environment costs more than anybody expects, or production's guarantees are counted as nothing"""
    totals = {name: place["total"]["typical"] for name, place in places.items()}
    assert 6 <= totals["smart-stream-pr-1"] <= totals["smart-stream-dev"] <= 8
    production = charged(places["smart-stream-prod"])
    on_demand, watching = production["fargate-vcpu"] + production["fargate-gb"], production["cw-metric"]
    assert 20 < totals["smart-stream-prod"] < 24
    assert totals["smart-stream-prod"] - on_demand - watching < 8
    assert all(place["unstated"] == {} for place in places.values())


@pytest.mark.requirement("SS-D40", "SS-11")
def test_a_pull_request_is_paid_for_by_the_day(places: Mapping[str, Any]) -> None:
    """a day of an environment is counted by another model than its month"""
    command = [sys.executable, "-m", "stackgen", "cost", "--a-day", "-e", NAMES[2]]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    total = places[NAMES[2]]["total"]
    shown = [f"{total[name] * 12 / 365:.2f}" for name in ("typical", "low", "high")]
    assert f"{NAMES[2]}/us-east-1: USD {shown[0]} ({shown[1]} to {shown[2]}) a day\n" in done.stdout
    command += ["--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    days = json.loads(done.stdout)["usd_a_day"][f"{NAMES[2]}/us-east-1"]
    assert days["typical"] == pytest.approx(total["typical"] * 12 / 365, abs=0.001)


@pytest.mark.requirement("SS-D08", "SS-D40")
def test_spot_is_counted_as_spot_and_every_listener_has_a_public_address(places: Mapping[str, Any]) -> None:
    """a provider that takes no task is counted at the full price, or the address is forgotten"""
    for name in NAMES[1:]:
        found = charged(places[name])
        assert not {"fargate-vcpu", "fargate-gb"} & set(found)
        assert found["fargate-spot-vcpu"] == pytest.approx(730 * 0.25 * 0.01334, abs=0.01)
        assert found["ipv4-hour"] == pytest.approx(3.65)


def test_what_has_no_price_is_told(places: Mapping[str, Any]) -> None:
    backup = {"AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection", "AWS::Backup::BackupVault"}
    functions = {"AWS::CloudFront::Function"}
    unpriced = [(name, each["price"]) for name in NAMES for each in places[name]["lines"] if each["usd"] is None]
    assert unpriced == [(NAMES[0], "sns-delivery")]
    assert [set(places[name]["not_covered"].values()) for name in NAMES] == [functions, functions | backup, functions]
