"""The way to the emulator's insides. Nothing of it is imported before a resource is made."""

from __future__ import annotations

import json
import re
from html import unescape
from importlib import import_module
from typing import Any

_XML_MESSAGE = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)


class ServiceRefused(ValueError):
    """A service said no; the text is what CloudFormation reports as the reason."""


def provisioners() -> Any:
    """The module with CloudFormation's own provisioners."""
    return service("cloudformation.provisioners")


def service(name: str) -> Any:
    """A service's module, by the emulator's name of it."""
    return import_module(f"ministack.services.{name}")


def account() -> str:
    responses = import_module("ministack.core.responses")
    return str(responses.get_account_id())


def region() -> str:
    responses = import_module("ministack.core.responses")
    return str(responses.get_region())


def arn(service_name: str, resource: str) -> str:
    """The ARN of a resource in this account and region."""
    return f"arn:aws:{service_name}:{region()}:{account()}:{resource}"


def refuse(sdk: str, message: str, status: int = 400, code: str = "InvalidRequest") -> ServiceRefused:
    """The error of a handler whose service refused.

    https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
    """
    worded = service("cloudformation.helpers")._sdk_error(message, sdk, status)
    return ServiceRefused(f'Resource handler returned message: "{worded}" (HandlerErrorCode: {code})')


def refuse_existing(type_name: str, identifier: str) -> ServiceRefused:
    """The error of a creation whose name is taken."""
    return ServiceRefused(
        f"Resource of type '{type_name}' with identifier '{identifier}' already exists. "
        "(HandlerErrorCode: AlreadyExists)"
    )


def accepted(sdk: str, response: tuple[int, Any, Any]) -> Any:
    """The body of a service's answer.

    :raises ServiceRefused: with the service's own message, if the answer is an error.
    """
    status, _, body = response
    text = body.decode() if isinstance(body, bytes) else str(body or "")
    if status >= 400:  # noqa: PLR2004 - HTTP's errors start there
        raise refuse(sdk, _message(text), status)
    return text


def _message(text: str) -> str:
    if found := _XML_MESSAGE.search(text):
        return unescape(found.group(1))
    try:
        body = json.loads(text)
    except ValueError:
        return text
    return str(body.get("message") or body.get("Message") or text)


def true(value: object) -> bool:
    """A template's boolean, which may be text."""
    return str(value).lower() == "true"


def tag_list(properties: dict[str, Any]) -> list[dict[str, str]]:
    return [{"Key": str(tag["Key"]), "Value": str(tag.get("Value", ""))} for tag in properties.get("Tags") or []]


def physical_name(stack_name: str, logical_id: str, length: int = 255, *, lowercase: bool = False) -> str:
    """The name CloudFormation gives what the template leaves unnamed."""
    return str(provisioners()._physical_name(stack_name, logical_id, max_len=length, lowercase=lowercase))
