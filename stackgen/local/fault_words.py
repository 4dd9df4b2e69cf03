"""Faults as words of a command line: ``dynamodb:PutItem=throttle,times=3,region=eu-west-1``.

WHAT=KIND[,NAME=VALUE]...

WHAT is a call, ``service:Operation`` in boto3's names, or what becomes of a resource, ``create:AWS::RDS::DBInstance``;
either may be a pattern, such as ``s3:*``. With ``validate:`` the validation of a change set fails, with ``hook:`` a
hook refuses what is created or updated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError, likely
from stackgen.local.faults import Delay, Fail, LoseAnswer, Throttle, TimeOut

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from stackgen.local.faults import Fault, Faults, Kind

VERBS = ("create", "update", "delete", "validate", "hook")
"""What CloudFormation does with a resource, and lets look at it before."""
FOR_CALLS = {
    "throttle": "throttle",
    "fail": "fail:CODE or fail:CODE:MESSAGE",
    "lose": "lose",
    "timeout": "timeout or timeout:SECONDS",
    "delay": "delay:SECONDS",
}
FOR_RESOURCES = {"fail": "fail or fail:REASON", "delay": "delay:SECONDS"}
OPTIONS = ("times", "account", "region", "probability")
PLANTED = "planted by a rehearsal"
_WITHOUT_END = "always"


@dataclass(frozen=True, slots=True)
class FaultWords:
    """One fault as it was asked for; ``words`` are the text itself."""

    words: str
    calls: str
    kind: Kind
    account: str = "*"
    region: str = "*"
    times: int | None = 1
    probability: float = 1.0

    @property
    def is_of_a_resource(self) -> bool:
        return self.calls.partition(":")[0] in VERBS

    def plant(self, faults: Faults) -> Fault:
        """Let it happen."""
        kind = self.kind
        if isinstance(kind, Fail) and not self.is_of_a_resource:
            kind = Fail(kind.code, kind.message, _status(self.calls, kind.code))
        return faults.add(
            self.calls,
            kind,
            account=self.account,
            region=self.region,
            times=self.times,
            probability=self.probability,
        )


def fault_of(words: str) -> FaultWords:
    """Read one fault. Raises UsageError."""
    calls, equals, said = words.partition("=")
    service, colon, operation = calls.partition(":")
    if not equals or not (service and colon and operation and said):
        raise _wrong(
            words, "WHAT=KIND was expected", "such as dynamodb:PutItem=throttle or create:AWS::S3::Bucket=fail"
        )
    first, *further = said.split(",")
    name, _, argument = first.partition(":")
    options: dict[str, str] = {}
    for part in further:
        key, equals, value = part.partition("=")
        if key in OPTIONS and value:
            if key in options:
                raise _wrong(words, f"{key} is given twice")
            options[key] = value
        elif not equals and not options and name == "fail":
            argument += "," + part  # a comma in a reason
        elif key in OPTIONS:
            raise _wrong(words, f"{key} needs a value: {key}=...")
        else:
            raise _wrong(words, f"{part!r} is no option of a fault", likely(key, OPTIONS))
    kind = _kind(words, service in VERBS, name, argument)
    probability = _number(words, "probability", options.get("probability", "1"), most=1.0)
    return FaultWords(
        words,
        calls,
        kind,
        options.get("account", "*"),
        options.get("region", "*"),
        _times(words, options.get("times", _WITHOUT_END if "probability" in options else "1")),
        probability,
    )


def check_name(fault: FaultWords) -> None:
    """See that AWS has such a call; for this the service models of botocore are read. Raises UsageError."""
    service, _, operation = fault.calls.partition(":")
    if fault.is_of_a_resource:
        if not operation.startswith(("AWS::", "Custom::")) and not set(operation) & set("*?["):
            raise _wrong(fault.words, f"{operation!r} is no type of a resource", "it begins with AWS:: or Custom::")
        return
    services = _loader().list_available_services("service-2")
    found = [name for name in services if fnmatchcase(name, service)]
    if not found:
        raise _wrong(fault.words, f"AWS has no service {service!r}", likely(service, [*services, *VERBS]))
    if len(found) == 1:
        operations = _model(found[0])["operations"]
        if not any(fnmatchcase(name, operation) for name in operations):
            raise _wrong(fault.words, f"{service} has no operation {operation!r}", likely(operation, operations))


def check_type(fault: FaultWords, known: Collection[str]) -> None:
    """See that the stand-in makes such a resource at all. Raises UsageError."""
    _, _, kind = fault.calls.partition(":")
    may_be_anything = set(kind) & set("*?[") or kind.startswith("Custom::")
    if fault.is_of_a_resource and not may_be_anything and kind not in known:
        raise _wrong(fault.words, f"the stand-in makes no {kind}", likely(kind, known))


def _kind(words: str, of_a_resource: bool, name: str, argument: str) -> Kind:  # noqa: FBT001  which of two tables
    known = FOR_RESOURCES if of_a_resource else FOR_CALLS
    if name not in known:
        whose = "resource" if of_a_resource else "call"
        raise _wrong(words, f"{name!r} is nothing that happens to a {whose}", likely(name, known))
    if of_a_resource and name == "fail":
        return Fail("Planted", argument or PLANTED)
    makers: dict[str, Callable[[], Kind]] = {
        "throttle": Throttle,
        "lose": LoseAnswer,
        "fail": lambda: _failing(argument),
        "timeout": lambda: TimeOut(_number(words, "timeout", argument)) if argument else TimeOut(),
        "delay": lambda: Delay(_number(words, "delay", argument)),
    }
    needs = name in {"fail", "delay"}
    if needs != bool(argument) and name != "timeout":
        raise _wrong(words, f"{name} {'needs more' if needs else 'takes nothing further'}", f"expected: {known[name]}")
    return makers[name]()


def _failing(argument: str) -> Fail:
    code, colon, message = argument.partition(":")
    return Fail(code, message if colon else PLANTED)


def _number(words: str, name: str, text: str, most: float = math.inf) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number <= most or math.isinf(number):
        limit = "" if math.isinf(most) else f", {most:g} at most"
        raise _wrong(words, f"{name} is {text!r}, a number above 0{limit} was expected")
    return number


def _times(words: str, text: str) -> int | None:
    if text == _WITHOUT_END:
        return None
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise _wrong(words, f"times is {text!r}, a whole number from 1 or {_WITHOUT_END!r} was expected")
    return int(text)


def _wrong(words: str, problem: str, *hints: str) -> UsageError:
    return UsageError(f"--fault {words}: {problem}", *hints)


def _status(calls: str, code: str) -> int:
    """The HTTP status of an error, where the model of its service names one."""
    service = calls.partition(":")[0]
    if service not in _loader().list_available_services("service-2"):
        return 400
    shapes: dict[str, Any] = _model(service)["shapes"]
    for name, shape in shapes.items():
        error = shape.get("error") or {}
        if code in (name, error.get("code")):
            return int(error.get("httpStatusCode") or (500 if shape.get("fault") else 400))
    return 400


def _model(service: str) -> dict[str, Any]:
    found: dict[str, Any] = _loader().load_service_model(service, "service-2")
    return found


def _loader() -> Any:
    from stackgen.local.clients import _models

    return _models()
