"""A folder's files in a bucket: pages after what they ask for, and what is no longer in the folder at last."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy.actions import Action

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .settings import Published

_MOST = 1_000
"""Keys of one DeleteObjects. Source: its API reference."""
_PAGES = (".html", ".htm")


class Plan(NamedTuple):
    """The calls, in their order."""

    puts: list[Action]
    deletes: list[Action]
    gone: list[str]
    """What was in the bucket and is not in the folder."""


def planned(what: Published, account: str, s3: Any) -> Plan:
    """What is to be done; the bucket is read, and nothing is changed."""
    files = {path.relative_to(what.folder).as_posix(): path for path in _files(what.folder)}
    owner = {"Bucket": what.bucket, "ExpectedBucketOwner": account}
    pages = s3.get_paginator("list_objects_v2").paginate(**owner)
    gone = sorted(each["Key"] for page in pages for each in page.get("Contents", ()) if each["Key"] not in files)
    puts = [
        Action("s3", "put_object", {**owner, **_object(key, path, what.cache_control)}, f"put {key} into {what.bucket}")
        for key, path in sorted(files.items(), key=lambda each: (each[0].endswith(_PAGES), each[0]))
    ]
    return Plan(puts, [*_deleted(gone, owner)], gone)


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _object(key: str, path: Path, cache_control: str) -> dict[str, Any]:
    kind, _ = mimetypes.guess_type(key)
    is_text = kind and (kind.startswith("text/") or kind in ("application/json", "application/javascript"))
    full = f"{kind}; charset=utf-8" if is_text else kind or "application/octet-stream"
    return {"Key": key, "Body": path.read_bytes(), "ContentType": full, "CacheControl": cache_control}


def _deleted(gone: list[str], owner: dict[str, str]) -> Iterator[Action]:
    for first in range(0, len(gone), _MOST):
        keys = gone[first : first + _MOST]
        asked = {**owner, "Delete": {"Objects": [{"Key": key} for key in keys], "Quiet": True}}
        yield Action("s3", "delete_objects", asked, f"delete {len(keys)} objects of {owner['Bucket']}")
