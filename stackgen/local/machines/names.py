"""ARNs and names of machines and executions, and the tokens of pages."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from stackgen.local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_ARN = re.compile(
    r"arn:aws[a-z-]*:states:([a-z0-9-]+):(\d{12}):(stateMachine|execution|express):([^:]+)(?::([^:]+))?.*"
)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
#: What no name may hold: blanks, brackets, wildcards, special and control characters.
_FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
_LONGEST = 80
_MOST = 1000
_USUAL = 100


@dataclass(frozen=True, slots=True)
class Arn:
    region: str
    account: str
    kind: str
    machine: str
    execution: str

    @classmethod
    def parse(cls, text: str, kind: str) -> Arn:
        """Read the ARN of a machine or an execution.

        :raises ServiceError: InvalidArn, unless it is one.
        """
        found = _ARN.fullmatch(text)
        wanted = {"execution", "express"} if kind == "execution" else {kind}
        if found is None or found[3] not in wanted or (kind == "execution" and not found[5]):
            raise ServiceError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix or resource type: {text}'")
        return cls(found[1], found[2], found[3], found[4], found[5] or "")


def machine_arn(region: str, account: str, name: str) -> str:
    return f"arn:{partition(region)}:states:{region}:{account}:stateMachine:{name}"


def execution_arn(machine: str, name: str, *, run: str = "") -> str:
    """The ARN of an execution; one of an EXPRESS machine also names its *run*."""
    kind = "express" if run else "execution"
    return f"{machine.replace(':stateMachine:', f':{kind}:')}:{name}" + (f":{run}" if run else "")


def partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def check_name(name: str) -> None:
    """Hold a name to what AWS allows.

    :raises ServiceError: InvalidName.
    """
    if not 1 <= len(name) <= _LONGEST or _FORBIDDEN.search(name):
        raise ServiceError("InvalidName", f"Invalid Name: '{name}'")


def check_role(arn: str) -> None:
    """Hold the ARN of a role to its form.

    :raises ServiceError: InvalidArn.
    """
    if not _ROLE.fullmatch(arn):
        raise ServiceError("InvalidArn", f"Invalid Role Arn: '{arn}'")


def page(
    items: Sequence[T], parameters: dict[str, Any], owner: str, *, backwards: bool = False
) -> tuple[Sequence[T], dict[str, str]]:
    """One page of *items*, and the token of the next one; tokens of another *owner* are refused.

    Read *backwards*, the pages stay the same while items are added: a token counts from the front.

    :raises ServiceError: InvalidToken.
    """
    start = _start(parameters.get("nextToken"), owner, len(items) if backwards else 0)
    most = min(parameters.get("maxResults") or _USUAL, _MOST)
    if backwards:
        end = max(0, start - most)
        shown, has_more = items[end:start][::-1], end > 0
    else:
        end = start + most
        shown, has_more = items[start:end], end < len(items)
    return shown, {"nextToken": _token(end, owner)} if has_more else {}


def _token(at: int, owner: str) -> str:
    return base64.urlsafe_b64encode(f"{at} {owner}".encode()).decode()


def _start(token: str | None, owner: str, first: int) -> int:
    if not token:
        return first
    try:
        start, _, of = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
        if of == owner:
            return int(start)
    except ValueError:
        pass
    raise ServiceError("InvalidToken", f"Invalid Token: '{token}'")
