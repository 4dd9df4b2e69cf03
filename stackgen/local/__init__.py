"""A stand-in for AWS that behaves like AWS: no account, no network, no Docker, and time that is virtual.

    from stackgen.local import Cloud, Throttle

    with Cloud() as cloud:
        cloud.faults.add("dynamodb:PutItem", Throttle(), times=2)
        stacks = cloud.client("cloudformation", account="111111111111", region="eu-west-1")

It needs the extra ``local``. The names below are imported when they are first used. Where each behaviour comes from,
and what stays unlike AWS, the packages say in their docstrings; what is guessed there is marked ``assumed:``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .clock import Clock
    from .cloud import Cloud
    from .dynamodb import ConflictingTransaction, LeaveUnprocessed
    from .errors import LocalError, ServiceError
    from .faults import Delay, Fail, LoseAnswer, Throttle, TimeOut
    from .resources import ResourceType
    from .stacksets import Accounts
    from .task import TaskNotFinished

__all__ = [
    "Accounts",
    "Clock",
    "Cloud",
    "ConflictingTransaction",
    "Delay",
    "Fail",
    "LeaveUnprocessed",
    "LocalError",
    "LoseAnswer",
    "ResourceType",
    "ServiceError",
    "TaskNotFinished",
    "Throttle",
    "TimeOut",
]

_HOME = {
    "Accounts": "stacksets",
    "Clock": "clock",
    "Cloud": "cloud",
    "ConflictingTransaction": "dynamodb",
    "Delay": "faults",
    "Fail": "faults",
    "LeaveUnprocessed": "dynamodb",
    "LocalError": "errors",
    "LoseAnswer": "faults",
    "ResourceType": "resources",
    "ServiceError": "errors",
    "TaskNotFinished": "task",
    "Throttle": "faults",
    "TimeOut": "faults",
}


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{home}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
