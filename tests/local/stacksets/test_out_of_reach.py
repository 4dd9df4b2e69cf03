"""Accounts that StackSets cannot get into: suspended, missing, or without the execution role."""

from __future__ import annotations

import pytest

from stackgen.local.stacksets import Accounts, Durations
from tests.local.stacksets.rehearsal import ADMIN, HOME, Rehearsal, accounts

THREE = accounts(3)
ONE = THREE[:1]
HERE = THREE[0], HOME


def test_suspended_accounts_are_skipped_and_are_no_failure() -> None:
    rehearsal = Rehearsal(Accounts(suspended=ONE))
    rehearsal.create_set()
    operation = rehearsal.create(THREE)
    rehearsal.clock.settle()
    assert rehearsal.status(operation) == "SUCCEEDED"
    assert rehearsal.statuses()[HERE] == ("OUTDATED", "SKIPPED_SUSPENDED_ACCOUNT")
    assert "run DeleteStackInstances with the RetainStacks parameter" in rehearsal.instance(*HERE)["StatusReason"]
    assert rehearsal.operation(operation)["StatusDetails"] == {"FailedStackInstancesCount": 0}
    assert len(rehearsal.stacks.there()) == 2
    rehearsal.delete(ONE, RetainStacks=True)
    rehearsal.clock.settle()
    assert HERE not in rehearsal.statuses()


@pytest.mark.parametrize("missing", ["role", "account"])
def test_an_account_without_the_execution_role_fails_with_the_words_of_aws(missing: str) -> None:
    rehearsal = Rehearsal(Accounts(existing=THREE[1:] if missing == "account" else None))
    if missing == "role":
        rehearsal.accounts.lacks_execution_role.add(THREE[0])
    admin = f"arn:aws:iam::{ADMIN}:role/service-role/Admin"
    rehearsal.create_set(AdministrationRoleARN=admin, ExecutionRoleName="Exec")
    operation = rehearsal.create(THREE, OperationPreferences={"FailureToleranceCount": 1})
    rehearsal.clock.settle()
    result = rehearsal.all_results(operation)[HERE]
    assert result["Status"] == "FAILED"
    assert result["StatusReason"] == (
        f"Account {THREE[0]} should have 'Exec' role with trust relationship to Role 'service-role/Admin'."
    )
    assert len(rehearsal.stacks.there()) == 2


def took(rehearsal: Rehearsal, operation: str) -> float:
    rehearsal.clock.settle()
    shown = rehearsal.operation(operation)
    return float((shown["EndTimestamp"] - shown["CreationTimestamp"]).total_seconds())


def test_what_touches_no_stack_takes_little_time() -> None:
    rehearsal = Rehearsal(Accounts(lacks_execution_role=ONE, suspended=THREE[1:2]), durations=Durations(untouched=3))
    rehearsal.create_set()
    wide = {"FailureToleranceCount": 1}
    assert took(rehearsal, rehearsal.create(THREE, OperationPreferences=wide)) == 3 + 3 + 40
    assert took(rehearsal, rehearsal.delete(THREE, RetainStacks=True)) == 3 * 3


def test_accounts_out_of_reach_keep_their_stacks() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE[:2])
    rehearsal.accounts.lacks_execution_role.add(THREE[0])
    rehearsal.accounts.suspended.add(THREE[1])
    operation = rehearsal.delete(THREE[:2], OperationPreferences={"FailureToleranceCount": 1})
    rehearsal.clock.settle()
    assert list(rehearsal.statuses().values()) == [
        ("INOPERABLE", "INOPERABLE"),
        ("CURRENT", "SKIPPED_SUSPENDED_ACCOUNT"),
    ]
    assert rehearsal.operation(operation)["StatusDetails"] == {"FailedStackInstancesCount": 1}
    assert len(rehearsal.stacks.there()) == 2
