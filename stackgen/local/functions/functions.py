"""Running handlers: which one a function has, what it is given, when it is stopped, and who hears of it.

A handler runs as a task, so that its waits take virtual time. Its permissions are not checked: the stand-in knows no
enforcement, so a missing grant is found by lint and review, not here.
"""

from __future__ import annotations

import json
import re
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.functions.crew import Crew, enlisting
from stackgen.local.functions.environment import Inside, separated, within
from stackgen.local.functions.handler_context import HandlerContext
from stackgen.local.functions.limits import Limits, event_of, see_that_it_fits
from stackgen.local.functions.outcome import Invoked, called, failure, timed_out
from stackgen.local.functions.sources import EventSources
from stackgen.local.machines.lambdas import Invocation
from stackgen.local.task import ClockStopped, TaskCancelled, this_thread
from stackgen.local.virtual import Threading, Time, datetime_on, given
from stackgen.local.wire import Call, Response, from_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.local.cloud import Cloud
    from stackgen.local.gateway import Gateway

__all__ = ["Functions", "Invoked"]

_RETRY_AFTER = 60.0
"""Seconds before an asynchronous invocation is tried again, and twice that before the third time.

Source: invocation-async-error-handling.html.
"""


@dataclass(slots=True)
class _Registered:
    pattern: str
    handler: Callable[[Any, HandlerContext], Any]


class Functions:
    """The handlers of a stand-in, and the invocations that they served.

    ``invocations`` holds all of them, oldest first; ``failures()`` those that failed.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._handlers: list[_Registered] = []
        self._sources = EventSources(cloud.clock)
        self.invocations: list[Invoked] = []

    def register(self, pattern: str, handler: Callable[[Any, HandlerContext], Any]) -> None:
        """Let functions run *handler*: those whose name, ``Handler`` or image matches *pattern*.

        An image is matched by its repository, ``tap-migration`` say, in any registry. Of several patterns that match,
        the last one registered wins.
        """
        self._handlers.insert(0, _Registered(pattern, handler))

    def failures(self) -> list[Invoked]:
        return [invoked for invoked in self.invocations if invoked.error_type]

    def join(self, gateway: Gateway) -> None:
        """Stand around the operations of Lambda's that ministack takes too lightly."""
        gateway.surround("lambda", {**Limits(self._cloud.embedded).operations(), **self._sources.operations()})
        gateway.surround("sqs", self._sources.queue_operations())

    @contextmanager
    def mended(self) -> Iterator[None]:
        """Let ministack's Lambda run handlers in this process, its retries in virtual time."""
        from ministack.services import lambda_svc

        clock = self._cloud.clock
        with ExitStack() as mended:
            mended.enter_context(separated())
            mended.enter_context(enlisting())
            mended.enter_context(
                given(
                    lambda_svc,
                    time=Time(clock),
                    datetime=datetime_on(clock),
                    threading=Threading(clock, daemon=True),
                    _LAMBDA_ASYNC_RETRY_BASE_SECONDS=_RETRY_AFTER,
                    _LAMBDA_ASYNC_RETRY_MAX_SECONDS=2 * _RETRY_AFTER,
                    _execute_function_dispatch=self._execute,
                    _execute_function_with_config_scope=self._as_caller_means(
                        lambda_svc._execute_function_with_config_scope, lambda_svc.invoke_async_with_retry
                    ),
                    _inflight={},
                    _inflight_total=0,
                )
            )
            mended.enter_context(self._sources.mended())
            yield

    def invoke(
        self,
        account: str,
        region: str,
        function: str,
        payload: bytes,
        *,
        qualifier: str = "",
        invocation_type: str = "RequestResponse",
    ) -> Invocation:
        """Invoke a function as a client of Lambda's does, faults included, without a socket.

        :raises ServiceError: what Lambda itself refuses.
        """
        said = {"FunctionName": function, "Qualifier": qualifier, "InvocationType": invocation_type, "Payload": payload}
        call = from_inside("lambda", "Invoke", account, region, said)
        answered: list[Invocation] = []

        def serve() -> Response:
            answered.append(self._invoke(call))
            return Response(200, {}, b"")

        self._cloud.gateway.met(call, serve)
        return answered[0]

    def _invoke(self, call: Call) -> Invocation:
        from ministack.services import lambda_svc

        said = call.parameters
        see_that_it_fits(said["Payload"], said["InvocationType"])
        event = event_of(said["Payload"])
        named = f"{said['FunctionName']}:{said['Qualifier']}" if said["Qualifier"] else said["FunctionName"]
        with self._cloud.embedded.scope(call.account, call.region):
            record, config, _ = lambda_svc._get_func_record_for_ref(named)
            if record is None or config is None:
                raise ServiceError("ResourceNotFoundException", f"Function not found: {named}", 404)
            running = lambda_svc._execution_record_for_config(record, config)
            if said["InvocationType"] == "Event":
                lambda_svc.invoke_async_with_retry(running, event)
                return Invocation(b"", status=202)
            result = lambda_svc._execute_function(running, event)
        if result.get("throttle"):
            raise ServiceError("TooManyRequestsException", result["body"]["message"], 429)
        text = result["body"] if isinstance(result["body"], str) else json.dumps(result["body"])
        return Invocation(
            text.encode(), "Unhandled" if result.get("error") else "", executed_version=config.get("Version", "$LATEST")
        )

    def _as_caller_means(self, now: Callable[..., Any], later: Callable[..., Any]) -> Callable[..., Any]:
        """CloudFormation invokes a custom resource's function asynchronously: what fails is tried twice more."""

        def executed(function: dict[str, Any], event: Any) -> Any:
            if isinstance(event, dict) and {"ResponseURL", "RequestType", "LogicalResourceId"} <= event.keys():
                later(function, event)
                return {}
            try:
                return now(function, event)
            except (ClockStopped, TaskCancelled):
                if getattr(this_thread, "task", None) is not None:
                    raise
                # a thread of ministack's serves a caller that is no more; the gateway tells the caller so
                return timed_out("", 0)

        return executed

    def _execute(
        self, function: dict[str, Any], config: dict[str, Any], event: Any, request_id: str, started: float
    ) -> dict[str, Any]:
        """In place of ministack's executors: a process, a container.

        The function does not end where its caller does: it runs on to its own end, or its own timeout.
        """
        del function, started
        clock = self._cloud.clock
        _, _, _, region, account, *_ = config["FunctionArn"].split(":")
        invoked = Invoked(config["FunctionName"], account, region, event, request_id, clock.time())
        self.invocations.append(invoked)
        seconds = float(config.get("Timeout", 3))
        deadline = clock.time() + seconds
        results: list[dict[str, Any]] = []

        def end(result: dict[str, Any]) -> None:
            if not results:
                results.append(result)
                invoked.end(clock.time(), result)

        def run() -> None:
            try:
                end(self._run(config, event, invoked, deadline))
            finally:
                timer.cancel()
                invoked.ended = invoked.ended or clock.time()

        def stop() -> None:
            end(timed_out(request_id, seconds))
            task.cancel()
            clock.wake(task.waiters)

        task = clock.spawn(run, f"function {config['FunctionName']}")
        timer = clock.call_later(seconds, stop)
        try:
            clock.wait(lambda: bool(results) or task.finished, None, task.waiters)
        finally:
            if clock._closed:
                invoked.ended = invoked.ended or clock.time()
        if not results and task.error is not None:
            raise task.error
        return results[0] if results else timed_out(request_id, seconds)

    def _run(self, config: dict[str, Any], event: Any, invoked: Invoked, deadline: float) -> dict[str, Any]:
        """Run the handler; its answer, or its failure."""
        try:
            handler = self._handler_of(config)
        except ServiceError as unknown:
            return failure(unknown.code, unknown.message)
        clock = self._cloud.clock
        name = config["FunctionName"]
        version = str(config.get("Version", "$LATEST"))
        stream = f"{clock.now():%Y/%m/%d}/[{version}]{uuid.uuid5(uuid.NAMESPACE_OID, name).hex}"
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        memory = str(config.get("MemorySize", 128))
        context = HandlerContext(
            name, version, config["FunctionArn"], memory, invoked.request_id, group, stream, deadline, clock
        )
        variables = self._variables(config, context, invoked)

        def session() -> Any:
            return self._cloud.clients.session(invoked.account, invoked.region)

        task = clock.task()
        assert task is not None  # noqa: S101 - it runs in one
        crew = Crew(task)
        with self._speaking_for(variables["AWS_SESSION_TOKEN"]), within(Inside(variables, session, crew)):
            try:
                return called(handler, json.loads(json.dumps(event)), context)
            finally:
                crew.finish()

    @contextmanager
    def _speaking_for(self, token: str) -> Iterator[None]:
        """Calls over the loopback port that carry the token wait as the handler's task does."""
        self._cloud.gateway.sessions[token] = self._cloud.clock.task()
        try:
            yield
        finally:
            del self._cloud.gateway.sessions[token]

    def _handler_of(self, config: Mapping[str, Any]) -> Callable[[Any, HandlerContext], Any]:
        names = [config["FunctionName"], config.get("Handler") or ""]
        image = config.get("ImageUri") or (config.get("Code") or {}).get("ImageUri") or ""
        if image:
            names.append(re.sub(r"(@sha256:.*|:[^/:]*)$", "", image).partition("/")[2])
        for registered in self._handlers:
            if any(name and fnmatchcase(name, registered.pattern) for name in names):
                return registered.handler
        shown = " or ".join(dict.fromkeys(name for name in names if name))
        raise ServiceError("Runtime.NoHandler", f"the stand-in has no handler for {shown}: register one")

    def _variables(self, config: Mapping[str, Any], context: HandlerContext, invoked: Invoked) -> dict[str, str]:
        """The variables that Lambda sets (configuration-envvars.html), and the function's own."""
        return {
            "AWS_ACCESS_KEY_ID": invoked.account,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": f"local/{invoked.request_id}",
            "AWS_REGION": invoked.region,
            "AWS_DEFAULT_REGION": invoked.region,
            "AWS_ENDPOINT_URL": self._cloud.url,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime') or 'Image'}",
            "AWS_LAMBDA_FUNCTION_NAME": context.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": context.function_version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": context.memory_limit_in_mb,
            "AWS_LAMBDA_LOG_GROUP_NAME": context.log_group_name,
            "AWS_LAMBDA_LOG_STREAM_NAME": context.log_stream_name,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LANG": "en_US.UTF-8",
            "LAMBDA_TASK_ROOT": "/var/task",
            "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin:/bin",
            "TZ": ":UTC",
            "_HANDLER": config.get("Handler") or "",
            **((config.get("Environment") or {}).get("Variables") or {}),
        }
