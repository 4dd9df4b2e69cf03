"""TapStack's own estimate, and what a branch is told whose compute waits for the database."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from stackgen.review.evaluation.tree import Environment
from stackgen.review.model import Build, Template
from stackgen.review.reading import read_folder
from stackgen.review.timing.estimate import Estimate, Options, estimate, estimate_update
from stackgen.review.timing.table import Table
from stackgen.review.timing.text import advice

ROOT = Path(__file__).parents[3]
BUILD = read_folder(str(ROOT / "build"))
PLACE = Environment("dev", "us-east-1", "", {"EnvironmentSuffix": "dev", "TemplatesBucketName": "templates"})


def tap(build: Build = BUILD, options: Options | None = None) -> Estimate:
    return estimate(build, "tap/TapStack", Table.shipped(), PLACE, options)


def changed(**templates: dict[str, Any]) -> Build:
    """TapStack with some templates replaced."""
    made = dict(BUILD.templates)
    for name, content in templates.items():
        made[f"tap/{name.replace('_', '-')}"] = Template(f"tap/{name.replace('_', '-')}", name, content)
    return Build("branch", made)


def chained() -> Build:
    """A branch whose functions are handed the database's endpoint."""
    root = copy.deepcopy(BUILD.templates["tap/TapStack"].content)
    compute = copy.deepcopy(BUILD.templates["tap/compute-stack"].content)
    root["Resources"]["Compute"]["Properties"]["Parameters"]["Endpoint"] = {
        "Fn::GetAtt": ["Database", "Outputs.ClusterEndpoint"]
    }
    compute["Parameters"]["Endpoint"] = {"Type": "String"}
    environment = compute["Resources"]["TransactionValidator"]["Properties"]["Environment"]
    environment["Variables"]["ENDPOINT"] = {"Ref": "Endpoint"}
    return changed(TapStack=root, compute_stack=compute)


def test_the_database_and_the_migration_are_on_the_path_and_every_type_has_a_row() -> None:
    found = tap()
    assert found.longest[-2:] == ["Database", "Migration"]
    assert "Compute" not in found.longest
    assert found.without_row == {}
    assert found.totals[0] < found.totals[1] < found.totals[2]


def test_a_compute_that_waits_for_the_database_is_told_what_to_cut() -> None:
    before, after = tap(), tap(chained())
    assert after.totals[1] > before.totals[1]
    best = next(iter(advice(after)))
    assert best.startswith("Compute waits for Database only for ClusterEndpoint: hand it through Parameter Store: ")
    assert f"{before.totals[1] / 60:.1f} instead of {after.totals[1] / 60:.1f} minutes" in best


def test_a_function_that_finds_its_interfaces_does_not_wait_for_them() -> None:
    run = tap().run
    first = "tap/TapStack", "Compute", "TransactionValidator"
    second = "tap/TapStack", "Migration", "SchemaMigrationFunction"
    assert run.finish(first) - run.start(first) == 228
    assert run.finish(second) - run.start(second) < 60


def test_the_stack_set_takes_one_wave_for_its_regions_in_parallel_and_more_for_more_accounts() -> None:
    def of(accounts: int | None) -> float:
        options = Options(accounts=accounts)
        return estimate(BUILD, "tap/stackset", Table.shipped(), PLACE, options).totals[1]

    assert of(None) > tap().totals[1]
    assert of(3) > 2.5 * of(1)


def test_an_update_takes_what_changes_and_looks_at_each_nested_stack() -> None:
    def updated(**actions: str) -> Estimate:
        named = {f"TapStack/{name.replace('__', '/')}": action for name, action in actions.items()}
        return estimate_update(BUILD, BUILD, "tap/TapStack", named, Table.shipped(), PLACE)

    nothing, table = updated(), updated(Storage__SessionTable="update")
    cluster = updated(Database__AuroraCluster="replace", Database__AuroraWriter="replace")
    assert nothing.totals[1] < 120
    assert nothing.totals[1] <= table.totals[1] < cluster.totals[1]
    assert [each.name for each in cluster.path][-1] == "clean-up of 2"
    assert "TapStack/Database/AuroraWriter" in [each.name for each in cluster.path]


@pytest.mark.parametrize("root", BUILD.roots)
@pytest.mark.parametrize("operation", ["create", "delete"])
def test_every_root_is_estimated(root: str, operation: str) -> None:
    found = estimate(BUILD, root, Table.shipped(), PLACE, Options(operation))
    assert found.totals[1] > 0
    assert found.path
