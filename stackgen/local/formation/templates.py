"""Where CloudFormation reads templates: in S3, under the names that S3 gives to an object in any region."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: bucket.s3.eu-west-1.amazonaws.com, bucket.s3-eu-west-1.amazonaws.com, bucket.s3.amazonaws.com (VirtualHosting.html)
_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+?)\.s3(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?")
_PATH_STYLE = re.compile(r"s3(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?")
_WRONG_ENDPOINT = (
    "S3 error: The bucket you are attempting to access must be addressed using the specified endpoint. "
    "Please send all future requests to this endpoint."
)


@contextmanager
def readable() -> Iterator[None]:
    """Let CloudFormation read documents from S3 by every form of URL, also from another account's bucket."""
    from ministack.services.cloudformation import helpers

    with given(helpers, _resolve_document=_resolving(helpers._resolve_document)):
        yield


def _resolving(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def resolved(params: dict[str, Any], body_key: str, url_key: str, label: str) -> tuple[str | None, Any]:
        from ministack.services.cloudformation import helpers

        url = helpers._p(params, url_key)
        if helpers._p(params, body_key) or not url:
            answer: tuple[str | None, Any] = resolve(params, body_key, url_key, label)
            return answer
        place = place_of(url)
        if place is None:
            return resolve(params, body_key, url_key, label)  # type: ignore[no-any-return]
        bucket, key, region = place
        refusal, read = _allowed(bucket, region)
        if refusal:
            return None, helpers._error("ValidationError", refusal)
        with read:
            answer = resolve({url_key: [f"http://path/{bucket}/{key}"]}, body_key, url_key, label)
        if answer[1] is not None and b"not found" in answer[1][2]:
            return None, helpers._error("ValidationError", "S3 error: The specified key does not exist.")
        return answer

    return resolved


def place_of(url: str) -> tuple[str, str, str | None] | None:
    """Bucket, key and region of an object's URL; none where the URL is not one of AWS's."""
    where = urlsplit(url)
    host, path = where.hostname or "", unquote(where.path).lstrip("/")
    if found := _PATH_STYLE.fullmatch(host):
        bucket, _, key = path.partition("/")
        return bucket, key, found["region"]
    if found := _VIRTUAL_HOST.fullmatch(host):
        return found["bucket"], path, found["region"]
    return None


def _allowed(bucket: str, region: str | None) -> tuple[str, Any]:
    """Why the caller cannot read from a bucket there, else the scope to read it in."""
    from ministack.core.responses import get_account_id, get_region, request_scope
    from ministack.services import s3

    owner = next((account for account, name in list(s3._buckets._data) if name == bucket), None)
    if owner is None:
        return "S3 error: The specified bucket does not exist.", None
    account = get_account_id()
    if owner != account and not _opened_to_others(s3._bucket_policies._data.get((owner, bucket))):
        return "S3 error: Access Denied", None
    lives_in = s3._buckets._data[owner, bucket].get("region") or "us-east-1"
    if region is not None and region != lives_in:
        return _WRONG_ENDPOINT, None
    return "", request_scope(owner, get_region())


def _opened_to_others(policy: Any) -> bool:
    """Whether a bucket's policy lets anybody else read; which accounts, its conditions say, is taken as fulfilled."""
    if not policy:
        return False
    document = json.loads(policy) if isinstance(policy, str | bytes) else policy
    statements = document.get("Statement", [])
    return any(
        statement.get("Effect") == "Allow" and _reads(statement.get("Action", []))
        for statement in (statements if isinstance(statements, list) else [statements])
    )


def _reads(actions: str | list[str]) -> bool:
    return any(
        action in {"s3:GetObject", "s3:Get*", "s3:*", "*"}
        for action in ([actions] if isinstance(actions, str) else actions)
    )
