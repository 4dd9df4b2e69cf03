"""The operations on state machines: create, update, delete, describe, list, tag, validate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.machines import definitions, limits, names
from stackgen.local.machines.records import Machine, Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock
    from stackgen.local.machines.records import Store
    from stackgen.local.wire import Call

_SETTINGS = ("loggingConfiguration", "tracingConfiguration", "encryptionConfiguration")
_UNSET = {
    "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
    "tracingConfiguration": {"enabled": False},
}
_MOST_DIAGNOSTICS = 100


class MachineOperations:
    def __init__(self, clock: Clock, store: Store, new_id: Callable[[], str]) -> None:
        self._clock = clock
        self._store = store
        self._new_id = new_id

    def create_state_machine(self, call: Call) -> dict[str, Any]:
        asked = call.parameters
        names.check_name(asked["name"])
        names.check_role(asked["roleArn"])
        _refuse_versions(asked)
        tags = _tags(asked.get("tags") or [])
        program = definitions.program(asked["definition"])
        kind = asked.get("type") or "STANDARD"
        settings = {**_UNSET, **{name: asked[name] for name in _SETTINGS if asked.get(name)}}
        arn = names.machine_arn(call.region, call.account, asked["name"])
        there = self._store.records.get(arn)
        if there is not None:
            _not_deleting(there)
            if not there.machine.is_same(program, kind, settings):
                raise ServiceError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
            return {"stateMachineArn": arn, "creationDate": there.machine.created}
        now = self._clock.now()
        machine = Machine(
            arn, asked["name"], call.account, call.region, kind, asked["roleArn"], program, now, now, settings=settings
        )
        self._store.records[arn] = Record(machine, tags)
        return {"stateMachineArn": arn, "creationDate": now}

    def update_state_machine(self, call: Call) -> dict[str, Any]:
        asked = call.parameters
        record = self._store.machine(asked["stateMachineArn"])
        _not_deleting(record)
        _refuse_versions(asked)
        settings = {name: asked[name] for name in _SETTINGS if asked.get(name)}
        changes: dict[str, Any] = {}
        if asked.get("definition") is not None:
            changes["program"] = definitions.program(asked["definition"])
        if asked.get("roleArn") is not None:
            names.check_role(asked["roleArn"])
            changes["role"] = asked["roleArn"]
        if not changes and not settings:
            raise ServiceError(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration "
                "must be specified",
            )
        now = self._clock.now()
        record.machine = record.machine.with_changes(
            **changes, settings={**record.machine.settings, **settings}, updated=now, revision=self._new_id()
        )
        return {"updateDate": now, "revisionId": record.machine.revision}

    def delete_state_machine(self, call: Call) -> dict[str, Any]:
        """Delete it when no execution runs any more; unknown ones are no error.

        Assumed: executions that run go on to their end, while AWS ends them at their next transition.
        """
        arn = call.parameters["stateMachineArn"]
        names.Arn.parse(arn, "stateMachine")
        record = self._store.records.get(arn)
        if record is not None:
            record.deleting = True
            self.sweep(record)
        return {}

    def sweep(self, record: Record) -> None:
        """Remove a machine that is being deleted, once nothing of it runs."""
        if record.deleting and all(execution.status != "RUNNING" for execution in record.executions.values()):
            self._store.remove(record)

    def describe_state_machine(self, call: Call) -> dict[str, Any]:
        record = self._store.machine(call.parameters["stateMachineArn"])
        status = "DELETING" if record.deleting else "ACTIVE"
        machine = record.machine
        return {
            **_described(machine),
            "status": status,
            "type": machine.kind,
            "creationDate": machine.created,
        }

    def describe_state_machine_for_execution(self, call: Call) -> dict[str, Any]:
        machine = self._store.execution(call.parameters["executionArn"]).machine
        return {**_described(machine), "updateDate": machine.updated}

    def list_state_machines(self, call: Call) -> dict[str, Any]:
        found = [
            {
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": machine.kind,
                "creationDate": machine.created,
            }
            for machine in (record.machine for record in self._store.of(call.account, call.region))
        ]
        shown, more = names.page(found, call.parameters, f"machines {call.account} {call.region}")
        return {"stateMachines": list(shown), **more}

    def list_tags_for_resource(self, call: Call) -> dict[str, Any]:
        tags = self._tagged(call).tags
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def tag_resource(self, call: Call) -> dict[str, Any]:
        record = self._tagged(call)
        added = {tag.get("key", ""): tag.get("value", "") for tag in call.parameters["tags"]}
        record.tags = _counted({**record.tags, **added})
        return {}

    def untag_resource(self, call: Call) -> dict[str, Any]:
        record = self._tagged(call)
        for key in call.parameters["tagKeys"]:
            record.tags.pop(key, None)
        return {}

    def validate_state_machine_definition(self, call: Call) -> dict[str, Any]:
        found: list[dict[str, Any]] = []
        text = call.parameters["definition"]
        for problem in definitions.problems_of(text):
            told = {"severity": "ERROR", "code": problem.code, "message": problem.message}
            found.append({**told, "location": problem.location} if problem.location else told)
        if not found:
            try:
                definitions.program(text)
            except ServiceError as error:
                found.append({"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": error.message})
        most = call.parameters.get("maxResults") or _MOST_DIAGNOSTICS
        return {
            "result": "FAIL" if found else "OK",
            "diagnostics": found[:most],
            "truncated": len(found) > most,
        }

    def _tagged(self, call: Call) -> Record:
        arn = call.parameters["resourceArn"]
        names.Arn.parse(arn, "stateMachine")
        record = self._store.records.get(arn)
        if record is None:
            raise ServiceError("ResourceNotFound", f"Resource not found: '{arn}'")
        return record


def _described(machine: Machine) -> dict[str, Any]:
    answer = {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "definition": machine.program.text,
        "roleArn": machine.role,
        **machine.settings,
    }
    return {**answer, "revisionId": machine.revision} if machine.revision else answer


def _refuse_versions(asked: dict[str, Any]) -> None:
    if asked.get("publish"):
        raise ServiceError("UnsupportedOperation", "the stand-in keeps no versions of state machines")


def _not_deleting(record: Record) -> None:
    if record.deleting:
        raise ServiceError("StateMachineDeleting", f"State Machine is deleting: '{record.machine.arn}'")


def _tags(tags: list[dict[str, str]]) -> dict[str, str]:
    return _counted({tag.get("key", ""): tag.get("value", "") for tag in tags})


def _counted(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > limits.TAGS:
        raise ServiceError("TooManyTags", f"A resource may have {limits.TAGS} tags")
    return tags
