"""What a refusal of AWS is called; its message may hold names and values, so nobody repeats it."""

from __future__ import annotations

from botocore.exceptions import ClientError


def code_of(error: Exception) -> str:
    """The code of a refusal, or the class of any other error."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__
