# ruff: noqa: ARG001 - a handler has the parameters that Lambda gives it
"""The threads of a handler, and handlers that are stopped amid a call."""

from __future__ import annotations

import io
import json
import os
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Delay
from stackgen.local.functions.handler_context import HandlerContext


def make(cloud: Cloud, name: str = "fn", **more: Any) -> Any:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "")
    client = cloud.client("lambda")
    client.create_function(
        FunctionName=name, Runtime="python3.13", Handler=f"{name}.handler", Code={"ZipFile": archive.getvalue()},
        Role="arn:aws:iam::111111111111:role/r", **more,
    )  # fmt: skip
    return client


def invoke(client: Any, name: str = "fn") -> Any:
    return json.loads(client.invoke(FunctionName=name)["Payload"].read() or b"null")


def test_a_thread_of_a_handler_has_its_environment_and_its_session(cloud: Cloud) -> None:
    def handler(event: Any, context: Any) -> Any:
        seen: list[Any] = []

        def work() -> None:
            seen.append([os.environ["OWN"], boto3.client("sts").get_caller_identity()["Account"]])

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        with ThreadPoolExecutor(2) as pool:
            return [*seen, pool.submit(lambda: os.environ["OWN"]).result()]

    cloud.functions.register("fn", handler)
    assert invoke(make(cloud, Environment={"Variables": {"OWN": "mine"}})) == [["mine", "111111111111"], "mine"]


def test_a_thread_that_no_handler_started_keeps_the_environment_of_the_process(cloud: Cloud) -> None:
    seen: list[str | None] = []
    thread = threading.Thread(target=lambda: seen.append(os.environ.get("AWS_LAMBDA_FUNCTION_NAME")))
    thread.start()
    thread.join()
    assert seen == [None]


def test_threads_that_wait_do_so_side_by_side_in_virtual_time(cloud: Cloud) -> None:
    def handler(event: Any, context: HandlerContext) -> int:
        client = boto3.client("cloudformation")
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: client.describe_stacks(), range(4)))
        return context.get_remaining_time_in_millis()

    cloud.functions.register("fn", handler)
    client = make(cloud, Timeout=30)
    cloud.faults.add("cloudformation:*", Delay(2), times=None)
    began = time.perf_counter()
    assert invoke(client) == 28_000
    assert time.perf_counter() - began < 3.0


def test_threads_that_wait_for_different_times_each_wake_at_their_own(cloud: Cloud) -> None:
    def handler(event: Any, context: HandlerContext) -> Any:
        def wait(seconds: float) -> float:
            before = context.clock.time()
            context.sleep(seconds)
            return context.clock.time() - before

        with ThreadPoolExecutor(3) as pool:
            waited = [pool.submit(wait, seconds) for seconds in (5, 1, 3)]
            context.sleep(2)
            return [*(one.result() for one in waited), context.get_remaining_time_in_millis()]

    cloud.functions.register("fn", handler)
    assert invoke(make(cloud, Timeout=30)) == [5, 1, 3, 25_000]


def test_threads_with_their_own_http_neither_hang_nor_take_real_seconds(cloud: Cloud) -> None:
    def handler(event: Any, context: HandlerContext) -> int:
        def call(_: int) -> None:
            session = boto3.Session(
                os.environ["AWS_ACCESS_KEY_ID"],
                os.environ["AWS_SECRET_ACCESS_KEY"],
                os.environ["AWS_SESSION_TOKEN"],
                "us-east-1",
            )
            session.client("cloudformation", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).describe_stacks()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(call, range(2)))
        return context.get_remaining_time_in_millis()

    cloud.functions.register("fn", handler)
    client = make(cloud, Timeout=60)
    cloud.faults.add("cloudformation:*", Delay(2), times=None)
    began = time.perf_counter()
    assert 56_000 <= invoke(client) <= 58_000
    assert time.perf_counter() - began < 5.0


def test_a_handler_that_ends_before_its_threads_takes_them_along(cloud: Cloud) -> None:
    went_on: list[str] = []

    def handler(event: Any, context: HandlerContext) -> str:
        def work() -> None:
            context.sleep(60)
            went_on.append("thread")

        threading.Thread(target=work).start()
        context.sleep(1)
        return "done"

    cloud.functions.register("fn", handler)
    client = make(cloud, Timeout=30)
    assert [invoke(client), invoke(client)] == ["done", "done"]
    cloud.clock.settle()
    assert went_on == []


def test_threads_are_stopped_at_the_timeout(cloud: Cloud, capfd: pytest.CaptureFixture[str]) -> None:
    went_on: list[str] = []

    def handler(event: Any, context: HandlerContext) -> None:
        client = boto3.client("ssm")
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: client.describe_parameters(), range(2)))
        went_on.append("handler")

    cloud.functions.register("fn", handler)
    client = make(cloud, Timeout=5)
    cloud.faults.add("ssm:*", Delay(20), times=None)
    assert invoke(client)["errorType"] == "Sandbox.Timedout"
    cloud.clock.advance(60)
    assert went_on == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("way", ["client", "http"])
def test_a_handler_stopped_amid_an_invocation_leaves_no_trace(
    cloud: Cloud, capfd: pytest.CaptureFixture[str], way: str
) -> None:
    went_on: list[str] = []

    def outer(event: Any, context: HandlerContext) -> None:
        settings = {} if way == "client" else {"endpoint_url": os.environ["AWS_ENDPOINT_URL"]}
        credentials = (os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
        session = boto3 if way == "client" else boto3.Session(*credentials, "us-east-1")
        session.client("lambda", **settings).invoke(FunctionName="inner")
        went_on.append("outer")

    def inner(event: Any, context: HandlerContext) -> str:
        context.sleep(20)
        return "inner"

    cloud.functions.register("outer", outer)
    cloud.functions.register("inner", inner)
    make(cloud, "inner", Timeout=60)
    client = make(cloud, "outer", Timeout=5)
    assert invoke(client, "outer")["errorType"] == "Sandbox.Timedout"
    cloud.clock.settle()
    one, two = cloud.functions.invocations
    assert (one.function, one.ended, one.error_type) == ("outer", one.started + 5, "Sandbox.Timedout")
    assert (two.function, two.ended, two.result) == ("inner", two.started + 20, "inner")
    assert went_on == []
    assert capfd.readouterr().err == ""


def test_a_handler_that_waits_while_its_cloud_is_closed_leaves_no_trace(capfd: pytest.CaptureFixture[str]) -> None:
    with Cloud() as cloud:
        cloud.functions.register("fn", lambda _, context: context.sleep(100))
        client = make(cloud, Timeout=300)
        client.invoke(FunctionName="fn", InvocationType="Event")
        cloud.clock.advance(10)
    assert [one.ended for one in cloud.functions.invocations] == [cloud.clock.time()]
    assert capfd.readouterr().err == ""
