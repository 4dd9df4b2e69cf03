"""The fifteen minutes: what CloudFormation takes counts against them, with the time in which alarms are watched.

Source: API_RollbackConfiguration: the minutes come after the last resource of a creation or an update, which is not
complete before; with none the triggers are watched all the same while it runs.
"""

from __future__ import annotations

import tomllib

import pytest

from stackgen.review.evaluation.tree import Environment, evaluate
from stackgen.review.reading import read_folder
from stackgen.review.timing.estimate import Options, estimate, estimate_update
from stackgen.review.timing.table import Table
from tests.support import ROOT

TOP = "tap/TapStack"
BUILD = read_folder(str(ROOT / "build"))
PLACE = Environment("dev", "us-east-1", "", {"EnvironmentSuffix": "dev", "TemplatesBucketName": "templates"})
SAID = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["stackgen"]["stack"]["TapStack"]
LIMIT = SAID["minutes"] * 60
RESOURCES = {
    each.address: each.type
    for each in evaluate(BUILD, TOP, PLACE).resources()
    if each.type != "AWS::CloudFormation::Stack"
}


def updated(*addresses: str) -> float:
    """Typical seconds of an update of these, with the time in which alarms are watched after it."""
    options = Options(rollback_monitor=SAID["monitoring_minutes"])
    actions = dict.fromkeys(addresses, "update")
    return estimate_update(BUILD, BUILD, TOP, actions, Table.shipped(), PLACE, options).totals[1]


@pytest.mark.requirement("TAP-38", "TAP-D05")
def test_a_first_creation_with_its_watch_typically_takes_less_than_fifteen_minutes() -> None:
    """a child waits for something slow again, or alarms are watched after it for minutes that it has not left"""
    assert LIMIT == 15 * 60
    options = Options(rollback_monitor=SAID["creation_monitoring_minutes"])
    assert estimate(BUILD, TOP, Table.shipped(), PLACE, options).totals[1] < LIMIT


@pytest.mark.requirement("TAP-38", "TAP-D05")
@pytest.mark.parametrize("address", RESOURCES, ids=lambda address: address.removeprefix("TapStack/"))
def test_an_update_of_any_resource_with_its_watch_takes_less(address: str) -> None:
    """the five minutes of watching make an update late, and nobody counts them"""
    assert SAID["monitoring_minutes"] == 5
    assert SAID["monitoring_minutes"] * 60 < updated(address) < LIMIT


@pytest.mark.requirement("TAP-38", "TAP-D05")
def test_an_update_of_everything_takes_less_unless_the_database_instance_changes_too() -> None:
    """the sentence of the README about the one update that may be late is not so any more"""
    instances = [address for address, kind in RESOURCES.items() if kind == "AWS::RDS::DBInstance"]
    assert updated(*(address for address in RESOURCES if address not in instances)) < LIMIT
    assert updated(*instances) < LIMIT
    assert LIMIT < updated(*RESOURCES) < LIMIT + 5 * 60
