"""The door of every function: errors that the state machine knows, messages with a bound, logs without secrets."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from stackgen.deployer.handlers import clients, entry, errors
from stackgen.deployer.handlers.errors import DeployerError, LockLost, Transient
from tests.deployer.handlers.field import Field
from tests.deployer.handlers.installation import FunctionFailed


class Context:
    aws_request_id = "r1"


def function(raises: BaseException | None = None) -> Any:
    """A function of ours that answers its event, or raises."""

    @entry.entry
    def handler(event: Mapping[str, Any], settings: Any, given: Any) -> dict[str, Any]:
        if raises is not None:
            raise raises
        return {"event": event, "table": settings.table("locks"), "clients": isinstance(given, clients.Clients)}

    return handler


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENV", "ops")


ALL = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, DeployerError)]


@pytest.mark.usefixtures("_environment")
def test_a_function_is_given_its_event_its_settings_and_clients() -> None:
    assert function()({"env": "dev"}, Context()) == {
        "event": {"env": "dev"},
        "table": "ops-aws-deployer-locks",
        "clients": True,
    }


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize("kind", ALL, ids=lambda each: each.__name__)
def test_an_error_of_ours_keeps_its_class_and_its_message_has_a_bound(kind: type[DeployerError]) -> None:
    """Step Functions names an error after the class; a wrapper of another class would match no Retry and no Catch."""
    with pytest.raises(kind) as caught:
        function(kind("line\n" * 2_000))({}, Context())
    assert type(caught.value) is kind
    assert len(str(caught.value)) == 1_000
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ClientError({"Error": {"Code": "Throttling", "Message": "m"}}, "C"), "Transient"),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "m"}}, "C"), "Refused"),
        (ClientError({"Error": {"Code": "OperationInProgressException"}}, "C"), "OperationInProgressException"),
        (ReadTimeoutError(endpoint_url="u", error="e"), "Transient"),
    ],
    ids=["throttled", "denied", "busy", "no answer"],
)
def test_an_error_of_botocore_becomes_one_of_ours(error: Exception, name: str) -> None:
    with pytest.raises(DeployerError) as caught:
        function(error)({}, Context())
    assert type(caught.value).__name__ == name
    assert caught.value.__cause__ is None, "the trace in the history is short"


@pytest.mark.usefixtures("_environment")
def test_what_nobody_foresaw_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        function(ZeroDivisionError())({}, Context())


def test_without_settings_a_function_says_which_one_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENV", raising=False)
    with pytest.raises(errors.SettingMissing, match=r"ENV is not set"):
        function()({}, Context())


@pytest.mark.usefixtures("_environment")
def test_a_log_line_tells_the_build_and_no_more_of_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(entry.log.handlers[0], "stream", written)
    event = {"env": "dev", "repo": "shop", "sk": "k1", "token": "hunter2", "targets": ["hunter2"]}
    function()(event, Context())
    with pytest.raises(Transient):
        function(Transient("slow"))(event, Context())
    with pytest.raises(LockLost):
        function(LockLost("gone"))(event, Context())
    out = written.getvalue()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(each["level"], each["message"]) for each in lines] == [
        ("INFO", "done"),
        ("WARNING", "Transient: slow"),
        ("WARNING", "LockLost: gone"),
    ]
    for each in lines:
        assert {name: each[name] for name in ("env", "repo", "sk", "correlation_id", "function_request_id")} == {
            "env": "dev",
            "repo": "shop",
            "sk": "k1",
            "correlation_id": "k1",
            "function_request_id": "r1",
        }
    assert "hunter2" not in out


# In the stand-in


@pytest.mark.requirement("DEP-02", "DEP-42")
@pytest.mark.parametrize("lacks", ["env", "repo", "sk"])
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("acquire_lock", {"execution_arn": "e", "retry_count": 0}),
        ("fetch_targets", {}),
        ("initialize_deployments", {"targets": []}),
        ("create_stackset", {"s3_bucket": "b", "s3_key": "k"}),
        ("deploy_stack_instances", {"stack_set_name": "n", "targets": []}),
        ("check_stackset_status", {"stack_set_name": "n", "operation_id": "o", "targets": []}),
        ("aggregate_results", {}),
        ("release_lock", {}),
        ("update_build_status", {"status": "FAILED"}),
        ("watch_alarms", {"batch_index": 0, "is_complete": True}),
        ("revert_targets", {"stack_set_name": "n", "operation_id": "o"}),
    ],
)
def test_every_function_names_the_field_that_lacks(field: Field, name: str, more: dict[str, Any], lacks: str) -> None:
    """A function of the specification that is missing, or that works on without saying for whom."""
    event = {"env": "dev", "repo": "shop", "sk": "k1", **more}
    del event[lacks]
    with pytest.raises(FunctionFailed, match=rf"^MissingInput: {lacks} must be a text"):
        field.made.invoke(name, event)


@pytest.mark.parametrize("name", ["deploy_stack_instances", "check_stackset_status", "watch_alarms", "revert_targets"])
def test_what_comes_after_the_plan_says_when_there_is_none(field: Field, name: str) -> None:
    build = field.build()
    field.acquire(build)
    more = {"stack_set_name": "n", "operation_id": "o", "batch_index": 0, "is_complete": False, "targets": []}
    with pytest.raises(
        FunctionFailed, match=rf"^MissingInput: build {build.sk} has no plan: create_stackset comes first"
    ):
        field.call(name, build, **more)


@pytest.mark.parametrize("name", ["deploy_stack_instances", "check_stackset_status", "watch_alarms", "revert_targets"])
def test_what_works_under_the_lock_stops_without_it(field: Field, name: str) -> None:
    build = field.build()
    more = {"stack_set_name": "n", "operation_id": "o", "batch_index": 0, "is_complete": False, "targets": []}
    with pytest.raises(FunctionFailed, match=r"^LockLost: "):
        field.call(name, build, **more)
