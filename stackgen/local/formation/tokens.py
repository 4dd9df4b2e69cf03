"""Client request tokens: a call that is repeated with its token is the same call, and gets the same answer.

From API_CreateStack: a token lets CloudFormation know that a retry is no new request; its error list has
TokenAlreadyExistsException, "A client request token already exists." assumed: a token counts for one operation in one
account and region, is remembered for ever, and is not used up by a call that was refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response

#: The operations that take a token, with its name there.
_NAMES = {
    "CreateStack": "ClientRequestToken",
    "UpdateStack": "ClientRequestToken",
    "DeleteStack": "ClientRequestToken",
    "ExecuteChangeSet": "ClientRequestToken",
    "CreateChangeSet": "ClientToken",
}


class Tokens:
    def __init__(self) -> None:
        self._answers: dict[tuple[str, str, str, str], tuple[dict[str, Any], Response]] = {}

    def around(self, others: Mapping[str, Around]) -> Mapping[str, Around]:
        """What stands around the operations, with the tokens outermost."""
        return {
            **others,
            **{name: self._recognising(token, others.get(name, _as_it_is)) for name, token in _NAMES.items()},
        }

    def _recognising(self, name: str, around: Around) -> Around:
        def answered(call: Call, forward: Callable[[Call], Response]) -> Response:
            token = call.parameters.get(name)
            if not token:
                return around(call, forward)
            key = (call.account, call.region, call.operation, token)
            if key in self._answers:
                before, answer = self._answers[key]
                if before != call.parameters:
                    raise ServiceError("TokenAlreadyExistsException", f"Token {token} was used for another request")
                return answer
            answer = around(call, forward)
            if answer.status < 300:  # noqa: PLR2004 - HTTP
                self._answers[key] = dict(call.parameters), answer
            return answer

        return answered


def _as_it_is(call: Call, forward: Callable[[Call], Response]) -> Response:
    return forward(call)
