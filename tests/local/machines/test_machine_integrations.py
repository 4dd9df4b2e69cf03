from __future__ import annotations

import json
from typing import Any

import pytest

from tests.local.machines.world import INVOKE, World, one, task


def test_the_result_of_a_function_has_the_shape_of_the_integration(world: World) -> None:
    world.functions["work"] = lambda event: {"got": event}
    state = {"Type": "Task", "Resource": INVOKE, "Parameters": {"FunctionName": "work", "Payload.$": "$"}}

    result = json.loads(world.run(one(state), {"a": 1})["output"])

    assert (result["Payload"], result["StatusCode"], result["ExecutedVersion"]) == ({"got": {"a": 1}}, 200, "$LATEST")
    assert result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert result["SdkResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("work", ("123456789012", "eu-central-1", "work", "")),
        ("work:live", ("123456789012", "eu-central-1", "work", "live")),
        ("arn:aws:lambda:us-east-1:999999999999:function:work:3", ("999999999999", "us-east-1", "work", "3")),
        ("999999999999:function:work", ("999999999999", "eu-central-1", "work", "")),
    ],
)
def test_a_function_is_found_however_it_is_named(world: World, name: str, called: tuple[str, ...]) -> None:
    world.functions["work"] = lambda _: None

    world.run(one(task(Parameters={"FunctionName": name})))

    assert world.calls == [(*called, "RequestResponse")]


def test_an_integration_with_another_service_uses_the_client_of_its_account(world: World) -> None:
    class Formation:
        def describe_stack_set(self, **parameters: Any) -> dict[str, Any]:
            return {"StackSet": {"StackSetName": parameters["StackSetName"]}, "ResponseMetadata": {}}

    world.clients["cloudformation 123456789012 eu-central-1"] = Formation()
    resource = "arn:aws:states:::aws-sdk:cloudformation:describeStackSet"

    done = world.run(one({"Type": "Task", "Resource": resource, "Parameters": {"StackSetName": "base"}}))

    assert done["output"] == '{"StackSet":{"StackSetName":"base"}}'


@pytest.mark.parametrize(
    ("service", "expected"),
    [("cloudformation", "CloudFormation"), ("dynamodb", "DynamoDb"), ("sfn", "Sfn"), ("ssm", "Ssm"), ("s3", "S3")],
)
def test_errors_of_other_services_are_named_as_the_java_sdk_names_them(
    world: World, service: str, expected: str
) -> None:
    from botocore.exceptions import ClientError

    class AccessDeniedException(ClientError):  # type: ignore[misc] # botocore carries no types
        pass

    class Refusing:
        def __getattr__(self, operation: str) -> Any:
            def refuse(**_: Any) -> None:
                metadata = {"HTTPStatusCode": 403, "RequestId": "r"}
                answer = {"Error": {"Code": "AccessDenied", "Message": "no"}, "ResponseMetadata": metadata}
                raise AccessDeniedException(answer, operation)

            return refuse

    boto_name = "stepfunctions" if service == "sfn" else service
    world.clients[f"{boto_name} 123456789012 eu-central-1"] = Refusing()

    done = world.run(one({"Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:{service}:describeThing"}))

    assert done["error"] == f"{expected}.AccessDeniedException"


def test_parameters_and_results_are_in_pascal_case_whatever_the_service_writes(world: World) -> None:
    class Logs:
        def create_log_group(self, **parameters: Any) -> dict[str, Any]:
            world.calls.append(("", "", "", "", json.dumps(parameters)))
            return {}

        def describe_log_groups(self, **_: Any) -> dict[str, Any]:
            return {"logGroups": [{"logGroupName": "mine", "creationTime": 1}], "ResponseMetadata": {}}

    world.clients["logs 123456789012 eu-central-1"] = Logs()

    def integration(action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        resource = f"arn:aws:states:::aws-sdk:logs:{action}"
        return {"Type": "Task", "Resource": resource, "Parameters": parameters}

    world.run(one(integration("createLogGroup", {"LogGroupName": "mine"})))
    listed = world.start(world.create(one(integration("describeLogGroups", {})), "list"))

    assert world.calls[0][4] == '{"logGroupName": "mine"}'
    assert json.loads(world.describe(listed)["output"]) == {"LogGroups": [{"LogGroupName": "mine", "CreationTime": 1}]}
