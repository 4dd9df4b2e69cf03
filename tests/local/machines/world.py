"""State machines on a clock, called as the stand-in calls them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stackgen.local import wire
from stackgen.local.clock import Clock
from stackgen.local.errors import ServiceError
from stackgen.local.machines import Invocation, StateMachines

ACCOUNT, REGION = "123456789012", "eu-central-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"
INVOKE = "arn:aws:states:::lambda:invoke"

Function = Callable[[Any], Any]


class Raised(Exception):
    """What a function raises: an error with the name of a class."""

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(name, message)
        self.payload = {"errorMessage": message, "errorType": name, "stackTrace": []}


@dataclass
class World:
    clock: Clock = field(default_factory=Clock)
    functions: dict[str, Function] = field(default_factory=dict)
    calls: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    clients: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.machines = StateMachines(self.clock, self._invoke, self._client, self.changes.append)
        self.operations = self.machines.operations()

    def _client(self, service: str, account: str, region: str) -> Any:
        return self.clients[f"{service} {account} {region}"]

    def _invoke(
        self,
        account: str,
        region: str,
        function: str,
        payload: bytes,
        *,
        qualifier: str = "",
        invocation_type: str = "RequestResponse",
    ) -> Invocation:
        self.calls.append((account, region, function, qualifier, invocation_type))
        if function not in self.functions:
            raise ServiceError("ResourceNotFoundException", f"Function not found: {function}", 404)
        try:
            result = self.functions[function](json.loads(payload))
        except Raised as error:
            return Invocation(json.dumps(error.payload).encode(), function_error="Unhandled")
        return result if isinstance(result, Invocation) else Invocation(json.dumps(result).encode())

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"AWSStepFunctions.{operation}",
            "host": f"states.{REGION}.amazonaws.com",
        }
        request = wire.Request("POST", "/", "", headers, json.dumps(parameters).encode())
        call = wire.Call("stepfunctions", operation, ACCOUNT, REGION, request)
        wire.check(call)
        answered = self.operations[operation](call)
        wire.answer(call, answered)  # it can be sent
        return answered or {}

    def refused(self, operation: str, **parameters: Any) -> ServiceError:
        try:
            self.call(operation, **parameters)
        except ServiceError as error:
            return error
        raise AssertionError(f"{operation} was not refused")

    def create(self, definition: Mapping[str, Any], name: str = "machine", **more: Any) -> str:
        text = json.dumps(definition)
        return str(self.call("CreateStateMachine", name=name, definition=text, roleArn=ROLE, **more)["stateMachineArn"])

    def start(self, machine: str, value: Any = None, **more: Any) -> str:
        text = json.dumps({} if value is None else value, ensure_ascii=False)
        return str(self.call("StartExecution", stateMachineArn=machine, input=text, **more)["executionArn"])

    def run(self, definition: Mapping[str, Any], value: Any = None) -> dict[str, Any]:
        """The description of an execution that ran to its end."""
        execution = self.start(self.create(definition), value)
        self.clock.settle()
        return self.describe(execution)

    def describe(self, execution: str) -> dict[str, Any]:
        return self.call("DescribeExecution", executionArn=execution)

    def events(self, execution: str, **more: Any) -> list[dict[str, Any]]:
        return list(self.call("GetExecutionHistory", executionArn=execution, **more)["events"])

    def types(self, execution: str) -> list[str]:
        return [event["type"] for event in self.events(execution, maxResults=1000)]


def one(state: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A machine of one state, named Only."""
    end = {} if state["Type"] in {"Succeed", "Fail", "Choice"} else {"End": True}
    return {"StartAt": "Only", "States": {"Only": {**end, **state}}, **more}


def row(*states: tuple[str, Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """A machine whose states follow each other."""
    names = [name for name, _ in states]
    found: dict[str, Any] = {}
    for index, (name, state) in enumerate(states):
        last = index + 1 == len(names)
        flow: dict[str, Any] = {}
        if state["Type"] not in {"Succeed", "Fail", "Choice"} and not {"Next", "End"} & set(state):
            flow = {"End": True} if last else {"Next": names[index + 1]}
        found[name] = {**state, **flow}
    return {"StartAt": names[0], "States": found, **more}


def task(function: str = "work", **more: Any) -> dict[str, Any]:
    """A task that calls a function with its input, and takes its answer."""
    parameters = {"FunctionName": function, "Payload.$": "$"}
    selected = {"ResultSelector": {"answer.$": "$.Payload"}}
    return {"Type": "Task", "Resource": INVOKE, "Parameters": parameters, **selected, **more}


def caught(state: Mapping[str, Any], *errors: str) -> dict[str, Any]:
    """A machine of one state whose errors lead to a state that succeeds with what was caught."""
    guarded = {**state, "Catch": [{"ErrorEquals": list(errors), "Next": "Caught"}], "End": True}
    return {"StartAt": "Only", "States": {"Only": guarded, "Caught": {"Type": "Succeed"}}}
