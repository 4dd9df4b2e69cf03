"""How programs, tasks, waits, branches and iterations run on the clock.

These stand in place of methods of the interpreter, which starts a thread for each of them and waits by the wall clock.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stackgen.local.machines.integrations import unanswered
from stackgen.local.machines.limits import FOREVER, INLINE_ITERATIONS, fits, text_of
from stackgen.local.machines.matching import TOO_LONG, named
from stackgen.local.machines.places import part
from stackgen.local.machines.tokens import renew

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock

_VARIABLE = re.compile(r"\$(\w+)(.*)", re.DOTALL)


def run_program(program: Any, env: Any) -> None:
    """Run a machine, a branch or an iteration to its end, where the caller runs.

    How an execution ends is told by whoever started it, so a frame and a whole machine run alike.
    """
    FailureEventException = part("component.common.error_name.failure_event", "FailureEventException")

    try:
        env.next_state_name = program.start_at.start_at_name
        while env.is_running():
            program._get_state(env.next_state_name).eval(env)
            env.stack.clear()
            env.heap.clear()
    except FailureEventException as error:
        env.set_error(error.get_execution_failed_event_details() or {})
    except Exception as error:  # noqa: BLE001 - whatever the interpreter stumbles over fails the execution
        if env.is_running():
            env.set_error({"error": "States.Runtime", "cause": f"{type(error).__name__}({error})"})


def evaluate(clock: Clock, state: Any, env: Any) -> None:
    """Run what a task, a Parallel or a Map does, at most its TimeoutSeconds, and shape its result."""
    state.timeout.eval(env=env)
    seconds = env.stack.pop()
    renew(state, env)
    frame = env.open_frame()
    frame.states.reset(input_value=env.states.get_input())
    frame.stack = list(env.stack)
    try:
        if state.timeout.is_default_value() or seconds >= FOREVER:
            _execute(state, frame)
        else:
            _within(clock, seconds, lambda: _execute(state, frame), state.name)
    finally:
        abandon(frame)
        env.close_frame(frame)
    if env.is_running():
        _shape(state, env, frame.stack.pop())


def _execute(state: Any, frame: Any) -> None:
    NoSuchJsonPathError = part("utils.json_path", "NoSuchJsonPathError")

    try:
        state._eval_execution(frame)
    except NoSuchJsonPathError as error:
        raise _no_such_path(frame, error) from error
    except Exception as error:
        service = unanswered(state, error)
        if not service:
            raise
        told = failure(frame, f"{service}.SdkClientException", str(error))
        details = told.failure_event.event_details["taskFailedEventDetails"]
        details.update(resource=state._get_sfn_resource(), resourceType=state._get_sfn_resource_type())
        raise told from error


def _within(clock: Clock, seconds: float, work: Callable[[], None], name: str) -> None:
    EvalTimeoutError = part("component.common.timeouts.timeout", "EvalTimeoutError")

    outcome: list[Exception | None] = []
    waiters: list[Any] = []

    def attempt() -> None:
        try:
            work()
            outcome.append(None)
        except Exception as error:  # noqa: BLE001 - handed to the task that waits
            outcome.append(error)
        clock.wake(waiters)

    clock.spawn(attempt, name)
    if not clock.wait(lambda: bool(outcome), seconds, waiters):
        raise EvalTimeoutError
    if outcome[0] is not None:
        raise outcome[0]


def _shape(state: Any, env: Any, output: Any) -> None:
    env.stack.append(output)
    for shaping in (state.assign_decl, state.result_selector):
        if shaping:
            shaping.eval(env=env)
    if state.result_path:
        state.result_path.eval(env)
    else:
        env.states.reset(input_value=env.stack.pop())


def abandon(frame: Any) -> None:
    """End a frame and all within it; what still runs there changes nothing and tells nothing any more."""
    frame.event_history_context.abandoned = True
    frame.set_ended()
    task = frame.states.context_object.context_object_data.get("Task")
    endpoint = frame.callback_pool_manager.get(task["Token"]) if task else None
    if endpoint is not None and not endpoint.closed:
        endpoint.interrupt_all()
    for inner in list(frame._frames):
        abandon(inner)


def _no_such_path(env: Any, error: Any) -> Any:
    cause = (
        f"The JSONPath '{error.json_path}' specified for the field '{env.next_field_name}' "
        f"could not be found in the input '{text_of(error.data)}'"
    )
    return failure(env, "States.Runtime", cause)


def failure(env: Any, error: str, cause: str, event: str = "TaskFailed") -> Any:
    """What the interpreter raises when a state fails."""
    FailureEvent = part("component.common.error_name.failure_event", "FailureEvent")
    FailureEventException = part("component.common.error_name.failure_event", "FailureEventException")

    details = {event[0].lower() + event[1:] + "EventDetails": {"error": error, "cause": cause}}
    told = FailureEvent(env=env, error_name=named(error), event_type=event, event_details=details)
    return FailureEventException(failure_event=told)


def check_input(state: Any, env: Any, value: Any) -> None:
    """Hold the input of a task to its size.

    :raises FailureEventException: States.DataLimitExceeded, where Parameters made more than a state may take.
    """
    if not fits(value):
        cause = f"The state/task '{state.name}' got an input with a size exceeding the maximum number of bytes."
        raise failure(env, TOO_LONG, cause)


def pause(clock: Clock, env: Any, seconds: float) -> None:
    """Wait, unless what waits is ended meanwhile."""
    deadline = clock.time() + seconds
    while env.is_running() and clock.time() < deadline:
        env.program_state_event.wait(deadline - clock.time())


def retry(clock: Clock, retrier: Any, env: Any) -> None:
    """Try again after a while, if the error matches and a try is left."""
    MaxAttemptsOutcome = part("component.common.retry.max_attempts_decl", "MaxAttemptsOutcome")
    RetrierOutcome = part("component.common.retry.retrier_outcome", "RetrierOutcome")

    retrier.error_equals.eval(env)
    if not env.stack.pop():
        env.stack.append(RetrierOutcome.Skipped)
        return
    retrier.max_attempts.eval(env=env)
    if env.stack.pop() == MaxAttemptsOutcome.EXHAUSTED:
        env.stack.append(RetrierOutcome.Failed)
        return
    for step in (retrier.interval_seconds, retrier.backoff_rate, retrier.max_delay_seconds, retrier.jitter_strategy):
        step.eval(env=env)
    pause(clock, env, env.stack.pop())
    env.stack.append(RetrierOutcome.Executed)


def seconds_until(clock: Clock, timestamp: Any, env: Any) -> float:
    """How long a Wait with a timestamp takes; the interpreter compares UTC with local time, and drops fractions."""
    from datetime import UTC, datetime

    FailureEventException = part("component.common.error_name.failure_event", "FailureEventException")

    timestamp.string.eval(env=env)
    text = env.stack.pop()
    if not isinstance(text, str) or not timestamp._is_valid_timestamp_pattern(text):
        raise FailureEventException(timestamp._create_failure_event(env, str(text)))
    return datetime.fromisoformat(text).astimezone(UTC).timestamp() - clock.time()


def sample_variable(sample: Any, env: Any) -> None:
    """Read a variable, and a path within it; the interpreter would ask JSONata, which is not there.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
    """
    found = _VARIABLE.fullmatch(sample.expression)
    name, path = found.groups() if found else (sample.expression, "")
    try:
        value = env.variable_store.get(name)
    except part("eval.variable_store", "NoSuchVariable") as error:
        raise failure(env, "States.Runtime", f"The variable '{sample.expression}' is not defined") from error
    env.stack.append(part("utils.json_path", "extract_json")(f"${path}", value) if path else value)


def start_branch(clock: Clock, worker: Any) -> None:
    def work() -> None:
        worker._program.eval(worker.env)
        worker._branch_worker_comm.on_terminated(env=worker.env)

    clock.spawn(work, f"branch {worker._program.start_at.start_at_name}")


def iterate(clock: Clock, component: Any, env: Any) -> None:
    """Run an inline Map: as many workers as may run at once take one item after the other."""
    JobPool = part("component.state.exec.state_map.iteration.job", "JobPool")

    asked = env.stack.pop()
    pool = JobPool(job_program=component._get_iteration_program(), job_inputs=asked.input_items)
    most = min(asked.max_concurrency or INLINE_ITERATIONS, INLINE_ITERATIONS, len(asked.input_items))
    for number in range(most):
        worker = component._create_worker(env=env, eval_input=asked, job_pool=pool)
        clock.spawn(worker.eval, f"{asked.state_name} worker {number}")
    pool.await_jobs()
    error = pool.get_worker_exception()
    if error is not None:
        raise error
    env.stack.append([job.job_output for job in pool.get_closed_jobs()])


def work_off(worker: Any, job: Any, frame: Any) -> None:
    """Take jobs until none is left; the interpreter calls itself for each, and would run out of stack."""
    if job is None:
        worker._env.close_frame(frame)
        return
    while True:
        inner = frame.open_inner_frame()
        worker._eval_job(env=inner, job=job)
        frame.close_frame(inner)
        following = None if isinstance(job.job_output, Exception) or worker.stopped() else worker._job_pool.next_job()
        if following is None:
            if not isinstance(job.job_output, Exception):
                frame.event_history_context.source_event_id = inner.event_history_context.last_published_event_id
            worker._env.close_frame(frame)
            worker._job_pool.close_job(job)
            return
        worker._job_pool.close_job(job)
        job = following
