"""How a state machine calls a Lambda function, and what it makes of the answer.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from stackgen.local.errors import ServiceError
from stackgen.local.faults import LostAnswer
from stackgen.local.machines.limits import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

#: What the client of Lambda raises when no answer came; AWS advises to retry it. Assumed: the wording of its cause.
UNANSWERED = "Lambda.SdkClientException"
_EVENT_STATUS = 202
_PARTS_OF_ARN = 7


@dataclass(frozen=True, slots=True)
class Invocation:
    """What Lambda answered: the payload of the function, or of its error, as JSON."""

    payload: bytes
    function_error: str = ""
    status: int = 200
    executed_version: str = "$LATEST"


class Invoke(Protocol):
    """Runs a Lambda function of an account and region.

    :raises stackgen.local.errors.ServiceError: an error of Lambda itself, such as TooManyRequestsException.
    :raises stackgen.local.faults.LostAnswer: where no answer came, or none in time.
    """

    def __call__(
        self,
        account: str,
        region: str,
        function: str,
        payload: bytes,
        *,
        qualifier: str = "",
        invocation_type: str = "RequestResponse",
    ) -> Invocation: ...


@dataclass(frozen=True, slots=True)
class Target:
    account: str
    region: str
    function: str
    qualifier: str = ""

    @classmethod
    def parse(cls, name: str, account: str, region: str) -> Target:
        """A function named as Lambda allows: by ARN, partial ARN or name, each with a qualifier or without."""
        parts = name.split(":")
        if parts[0] == "arn" and len(parts) >= _PARTS_OF_ARN:
            account, region, rest = parts[4], parts[3], parts[6:]
        elif len(parts) > 1 and parts[1] == "function":
            account, rest = parts[0], parts[2:]
        else:
            rest = parts
        return cls(account, region, rest[0], rest[1] if len(rest) > 1 else "")


class Result(dict[str, Any]):
    """What a call to Lambda answered, told apart from other objects: a direct task passes on its Payload alone."""


class Caller:
    """Stands where the interpreter calls Lambda."""

    def __init__(self, invoke: Invoke, new_id: Callable[[], str]) -> None:
        self._invoke = invoke
        self._new_id = new_id

    def __call__(self, env: Any, parameters: dict[str, Any], region: str, state_credentials: Any) -> None:
        """Put the answer on the stack of *env*, in the shape of the optimised integration."""
        account = state_credentials.role_arn.split(":")[4]
        target = Target.parse(parameters["FunctionName"], account, region)
        kind = parameters.get("InvocationType") or "RequestResponse"
        qualifier = parameters.get("Qualifier") or target.qualifier
        payload = parameters.get("Payload", b"{}")
        try:
            answer = self._invoke(
                target.account, target.region, target.function, payload, qualifier=qualifier, invocation_type=kind
            )
        except ServiceError as error:
            raise self._refused(error) from error
        except LostAnswer as error:
            raise Failed(UNANSWERED, f"Unable to execute HTTP request: {error}") from error
        if answer.function_error:
            raise _failed(answer)
        env.stack.append(self._result(answer, kind))

    def _result(self, answer: Invocation, kind: str) -> dict[str, Any]:
        text = answer.payload.decode()
        status = answer.status if kind == "RequestResponse" else _EVENT_STATUS
        request = self._new_id()
        headers = {
            "X-Amz-Executed-Version": answer.executed_version,
            "x-amzn-Remapped-Content-Length": "0",
            "Connection": "keep-alive",
            "x-amzn-RequestId": request,
            "Content-Length": str(len(answer.payload)),
            "Content-Type": "application/json",
        }
        metadata = {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": status,
        }
        return Result(
            ExecutedVersion=answer.executed_version,
            Payload=_read(text),
            SdkHttpMetadata=metadata,
            SdkResponseMetadata={"RequestId": request},
            StatusCode=status,
        )

    def _refused(self, error: ServiceError) -> Exception:
        from botocore.exceptions import ClientError

        refused: Exception = ClientError(
            {
                "Error": {"Code": error.code, "Message": error.message},
                "ResponseMetadata": {"HTTPStatusCode": error.status, "RequestId": self._new_id()},
            },
            "Invoke",
        )
        return refused


def _read(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


class Failed(Exception):
    """A function raised an error, or ran out of time or memory; or nobody knows, for no answer came."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(error, cause)
        self.error = error
        self.cause = cause


def _failed(answer: Invocation) -> Failed:
    """The error of a function, named as its payload says.

    A function that ran out of time or memory may say no type; then the error is Lambda.Unknown. Source:
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html; the cause's wording is assumed.
    """
    text = answer.payload.decode()
    told = _read(text)
    if isinstance(told, dict) and isinstance(told.get("errorType"), str):
        return Failed(told["errorType"], text)
    cause = (
        "The cause could not be determined because Lambda did not return an error type. "
        f"Returned payload: {text_of(told)}"
    )
    return Failed("Lambda.Unknown", cause)


def error_of(ex: Exception) -> tuple[str, str] | None:
    """The name and the cause that a call to Lambda failed with; none where it was something else."""
    from botocore.exceptions import ClientError

    if isinstance(ex, Failed):
        return ex.error, ex.cause
    if isinstance(ex, ClientError):
        error, answered = ex.response["Error"], ex.response["ResponseMetadata"]
        details = f"Service: Lambda, Status Code: {answered['HTTPStatusCode']}, Request ID: {answered['RequestId']}"
        return f"Lambda.{error['Code']}", f"{error['Message']} ({details})"
    return None
