"""Whatever happens, CloudFormation is answered: it would wait for an hour, or for its ServiceTimeout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .answer import Answer, send
from .errors import MigrationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools import Logger

    from .migrating import Outcome


def respond(
    event: Mapping[str, Any], work: Callable[[], Outcome], log: Logger, hidden: Callable[[str], str] = str
) -> None:
    """Do the work of a request, and answer it. ``hidden`` takes secrets out of a reason.

    It does not raise when the work failed: CloudFormation knows. Raises AnswerLost: then CloudFormation waits until its
    ServiceTimeout, and the function's metric of errors tells.
    """
    answer = answered(event, work, log, hidden)
    if answer.reason:
        log.error(answer.reason)
    send(event, answer)


def answered(
    event: Mapping[str, Any], work: Callable[[], Outcome], log: Logger, hidden: Callable[[str], str]
) -> Answer:
    """What CloudFormation is told."""
    if event.get("RequestType") == "Delete":
        return Answer()  # the data stay, whatever happens to the stack
    try:
        outcome = work()
    except MigrationError as error:
        return Answer(hidden(f"{type(error).__name__}: {error}"))
    except BaseException as error:  # nobody would hear of it before the time is up
        log.exception("unexpected")
        return Answer(f"unexpected {type(error).__name__}; the function's log tells where")
    log.info("the schema has version %s; applied now: %s", outcome.version, ", ".join(outcome.applied) or "nothing")
    return Answer(data={"AppliedVersion": str(outcome.version)})
