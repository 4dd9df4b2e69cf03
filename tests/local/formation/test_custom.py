"""What the functions of custom resources answer, and how long they take."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from tests.local.formation.trees import Forest, Template, template
from tests.local.functions.test_functions import make


def custom(answer: Any, forest: Forest, **more: Any) -> Template:
    """A custom resource whose function answers this; nothing where that is nothing."""

    def handler(event: dict[str, Any], _: object) -> None:
        said = answer if event["RequestType"] == "Create" else {"Status": "SUCCESS"}
        known = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
        if isinstance(said, dict):
            said = json.dumps({**known, "PhysicalResourceId": "p", **said}).encode()
        if said is not None:
            request = urllib.request.Request(event["ResponseURL"], data=said, method="PUT")  # noqa: S310 - ours
            with urllib.request.urlopen(request):  # noqa: S310 - ours
                pass

    forest.cloud.functions.register("fn", handler)
    make(forest.cloud)
    function = "arn:aws:lambda:us-east-1:111111111111:function:fn"
    thing = {"Type": "Custom::Thing", "Properties": {"ServiceToken": function, **more}}
    return template({"Thing": thing}, outputs={"Said": {"Fn::GetAtt": ["Thing", "Said"]}, "Name": {"Ref": "Thing"}})


@pytest.mark.parametrize("answer", [b"no JSON", b"[1]", {}, {"Status": "FINE"}, {"Status": "FAILED"}])
def test_an_answer_without_a_status_is_a_failure(forest: Forest, answer: Any) -> None:
    assert forest.create(custom(answer, forest)) == "ROLLBACK_COMPLETE"


@pytest.mark.parametrize("seconds", [0, 3601, "soon", -1])
def test_a_service_timeout_has_its_limits(forest: Forest, seconds: Any) -> None:
    assert forest.create(custom(None, forest, ServiceTimeout=seconds)) == "ROLLBACK_COMPLETE"
    assert "ServiceTimeout must be between 1 and 3600" in forest.reasons()[0]


@pytest.mark.parametrize("silent", [True, False])
def test_what_a_function_wants_hidden_is_hidden(forest: Forest, silent: bool) -> None:
    made = custom({"Status": "SUCCESS", "Data": {"Said": "word"}, "NoEcho": silent}, forest)
    assert forest.create(made) == "CREATE_COMPLETE"
    assert forest.outputs() == {"Said": "****" if silent else "word", "Name": "p"}


def test_a_function_that_never_answers_has_no_more_time_than_its_stack(forest: Forest) -> None:
    forest.create(custom(None, forest), TimeoutInMinutes=2)
    forest.cloud.clock.advance(121)
    assert forest.status() == "ROLLBACK_COMPLETE"
    assert ("Thing", "DELETE_COMPLETE") in forest.events()
    assert forest.reasons() == ["Resource creation cancelled", "Stack creation time exceeded the specified timeout."]
