"""Commands of the AWS CLI, read by the service models that it has too, and carried out in the stand-in.

A service, operation or option that the AWS CLI does not have raises; so does what the stand-in refuses, and an answer
of 200 that has found nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from .places import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from botocore.model import Shape

    from stackgen.local.cloud import Cloud

_NUMBERS: dict[str, Callable[[str], Any]] = {"integer": int, "long": int, "boolean": lambda text: text == "true"}


def aws(words: Sequence[str], cloud: Cloud, region: str = "us-east-1") -> str:
    """What ``aws SERVICE OPERATION --option value ...`` answers, as JSON."""
    service, operation, *rest = words
    options: dict[str, list[str]] = {}
    for word in rest:
        if word.startswith("--"):
            options[word] = []
        else:
            [*options.values()][-1].append(word)
    (region,) = options.pop("--region", [region])
    client = cloud.client(service, account=ACCOUNT, region=region)
    names = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    model = client.meta.service_model.operation_model(names[operation])
    members = {f"--{xform_name(name, '-')}": (name, shape) for name, shape in model.input_shape.members.items()}
    asked = {members[option][0]: _value(members[option][1], given) for option, given in options.items()}
    answer = getattr(client, xform_name(names[operation]))(**asked)
    del answer["ResponseMetadata"]
    assert not is_in_vain(answer), f"aws {' '.join(words)} finds nothing: {answer}"
    return json.dumps(answer, indent=4, default=str)


def is_in_vain(answer: Mapping[str, Any]) -> bool:
    """Whether an answer says that something was not there, or holds nothing of what was asked for."""
    found = {name: value for name, value in answer.items() if name != "failures"}
    return bool(answer.get("failures")) or not any(found.values())


def _value(shape: Shape, given: list[str]) -> Any:
    if shape.type_name == "list":
        return given
    (text,) = given or ["true"]  # a switch has no value
    return _NUMBERS.get(shape.type_name, str)(text)
