"""The API of an environment at an address of this machine: the very package, with the settings that the stack gives."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.deploy.till import answering
from tests.runtime import Runtime
from tests.smart_stream.app.api import Api, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.smart_stream.deployment import SmartStream

HANDLER = "handler.handler"


@contextmanager
def serving(stream: SmartStream, name: str, folder: Path, **more: str) -> Iterator[str]:
    """Its address; in the stand-in its function is the same, for whoever invokes it."""
    function = f"yoto-api-{name}"
    told = stream.client("lambda").get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    given = {**told, "AWS_ENDPOINT_URL": stream.cloud.url, **more}
    with Runtime(unpacked(folder), HANDLER, given, folder / "log", name=function, seconds=30) as runtime:
        api = Api(runtime)

        def invoked(event: dict[str, Any], context: object) -> Any:
            del context
            said, error = runtime.invoke(event)
            assert error is None, error
            return said

        def answer(method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, dict[str, str], str]:
            token = headers.get("authorization", "").removeprefix("Bearer ")
            said, error = runtime.invoke(api.event(method, path, body or None, token))
            assert error is None, (error, runtime.log())
            return said["statusCode"], said["headers"], said.get("body", "")

        stream.cloud.functions.register(function, invoked)
        with answering(answer) as url:
            yield url
