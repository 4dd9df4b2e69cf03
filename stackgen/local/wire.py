"""What AWS speaks: requests and answers as bytes, as calls, and as the dictionaries that boto3 shows.

Protocols come from the service models that botocore carries, read by moto's own parser, router and serializer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import NAMESPACE_URL, uuid5

from stackgen.local.errors import ServiceError
from stackgen.local.silence import unwarned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
#: Services that sign under the name of another one, or under a name that no model has.
_SIGNING_ALIKE = {"dynamodb": ("dynamodbstreams",), "servicequotas": ("service-quotas",)}
#: Services whose name in a signature is not the name of their model.
_SIGNED_AS = {"monitoring": "cloudwatch", "states": "stepfunctions", "email": "ses", "execute-api": "apigateway"}


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request; header names in lower case, the path as it was sent."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def url(self) -> str:
        return f"http://{self.headers.get('host', '127.0.0.1')}{self.path}" + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Call:
    """One call of a service: who called what, where; its parameters are read when somebody asks."""

    service: str
    operation: str
    account: str
    region: str
    request: Request
    _parameters: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def parameters(self) -> dict[str, Any]:
        if self._parameters is None:
            self._parameters = _parse(self)
        return self._parameters

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


def from_inside(service: str, operation: str, account: str, region: str, parameters: dict[str, Any]) -> Call:
    """A call that nobody sent: the stand-in makes it itself."""
    return Call(service, operation, account, region, Request("POST", "/", "", {}, b""), _parameters=parameters)


@dataclass(frozen=True, slots=True)
class Signature:
    access_key: str
    region: str
    service: str


def signature(request: Request) -> Signature | None:
    """Who signed a request, for where and what; none where it is not signed."""
    found = _CREDENTIAL.search(request.headers.get("authorization", ""))
    return _signature(*found.groups()) if found else _by_query(request)


def _by_query(request: Request) -> Signature | None:
    """Who signed a URL: in the fourth version of signatures, or in the second, which S3 still has."""
    query = parse_qs(request.query)
    if "X-Amz-Credential" in query:
        found = _CREDENTIAL.search(f"Credential={query['X-Amz-Credential'][0]}")
        return _signature(*found.groups()) if found else None
    if "AWSAccessKeyId" in query:
        return Signature(query["AWSAccessKeyId"][0], "us-east-1", "s3")
    return None


def _signature(access_key: str, region: str, service: str) -> Signature:
    return Signature(access_key, region, _SIGNED_AS.get(service, service))


def operation_of(service: str, request: Request) -> str:
    """The name of the operation that a request asks for; empty where the model of the service knows none."""
    target = request.headers.get("x-amz-target", "")
    if target:
        return target.rpartition(".")[2]
    form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if form and service != "s3":  # there it is the type of an object
        return parse_qs(request.body.decode("utf-8", "replace")).get("Action", [""])[0]
    return _routed(service, request)


def _routed(service: str, request: Request) -> str:
    from botocore.exceptions import UnknownServiceError
    from werkzeug.exceptions import HTTPException

    try:
        operation, _ = _router(service).match(_as_moto(request))
    except (UnknownServiceError, HTTPException):
        return ""
    return str(operation.name)


@lru_cache(maxsize=64)
def _router(service: str) -> Any:
    from moto.core.routing import RestRouter, S3RestRouter
    from moto.core.utils import get_service_model

    return (S3RestRouter if service == "s3" else RestRouter)(get_service_model(service))


def _as_moto(request: Request) -> Any:
    from moto.core.request import Request as MotoRequest

    return MotoRequest.from_primitives(request.method, request.url, dict(request.headers), request.body)


@lru_cache(maxsize=512)
def model_of(service: str, operation: str) -> Any:
    """The model of an operation.

    :raises ServiceError: InvalidAction, where the service has no such operation.
    """
    from botocore.exceptions import UnknownServiceError
    from botocore.model import OperationNotFoundError
    from moto.core.utils import get_service_model

    for name in (service, *_SIGNING_ALIKE.get(service, ())):
        try:
            return get_service_model(name).operation_model(operation)
        except (OperationNotFoundError, UnknownServiceError):
            continue
    raise ServiceError("InvalidAction", f"Could not find operation {operation} for {service}")


def _protocol(call: Call) -> str:
    from moto.core.request import determine_request_protocol

    content_type = call.request.headers.get("content-type", "").partition(";")[0]
    return determine_request_protocol(model_of(call.service, call.operation).service_model, content_type)


def _parse(call: Call) -> dict[str, Any]:
    from moto.core.parse import PROTOCOL_PARSERS

    model = model_of(call.service, call.operation)
    request = _as_moto(call.request)
    protocol = _protocol(call)
    parser = PROTOCOL_PARSERS[protocol](model)
    in_path = _router(call.service).match(request)[1] if protocol.startswith("rest") else {}
    return dict(
        parser.parse(
            {
                "body": call.request.body,
                "headers": request.headers,
                "method": call.request.method,
                "url_params": in_path,
                "url_path": call.request.path,
                "values": request.values,
            }
        )
    )


def answer(call: Call, result: Mapping[str, Any] | ServiceError | None) -> Response:
    """A result, or an error, as the bytes that the service would send."""
    from moto.core.serialize import get_serializer_class

    model = model_of(call.service, call.operation)
    serializer = get_serializer_class(call.service, _protocol(call))(model)
    with unwarned():  # of codes that are common to all services, which no model names
        sent = serializer.serialize({} if result is None else result)
    body = sent["body"]
    status = result.status if isinstance(result, ServiceError) else sent["status_code"]
    headers = {"x-amzn-requestid": str(uuid5(NAMESPACE_URL, f"{call} {call.request.body!r}")), **sent["headers"]}
    return Response(status, headers, body if isinstance(body, bytes) else body.encode())


def read(call: Call, response: Response) -> dict[str, Any]:
    """What boto3 would show of an answer, its metadata left out.

    :raises ServiceError: the error that it carries.
    """
    from botocore.parsers import create_parser

    model = model_of(call.service, call.operation)
    parsed: dict[str, Any] = create_parser(_protocol(call)).parse(
        {"status_code": response.status, "headers": dict(response.headers), "body": response.body}, model.output_shape
    )
    if response.status >= 300:  # noqa: PLR2004 - HTTP
        error = parsed.get("Error", {})
        raise ServiceError(error.get("Code", "InternalFailure"), error.get("Message", ""), response.status)
    parsed.pop("ResponseMetadata", None)
    return parsed


def check(call: Call) -> None:
    """Hold the parameters of a call to the constraints of its model, as the service does before anything else.

    :raises ServiceError: ValidationError, with every violation in one message.
    """
    problems = list(_problems(model_of(call.service, call.operation).input_shape, call.parameters, ""))
    if problems:
        plural = "s" if len(problems) > 1 else ""
        message = f"{len(problems)} validation error{plural} detected: {'; '.join(problems)}"
        code = "ValidationError" if _protocol(call) in {"query", "ec2"} else "ValidationException"
        raise ServiceError(code, message)


def _problems(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape is None or value is None:
        return
    if shape.type_name == "structure":
        yield from _member_problems(shape, value, path)
        return
    yield from _size_problems(shape, value, path)
    if shape.type_name == "list":
        for index, item in enumerate(value, 1):
            yield from _problems(shape.member, item, f"{path}.{index}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _problems(shape.value, item, f"{path}.{key}.member")
    elif shape.type_name == "string":
        yield from _text_problems(shape, value, path)


def _member_problems(shape: Any, value: Any, path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _violated(None, _under(path, name), "must not be null")
    for name, member in shape.members.items():
        yield from _problems(member, value.get(name), _under(path, name))


def _text_problems(shape: Any, value: str, path: str) -> Iterator[str]:
    choices, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
    if choices and value not in choices:
        yield _violated(value, path, f"must satisfy enum value set: [{', '.join(choices)}]")
    elif pattern and not _matches(pattern, value):
        yield _violated(value, path, f"must satisfy regular expression pattern: {pattern}")


def _size_problems(shape: Any, value: Any, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    is_number = shape.type_name in {"integer", "long", "float", "double"}
    if not is_number and shape.type_name not in {"string", "list", "map"}:
        return
    size = value if is_number else len(value)
    what = "must have value" if is_number else "must have length"
    if least is not None and size < least:
        yield _violated(value, path, f"{what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _violated(value, path, f"{what} less than or equal to {most}")


def _under(path: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _violated(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: Member {constraint}"


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:  # a pattern of Java's that Python does not know
        return None


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None
