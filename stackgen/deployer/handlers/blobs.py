"""Blobs of images: which a repository lacks, and how one gets there, a part at a time.

What is copied is summed on the way, and the upload is completed only if the sum is the blob's own digest. A blob never
lies in memory as a whole.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from botocore.response import StreamingBody

from .errors import ImagesNotPromoted, Transient
from .refusals import code_of, is_transient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_DIGESTS = 100
"""Of one BatchCheckLayerAvailability."""

MOST_PART = 10_000_000
"""Bytes of a part. ECR takes 5 MiB at least, but of the last, and 20 MiB at most. Source: API_UploadLayerPart."""

_OK = 200


def missing(repository: str, digests: Sequence[str], ecr: Any) -> list[str]:
    """Those of the blobs that a repository lacks; what it cannot say is missing."""
    there: set[str] = set()
    for first in range(0, len(digests), MOST_DIGESTS):
        asked = list(digests[first : first + MOST_DIGESTS])
        answer = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=asked)
        there |= {each["layerDigest"] for each in answer["layers"] if each.get("layerAvailability") == "AVAILABLE"}
    return [digest for digest in digests if digest not in there]


def copy(repository: str, digest: str, source: Any, target: Any) -> None:
    """Bring one blob from one registry to another. Raises ImagesNotPromoted and Transient."""
    url = source.get_download_url_for_layer(repositoryName=repository, layerDigest=digest)["downloadUrl"]
    begun = target.initiate_layer_upload(repositoryName=repository)
    upload = {"repositoryName": repository, "uploadId": begun["uploadId"]}
    summed = hashlib.sha256()
    first = 0
    for part in _parts(url, min(int(begun.get("partSize") or MOST_PART), MOST_PART)):
        summed.update(part)
        _put(target, upload, first, part)
        first += len(part)
    if f"sha256:{summed.hexdigest()}" != digest:
        raise ImagesNotPromoted(f"{digest} of {repository} is damaged: its {first} bytes have another digest")
    try:
        target.complete_layer_upload(**upload, layerDigests=[digest])
    except ClientError as error:
        # an earlier attempt whose answer was lost, or another build, has brought it
        if is_transient(error) or missing(repository, [digest], target):
            raise


def _put(target: Any, upload: dict[str, str], first: int, part: bytes) -> None:
    """Send one part; one whose answer was lost is there already."""
    last = first + len(part) - 1
    try:
        target.upload_layer_part(**upload, partFirstByte=first, partLastByte=last, layerPartBlob=part)
    except ClientError as error:
        if code_of(error) != "InvalidLayerPartException" or error.response.get("lastValidByteReceived") != last:
            raise


def _parts(url: str, size: int) -> Iterator[bytes]:
    """The bytes behind a URL, *size* at a time. Raises Transient, and errors of botocore."""
    request = AWSRequest(method="GET", url=url, stream_output=True).prepare()
    response = URLLib3Session(timeout=(5, 60)).send(request)
    try:
        if response.status_code != _OK:
            raise Transient(f"a blob could not be read: the registry's storage answered {response.status_code}")
        body = StreamingBody(response.raw, response.headers.get("Content-Length"))
        part = bytearray()
        while read := body.read(size - len(part)):
            part += read
            if len(part) == size:
                yield bytes(part)
                part.clear()
        if part:
            yield bytes(part)
    finally:
        response.raw.close()
