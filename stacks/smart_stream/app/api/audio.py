"""Audio in its bucket: it goes there and comes from there by signed addresses, and never through the function."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
SECONDS_TO_START = 900
"""How long a signed address may be begun with; what has begun may go on."""
_ABSENT = ("404", "NoSuchKey", "NotFound")


class Audio:
    """The objects of the bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def is_there(self, name: str) -> bool:
        """Whether there is such audio."""
        try:
            self._client.head_object(Bucket=self._bucket, Key=name)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return False
            raise
        return True

    def address(self, name: str) -> str:
        """For GET, with ranges if a player asks for them."""
        return self._signed("get_object", name)

    def address_to_write(self, name: str) -> str:
        """For PUT."""
        return self._signed("put_object", name)

    def delete(self, name: str) -> None:
        """What is not there may be deleted too."""
        self._client.delete_object(Bucket=self._bucket, Key=name)

    def _signed(self, operation: str, name: str) -> str:
        return str(
            self._client.generate_presigned_url(
                operation, Params={"Bucket": self._bucket, "Key": name}, ExpiresIn=SECONDS_TO_START
            )
        )
