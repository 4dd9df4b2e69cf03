"""How the functions read their tables."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HANDLERS = Path(__file__).parents[3] / "stackgen" / "deployer" / "handlers"
READS = ("get_item", "query", "scan", "batch_get_item")


@pytest.mark.requirement("DEP-D62")
def test_every_read_of_a_table_is_consistent() -> None:
    """An outcome that is counted before the last record is seen."""
    reads = [
        (path.stem, node)
        for path in sorted(HANDLERS.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READS
        and ast.unparse(node.func.value).endswith("dynamodb")
    ]
    assert {(module, node.func.attr) for module, node in reads if isinstance(node.func, ast.Attribute)} == {
        ("items", "get_item"),
        ("items", "query"),
    }
    for _, node in reads:
        assert [ast.unparse(each.value) for each in node.keywords if each.arg == "ConsistentRead"] == ["True"]
