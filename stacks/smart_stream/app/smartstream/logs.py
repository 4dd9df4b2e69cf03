"""Structured logs; both programs write lines of JSON to standard output, for whatever collects them."""

from __future__ import annotations

import sys

from aws_lambda_powertools import Logger


def logger(service: str, level: str) -> Logger:
    """One for each service; its level may be settled later."""
    return Logger(service=service, level=level.upper(), stream=sys.stdout, utc=True)
