"""The API's function under Lambda's runtime client, as its package is, and asked as the HTTP API asks."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from stackgen.local.cloud import Cloud
from stacks.smart_stream.package import package
from tests.runtime import Runtime
from tests.smart_stream.deployment import ACCOUNT, REGION

TABLE, AUDIO, UI = "yoto-smart-stream-dev", "yoto-audio-dev-111111111111", "yoto-ui-dev-111111111111"
VARIABLES = {
    "ENVIRONMENT": "dev", "DYNAMODB_TABLE": TABLE, "S3_AUDIO_BUCKET": AUDIO, "S3_UI_BUCKET": UI,
    "YOTO_CLIENT_ID": "client-of-yoto", "DEBUG": "true", "LOG_LEVEL": "info",
}  # fmt: skip
NAME, PASSWORD = "admin", "correct horse"


class Answered(NamedTuple):
    status: int
    body: Any
    headers: dict[str, str]


class Api:
    """What a browser sees of a function."""

    def __init__(self, function: Runtime) -> None:
        self.function = function

    def event(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> dict[str, Any]:
        """Of payload 2.0, without what nobody reads."""
        sent = {
            "content-type": "application/json",
            **({"authorization": f"Bearer {token}"} if token else {}),
            **headers,
        }
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        return {
            "version": "2.0", "routeKey": "ANY /{proxy+}", "rawPath": path, "rawQueryString": "", "headers": sent,
            "requestContext": {"http": {"method": method, "path": path}, "requestId": "given-by-the-api"},
            "isBase64Encoded": False, **({} if text is None else {"body": text}),
        }  # fmt: skip

    def ask(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Answered:
        return self.send(self.event(method, path, body, token, **headers))

    def send(self, event: dict[str, Any]) -> Answered:
        said, error = self.function.invoke(event)
        assert error is None, (error, self.function.log())
        body = json.loads(said["body"]) if "body" in said else None
        return Answered(said["statusCode"], body, said["headers"])

    def login(self, name: str = NAME, password: str = PASSWORD) -> str:
        """Put a user, and log in."""
        done = self.function.invoke({"command": "put-user", "username": name, "password": password})
        assert done == ({"done": "put-user"}, None)
        return str(self.ask("POST", "/api/user/login", {"username": name, "password": password}).body["token"])


def furnish(cloud: Cloud) -> None:
    """The table and the buckets of an environment."""
    cloud.client("dynamodb", ACCOUNT, REGION).create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("PK", "SK")],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
    )  # fmt: skip
    for bucket in (AUDIO, UI):
        cloud.client("s3", ACCOUNT, REGION).create_bucket(Bucket=bucket)


def unpacked(folder: Path) -> Path:
    """The package, as Lambda unpacks it."""
    task = folder / "task"
    zipfile.ZipFile(io.BytesIO(package())).extractall(task)
    return task


def runtime(cloud: Cloud, folder: Path, **variables: str) -> Runtime:
    """The function of the environment, not begun yet."""
    given = {**VARIABLES, "AWS_ENDPOINT_URL": cloud.url, **variables}
    return Runtime(unpacked(folder), "handler.handler", given, folder / "log", name="yoto-api-dev", seconds=30)


def path_of(url: str) -> str:
    """What the stand-in is asked for at a signed address."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"
