"""Where boto3 is imported: clients for the rest of this package, which takes them as arguments."""

from __future__ import annotations

from typing import Any

from stackgen.errors import MissingExtraError

PRICING_REGION = "us-east-1"
"""The Pricing API answers for all regions, from a few: https://docs.aws.amazon.com/general/latest/gr/billing.html."""


def client(service: str, region: str) -> Any:
    """A client with the credentials of the environment. Raises MissingExtraError without boto3."""
    try:
        import boto3
    except ImportError as error:
        raise MissingExtraError(
            f"talking to AWS needs boto3 ({error})", "install the extra deploy: pip install 'stackgen[deploy]'"
        ) from error
    return boto3.client(service, region_name=region)


def pricing() -> Any:
    """A client of the Pricing API. Raises MissingExtraError."""
    return client("pricing", PRICING_REGION)
