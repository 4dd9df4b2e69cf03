"""The door of every function: who calls, logs that can be found again, and errors that the state machine knows."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from .clients import Clients
from .errors import DeployerError
from .refusals import bounded, translated
from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Function = Callable[[Mapping[str, Any], Settings, Clients], Any]

log = Logger()
"""Its service is what the function's POWERTOOLS_SERVICE_NAME says."""
_clients = Clients()


def entry(function: Function) -> Callable[[Any, object], Any]:
    """The ``handler`` of a module; *function* takes the event, the settings and the clients."""

    @functools.wraps(function)
    def handler(event: Any, context: object) -> Any:
        about = {name: event[name] for name in ("env", "repo", "sk") if isinstance(event, dict) and name in event}
        log.append_keys(function_request_id=getattr(context, "aws_request_id", ""), **about)
        log.set_correlation_id(str(about.get("sk", "")))
        try:
            answer = function(event, Settings.read(), _clients)
        except DeployerError as error:
            log.warning("%s: %s", type(error).__name__, error)
            raise type(error)(bounded(str(error))) from None
        except (ClientError, BotoCoreError) as error:
            ours = translated(error)
            log.warning("%s: %s", type(ours).__name__, ours)
            raise ours from None
        log.info("done")
        return answer

    return handler
