"""A call that is repeated with its token is the same call."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud
from stackgen.local.faults import LoseAnswer
from tests.local.formation.trees import Forest, parameter, template, texts

MADE = template({"P": parameter({"Ref": "V"})}, Parameters=texts("V"))


def said(value: str, **more: Any) -> dict[str, Any]:
    parameters = [{"ParameterKey": "V", "ParameterValue": value}]
    return {"StackName": "root", "TemplateBody": json.dumps(MADE), "Parameters": parameters, **more}


def test_a_creation_is_repeated_with_its_token_and_not_without(forest: Forest) -> None:
    first = forest.stacks.create_stack(**said("1", ClientRequestToken="t1"))
    assert forest.stacks.create_stack(**said("1", ClientRequestToken="t1"))["StackId"] == first["StackId"]
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        forest.stacks.create_stack(**said("1"))
    with pytest.raises(ClientError, match="TokenAlreadyExists"):
        forest.stacks.create_stack(**said("2", ClientRequestToken="t1"))
    assert len(forest.living()) == 1


@pytest.mark.parametrize("operation", ["CreateStack", "UpdateStack"])
def test_a_tool_that_lost_an_answer_asks_again_and_gets_it(cloud: Cloud, operation: str) -> None:
    client = cloud.session().client("cloudformation", config=Config(retries={"total_max_attempts": 3}))
    if operation == "UpdateStack":
        client.create_stack(**said("0"))
    cloud.faults.add(f"cloudformation:{operation}", LoseAnswer())
    call = client.create_stack if operation == "CreateStack" else client.update_stack
    stack_id = call(**said("1", ClientRequestToken="t"))["StackId"]
    shown = client.describe_stacks(StackName="root")["Stacks"][0]
    assert shown["StackId"] == stack_id
    assert shown["StackStatus"] == operation.removesuffix("Stack").upper() + "_COMPLETE"


def test_change_sets_and_deletions_have_tokens_too(forest: Forest) -> None:
    forest.create(MADE, values={"V": "1"})
    plan = said("2", ChangeSetName="c", ClientToken="t")
    made = forest.stacks.create_change_set(**plan)
    assert forest.stacks.create_change_set(**plan)["Id"] == made["Id"]
    for _ in range(2):
        forest.stacks.execute_change_set(ChangeSetName="c", StackName="root", ClientRequestToken="e")
    assert forest.values() == ["2"]
    for _ in range(2):
        forest.stacks.delete_stack(StackName="root", ClientRequestToken="d")
    assert forest.living() == []
