"""Tells a caller who the authorizer took him for."""

import json
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """200, with what the token says: an ID token has the address and the role, an access token has not."""
    del context
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    body = {
        "user_id": claims["sub"],
        "email": claims.get("email"),
        "role": claims.get("custom:user_role"),
        "groups": str(claims.get("cognito:groups", "")).strip("[]").split(),  # the API hands lists on as "[a b]"
    }
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
