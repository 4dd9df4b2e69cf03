"""What StackSets refuse, with the codes and HTTP statuses of the service's model.

The texts of StackSetNotFound, of OperationInProgress and of values that a parameter does not allow are those that AWS
sends; assumed: the other texts. Nothing here
raises StaleRequestException: no page says when AWS does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable

_BAD_REQUEST, _NOT_FOUND, _CONFLICT = 400, 404, 409


def invalid(message: str) -> ServiceError:
    return ServiceError("ValidationError", message, _BAD_REQUEST)


def invalid_operation(message: str) -> ServiceError:
    return ServiceError("InvalidOperationException", message, _BAD_REQUEST)


def undeclared(parameters: Iterable[str]) -> ServiceError:
    return invalid(f"Parameters: [{', '.join(parameters)}] do not exist in the template")


def without_value(parameters: Iterable[str]) -> ServiceError:
    return invalid(f"Parameters: [{', '.join(parameters)}] must have values")


def unfit(parameter: str, reason: str, described: str = "") -> ServiceError:
    """A value that its parameter does not allow; *described* is what the template says about that."""
    if described:
        return invalid(f"Parameter {parameter} failed to satisfy constraint: {described}")
    return invalid(f"Parameter '{parameter}' {reason}")


def set_not_found(name: str) -> ServiceError:
    return ServiceError("StackSetNotFoundException", f"StackSet {name} not found", _NOT_FOUND)


def name_taken(name: str) -> ServiceError:
    return ServiceError("NameAlreadyExistsException", f"StackSet {name} already exists", _CONFLICT)


def created_but_modified(name: str) -> ServiceError:
    message = f"StackSet {name} was created with this token, but from another request or changed since"
    return ServiceError("CreatedButModifiedException", message, _CONFLICT)


def not_empty(name: str) -> ServiceError:
    return ServiceError("StackSetNotEmptyException", f"StackSet {name} is not empty", _CONFLICT)


def instance_not_found(set_id: str, account: str, region: str) -> ServiceError:
    message = f"Stack instance not found for StackSet {set_id}, account {account}, region {region}"
    return ServiceError("StackInstanceNotFoundException", message, _NOT_FOUND)


def stack_not_found(stack_id: str) -> ServiceError:
    return ServiceError("StackNotFoundException", f"Stack {stack_id} not found", _NOT_FOUND)


def operation_in_progress(arn: str) -> ServiceError:
    return ServiceError(
        "OperationInProgressException", f"Another Operation on StackSet {arn} is in progress", _CONFLICT
    )


def operation_id_taken(operation_id: str) -> ServiceError:
    return ServiceError("OperationIdAlreadyExistsException", f"Operation {operation_id} already exists", _CONFLICT)


def operation_not_found(operation_id: str) -> ServiceError:
    return ServiceError("OperationNotFoundException", f"Operation {operation_id} not found", _NOT_FOUND)


def limit_exceeded(message: str) -> ServiceError:
    return ServiceError("LimitExceededException", message, _BAD_REQUEST)
