"""Says of a route that its code is not deployed."""

import json
import os
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """501, with a body that names the route."""
    del context
    route = event.get("routeKey") or os.environ["ROUTE"]
    body = {
        "error": "not_implemented",
        "message": f"{route} has no code in this deployment: LambdaCodeBucket and LambdaCodePrefix say where it is",
        "route": route,
        "environment": os.environ["ENVIRONMENT"],
    }
    return {"statusCode": 501, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
