"""The boto3 clients of a function, made when they are first used and kept while the function is warm."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from . import moments
from .refusals import is_transient

if TYPE_CHECKING:
    from .settings import Settings

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 5},
    connect_timeout=5,
    read_timeout=20,
    user_agent_extra="aws-deployer",
)
"""Five attempts with a growing pause; whatever is still throttled then, the state machine tries again."""

SESSION_SECONDS = 900
"""For which a role is taken on: the shortest session that there is (API_AssumeRole)."""
_TRUSTED = SESSION_SECONDS - 60
"""Seconds for which a role that was taken on is kept."""


class Clients:
    """Clients by the names of their services."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, str], Any] = {}
        self._trusted: dict[tuple[str, str, str], tuple[Any, int]] = {}
        self._making = threading.Lock()  # boto3's session, unlike its clients, is not for several threads

    @property
    def cloudformation(self) -> Any:
        return self._client("cloudformation")

    @property
    def dynamodb(self) -> Any:
        return self._client("dynamodb")

    @property
    def s3(self) -> Any:
        return self._client("s3")

    @property
    def stepfunctions(self) -> Any:
        return self._client("stepfunctions")

    def own(self, service: str, region: str = "") -> Any:
        """A client of any service with the function's own role."""
        return self._client(service, region)

    def in_target(self, service: str, account: str, region: str, settings: Settings) -> Any | None:
        """A client that reads in a target account; None where its reader role does not let the function in.

        Raises what botocore does where that is not known, because STS is throttled or out of reach.
        """
        key = (service, account, region)
        client, until = self._trusted.get(key, (None, 0))
        if client is None or until < moments.now():
            role = f"arn:{_partition(region)}:iam::{account}:role/{settings.reader_role_name}"
            try:
                answer = self._client("sts").assume_role(
                    RoleArn=role, RoleSessionName=f"{settings.env}-aws-deployer"[:64], DurationSeconds=SESSION_SECONDS
                )
            except (ClientError, BotoCoreError) as error:
                if is_transient(error):
                    raise
                return None
            given = answer["Credentials"]
            with self._making:
                client = boto3.client(
                    service,
                    region_name=region,
                    aws_access_key_id=given["AccessKeyId"],
                    aws_secret_access_key=given["SecretAccessKey"],
                    aws_session_token=given["SessionToken"],
                    config=CONFIG,
                )
            now = moments.now()
            self._trusted = {each: kept for each, kept in self._trusted.items() if kept[1] >= now}
            self._trusted[key] = (client, now + _TRUSTED)
        return client

    def _client(self, service: str, region: str = "") -> Any:
        """A client belongs to the credentials that it was made with."""
        key = (service, region, os.environ.get("AWS_SESSION_TOKEN", ""))
        with self._making:
            if key not in self._made:
                more = {"region_name": region} if region else {}
                self._made[key] = boto3.client(service, config=CONFIG, **more)
            return self._made[key]


def _partition(region: str) -> str:
    """The part of AWS that a region belongs to. Source: the partitions in botocore's endpoints."""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
