"""A stack policy set aside: for what is named alone, as CloudFormation reads it, and known again by who comes after."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deploy.overriding import is_lifted, lifted
from stackgen.local.formation.policies import PolicyDenied, Resource, see_that_it_allows

ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*"}
TABLES = {"Condition": {"StringEquals": {"ResourceType": ["AWS::DynamoDB::Table"]}}}

POLICIES: dict[str, dict[str, Any]] = {
    "everything of a type": {"Statement": [ALLOW, {**DENY, **TABLES, "Resource": "*"}]},
    "everything by its prefix": {"Statement": [ALLOW, {**DENY, "Resource": "LogicalResourceId/*"}]},
    "all but some": {"Statement": [ALLOW, {**DENY, "NotResource": ["LogicalResourceId/Other"]}]},
    "by name": {"Statement": [ALLOW, {**DENY, "Resource": ["LogicalResourceId/Jobs", "LogicalResourceId/Costs"]}]},
    "nothing is allowed": {"Statement": [{**ALLOW, "Resource": "LogicalResourceId/Other"}, {**DENY, "Resource": "*"}]},
    "one statement alone": {"Statement": {**DENY, "Resource": "*"}},
}


def allows(policy: str, title: str, action: str = "Update:Replace") -> bool:
    """What the stand-in's CloudFormation says."""
    try:
        see_that_it_allows({"_stack_policy": policy}, Resource(title, "AWS::DynamoDB::Table", "x"), action)
    except PolicyDenied:
        return False
    return True


@pytest.mark.parametrize("content", POLICIES.values(), ids=POLICIES)
def test_what_is_named_is_let_be_and_nothing_else(content: dict[str, Any]) -> None:
    policy = json.dumps(content)
    assert not allows(policy, "Jobs")
    other = lifted(policy, ["Jobs"])
    for action in ("Update:Replace", "Update:Delete", "Update:Modify"):
        assert allows(other, "Jobs", action)
    assert allows(other, "Costs") is allows(policy, "Costs") is False


@pytest.mark.parametrize("content", POLICIES.values(), ids=POLICIES)
def test_whoever_comes_after_knows_it_again(content: dict[str, Any]) -> None:
    policy = json.dumps(content)
    assert is_lifted(lifted(policy, ["Jobs", "Costs"]), policy)
    assert not is_lifted(policy, policy)
    assert not is_lifted(json.dumps({"Statement": [ALLOW]}), policy)
    assert not is_lifted(json.dumps({"Statement": []}), policy)


def test_a_policy_that_says_nothing_against_it_stays_as_it_is() -> None:
    policy = json.dumps({"Statement": [ALLOW, {**DENY, "Resource": "LogicalResourceId/Other"}]})
    assert lifted(policy, ["Jobs"]) == policy
    assert lifted(json.dumps(POLICIES["by name"]), []) == json.dumps(POLICIES["by name"])


def test_a_pattern_that_meets_what_is_named_goes_whole() -> None:
    policy = json.dumps(
        {"Statement": [ALLOW, {**DENY, "Resource": ["LogicalResourceId/J*", "LogicalResourceId/Costs"]}]}
    )
    assert allows(lifted(policy, ["Jobs"]), "Jobs")
    assert not allows(lifted(policy, ["Jobs"]), "Costs")
