"""What the stand-in refuses: as a service, and as itself."""

from __future__ import annotations

from stackgen.errors import StackgenError


class ServiceError(Exception):
    """An error of a service, as a client sees it: its code, its message, its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class LocalError(StackgenError):
    """The stand-in cannot do what was asked of it; a mistake of its user, not an answer of AWS."""
