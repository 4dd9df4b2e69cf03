"""The same work for several targets: what fails for one is told, and does not keep the others from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from stackgen.errors import PARTIAL, DeclinedError, StackgenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stackgen.console import Console
    from stackgen.deploy.sessions import Sessions

    Place = TypeVar("Place")
    Done = TypeVar("Done")


class ForEach:
    """Does it, and remembers how it went."""

    def __init__(self, console: Console, sessions: Sessions) -> None:
        self._console = console
        self._sessions = sessions
        self._errors: list[StackgenError] = []

    @property
    def failed(self) -> int:
        """How often it failed."""
        return len(self._errors)

    def do(
        self,
        work: Callable[[Place], Done],
        places: Iterable[Place],
        name: Callable[[Place], str],
        *,
        stops: bool = False,
    ) -> list[Done]:
        """What the work gave; with *stops* the first failure ends it. Raises UsageError, DeclinedError."""
        found = []
        for place in places:
            try:
                with self._sessions.telling():
                    found.append(work(place))
            except (DeclinedError, UsageError):
                raise
            except StackgenError as error:
                if name(place) not in error.message:
                    error.message = f"{name(place)}: {error.message}"
                self._console.error(error)
                self._errors.append(error)
                if stops:
                    break
        return found

    def code(self, good: int) -> int:
        """The exit code, where so many went well."""
        if not self._errors:
            return 0
        return PARTIAL if good else self._errors[0].exit_code
