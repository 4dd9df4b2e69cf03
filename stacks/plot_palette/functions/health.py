"""Says that the API answers, in which environment, and in which version."""

import json
import os
from datetime import UTC, datetime
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """200, without asking anything else: a table in need does not take the API down."""
    del event, context
    body = {
        "status": "healthy",
        "environment": os.environ["ENVIRONMENT"],
        "version": os.environ["VERSION"],
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
