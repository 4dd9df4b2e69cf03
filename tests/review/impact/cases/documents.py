"""What the resources of the cases are made of: identifiers, policy documents, keys of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.review.impact.cases.model import Content

VPC_ID = "vpc-0a1b2c3d4e5f60718"
SUBNET_IDS = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE_ARN = "arn:aws:iam::111122223333:role/service"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:worker"


def trust(service: str) -> Content:
    """The trust policy of a service's role."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }


def policy(action: str = "sqs:SendMessage") -> Content:
    """A policy document of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def key_policy(*actions: str) -> Content:
    """A policy of a KMS key."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": list(actions) or "kms:*",
                "Resource": "*",
            }
        ],
    }


def attributes(*names: str) -> list[Content]:
    """The attribute definitions of a table."""
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def keys(*names: str) -> list[Content]:
    """A key schema: a partition key, then a sort key."""
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def index(name: str, *attribute_names: str) -> Content:
    """A secondary index of a table."""
    return {"IndexName": name, "KeySchema": keys(*attribute_names), "Projection": {"ProjectionType": "ALL"}}
