"""Values that CloudFormation has read in Parameter Store for a change set, and whether they are still what it read.

A parameter of a type such as ``AWS::SSM::Parameter::Value<String>`` is given the name of one in Parameter Store; the
change set tells what that resolved to (API_Parameter, ResolvedValue), and goes on standing for that value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deployer.handlers.refusals import code_of
from stackgen.review.diff.secret_names import is_secret

from .actions import HIDDEN
from .refusals import is_forbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

TYPE = "AWS::SSM::Parameter::Value<"
_AT_ONCE = 10
"""Names that GetParameters takes."""
_ACTION = "ssm:GetParameters"


class Resolved(NamedTuple):
    """A parameter of a stack, the name that it was given, and what stood there."""

    path: str
    """``shop-prod/ImageId``, ``shop-prod/Workers/ImageId``: of which stack, and the parameter."""
    name: str
    key: str
    value: str

    @property
    def is_told(self) -> bool:
        """Whether AWS says what it resolved to; it does not of one with NoEcho."""
        return HIDDEN not in (self.key, self.value)


class Looked(NamedTuple):
    """What a look at Parameter Store has found."""

    changed: tuple[str, ...] = ()
    """``ImageId (/shop/image): ami-1 -> ami-2``, a sentence for each that is another now."""
    notes: tuple[str, ...] = ()
    """What could not be looked at."""


def resolved_in(page: Mapping[str, Any], path: str) -> Iterator[Resolved]:
    """What one description of a change set tells of it."""
    for each in page.get("Parameters", []):
        if "ResolvedValue" in each:
            name = each["ParameterKey"]
            yield Resolved(f"{path}/{name}", name, each.get("ParameterValue", ""), each["ResolvedValue"])


def untold(declared: Mapping[str, Any], found: Sequence[Resolved]) -> list[str]:
    """The parameters of a root whose values are read in Parameter Store, and AWS does not say which they are."""
    told = {each.name for each in found if each.is_told and each.path.count("/") == 1}
    return [name for name, each in declared.items() if str(each.get("Type", "")).startswith(TYPE) and name not in told]


def look(
    found: Sequence[Resolved], secrets: Collection[str], hide: Callable[[str], str], client: Callable[[str], Any]
) -> Looked:
    """Compare with what stands there now; reads only. What may not be read is a note."""
    keys = sorted({each.key for each in found if each.is_told})
    now: dict[str, str] = {}
    try:
        for start in range(0, len(keys), _AT_ONCE):
            now |= _read(keys[start : start + _AT_ONCE], client("ssm"))
    except (ClientError, BotoCoreError) as error:
        why = "these credentials may not " if is_forbidden(error) else ""
        end = "" if is_forbidden(error) else f": {code_of(error)}"
        names = ", ".join(dict.fromkeys(each.name for each in found if each.is_told))
        return Looked(notes=(f"whether {names} would still be read as planned is not known: {why}{_ACTION}{end}",))
    changed = []
    for each in found:
        before, after = _plain(each.value), _plain(now.get(each.key, ""))
        if each.is_told and before != after:
            is_hidden = each.name in secrets or is_secret(each.name) or is_secret(each.key)
            said = "a value that nobody sees" if is_hidden else f"{hide(before)} -> {hide(after) or 'nothing'}"
            changed.append(f"{each.path.partition('/')[2]} ({each.key}): {said}")
    return Looked(tuple(changed))


def _read(keys: list[str], ssm: Any) -> dict[str, str]:
    """Values by every name that they may be asked by: with a version or a label, by ARN."""
    found = {}
    for each in ssm.get_parameters(Names=keys)["Parameters"]:
        selector = each.get("Selector", "")
        for name in (
            each["Name"],
            f"{each['Name']}{selector}",
            each.get("ARN", ""),
            f"{each.get('ARN', '')}{selector}",
        ):
            found[name] = each["Value"]
    return found


def _plain(value: str) -> str:
    """Lists without the spaces after their commas, which CloudFormation leaves out."""
    return ",".join(part.strip() for part in value.split(","))
