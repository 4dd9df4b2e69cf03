"""Functions tried end to end: what they need is put there, they are invoked, what they leave is looked for and removed.

Every call that changes something is an action of its own, and goes to whoever performs it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deploy.actions import Action

from .checked import Checked, right, wrong
from .comparing import differences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.deploy.executor import Executor
    from stackgen.deploy.hiding import Hiding
    from stackgen.deploy.polling import Pace

    from .resources import Clients
    from .settings import Invocation, Item, Kept

FUNCTION, OBJECT = "function", "object"
_MOST = 300
"""Characters of what a function says of its failure."""
_SECONDS = 30.0
"""How long an object may take to appear."""


class Trying:
    """Tries functions of one stack; ``left`` tells what could not be taken away again."""

    def __init__(self, clients: Clients, executor: Executor, hiding: Hiding, pace: Pace) -> None:
        self._clients = clients
        self._executor = executor
        self._hiding = hiding
        self._pace = pace
        self.left: list[str] = []

    def tried(self, wanted: Invocation) -> list[Checked]:
        """The checks of one invocation; what was put for it is removed, however it ends. Raises what boto3 raises."""
        put: list[Item] = []
        try:
            for item in wanted.items:
                self._executor.perform(self._putting(item, wanted.name))
                put.append(item)
            found = [self._invoked(wanted)]
            if found[0].is_right:
                found += [self._there(each, wanted.name) for each in wanted.objects]
            return found
        finally:
            for item in put:
                self._remove(self._deleting(item), f"an item of {item.table}")
            for each in wanted.objects:
                self._remove_object(each)

    def _invoked(self, wanted: Invocation) -> Checked:
        action = Action(
            "lambda",
            "invoke",
            {"FunctionName": wanted.function, "Payload": json.dumps(wanted.payload).encode()},
            f"invoke {wanted.function} as {wanted.name}",
        )
        told = self._executor.perform(action)
        text = told["Payload"].read().decode("utf-8", "replace")
        remedy = f"its log tells more: /aws/lambda/{_name(wanted.function)} in CloudWatch Logs"
        if told.get("FunctionError"):
            said = self._hiding.text(f"it failed: {_failure(text)}")
            return wrong(wanted.name, FUNCTION, said, remedy)
        try:
            answer = json.loads(text or "null")
        except ValueError:
            return wrong(wanted.name, FUNCTION, "its answer is not JSON", remedy)
        others = [*differences(wanted.answer, answer)]
        if others:
            return wrong(wanted.name, FUNCTION, self._hiding.text("; ".join(others)), remedy)
        return right(wanted.name, FUNCTION, "it answers as expected" if wanted.answer else "it answers")

    def _there(self, wanted: Kept, name: str) -> Checked:
        s3 = self._clients("s3")
        path, place = f"{name} leaves {wanted.key}", f"in {wanted.bucket}"
        for _ in self._pace.looks(_SECONDS):
            if _head(s3, wanted) is not None:
                return right(path, OBJECT, f"it is {place}")
        return wrong(path, OBJECT, f"it is not {place}", "the function answers, and does not write what it should")

    def _putting(self, wanted: Item, name: str) -> Action:
        """A put that replaces nothing that is there."""
        first = next(iter(self._key(wanted)))
        asked = {
            "TableName": wanted.table,
            "Item": wanted.item,
            "ConditionExpression": "attribute_not_exists(#key)",
            "ExpressionAttributeNames": {"#key": first},
        }
        return Action("dynamodb", "put_item", asked, f"put an item into {wanted.table} for {name}")

    def _deleting(self, wanted: Item) -> Action:
        asked = {"TableName": wanted.table, "Key": self._key(wanted)}
        return Action("dynamodb", "delete_item", asked, f"take the item from {wanted.table} again", always=True)

    def _key(self, wanted: Item) -> dict[str, Any]:
        schema = self._clients("dynamodb").describe_table(TableName=wanted.table)["Table"]["KeySchema"]
        return {each["AttributeName"]: wanted.item.get(each["AttributeName"]) for each in schema}

    def _remove_object(self, kept: Kept) -> None:
        """The very version that is there."""
        head = _head(self._clients("s3"), kept)
        if head is None:
            return
        version = {"VersionId": head["VersionId"]} if head.get("VersionId") else {}
        asked = {"Bucket": kept.bucket, "Key": kept.key, **version}
        self._remove(Action("s3", "delete_object", asked, f"delete {kept.key} again", always=True), kept.key)

    def _remove(self, action: Action, what: str) -> None:
        try:
            self._executor.perform(action)
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            self.left.append(f"{what} stays: {code}")


def _head(s3: Any, wanted: Kept) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = s3.head_object(Bucket=wanted.bucket, Key=wanted.key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return None
        raise
    return found


def _failure(text: str) -> str:
    """What Lambda tells of an error, without its trace."""
    try:
        told = json.loads(text)
        words = f"{told['errorType']}: {told.get('errorMessage', '')}"
    except (ValueError, KeyError, TypeError):
        words = text
    return words[:_MOST]


def _name(function: str) -> str:
    """The function's name, of an ARN too, without its alias."""
    parts = function.split(":")
    return parts[6] if function.startswith("arn:") else parts[0]
