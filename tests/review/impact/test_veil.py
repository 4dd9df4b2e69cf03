"""No reason shows a secret that its name gives away."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.evaluation.symbols import Attribute, Live
from stackgen.review.impact.veil import told_value

ENVIRONMENT = {"Environment": [{"Name": "LOG_LEVEL", "Value": "info"}, {"Name": "DB_PASSWORD", "Value": "hunter2"}]}
REFERENCE = Attribute(("app",), "Secret", "Arn")
RESOLVED = Live("dynamic reference", "{{resolve:ssm-secure:/db:1}}")


@pytest.mark.parametrize(
    ("value", "path", "properties", "expected"),
    [
        ("info", ("Environment", "Variables", "LOG_LEVEL"), {}, "info"),
        ("hunter2", ("Environment", "Variables", "DB_PASSWORD"), {}, "****"),
        ("hunter2", ("MasterUserPassword",), {}, "****"),
        ({"DB_PASSWORD": "hunter2", "A": 1}, ("Environment", "Variables"), {}, "{DB_PASSWORD: ****, A: 1}"),
        ("info", ("Environment", "0", "Value"), ENVIRONMENT, "info"),
        ("hunter2", ("Environment", "1", "Value"), ENVIRONMENT, "****"),
        (ENVIRONMENT["Environment"][1], ("Environment", "1"), ENVIRONMENT, "{Name: DB_PASSWORD, Value: ****}"),
        (REFERENCE, ("MasterUserPassword",), {}, "Secret.Arn"),
        (RESOLVED, ("MasterUserPassword",), {}, "<dynamic reference {{resolve:ssm-secure:/db:1}}>"),
        (True, ("ManageMasterUserPassword",), {}, "true"),
        (None, ("MasterUserPassword",), {}, "nothing"),
    ],
)
def test_a_value_is_hidden_where_its_name_says_so(
    value: Any, path: tuple[str, ...], properties: dict[str, Any], expected: str
) -> None:
    assert told_value(value, path, properties) == expected
