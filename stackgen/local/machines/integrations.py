"""How a state machine calls other services: its capitals in, its capitals out, and how their errors are named.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html: parameters and results are
written in PascalCase whatever the service itself writes. The interpreter passes both on as they are.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from stackgen.local.machines.lambdas import Result

#: Services that the Java SDK names otherwise than botocore.
_NAMES = {"sfn": "Sfn", "states": "Sfn"}
#: How the errors of optimised integrations begin.
_OPTIMISED = {
    "batch": "Batch",
    "dynamodb": "DynamoDB",
    "ecs": "ECS",
    "events": "EventBridge",
    "glue": "Glue",
    "sns": "SNS",
    "sqs": "SQS",
    "states": "StepFunctions",
}
_WORD = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z][a-z]+\d*|[a-z]+\d*")


def parameters_for_boto(
    state: Any, parameters: dict[str, Any], boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    """Give parameters the capitals of the service."""
    model = _model(state, boto_service_name, service_action_name)
    if model is not None and model.input_shape is not None:
        state._to_boto_request(parameters, model.input_shape)


def result_of_boto(
    state: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    """Give a result PascalCase, and times as text."""
    if isinstance(response, Result) or not isinstance(response, dict):
        return
    for name, value in response.items():
        response[name] = _plain(value)
    model = _model(state, boto_service_name, service_action_name)
    if model is not None and model.output_shape is not None:
        state._from_boto_response(response, model.output_shape)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _model(state: Any, service: str | None, action: str | None) -> Any:
    name = state._get_boto_service_name(service)
    return None if name == "lambda" else _operation(name, state._get_boto_service_action(action))


@lru_cache(maxsize=256)
def _operation(service: str, action: str) -> Any:
    """The model of an operation that is named as a method of a client; none where there is no such."""
    from botocore import xform_name
    from botocore.exceptions import UnknownServiceError
    from moto.core.utils import get_service_model

    try:
        model: Any = get_service_model(service)
    except UnknownServiceError:
        return None
    names = {xform_name(name): name for name in model.operation_names}
    return model.operation_model(names[action]) if action in names else None


def error_prefix(service_name: str) -> str:
    """How errors of ``aws-sdk`` integrations name their service: as the classes of the Java SDK do.

    Assumed: that the rule behind DynamoDb, Sfn and CloudFormation holds for all services.
    """
    from moto.core.utils import get_service_model

    known = _NAMES.get(service_name.lower())
    if known:
        return known
    words: list[str] = _WORD.findall(str(get_service_model(service_name.lower()).service_id))
    return "".join(word.capitalize() for word in words)


def unanswered(state: Any, error: Exception) -> str:
    """The service whose answer to a task was lost or late, as its errors name it; empty where it is something else.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html: what fails before Lambda answers
    is an SdkClientException, the name that the Java SDK has for it. Assumed: it is so for every service.
    """
    from botocore.exceptions import ConnectionError as NotConnected
    from botocore.exceptions import HTTPClientError

    resource = getattr(state, "resource", None)
    if resource is None or not isinstance(error, HTTPClientError | NotConnected):
        return ""
    name = str(resource.service_name)
    return error_prefix(resource.api_name) if name == "aws-sdk" else _OPTIMISED.get(name, name)
