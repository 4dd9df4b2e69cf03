"""Two tables compared item by item: the restored one with the one that it was made from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Comparison(NamedTuple):
    """How many items are where."""

    original: int
    restored: int
    same: int
    different: int
    only_original: int
    only_restored: int

    @property
    def is_same(self) -> bool:
        return not (self.different or self.only_original or self.only_restored)


def compared(original: str, restored: str, dynamodb: Any) -> Comparison:
    """Read both tables to the last page; of the first only digests are kept."""
    keys = [each["AttributeName"] for each in dynamodb.describe_table(TableName=restored)["Table"]["KeySchema"]]
    known = {_digest({key: item.get(key) for key in keys}): _digest(item) for item in _items(original, dynamodb)}
    count = len(known)
    same = different = only_restored = 0
    for item in _items(restored, dynamodb):
        before = known.pop(_digest({key: item.get(key) for key in keys}), None)
        if before is None:
            only_restored += 1
        elif before == _digest(item):
            same += 1
        else:
            different += 1
    return Comparison(count, same + different + only_restored, same, different, len(known), only_restored)


def _items(table: str, dynamodb: Any) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        yield from page["Items"]


def _digest(item: object) -> bytes:
    """The same for the same content; sets have no order."""
    return hashlib.blake2b(json.dumps(_plain(item), sort_keys=True).encode(), digest_size=16).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: sorted(_plain(each) for each in inner) if key in ("SS", "NS", "BS") else _plain(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.hex() if isinstance(value, bytes) else value
