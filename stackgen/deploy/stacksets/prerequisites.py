"""What a rollout stands on beside the set: told before it begins, as far as these credentials may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.refusals import code_of, is_transient

from .reading import SKIPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from .reading import Instance
    from .wanted import Wanted

    Client = Callable[..., Any]
    """Makes a client of a service, of another region than the set's where one is named."""

AT_ONCE = 10_000
"""Instances that operations of one administrator may work on at the same time in a region. Source: CloudFormation
quotas, "Concurrent stack instance operations, per Region per administrator account"."""
MOST_INSTANCES = 100_000
"""Source: CloudFormation quotas, "Stack instances per stack set"."""
_SHOWN = 5


def notes(wanted: Wanted, instances: Sequence[Instance], buckets: Collection[str], client: Client) -> list[str]:
    """What a person should know; reads only, and what may not be read is left out."""
    return [
        *_of_size(wanted),
        *_of_roles(wanted, client),
        *_of_accounts(wanted, instances),
        *_of_regions(wanted, client),
        *(_of_buckets(wanted, buckets, client) if wanted.is_nested else ()),
    ]


def _of_size(wanted: Wanted) -> Iterator[str]:
    if len(wanted.chosen) > AT_ONCE:
        yield f"{len(wanted.chosen):,} stacks: AWS works on no more than {AT_ONCE:,} of an administrator at once"


def _of_roles(wanted: Wanted, client: Client) -> Iterator[str]:
    """A self-managed set needs two roles, which AWS does not make."""
    if wanted.declared.is_service_managed:
        return
    arn = wanted.administration_role
    name = arn.rpartition("/")[2]
    if arn.split(":")[4] == wanted.home.account and _is_missing(client("iam"), name):
        yield (
            f"the role {name} is not in account {wanted.home.account}: CloudFormation needs it to reach the accounts, "
            f"each of which needs a role {wanted.execution_role} that trusts it "
            "(AWS, Prerequisites for stack set operations: grant self-managed permissions)"
        )


def _is_missing(iam: Any, name: str) -> bool:
    try:
        iam.get_role(RoleName=name)
    except ClientError as error:
        if is_transient(error):
            raise
        return code_of(error) == "NoSuchEntity"
    return False


def _of_accounts(wanted: Wanted, instances: Sequence[Instance]) -> Iterator[str]:
    skipped = {each.pair.account_id for each in instances if each.detailed == SKIPPED and each.pair in wanted.chosen}
    if skipped:
        yield f"suspended when last looked at, and skipped again unless that has changed: {_some(skipped)}"


def _of_regions(wanted: Wanted, client: Client) -> Iterator[str]:
    """A region that must be enabled first, in each account by itself."""
    try:
        found = client("ec2").describe_regions(AllRegions=True)["Regions"]
    except ClientError as error:
        if is_transient(error):
            raise
        return
    status = {each["RegionName"]: each.get("OptInStatus", "") for each in found}
    for region in dict.fromkeys(pair.region for pair in sorted(wanted.chosen)):
        accounts = {pair.account_id for pair in wanted.chosen if pair.region == region}
        if status.get(region) == "not-opted-in" and wanted.home.account in accounts:
            yield f"{region} is not enabled in account {wanted.home.account}: its stack there will fail"
            accounts.discard(wanted.home.account)
        if status.get(region) in ("not-opted-in", "opted-in") and accounts:
            yield f"{region} must be enabled in each account before its stack can be made there: {_some(accounts)}"


def _of_buckets(wanted: Wanted, buckets: Collection[str], client: Client) -> Iterator[str]:
    """Nested templates are read in each cell with its own role, so other accounts must be let in."""
    accounts = {pair.account_id for pair in wanted.chosen} - {wanted.home.account}
    for bucket in buckets if accounts else ():
        policy = _policy(client("s3"), bucket)
        if policy is not None and "aws:PrincipalOrgID" not in policy:
            shut_out = {account for account in accounts if account not in policy}
            if shut_out:
                yield (
                    f"nested templates are read from the bucket {bucket} in every account, which its policy must "
                    f"allow; {_some(shut_out)} is not in it: allow s3:GetObject there to {wanted.execution_role}, or "
                    "the stacks fail"
                )


def _policy(s3: Any, bucket: str) -> str | None:
    """The text of a bucket's policy; None where it may not be read. A bucket that is not there yet has none."""
    try:
        return str(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except ClientError as error:
        if is_transient(error):
            raise
        return "" if code_of(error) in ("NoSuchBucketPolicy", "NoSuchBucket") else None


def _some(names: Collection[str]) -> str:
    shown = sorted(names)[:_SHOWN]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
