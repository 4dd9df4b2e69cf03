"""Where boto3 is imported: clients for the rest of this package, which takes them as arguments."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import MissingExtraError, UsageError, likely

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PRICING_REGION = "us-east-1"
"""The Pricing API answers for all regions, from a few: https://docs.aws.amazon.com/general/latest/gr/billing.html."""

ATTEMPTS = 5
"""How often a call is made that is throttled, or whose answer is lost, with a growing pause."""

ROLE_SECONDS = 3600
"""How long the credentials of an assumed role are good: every role allows an hour, and then they are renewed."""


class Role(NamedTuple):
    """A role to assume, what it asks for, and what the calls are called in CloudTrail."""

    arn: str
    external_id: str
    name: str
    seconds: int = ROLE_SECONDS


def client(
    service: str,
    region: str | None,
    profile: str | None = None,
    credentials: Mapping[str, str] | None = None,
    assumed: Any = None,
) -> Any:
    """A client with the credentials of the environment, of a profile, those that AssumeRole gave, or of a role.

    *assumed* are those that ``assume`` gave, which are renewed in time.

    Without a region it is that of the environment or profile. Raises MissingExtraError without boto3, and UsageError
    for a profile that is not there, or where nobody says a region.
    """
    _, botocore = _boto()
    config = botocore.config.Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS}, connect_timeout=5, read_timeout=20
    )
    given = credentials or {}
    session = _of_profile(profile) if assumed is None else _with(assumed)
    try:
        return session.client(
            service,
            region_name=region or os.environ.get("AWS_REGION"),  # boto3 itself reads AWS_DEFAULT_REGION alone
            config=config,
            aws_access_key_id=given.get("AccessKeyId"),
            aws_secret_access_key=given.get("SecretAccessKey"),
            aws_session_token=given.get("SessionToken"),
        )
    except botocore.exceptions.NoRegionError as error:
        raise UsageError(
            "no region: nobody says where the deployer is",
            "-r REGION does, or AWS_REGION, AWS_DEFAULT_REGION, a profile",
        ) from error


def assume(role: Role, region: str, profile: str | None, noted: Callable[[Any], Any]) -> Any:
    """The credentials of a role, asked for when they are needed, and again before they end.

    *noted* is given the client that asks for them. Raises MissingExtraError, UsageError, and NoCredentialsError of
    botocore where there are none to assume the role with.
    """
    _, botocore = _boto()
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    source = _of_profile(profile).get_credentials()
    if source is None:
        raise botocore.exceptions.NoCredentialsError
    wanted = {"RoleSessionName": re.sub(r"[^\w+=,.@-]", "-", role.name)[:64], "DurationSeconds": role.seconds}
    if role.external_id:
        wanted["ExternalId"] = role.external_id

    def sts(service: str, **keys: str) -> Any:
        names = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey",
                 "aws_session_token": "SessionToken"}  # fmt: skip
        given = {names[name]: value for name, value in keys.items()}
        return noted(client(service, region, profile, given))

    fetcher = AssumeRoleCredentialFetcher(sts, source, role.arn, extra_args=wanted)
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def pricing(profile: str | None = None) -> Any:
    """A client of the Pricing API. Raises MissingExtraError, UsageError."""
    return client("pricing", PRICING_REGION, profile)


def check_region(region: str, said: str) -> None:
    """See that there is such a region, as far as the installed botocore knows. Raises UsageError."""
    known = regions()
    if region not in known:
        newer = "a region that is newer than the installed boto3 needs a newer one"
        raise UsageError(f"{said} {region}: AWS has no such region", likely(region, known), newer)


def regions() -> set[str]:
    """Every region with CloudFormation that botocore knows of. Raises MissingExtraError."""
    session = _core()
    return {
        name
        for partition in session.get_available_partitions()
        for name in session.get_available_regions("cloudformation", partition)
    }


def _settings() -> tuple[tuple[str, str], ...]:
    """What of the environment a session reads when it is made."""
    return tuple(sorted(item for item in os.environ.items() if item[0].startswith("AWS_")))


def _of_profile(profile: str | None) -> Any:
    """The session of a profile, or that of the environment. Raises UsageError for a profile that is not there."""
    _, botocore = _boto()
    try:
        return _session(profile, _settings())
    except botocore.exceptions.ProfileNotFound as error:
        wanted = f"profile {profile}" if profile else f"AWS_PROFILE ({error})"
        known = botocore.session.Session().available_profiles if profile else []
        raise UsageError(f"{wanted}: there is no such profile", likely(profile or "", known)) from error


@lru_cache(maxsize=4)
def _session(profile: str | None, _: tuple[tuple[str, str], ...]) -> Any:
    """One session for all clients of a command."""
    return _boto()[0].Session(profile_name=profile, botocore_session=_core(profile))


def _with(credentials: Any) -> Any:
    """A session with credentials of its own."""
    own = _core()
    own._credentials = credentials
    return _boto()[0].Session(botocore_session=own)


def _core(profile: str | None = None) -> Any:
    """A session of botocore's that has what those before it have read of the services."""
    core = _boto()[1].session.Session(profile=profile)
    core.register_component("data_loader", _models(core.get_config_variable("data_path")))
    return core


@lru_cache(maxsize=4)
def _models(data_path: str | None) -> Any:
    """The models of the services: each is read once, however many sessions ask for it."""
    from botocore.loaders import create_loader

    return create_loader(data_path)


def _boto() -> tuple[Any, Any]:
    try:
        import boto3
        import botocore.config
        import botocore.exceptions
        import botocore.session
    except ImportError as error:
        raise MissingExtraError(
            f"talking to AWS needs boto3 ({error})", "install the extra deploy: pip install 'stackgen[deploy]'"
        ) from error
    return boto3, botocore
