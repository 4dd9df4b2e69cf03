"""State machines of the whole stand-in, and the functions that they call."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from stackgen.local.cloud import Cloud

ROLE = "arn:aws:iam::111111111111:role/machine"


def machine(cloud: Cloud, states: dict[str, Any], name: str = "m", **more: Any) -> str:
    first = next(iter(states))
    definition = json.dumps({"StartAt": first, "States": states, **more})
    made = cloud.client("stepfunctions").create_state_machine(name=name, definition=definition, roleArn=ROLE)
    return str(made["stateMachineArn"])


def run(cloud: Cloud, arn: str, event: Any = None, name: str = "e") -> dict[str, Any]:
    client = cloud.client("stepfunctions")
    execution = client.start_execution(stateMachineArn=arn, name=name, input=json.dumps(event or {}))["executionArn"]
    cloud.clock.settle()
    return dict(client.describe_execution(executionArn=execution))


def function(cloud: Cloud, name: str, handler: Any, timeout: int = 60) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "")
    cloud.functions.register(name, handler)
    made = cloud.client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Handler="a.b", Role=ROLE, Timeout=timeout,
        Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip
    return str(made["FunctionArn"])


def task(arn: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "OutputPath": "$.Payload",
        "Parameters": {"FunctionName": arn, "Payload.$": "$"}, **more,
    }  # fmt: skip
