"""A small installation of the deployer in the stand-in: its tables, and its functions with their environment."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from stackgen.deployer.handlers import items
from stackgen.local.cloud import Cloud

ACCOUNT = "111111111111"
ENV = "ops"
"""The deployer's own environment; what it deploys to has other names."""


class FunctionFailed(Exception):
    """What a function raised: the name of its class, and its message."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


class Installation:
    def __init__(self, cloud: Cloud, **variables: str) -> None:
        self.cloud = cloud
        self.dynamodb = cloud.client("dynamodb")
        self.variables = {"ENV": ENV, **variables}
        for name in ("locks", "targets", "deployments", "builds"):
            keys = ["PK"] if name == "locks" else ["PK", "SK"]
            self.dynamodb.create_table(
                TableName=self.table(name),
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            )

    @staticmethod
    def table(name: str) -> str:
        return f"{ENV}-aws-deployer-{name}"

    def put(self, table: str, **content: Any) -> None:
        self.dynamodb.put_item(TableName=self.table(table), Item=items.item(content))

    def targets(self, repo: str, env: str, *accounts: str, regions: tuple[str, ...] = ("us-east-1",)) -> None:
        """Say where a repository is deployed to."""
        groups = [{"account_ids": list(accounts), "regions": list(regions)}]
        self.put("targets", PK=f"REPO#{repo}", SK=f"ENV#{env}", targets=groups)

    def records(self, table: str) -> list[dict[str, Any]]:
        """All items, by their keys."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table(table))
        found = [items.plain(each) for page in pages for each in page["Items"]]
        return sorted(found, key=lambda each: (each["PK"], each.get("SK", "")))

    def builds(self) -> list[dict[str, Any]]:
        return [each for each in self.records("builds") if each["PK"].startswith("REPO#")]

    def latest(self) -> list[dict[str, Any]]:
        return [each for each in self.records("builds") if each["PK"].startswith("LATEST#")]

    def install(self, name: str, handler: Callable[[Any, Any], Any], **variables: str) -> str:
        """Make a function; its ARN."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("app.py", "")
        self.cloud.functions.register(name, handler)
        made = self.cloud.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="a.b",
            Role=f"arn:aws:iam::{ACCOUNT}:role/function",
            Timeout=900,
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": {**self.variables, **variables}},
        )
        return str(made["FunctionArn"])

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """What a function answers. Raises FunctionFailed."""
        answer = self.cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        told = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            raise FunctionFailed(told["errorType"], told["errorMessage"])
        return told

    def calls(self, service: str, operation: str) -> int:
        """How often a service was asked for something."""
        return sum((each.service, each.operation) == (service, operation) for each in self.cloud.gateway.notes)
