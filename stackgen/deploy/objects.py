"""Whether an object is what it shall be: by the checksum that S3 has computed of its content, not by its name.

A key that ends with a digest says what somebody meant to put there. Whoever may write into the bucket can put another
content under it before a deployment does, and the deployment would run that.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.refusals import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ABSENT, SAME, OTHER = "absent", "same", "other"
ALGORITHM = "SHA256"

_MISSING = ("404", "NoSuchKey", "NotFound")


def put(owner: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The parameters of PutObject with which S3 computes and keeps what ``looked`` compares.

    *owner* is bucket, key and the account that the bucket must belong to.
    """
    return {**owner, "Body": body, "ChecksumAlgorithm": ALGORITHM}


def looked(owner: Mapping[str, str], body: bytes, s3: Any) -> str:
    """What lies there: nothing, just this, or another content. Reads only.

    One that has no such checksum counts as another: who put it there did not let S3 compute it.
    """
    try:
        found = s3.head_object(**owner, ChecksumMode="ENABLED")
    except ClientError as error:
        if code_of(error) not in _MISSING:
            raise
        return ABSENT
    return SAME if found.get("ChecksumSHA256") == base64.b64encode(hashlib.sha256(body).digest()).decode() else OTHER
