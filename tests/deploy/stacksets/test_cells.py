"""Exactly the accounts and regions that the project says: never one more, whatever is there and whatever changes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.deploy.stacksets.comparing import Difference
from stackgen.deploy.stacksets.errors import StackSetError
from stackgen.deploy.stacksets.planning import planned
from stackgen.deploy.stacksets.reading import Instance, SetState
from stackgen.deploy.stacksets.settings import Declared
from stackgen.deploy.stacksets.wanted import Cell, Home, Wanted
from stackgen.deploy.targets import Value
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.policy import Policy

from .project import ACCOUNTS, Project, cells

PAIRS = st.builds(Pair, st.sampled_from([*ACCOUNTS, "555555555555"]), st.sampled_from(["us-east-1", "eu-west-1", "x"]))
STATUSES = st.sampled_from(["CURRENT", "OUTDATED", "INOPERABLE"])
SIZES = st.sampled_from(["1", "2"])
CHANGES = st.sampled_from([(), ("template",), ("managed execution",), ("template", "managed execution")])


def wanted_of(sizes: dict[Pair, str], chosen: frozenset[Pair], waves: tuple[tuple[str, ...], ...]) -> Wanted:
    """A set whose cells get a size each; the set's own is 1."""
    found = tuple(Cell(pair, "", {"Size": Value(size, "-p")}) for pair, size in sizes.items())
    declared = Declared("base", "org/base", {}, (), {}, {}, Policy(waves=waves))
    common = {"Size": Value("1", "-p")}
    return Wanted(declared, "base", Home("111111111111", "us-east-1"), "{}", common, found, chosen, {}, ())


def instance(pair: Pair, status: str, size: str) -> Instance:
    return Instance(pair, status, "", "", "", "", "", {"Size": size} if size != "1" else {})


class World:
    """What AWS does with a plan's operations: exactly what they ask for, or everything where they do not say where."""

    def __init__(self, instances: list[Instance]) -> None:
        self.sizes = {each.pair: each.overrides.get("Size", "1") for each in instances}
        self.out = {each.pair for each in instances if each.status == "INOPERABLE"}
        self.updated: set[Pair] = set()
        self.created: set[Pair] = set()
        self.deleted: set[Pair] = set()

    def carry_out(self, plan: Any) -> None:
        for operation in plan.operations:
            for pair in operation.pairs or self.sizes.keys() - self.out:
                if operation.action == "DELETE":
                    self.deleted.add(pair)
                    del self.sizes[pair]
                    continue
                if operation.action == "CREATE":
                    assert pair not in self.sizes
                    self.created.add(pair)
                    self.sizes[pair] = "1"
                else:
                    assert pair in self.sizes, "AWS refuses an update that names a place without an instance"
                    self.updated.add(pair)
                if operation.overrides is not None:
                    assert operation.action in ("CREATE", "UPDATE")
                    self.sizes[pair] = dict(operation.overrides).get("Size", "1")


@settings(max_examples=400, deadline=None)
@given(
    sizes=st.dictionaries(PAIRS, SIZES, min_size=1, max_size=8),
    there=st.dictionaries(PAIRS, st.tuples(STATUSES, SIZES), max_size=8),
    changes=CHANGES,
    prune=st.booleans(),
    data=st.data(),
)
def test_a_plan_reaches_every_cell_that_is_due_and_no_other(
    sizes: dict[Pair, str],
    there: dict[Pair, tuple[str, str]],
    changes: tuple[str, ...],
    prune: bool,
    data: st.DataObject,
) -> None:
    """A stack is made, changed or deleted that nobody asked for; or one is left as it was; or gets another's values."""
    every = sorted(sizes)
    chosen = frozenset(every if prune else data.draw(st.lists(st.sampled_from(every), min_size=1, unique=True)))
    waves = data.draw(st.sampled_from([(), (ACCOUNTS[:1],), (ACCOUNTS[1:2], ACCOUNTS[:1])]))
    instances = [instance(pair, *said) for pair, said in there.items()]
    wanted = wanted_of(sizes, chosen, waves)
    differences = [Difference(what, "", "") for what in changes] if instances else []
    try:
        plan = planned(wanted, SetState("base:1", "base", "{}"), instances, differences, prune=prune)
    except StackSetError:
        assert differences
        assert not [pair for pair in chosen & there.keys() if there[pair][0] != "INOPERABLE"]
        return
    world = World(instances)
    world.carry_out(plan)
    missing = chosen - there.keys()
    orphans = there.keys() - sizes.keys()
    reachable = {pair for pair in chosen & there.keys() if there[pair][0] != "INOPERABLE"}
    due = {pair for pair in reachable if differences or there[pair][0] == "OUTDATED" or there[pair][1] != sizes[pair]}
    assert world.created == missing
    assert world.deleted == (orphans if prune else set())
    assert world.updated - world.deleted == due
    assert {pair: world.sizes[pair] for pair in chosen - world.out} == {
        pair: sizes[pair] for pair in chosen - world.out
    }
    assert set(plan.inoperable) == chosen & world.out
    assert set(plan.left) == (there.keys() & sizes.keys()) - chosen


def test_accounts_with_regions_of_their_own_get_those_and_no_others(project: Project) -> None:
    """Accounts times regions of several groups are taken for one rectangle."""
    project.settings(cells(("222222222222 333333333333", "us-east-1"), ("444444444444", "eu-west-1")))
    assert project.apply().code == 0
    assert set(project.instances()) == {
        "222222222222/us-east-1", "333333333333/us-east-1", "444444444444/eu-west-1",
    }  # fmt: skip
    assert project.value("444444444444", "eu-west-1") == "444444444444 eu-west-1 1 red"


def test_the_cells_are_the_accounts_and_regions_of_the_environments_with_their_values(project: Project) -> None:
    """The project must say again what its environments say; or one gets the values of another."""
    project.settings(
        'environments = ["dev", "prod"]',
        dev='account = "222222222222"\nregions = ["us-east-1"]\nparameters = { Size = "2" }',
        prod='account = "333333333333"\nregions = ["us-east-1", "eu-west-1"]\nparameters = { Size = "3" }\n'
        '[tool.stackgen.env.prod.region.eu-west-1.parameters]\nColor = "blue"',
        other='account = "444444444444"',
    )
    ran = project.apply("--outputs")
    assert ran.code == 0, ran.err
    assert project.value("222222222222", "us-east-1") == "222222222222 us-east-1 2 red"
    assert project.value("333333333333", "us-east-1") == "333333333333 us-east-1 3 red"
    assert project.value("333333333333", "eu-west-1") == "333333333333 eu-west-1 3 blue"
    assert len(project.instances()) == 3
    project.changes()
    again = project.apply()
    assert (again.code, project.changes()) == (0, [])
    assert again.out == "base in 111111111111/us-east-1: 3 stacks well, 0 failed, 0 not tried; nothing to do\n"


def test_a_value_that_is_no_longer_a_cells_own_goes_back_to_the_common_one(project: Project) -> None:
    """An override stays although the project has given it up, or the cells beside it are touched."""
    own = 'account = "222222222222"\nregions = ["us-east-1", "eu-west-1"]\n'
    project.settings(dev=own + '[tool.stackgen.env.dev.region.eu-west-1.parameters]\nColor = "blue"')
    assert project.apply().code == 0
    assert project.value("222222222222", "eu-west-1").endswith("blue")
    project.settings(dev=own)
    plan = project.json("plan")
    assert (plan["update"], plan["unchanged"]) == (["222222222222/eu-west-1"], ["222222222222/us-east-1"])
    assert project.apply().code == 0
    assert project.value("222222222222", "eu-west-1").endswith("red")
    assert project.json("plan")["counts"]["update"] == 0


def test_minus_e_changes_one_environment_and_leaves_the_others_as_they_are(project: Project) -> None:
    """A template that is tried in one environment goes to all of them, as UpdateStackSet does by itself."""
    own = {
        "dev": 'account = "222222222222"\nregions = ["us-east-1"]',
        "prod": 'account = "333333333333"\nregions = ["us-east-1", "eu-west-1"]',
    }
    project.settings(**own)
    assert project.apply().code == 0
    project.sized("2")
    ran = project.apply("-e", "dev")
    assert ran.code == 0, ran.err
    assert project.value("222222222222", "us-east-1").split()[2] == "2"
    assert project.value("333333333333", "us-east-1").split()[2] == "1"
    assert project.instances()["333333333333/eu-west-1"] == "OUTDATED"
    plan = project.json("plan")
    assert sorted(plan["update"]) == ["333333333333/eu-west-1", "333333333333/us-east-1"]
    assert project.apply().code == 0
    assert project.value("333333333333", "eu-west-1").split()[2] == "2"


def test_a_definition_that_only_reaches_other_cells_is_refused(project: Project) -> None:
    """The definition is changed by a call without places, which reaches every stack of the set."""
    own = {
        "dev": 'account = "222222222222"\nregions = ["us-east-1"]',
        "prod": 'account = "333333333333"\nregions = ["us-east-1"]',
    }
    project.settings(**own)
    assert project.apply("-e", "dev").code == 0
    project.sized("2")
    project.changes()
    ran = project.apply("-e", "prod")
    assert (ran.code, project.changes()) == (1, [])
    assert "none of the accounts and regions of this run has a stack yet" in ran.err


def test_what_nobody_names_any_more_is_told_and_deleted_only_when_asked(project: Project) -> None:
    """An account that is taken out of the settings loses its stack, or keeps it for ever."""
    project.settings(cells(("222222222222 333333333333", "us-east-1")))
    assert project.apply().code == 0
    project.settings(cells(("222222222222", "us-east-1")))
    ran = project.run("plan")
    assert "named nowhere in the project, and left alone; --prune deletes them: 333333333333/us-east-1" in ran.out
    assert project.apply().code == 0
    assert "333333333333/us-east-1" in project.instances()
    ran = project.apply("--prune")
    assert ran.out.startswith("base in 111111111111/us-east-1: 1 stack well, 0 failed, 0 not tried, 1 deleted\n")
    assert list(project.instances()) == ["222222222222/us-east-1"]


def test_a_thousand_cells_are_rolled_out_in_one_operation_and_read_through_all_pages(project: Project) -> None:
    """Only the first page is read; or each look at a large set asks AWS more than its pages."""
    accounts = " ".join(f"{number:012}" for number in range(100_000, 100_500))
    project.settings(
        cells((accounts, "us-east-1 eu-west-1")),
        "operation = { max_concurrent_percentage = 100, region_concurrency_type = 'PARALLEL' }",
    )
    ran = project.apply()
    assert (ran.code, ran.out) == (0, "base in 111111111111/us-east-1: 1,000 stacks well, 0 failed, 0 not tried\n")
    assert len(project.operations()) == 1
    assert len(project.instances()) == 1000
    project.cloud.gateway.notes.clear()
    plan = project.json("plan")
    assert (plan["counts"]["unchanged"], plan["operations"]) == (1000, [])
    asked = Counter(note.operation for note in project.cloud.gateway.notes)
    assert (asked["ListStackInstances"], asked["DescribeStackInstance"]) == (10, 1000)
