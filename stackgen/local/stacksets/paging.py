"""Pages of a listing, and the tokens that lead from one to the next.

A token carries the number of the last item of its page. Listings keep their items in the order of such numbers, so a
page costs its own length whatever came and went in between.
"""

from __future__ import annotations

import base64
import binascii
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from stackgen.local.stacksets import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: assumed: what AWS sends where MaxResults asks for no fewer; it is also the most that MaxResults may ask for. AWS may
#: send less than was asked for, and so does this with a smaller number here.
PAGE = 100

T = TypeVar("T")


def position(parameters: Mapping[str, Any], kind: str) -> int | None:
    """The number that the NextToken of a request carries; none on the first page.

    :raises ServiceError: for a token that no listing of this kind gave.
    """
    token = parameters.get("NextToken")
    if token is None:
        return None
    try:
        named, _, number = base64.urlsafe_b64decode(token).decode().partition(":")
        if named == kind:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise errors.invalid("NextToken is invalid")


def page(
    parameters: Mapping[str, Any],
    kind: str,
    items: Iterable[T],
    number: Callable[[T], int],
    shown: Callable[[T], dict[str, Any]],
) -> dict[str, Any]:
    """The answer to a listing: as many of *items* as were asked for, and a token where there are more."""
    items = iter(items)
    listed = list(islice(items, min(parameters.get("MaxResults") or PAGE, PAGE)))
    answer: dict[str, Any] = {"Summaries": [shown(item) for item in listed]}
    if listed and next(items, None) is not None:
        answer["NextToken"] = base64.urlsafe_b64encode(f"{kind}:{number(listed[-1])}".encode()).decode()
    return answer
