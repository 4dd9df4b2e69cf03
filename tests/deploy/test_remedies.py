"""Reasons as CloudFormation gives them, and the remedy that each must find; who is named, and where AWS says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deploy.remedies import remedy_of
from stackgen.deploy.remedy_table import KNOWN

STACK = "AWS::CloudFormation::Stack"
USER = "arn:aws:sts::111111111111:assumed-role/Deployer/stackgen-prod"
SERVICE = "arn:aws:sts::111111111111:assumed-role/CfnService/AWSCloudFormation"

CASES = [
    (reason, name)
    for name, _, reason in (
        line.partition(" | ") for line in Path(__file__).with_name("reasons.txt").read_text("utf-8").splitlines()
    )
]
"""The remedy, and the reason that must find it, in each line."""


@pytest.mark.parametrize(("reason", "name"), CASES)
def test_a_well_known_reason_has_its_remedy(reason: str, name: str) -> None:
    remedy = remedy_of(reason)
    assert remedy is not None
    assert remedy.name == name
    assert "{" not in remedy.text


def test_every_entry_of_the_table_is_reached_by_a_reason() -> None:
    """Those of nested stacks, and those that only a stack says of itself, are told of in the tests of the diagnosis."""
    elsewhere = {"template-not-readable", "rolled-back-by-alarm", "cancelled-by-user", "repository-not-empty"}
    assert {each.name for each in KNOWN} == {name for _, name in CASES} | elsewhere


OF_STACKS = [
    ("S3 error: Access Denied", STACK, "template-not-readable"),
    ("TemplateURL must be a supported URL.", STACK, "template-not-readable"),
    ("Rollback trigger arn:aws:cloudwatch:us-east-1:1:alarm:Errors went to ALARM", STACK, "rolled-back-by-alarm"),
    ("Update cancelled by user", STACK, "cancelled-by-user"),
    ("The repository with name 'worker' still contains images", "AWS::ECR::Repository", "repository-not-empty"),
]


@pytest.mark.parametrize(("reason", "type_", "name"), OF_STACKS)
def test_what_is_said_of_stacks_and_of_some_types_has_its_remedy(reason: str, type_: str, name: str) -> None:
    remedy = remedy_of(reason, type_)
    assert remedy is not None
    assert remedy.name == name


@pytest.mark.parametrize(
    ("who", "named"),
    [
        (USER, "the role Deployer"),
        (SERVICE, "the stack's service role CfnService"),
        ("arn:aws:iam::111111111111:user/alice", "the user alice"),
        ("arn:aws-cn:sts::111111111111:assumed-role/Deployer/x", "the role Deployer"),
    ],
)
def test_what_is_not_allowed_is_told_with_whose_role_lacks_it(who: str, named: str) -> None:
    remedy = remedy_of(f"User: {who} is not authorized to perform: sqs:CreateQueue on resource: q")
    assert remedy is not None
    assert remedy.text.startswith(f"allow sqs:CreateQueue to {named}, then")


def test_the_stack_that_uses_an_export_is_named() -> None:
    remedy = remedy_of("Export shop-Vpc cannot be updated as it is in use by app-dev and api-dev")
    assert remedy is not None
    assert remedy.text.startswith("deploy app-dev and api-dev first without the export shop-Vpc")


@pytest.mark.parametrize("reason", ["", "planted", "Resource creation cancelled", "something that nobody has heard of"])
def test_what_is_not_known_has_no_remedy(reason: str) -> None:
    assert remedy_of(reason) is None


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_every_remedy_names_a_page_of_aws(known: object) -> None:
    source = known.source  # type: ignore[attr-defined]
    assert re.match(r"https://(docs\.aws\.amazon\.com|repost\.aws/knowledge-center)/\S+$", source)


@given(st.text(max_size=300), st.sampled_from(["", STACK, "AWS::SQS::Queue"]))
def test_no_reason_breaks_the_table(reason: str, type_: str) -> None:
    remedy = remedy_of(reason, type_)
    assert remedy is None or remedy.text


@given(st.sampled_from(CASES), st.integers(0, 20_000))
def test_a_long_reason_takes_no_long_time(case: tuple[str, str], length: int) -> None:
    reason, _ = case
    assert remedy_of(reason + " arn:" * (length // 5)) is not None
