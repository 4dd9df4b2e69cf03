"""What is answered in place of what was asked for; the message is for whoever asked.

Refusal                     status, code
├── BadRequest              400  the body or a name in the path is not as it must be
├── NotLoggedIn             401  no token, or one that is not good any more
├── NotFound                404  there is no such thing
├── MethodNotAllowed        405  the path is there, for other methods
├── Conflict                409  it cannot be done now; the code says why
├── TooLarge                413  nobody reads such a body
├── BadGateway              502  Yoto refused, or does not answer
└── Unavailable             503  the table or the bucket does not answer
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """Base of all."""

    status: ClassVar[int]

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code or type(self).__name__


class BadRequest(Refusal):
    """Asked for in a way that cannot be right."""

    status = 400


class NotLoggedIn(Refusal):
    """Says nothing of why: who guesses shall learn nothing."""

    status = 401


class NotFound(Refusal):
    """Not there, or not any more."""

    status = 404


class MethodNotAllowed(Refusal):
    """The message lists the methods that are."""

    status = 405


class Conflict(Refusal):
    """Later it may be done."""

    status = 409


class TooLarge(Refusal):
    """Larger than anything that is asked for here."""

    status = 413


class BadGateway(Refusal):
    """Somebody else's doing."""

    status = 502


class Unavailable(Refusal):
    """Tried as often as is sensible."""

    status = 503
