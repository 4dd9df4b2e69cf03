"""A deployer's tables in the stand-in for AWS, and the real command run against them."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

from stackgen.cli import main
from stackgen.deployer.handlers import items, keys
from stackgen.deployer.handlers.settings import Settings
from stackgen.deployer.operating.installation import Installation
from stackgen.local.cloud import REGION, Cloud
from tests.support import Ran

if TYPE_CHECKING:
    from collections.abc import Mapping

DEPLOYER = "111111111111"
ACCOUNTS = ["222222222222", "333333333333", "444444444444"]
REGIONS = ["us-east-1", "eu-west-1"]
KEYS = {"locks": ("PK",), "targets": ("PK", "SK"), "deployments": ("PK", "SK"), "builds": ("PK", "SK")}

READS = ("Get", "List", "Describe", "Query", "Scan", "Head", "BatchGet", "AssumeRole")
"""What the names of operations that change nothing begin with."""


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


class Installed:
    """The installation ``dev`` in one account."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.settings = Settings("dev")
        self.dynamodb = cloud.client("dynamodb", DEPLOYER)
        for name, attributes in KEYS.items():
            self.dynamodb.create_table(
                TableName=self.settings.table(name),
                KeySchema=[
                    {"AttributeName": attribute, "KeyType": kind}
                    for attribute, kind in zip(attributes, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in attributes],
                BillingMode="PAY_PER_REQUEST",
            )

    @property
    def installation(self) -> Installation:
        def connect(service: str, region: str | None, credentials: Mapping[str, str] | None = None) -> Any:
            assert credentials is None
            return self.cloud.client(service, DEPLOYER, region or REGION)

        return Installation.of("dev", "-", connect, REGION)

    def run(self, *words: str) -> Ran:
        """``python -m stackgen multi`` with these words, in this process."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["multi", *words])
        return Ran(code, out.getvalue(), err.getvalue())

    def put(self, table: str, **content: Any) -> None:
        self.dynamodb.put_item(TableName=self.settings.table(table), Item=items.item(content))

    def get(self, table: str, **key: str) -> dict[str, Any] | None:
        return items.get(self.dynamodb, self.settings.table(table), key)

    def targets(self, repo: str = "shop", env: str = "dev", accounts: list[str] | None = None, **more: Any) -> None:
        groups = [{"account_ids": accounts or ACCOUNTS, "regions": REGIONS}]
        self.put("targets", PK=keys.targets(repo), SK=keys.environment(env), **{"targets": groups, **more})

    def changes(self) -> list[str]:
        """The calls since the last look that are no reads."""
        made = [f"{note.service}:{note.operation}" for note in self.cloud.gateway.notes]
        self.cloud.gateway.notes.clear()
        return [call for call in made if not call.partition(":")[2].startswith(READS)]
