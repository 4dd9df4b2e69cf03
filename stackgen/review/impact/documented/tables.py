"""DynamoDB: its indexes can be made and deleted one by one, and never changed."""

from __future__ import annotations

from stackgen.review.impact.result import FAILS, REPLACE

from .questions import PERHAPS, by_name, differ
from .row import Row, reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .row import Change, Table

_DEVELOPER_GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_TABLE, _GLOBAL = "DynamoDB::Table", "DynamoDB::GlobalTable"
_INDEXES = "GlobalSecondaryIndexes"
_MADE_ONCE = ("TableName", "KeySchema", "LocalSecondaryIndexes", "ImportSourceSpecification", "GlobalTableSourceArn")


def _both(change: Change, name: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    before, after = by_name(change.before, name), by_name(change.after, name)
    return None if before is None or after is None else (before, after)


def _is_replaced(change: Change) -> bool:
    """Whether the table is another one anyhow, whose indexes are all new."""
    return any(differ(change.old.properties.get(name), change.new.properties.get(name)) for name in _MADE_ONCE)


def _more_than_one_index(change: Change) -> bool | None:
    found = _both(change, "IndexName")
    if found is None:
        return PERHAPS
    return len(found[0].keys() ^ found[1].keys()) > 1 and not _is_replaced(change)


def _changed_index(change: Change) -> bool | None:
    found = _both(change, "IndexName")
    if found is None:
        return PERHAPS
    before, after = found
    changed = any(
        differ(before[name].get(part), after[name].get(part))
        for name in before.keys() & after.keys()
        for part in ("KeySchema", "Projection")
    )
    return changed and not _is_replaced(change)


def _other_type(change: Change) -> bool | None:
    """Whether an attribute that is defined before and after has another type."""
    found = _both(change, "AttributeName")
    if found is None:
        return PERHAPS
    before, after = found
    kind = "AttributeType"
    return any(differ(before[name].get(kind), after[name].get(kind)) for name in before.keys() & after.keys())


def _more_than_one_replica(change: Change) -> bool | None:
    found = _both(change, "Region")
    if found is None:
        return PERHAPS
    strong = change.new.properties.get("MultiRegionConsistency") == "STRONG"  # adds and removes several at once
    return len(found[0].keys() ^ found[1].keys()) > 1 and not strong and not _is_replaced(change)


def _of(type_: str) -> tuple[Row, ...]:
    return (
        Row(
            _INDEXES,
            FAILS,
            "an update creates or deletes one global secondary index at most; renaming one is both",
            reference(type_, _INDEXES),
            when=_more_than_one_index,
        ),
        Row(
            _INDEXES,
            FAILS,
            "KeySchema and Projection of a global secondary index cannot change; give the new index another name",
            reference(type_, _INDEXES),
            when=_changed_index,
        ),
        Row(
            "KeySchema",
            REPLACE,
            "a table keeps its key; another one makes another table",
            reference(type_, "KeySchema"),
        ),
        Row(
            "LocalSecondaryIndexes",
            REPLACE,
            "local secondary indexes are made with their table, and none is added, changed or deleted later",
            f"{_DEVELOPER_GUIDE}/LSI.html",
        ),
    )


ROWS: Table = {
    "AWS::DynamoDB::Table": (
        *_of(_TABLE),
        Row(
            "AttributeDefinitions",
            REPLACE,
            "an attribute that is defined already cannot get another type",
            reference(_TABLE, "AttributeDefinitions"),
            when=_other_type,
        ),
    ),
    "AWS::DynamoDB::GlobalTable": (
        *_of(_GLOBAL),
        Row(
            "Replicas",
            FAILS,
            "an update adds or removes one replica at most",
            reference(_GLOBAL, "Replicas"),
            when=_more_than_one_replica,
        ),
    ),
}
