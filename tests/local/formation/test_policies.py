"""Stack policies hold updates back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.formation.trees import Forest, Template, parameter, template, texts

ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Statement": [{"Principal": "*", **each} for each in statements]})


def deny(action: str = "Update:*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, **(more or {"Resource": "LogicalResourceId/P"})}


def made(**more: Any) -> Template:
    resources = {"P": parameter({"Ref": "V"}), "Q": parameter("q")}
    resources["P"]["Properties"] |= more
    return template(resources, Parameters=texts("V"))


ONE_TYPE: dict[str, Any] = {"Condition": {"StringEquals": {"ResourceType": ["AWS::SSM::Parameter"]}}}
OTHER_TYPE: dict[str, Any] = {"Condition": {"StringLike": {"ResourceType": ["AWS::EC2::*"]}}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([deny(), ALLOW], "Statement [#1] does not allow [Update:*] for resource [LogicalResourceId/P];"),
        ([ALLOW, deny("Update:Modify")], "Statement [#2] does not allow [Update:Modify]"),
        ([{**ALLOW, "Resource": "LogicalResourceId/Q"}], "no statement allows [Update:Modify]"),
        ([ALLOW, deny(NotResource="LogicalResourceId/Q")], "Statement [#2]"),
        ([ALLOW, deny(Resource="*", **ONE_TYPE)], "Statement [#2]"),
        ([ALLOW, deny(Resource="*", **OTHER_TYPE)], ""),
        ([ALLOW, deny("Update:Replace")], ""),
        ([ALLOW, deny("Update:Delete")], ""),
        ([ALLOW], ""),
    ],
)
def test_a_policy_decides_which_changes_an_update_makes(
    forest: Forest, statements: list[dict[str, Any]], expected: str
) -> None:
    forest.create(made(), values={"V": "1"}, StackPolicyBody=policy(*statements))
    status = forest.update(made(), values={"V": "2"})
    assert status == ("UPDATE_ROLLBACK_COMPLETE" if expected else "UPDATE_COMPLETE")
    assert any(expected in reason for reason in forest.reasons()) == bool(expected)
    assert ("Action denied by stack policy: " in " ".join(forest.reasons())) == bool(expected)
    assert forest.values() == (["1", "q"] if expected else ["2", "q"])


def test_a_resource_that_may_not_be_replaced_is_not(forest: Forest) -> None:
    forest.create(made(Name="/a"), values={"V": "1"}, StackPolicyBody=policy(ALLOW, deny("Update:Replace")))
    assert forest.update(made(Name="/b"), values={"V": "1"}) == "UPDATE_ROLLBACK_COMPLETE"
    assert forest.update(made(Name="/a"), values={"V": "2"}) == "UPDATE_COMPLETE"


def test_a_resource_that_may_not_be_deleted_stays(forest: Forest) -> None:
    forest.create(made(), values={"V": "1"}, StackPolicyBody=policy(ALLOW, deny("Update:Delete")))
    without = template({"Q": parameter("q")}, Parameters=texts("V"))
    assert forest.update(without, values={"V": "1"}) == "UPDATE_ROLLBACK_COMPLETE"
    assert forest.values() == ["1", "q"]
    assert any("does not allow [Update:Delete]" in reason for reason in forest.reasons())


def test_a_policy_during_the_update_overrides_the_stack_s_for_that_update(forest: Forest) -> None:
    forest.create(made(), values={"V": "1"}, StackPolicyBody=policy(deny(), ALLOW))
    during = {"StackPolicyDuringUpdateBody": policy(ALLOW)}
    assert forest.update(made(), values={"V": "2"}, **during) == "UPDATE_COMPLETE"
    assert forest.update(made(), values={"V": "3"}) == "UPDATE_ROLLBACK_COMPLETE"
    url = forest.put("policy.json", json.loads(policy(ALLOW)))
    assert forest.update(made(), values={"V": "4"}, StackPolicyDuringUpdateURL=url) == "UPDATE_COMPLETE"


def test_what_is_no_policy_is_refused(forest: Forest) -> None:
    with pytest.raises(ClientError, match="Invalid stack policy"):
        forest.create(made(), values={"V": "1"}, StackPolicyBody="{")
