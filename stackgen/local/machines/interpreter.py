"""The interpreter, mended while the stand-in runs: on its clock, with its clients, and within the limits of AWS."""

from __future__ import annotations

import functools
import logging
import operator
import random
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import LocalError
from stackgen.local.machines import choices, integrations, lambdas, limits, matching, running
from stackgen.local.machines.places import module, part, replaced
from stackgen.local.machines.substitutes import Copy, Datetime, Unkept, threading_on
from stackgen.local.virtual import Time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.clock import Clock

_COMPONENT = "component."
_EXEC = "component.state.exec."
_TASK = _EXEC + "state_task."
_SERVICE = _TASK + "service.state_task_service"
_MAP = _EXEC + "state_map."

_SERVICES = ("aws_sdk", "batch", "dynamodb", "ecs", "events", "glue", "sfn", "sns", "sqs", "unsupported")
#: Modules that ask for boto3 clients of other services.
_CLIENTS = (
    _TASK + "lambda_eval_utils",
    *(f"{_SERVICE}_{name}" for name in _SERVICES),
    _MAP + "item_reader.eval.resource_eval_s3",
    _MAP + "result_writer.resource_eval.resource_eval_s3",
)
#: Modules that name an error after what a branch, a function or a caller said.
_NAMES = (
    _EXEC + "state_parallel.branches_decl",
    _MAP + "iteration.iteration_worker",
    _TASK + "state_task_lambda",
    _COMPONENT + "state.fail.state_fail",
    *(f"{_SERVICE}_{name}" for name in ("api_gateway", "callback", "dynamodb", "lambda", "sfn", "sns")),
)
#: Modules that copy JSON at every step.
_COPIES = (
    "eval.states",
    "eval.environment",
    _COMPONENT + "common.string.string_expression",
    _COMPONENT + "common.path.result_path",
    _MAP + "state_map",
    _MAP + "iteration.job",
    _EXEC + "state_parallel.state_parallel",
    _SERVICE,
)
#: Modules that write JSON into histories.
_TEXTS = (_COMPONENT + "state.state", _TASK + "state_task_lambda", _SERVICE, _SERVICE + "_callback")
_SIZES = (_COMPONENT + "state.state", _TASK + "state_task_lambda", _SERVICE)

#: One interpreter serves a process; two clocks cannot both drive it.
_mended: list[Clock] = []


@contextmanager
def mended(
    clock: Clock, caller: lambdas.Caller, client: Callable[..., Any], new_id: Callable[[], str]
) -> Iterator[None]:
    """Give the interpreter the clock, the functions and the clients of a stand-in, until the context closes.

    :raises LocalError: while it belongs to another stand-in.
    """
    if _mended:
        raise LocalError("another stand-in of this process runs state machines; close it first")
    _mended.append(clock)
    try:
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            for group in (_of_time(clock), _of_evaluation(clock), _of_tasks(caller, client), _of_data(new_id)):
                for place, names in group:
                    stack.enter_context(replaced(place, names))
            yield
    finally:
        _mended.remove(clock)


@contextmanager
def _quiet() -> Iterator[None]:
    """The interpreter warns of every error that a definition may well catch."""
    logger = logging.getLogger("moto.stepfunctions")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _of_time(clock: Clock) -> Iterator[tuple[Any, dict[str, Any]]]:
    threads = threading_on(clock)
    days = Datetime(clock)
    for name in ("eval.environment", _MAP + "iteration.job", _EXEC + "state_parallel.branches_decl"):
        yield module(name), {"threading": threads}
    yield module("eval.count_down_latch"), {"threading": threads}
    yield module("eval.callback.callback"), {"Event": threads.Event}
    yield module(_SERVICE + "_callback"), {"threading": threads, "time": Time(clock), "TMP_THREADS": Unkept()}
    yield module(_MAP + "iteration.inline_iteration_component"), {"threading": threads, "TMP_THREADS": Unkept()}
    yield module(_MAP + "iteration.itemprocessor.map_run_record"), {"threading": threads, "datetime": days}
    for name in ("eval.event.event_manager", _COMPONENT + "state.state", _EXEC + "state_parallel.branches_decl"):
        yield module(name), {"datetime": days}


def _of_evaluation(clock: Clock) -> Iterator[tuple[Any, dict[str, Any]]]:
    def on_clock(work: Callable[..., Any]) -> Callable[..., Any]:
        return functools.partialmethod(_call, functools.partial(work, clock))  # type: ignore[return-value]

    yield part(_COMPONENT + "program.program", "Program"), {"eval": running.run_program}
    yield part(_EXEC + "execute_state", "ExecutionState"), {"_evaluate_with_timeout": on_clock(running.evaluate)}
    waits = _COMPONENT + "state.wait.wait_function."
    yield part(waits + "wait_function", "WaitFunction"), {"_wait_interval": on_clock(_wait)}
    yield part(waits + "timestamp", "Timestamp"), {"_get_wait_seconds": on_clock(running.seconds_until)}
    yield part(_COMPONENT + "common.retry.retrier_decl", "RetrierDecl"), {"_eval_body": on_clock(running.retry)}
    branches = part(_EXEC + "state_parallel.branch_worker", "BranchWorker")
    yield branches, {"start": on_clock(running.start_branch), "stop": _stop_branch}
    sample = part(_COMPONENT + "common.string.string_expression", "StringVariableSample")
    yield sample, {"_eval_body": running.sample_variable}
    choice = part(_COMPONENT + "state.choice.state_choice", "StateChoice")
    yield choice, {"_eval_state": choices.decides(choice._eval_state)}
    compared = part(_COMPONENT + "state.choice.comparison.comparison_variable", "ComparisonVariable")
    yield compared, {"_eval_body": choices.compare}
    inline = part(_MAP + "iteration.inline_iteration_component", "InlineIterationComponent")
    yield inline, {"_eval_body": on_clock(running.iterate)}
    yield part(_MAP + "iteration.iteration_worker", "IterationWorker"), {"_eval_pool": _work_off}
    yield (
        part(_COMPONENT + "common.error_name.error_equals_decl", "ErrorEqualsDecl"),
        {"_eval_body": matching.error_equals},
    )
    quiet = {"_log_evaluation_step": _say_nothing, "_log_exception": _say_nothing}
    yield (
        part(_COMPONENT + "eval_component", "EvalComponent"),
        {
            **quiet,
            "_log_failure_event_exception": _say_nothing,
        },
    )


def _of_tasks(caller: lambdas.Caller, client: Callable[..., Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        return client(service, state_credentials.role_arn.split(":")[4], region)

    for name in _CLIENTS:
        yield module(name), {"boto_client_for": client_for}
    for name in _NAMES:
        yield module(name), {"CustomErrorName": matching.named}
    yield module(_TASK + "lambda_eval_utils"), {"execute_lambda_function_integration": caller}
    bindings = {"invoke": {"ClientContext", "FunctionName", "InvocationType", "LogType", "Payload", "Qualifier"}}
    yield module(_SERVICE + "_lambda"), {"_SUPPORTED_API_PARAM_BINDINGS": bindings}
    task = part(_TASK + "state_task", "StateTask")
    yield task, {"_from_error": _task_error(task._from_error)}
    service = part(_SERVICE, "StateTaskService")
    yield (
        service,
        {
            "_eval_parameters": _bounded(service._eval_parameters, lambda parameters: parameters),
            "_normalise_parameters": integrations.parameters_for_boto,
            "_normalise_response": integrations.result_of_boto,
        },
    )
    direct = part(_TASK + "state_task_lambda", "StateTaskLambda")
    check = direct._verify_size_quota
    yield (
        direct,
        {
            "_eval_parameters": _bounded(direct._eval_parameters, operator.itemgetter("Payload")),
            "_from_error": _lambda_error(direct._from_error, "LambdaFunctionFailed"),
            "_verify_size_quota": lambda state, env, value: check(
                state, env, value["Payload"] if isinstance(value, lambdas.Result) else value
            ),
        },
    )
    optimised = part(_SERVICE + "_lambda", "StateTaskServiceLambda")
    yield optimised, {"_from_error": _lambda_error(optimised._from_error, "TaskFailed")}
    dynamodb = part(_SERVICE + "_dynamodb", "StateTaskServiceDynamoDB")
    yield dynamodb, {"_from_error": _database_error(dynamodb._from_error, service._from_error)}
    sdk = part(_SERVICE + "_aws_sdk", "StateTaskServiceAwsSdk")
    yield sdk, {"_normalise_service_error_name": staticmethod(integrations.error_prefix)}


def _of_data(new_id: Callable[[], str]) -> Iterator[tuple[Any, dict[str, Any]]]:
    for name in _COPIES:
        yield module(name), {"copy": Copy()}
    for name in _SIZES:
        yield module(name), {"is_within_size_quota": limits.fits}
    for name in ("eval.states", _COMPONENT + "intrinsic.function.statesfunction.unique_id_generation.uuid"):
        yield module(name), {"long_uid": new_id}
    yield module(_COMPONENT + "common.retry.jitter_strategy_decl"), {"random": random.Random(0)}  # noqa: S311
    paths = module("utils.json_path")
    yield paths, {"parse": functools.lru_cache(maxsize=1024)(paths.parse)}
    for name in _TEXTS:
        yield module(name), {"to_json_str": _to_json_str}
    yield part("eval.environment", "Environment"), {"program_state": _program_state}


def _call(self: Any, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return work(self, *args, **kwargs)


def _wait(clock: Clock, _: Any, env: Any, wait_seconds: float) -> None:
    running.pause(clock, env, wait_seconds)


def _stop_branch(worker: Any, **_: Any) -> None:
    running.abandon(worker.env)


def _work_off(worker: Any, job: Any, worker_frame: Any) -> None:
    running.work_off(worker, job, worker_frame)


def _say_nothing(*_: Any, **__: Any) -> None:
    """The interpreter logs every failure with a picture of the whole machine."""


def _program_state(env: Any) -> Any:
    return env._program_state


def _to_json_str(obj: Any, separators: tuple[str, str] | None = None) -> str:
    del separators
    return limits.text_of(obj)


def _task_error(before: Callable[..., Any]) -> Callable[..., Any]:
    missed = part("eval.callback.callback", "HeartbeatTimeoutError")

    def from_error(state: Any, env: Any, ex: Exception) -> Any:
        failure = before(state, env, ex)
        return matching.as_heartbeat(failure) if isinstance(ex, missed) else failure

    return from_error


def _lambda_error(before: Callable[..., Any], event: str) -> Callable[..., Any]:
    def from_error(state: Any, env: Any, ex: Exception) -> Any:
        told = lambdas.error_of(ex)
        if told is None:
            return before(state, env, ex)
        failure: Any = running.failure(env, *told, event)
        if event == "TaskFailed":
            details = failure.failure_event.event_details["taskFailedEventDetails"]
            details.update(resource=state._get_sfn_resource(), resourceType=state._get_sfn_resource_type())
        return failure.failure_event

    return from_error


def _database_error(before: Callable[..., Any], usual: Callable[..., Any]) -> Callable[..., Any]:
    """The interpreter tells even a task that ran out of time as an error of DynamoDB."""
    told = part("component.common.error_name.failure_event", "FailureEventException")

    def from_error(state: Any, env: Any, ex: Exception) -> Any:
        return (usual if isinstance(ex, told | TimeoutError) else before)(state, env, ex)

    return from_error


def _bounded(before: Callable[..., Any], payload: Callable[[Any], Any]) -> Callable[..., Any]:
    def eval_parameters(state: Any, env: Any) -> Any:
        parameters = before(state, env)
        running.check_input(state, env, payload(parameters))
        return parameters

    return eval_parameters
