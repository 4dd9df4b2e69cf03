"""Where CloudFormation reads templates: in S3, under the names that S3 gives to an object in any region.

A URL may name a version of the object (``?versionId=``). Each reading is a call of ``s3:GetObject`` to planted faults.
"""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from stackgen.local.errors import ServiceError
from stackgen.local.faults import LostAnswer
from stackgen.local.virtual import given
from stackgen.local.wire import Response, from_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stackgen.local.faults import Faults

#: bucket.s3.eu-west-1.amazonaws.com, bucket.s3-eu-west-1.amazonaws.com, bucket.s3.amazonaws.com (VirtualHosting.html)
_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+?)\.s3(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?")
_PATH_STYLE = re.compile(r"s3(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?")
_WRONG_ENDPOINT = (
    "S3 error: The bucket you are attempting to access must be addressed using the specified endpoint. "
    "Please send all future requests to this endpoint."
)


@contextmanager
def readable(faults: Faults) -> Iterator[None]:
    """Let CloudFormation read documents from S3 by every form of URL, also from another account's bucket."""
    from ministack.services.cloudformation import helpers

    with given(helpers, _resolve_document=_resolving(helpers._resolve_document, faults)):
        yield


def meet_faults(faults: Faults, url: str) -> None:
    """Let the reading of a document meet its faults.

    :raises ServiceError: ValidationError, when one of them is met.
    """
    from ministack.core.responses import get_account_id, get_region

    place = place_of(url)
    if place is None:
        return
    said = {"Bucket": place[0], "Key": place[1]}
    try:
        faults.meet(
            from_inside("s3", "GetObject", get_account_id(), get_region(), said), lambda: Response(200, {}, b"")
        )
    except ServiceError as planted:
        raise ServiceError("ValidationError", f"S3 error: {planted.message}") from planted
    except LostAnswer as lost:
        raise ServiceError("ValidationError", f"S3 error: {lost}") from lost


def text_at(url: str) -> str | None:
    """The text of a template, none where it cannot be read; planted faults do not see that somebody looked."""
    from ministack.core.responses import get_region, request_scope
    from ministack.services import s3

    bucket, key, region = place_of(url) or (*urlsplit(url).path.lstrip("/").partition("/")[::2], None)
    refusal, owner = _allowed(bucket, region)
    if refusal:
        return None
    with request_scope(owner, get_region()):
        data: bytes | None = s3._get_object_data(bucket, key, version_of(url))
    return None if data is None else data.decode("utf-8", "replace")


def _in_the_service() -> bool:
    """Whether this runs in ministack's own loop: there nothing may wait, and the fault was met at the door."""
    return asyncio._get_running_loop() is not None


def _resolving(resolve: Callable[..., Any], faults: Faults) -> Callable[..., Any]:
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
        refusal, owner = _allowed(bucket, region)
        if refusal:
            return None, helpers._error("ValidationError", refusal)
        try:
            if not _in_the_service():
                meet_faults(faults, url)
        except ServiceError as planted:
            return None, helpers._error(planted.code, planted.message)
        with _reading(owner, version_of(url)):
            answer = resolve({url_key: [f"http://path/{bucket}/{key}"]}, body_key, url_key, label)
        if answer[1] is not None and b"not found" in answer[1][2]:
            lost = "version" if version_of(url) else "key"
            return None, helpers._error("ValidationError", f"S3 error: The specified {lost} does not exist.")
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


def version_of(url: str) -> str | None:
    """The version of the object that a URL names, if it does (RetrievingObjectVersions.html)."""
    return parse_qs(urlsplit(url).query).get("versionId", [None])[0]


@contextmanager
def _reading(owner: str, version: str | None) -> Iterator[None]:
    """Read as the owner of a bucket, and that version of its objects."""
    from ministack.core.responses import get_region, request_scope
    from ministack.services import s3

    read = s3._get_object_data
    with request_scope(owner, get_region()):
        if version is None:
            yield
            return
        with given(s3, _get_object_data=lambda bucket, key: read(bucket, key, version)):
            yield


def _allowed(bucket: str, region: str | None) -> tuple[str, str]:
    """Why the caller cannot read from a bucket there, and to whom it belongs."""
    from ministack.core.responses import get_account_id
    from ministack.services import s3

    owner = next((account for account, name in list(s3._buckets._data) if name == bucket), None)
    if owner is None:
        return "S3 error: The specified bucket does not exist.", ""
    account = get_account_id()
    if owner != account and not _opened_to_others(s3._bucket_policies._data.get((owner, bucket))):
        return "S3 error: Access Denied", ""
    lives_in = s3._buckets._data[owner, bucket].get("region") or "us-east-1"
    if region is not None and region != lives_in:
        return _WRONG_ENDPOINT, ""
    return "", str(owner)


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
