"""A connection that is cut at a command, as a process that is killed cuts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from pymysql.connections import Connection


class Killed(BaseException):
    """No handler of errors has to do with it: who is killed handles none."""


def rudely(connection: Connection[Any]) -> None:
    """The socket closes, as all do of a killed process; nothing is said to the server."""
    connection._force_close()  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public is as rude


class Cut:
    """Passes everything on to a connection, and dies after so many commands; the server has done the last of them."""

    def __init__(
        self, connection: Connection[Any], commands: int, die: Callable[[Connection[Any]], None] = rudely
    ) -> None:
        self._connection = connection
        self._left = commands
        self._die = die

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> _Cursor:
        return _Cursor(self, self._connection.cursor())

    def commit(self) -> None:
        self.passing(self._connection.commit)

    def passing(self, work: Callable[..., Any], *values: Any) -> Any:
        """Do it, and die where it is the last."""
        done = work(*values)
        self._left -= 1
        if self._left == 0:
            self._die(self._connection)
            raise Killed
        return done


class _Cursor:
    def __init__(self, cut: Cut, cursor: Any) -> None:
        self._cut = cut
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._cursor.close()

    def execute(self, text: str, values: Any = None) -> Any:
        return self._cut.passing(self._cursor.execute, text, values)
