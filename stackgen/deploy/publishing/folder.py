"""A folder's files in a bucket: pages after what they ask for, and what is no longer in the folder at last."""

from __future__ import annotations

import hashlib
import mimetypes
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deploy.actions import Action

from .hashed import FOR_GOOD, PAGES, File, hashed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .settings import Published

_MOST = 1_000
"""Keys of one DeleteObjects. Source: its API reference."""


class Plan(NamedTuple):
    """The calls, in their order."""

    puts: list[Action]
    deletes: list[Action]
    gone: list[str]
    """What was in the bucket and is not in the folder."""
    digest: str
    """Of all that is put."""


def planned(what: Published, account: str, s3: Any) -> Plan:
    """What is to be done; the bucket is read, and nothing is changed."""
    contents = {path.relative_to(what.folder).as_posix(): path.read_bytes() for path in _files(what.folder)}
    files = hashed(contents) if what.is_hashed else [File(key, content) for key, content in contents.items()]
    owner = {"Bucket": what.bucket, "ExpectedBucketOwner": account}
    pages = s3.get_paginator("list_objects_v2").paginate(**owner)
    kept = {each.key for each in files}
    gone = sorted(each["Key"] for page in pages for each in page.get("Contents", ()) if each["Key"] not in kept)
    puts = [
        Action("s3", "put_object", {**owner, **_object(each, what.cache_control)}, f"put {each.key} into {what.bucket}")
        for each in sorted(files, key=lambda each: (each.key.endswith(PAGES), each.key))
    ]
    digest = hashlib.sha256()
    for each in sorted(files):
        digest.update(f"{each.key}\0{len(each.content)}\0".encode() + each.content)
    return Plan(puts, [*_deleted(gone, owner)], gone, digest.hexdigest()[:16])


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _object(file: File, cache_control: str) -> dict[str, Any]:
    kind, _ = mimetypes.guess_type(file.key)
    is_text = kind and (kind.startswith("text/") or kind in ("application/json", "application/javascript"))
    full = f"{kind}; charset=utf-8" if is_text else kind or "application/octet-stream"
    kept = FOR_GOOD if file.is_hashed else cache_control
    return {"Key": file.key, "Body": file.content, "ContentType": full, "CacheControl": kept}


def _deleted(gone: list[str], owner: dict[str, str]) -> Iterator[Action]:
    for first in range(0, len(gone), _MOST):
        keys = gone[first : first + _MOST]
        asked = {**owner, "Delete": {"Objects": [{"Key": key} for key in keys], "Quiet": True}}
        yield Action("s3", "delete_objects", asked, f"delete {len(keys)} objects of {owner['Bucket']}")
