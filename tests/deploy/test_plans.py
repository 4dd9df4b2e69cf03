"""Plans: what a change may cost, who must allow it, and what a plan stands on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.changesets import Change, ChangeSet
from stackgen.deploy.errors import StalePlanError
from stackgen.deploy.plans import Risk, digests_of, id_of, risks_of
from stackgen.deploy.saved import SavedPlan, carried_out
from stackgen.deploy.stacks import StackState

from .deployed import NAME, Deployed, named, target, templates

if TYPE_CHECKING:
    from stackgen.deploy.targets import Target

TABLE = f"{NAME}/Data/Tables/Table"


@pytest.mark.requirement("PP-22")
def test_a_table_that_is_replaced_is_named_and_needs_leave(shop: Deployed) -> None:
    """A table in a nested stack loses its data and nobody was asked."""
    shop.deploy()
    plan = shop.again().plan(target(Key="name"))
    (risk,) = plan.risks
    assert risk.sentence == f"{TABLE} (AWS::DynamoDB::Table) is replaced: its data goes with it"
    assert plan.not_allowed([]) == [risk]
    assert plan.not_allowed(["replace:Other", "remove:Table", "replace", "Table"]) == [risk]
    for words in (["replace:Table"], ["replace:Data/Tables/Table"]):
        assert plan.not_allowed(words) == []
    assert plan.as_json()["risks"] == [
        {"path": TABLE, "type": "AWS::DynamoDB::Table", "allow": "replace:Data/Tables/Table", "sentence": risk.sentence}
    ]


def test_a_nested_stack_that_goes_takes_its_table_with_it(shop: Deployed) -> None:
    extra = {"Other": templates().templates["shop/data"].content["Resources"]["Tables"]}
    with_two = shop.with_build(data=extra)
    with_two.deploy()
    plan = shop.again().plan()
    assert [(each.path, each.kind) for each in plan.risks] == [(f"{NAME}/Data/Other/Table", "remove")]


def change(action: str, replacement: str = "", policy: str = "", type_: str = "AWS::DynamoDB::Table") -> Change:
    return Change("s/T", type_, action, replacement, policy)


RISKS: dict[str, tuple[Change, str]] = {
    "replaced for sure": (change("Modify", "True", "ReplaceAndDelete"), "is replaced: its data goes with it"),
    "perhaps": (change("Modify", "Conditional"), "may be replaced: its data goes with it"),
    "not known before it runs": (change("Dynamic"), "may be replaced: its data goes with it"),
    "kept": (change("Modify", "True", "ReplaceAndRetain"), "is replaced: the old one stays, outside the stack"),
    "removed": (change("Remove", policy="Delete"), "is removed: its data goes with it"),
    "removed, a snapshot": (change("Remove", policy="Snapshot"), "is removed: the old one stays, outside the stack"),
}


@pytest.mark.requirement("PP-D20")
@pytest.mark.parametrize(("found", "sentence"), RISKS.values(), ids=RISKS)
def test_what_may_cost_data_is_a_risk(found: Change, sentence: str) -> None:
    """A replacement that is only possible, or a removal, is taken for harmless."""
    (risk,) = risks_of([found], None)
    assert risk.sentence == f"s/T (AWS::DynamoDB::Table) {sentence}"


@pytest.mark.parametrize(
    "found",
    [
        change("Add"),
        change("Modify", "False"),
        change("Modify", "True", type_="AWS::Lambda::Function"),
        change("Remove", type_="AWS::CloudFormation::Stack"),
    ],
    ids=["added", "in place", "no data", "a nested stack itself"],
)
def test_what_costs_no_data_is_none(found: Change) -> None:
    assert risks_of([found], None) == ()


def test_leave_may_be_given_by_the_path_where_the_name_is_not_enough() -> None:
    risk = Risk("s/A/T", "AWS::DynamoDB::Table", "remove", is_certain=True, lost="its data", keeps=False)
    assert risk.names == ("remove:A/T", "remove:T")


STATE = StackState("s", "arn:1", "UPDATE_COMPLETE")
CHANGED: dict[str, tuple[Target, StackState | None]] = {
    "parameters": (target(Delay="6"), STATE),
    "settings": (named(target(), monitoring_minutes=5), STATE),
    "stack": (target(), StackState("s", "arn:1", "UPDATE_ROLLBACK_COMPLETE")),
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_plan_stands_on_each_of_its_inputs(what: str) -> None:
    before = digests_of(target(), (), STATE)
    after = digests_of(CHANGED[what][0], (), CHANGED[what][1])
    assert {name for name in before if before[name] != after[name]} == {what}
    assert id_of(before) != id_of(after)


def test_the_shell_of_a_planned_creation_counts_as_no_stack() -> None:
    shell = StackState("s", "arn:1", "REVIEW_IN_PROGRESS")
    assert digests_of(target(), (), shell) == digests_of(target(), (), None)


GONE = ChangeSet("arn:aws:cloudformation:us-east-1:1:changeSet/stackgen-1/0a1b2c3d4e", "s", "arn:stack", "", "", "")


class Forgetful:
    """CloudFormation without any events of a stack."""

    def get_paginator(self, operation: str) -> Any:
        assert operation == "describe_stack_events"
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        assert asked == {"StackName": "arn:stack"}
        return [{"StackEvents": []}]


@pytest.mark.parametrize(
    ("status", "state", "when"),
    [
        ("AVAILABLE", STATE, None),
        ("EXECUTE_COMPLETE", STATE, "before"),
        ("EXECUTE_FAILED", replace(STATE, change_set_id=GONE.id), ""),
        ("EXECUTE_COMPLETE", replace(STATE, change_set_id=GONE.id, status="UPDATE_IN_PROGRESS"), ""),
    ],
)
def test_a_plan_is_known_to_be_carried_out_where_aws_has_no_events_any_more(
    status: str, state: StackState, when: str | None
) -> None:
    assert carried_out(saved_plan(), replace(GONE, execution_status=status), state, Forgetful()) == when


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [("EXECUTE_FAILED", STATE, "it ended in a failure"), ("EXECUTE_COMPLETE", None, "the stack is gone since")],
)
def test_a_plan_whose_end_is_overtaken_is_refused(status: str, state: StackState | None, words: str) -> None:
    with pytest.raises(StalePlanError, match=f"was carried out before, and {words}"):
        carried_out(saved_plan(), replace(GONE, execution_status=status), state, Forgetful())


def saved_plan() -> SavedPlan:
    texts = ("update", "dev", "shop/shop-stack", "shop-dev", "us-east-1", "1", "arn:stack", "", GONE.id)
    return SavedPlan(*texts, {}, {}, {}, {})
