"""The buckets that deployments have made for templates: what is in them, who still uses them, and their end.

No stack has them, so no deletion of a stack takes them away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import FindingsError

from . import artifacts
from .actions import Action
from .contents import BUCKET, Content
from .emptying import emptied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .targets import Target

    Clients = Callable[[str, str], Any]
    """Makes a client of a service in a region."""

_OURS = re.compile(r"(?:.+/)?[0-9a-f]{16}\.json|stacksets/[^/]+/before\.json")
"""Keys of templates, each under the digest of its text, and of what StackSets were before a rollout."""
_MADE_BY = "aws:cloudformation:stack-name"
_SYSTEM = "Project"
_MOST_NAMED = 3


class Place(NamedTuple):
    """A bucket that the settings lead to."""

    bucket: str
    account: str
    region: str
    system: str

    @property
    def shown(self) -> str:
        """``shop-cfn-111111111111-us-east-1 in 111111111111/us-east-1``."""
        return f"{self.bucket} in {self.account}/{self.region}"


class Found(NamedTuple):
    """One that exists."""

    place: Place
    versions: int
    bytes: int
    others: tuple[str, ...]
    """Keys of what no deployment has put there."""
    stack: str
    """The stack that it belongs to, or nothing."""
    users: tuple[str, ...]
    """The stacks and StackSets whose templates lie in it."""

    @property
    def why_not(self) -> str:
        """Why it is not deleted; nothing where it may be."""
        if self.stack:
            return f"it belongs to the stack {self.stack}, and goes with that"
        if self.users:
            return f"it is used by {_few(self.users)}"
        return f"it holds what no deployment has put there: {_few(self.others)}" if self.others else ""


def places(targets: Iterable[Target]) -> list[Place]:
    """The buckets of these, each once."""
    found = [Place(each.bucket, each.account, each.region, each.system) for each in targets if each.bucket]
    return list(dict.fromkeys(found))


def look(place: Place, homes: Sequence[str], client: Clients) -> Found | None:
    """What there is of a bucket; None where it is not there. *homes* are the regions where StackSets may be.

    Reads only. Raises ArtifactError for a bucket of another account, and what boto3 raises.
    """
    s3 = client("s3", place.region)
    if not artifacts.is_there(place.bucket, place.account, place.region, s3):
        return None
    owner = {"Bucket": place.bucket, "ExpectedBucketOwner": place.account}
    tags = {each["Key"]: each["Value"] for each in artifacts.asked(s3.get_bucket_tagging, owner).get("TagSet", ())}
    versions, size, others = 0, 0, set()
    for page in s3.get_paginator("list_object_versions").paginate(**owner):
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            versions += 1
            size += int(each.get("Size", 0))
            if not _OURS.fullmatch(each["Key"]):
                others.add(str(each["Key"]))
    users = [*_stacks(place, client("cloudformation", place.region))]
    for home in dict.fromkeys((place.region, *homes)):
        users += _stack_sets(place, client("cloudformation", home))
    return Found(place, versions, size, tuple(sorted(others)), tags.get(_MADE_BY, ""), tuple(dict.fromkeys(users)))


def refuse(found: Iterable[Found]) -> None:
    """Raises FindingsError where one of them may not be deleted."""
    kept = [each for each in found if each.why_not]
    if kept:
        raise FindingsError(
            f"{kept[0].place.shown} is not deleted: {kept[0].why_not}",
            *(f"{each.place.shown}: {each.why_not}" for each in kept[1:_MOST_NAMED]),
            "destroy the stacks first; -r and STACK choose other buckets; nothing was done",
        )


def delete(
    found: Found, perform: Callable[[Action], Any], client: Callable[[str], Any], told: Callable[[str], None]
) -> None:
    """Empty a bucket with all versions, and delete it. A run that is cut off leaves less, and the next one ends it."""
    place = found.place
    emptied(Content(place.bucket, BUCKET, place.bucket, ""), place.account, perform, client, told)
    where = {"Bucket": place.bucket, "ExpectedBucketOwner": place.account}
    perform(Action("s3", "delete_bucket", where, f"delete the bucket {place.bucket}"))


def _stacks(place: Place, cloudformation: Any) -> Iterator[str]:
    """The stacks there that are of the same system, or that name the bucket in a parameter."""
    for page in cloudformation.get_paginator("describe_stacks").paginate():
        for each in page["Stacks"]:
            values = [parameter.get("ParameterValue", "") for parameter in each.get("Parameters", ())]
            if "RootId" not in each and (_is_of(place, each) or any(_names(place, value) for value in values)):
                yield f"the stack {each['StackName']}"


def _stack_sets(place: Place, cloudformation: Any) -> Iterator[str]:
    for page in cloudformation.get_paginator("list_stack_sets").paginate(Status="ACTIVE"):
        for each in page["Summaries"]:
            found = cloudformation.describe_stack_set(StackSetName=each["StackSetName"])["StackSet"]
            values = [parameter.get("ParameterValue", "") for parameter in found.get("Parameters", ())]
            if _is_of(place, found) or any(_names(place, value) for value in values):
                yield f"the StackSet {each['StackSetName']}"


def _is_of(place: Place, told: dict[str, Any]) -> bool:
    return any(tag == {"Key": _SYSTEM, "Value": place.system} for tag in told.get("Tags", ()))


def _names(place: Place, value: str) -> bool:
    return place.bucket in (value, f"{value}-{place.region}")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
