"""Where Lambda begins: ``handler.handler``."""

from __future__ import annotations

from api.entry import handler

__all__ = ["handler"]
