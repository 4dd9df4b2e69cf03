"""Whose credentials a target is deployed with: a profile, and a role that is assumed with them for an hour at a time.

A deployment may take longer than that; its clients then get new credentials by themselves, as long as those that the
role is assumed with are good.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from . import session
from .errors import WrongAccountError
from .refusals import told, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .refusals import Asked
    from .resolving import Access
    from .targets import Target

_REFUSED = 400


class Sessions:
    """The clients of one command, made when they are asked for; each thread remembers its own last call."""

    def __init__(self) -> None:
        self._assumed: dict[tuple[str, ...], Any] = {}
        self._made: dict[tuple[str, ...], Any] = {}
        self._accounts: dict[tuple[str, ...], str] = {}
        self._lock = threading.RLock()
        self._last = threading.local()

    @property
    def asked(self) -> Asked | None:
        """The last call of this thread."""
        found: Asked | None = getattr(self._last, "asked", None)
        return found

    def of(self, target: Target | Access) -> Callable[[str], Any]:
        """Makes the clients of a target by the names of their services, each once."""

        def client(service: str) -> Any:
            key = (service, target.region, *_whose(target))
            with self._lock:  # botocore's sessions are not made for several threads at once
                if key not in self._made:
                    self._made[key] = self._client(service, target)
                return self._made[key]

        return client

    def account(self, access: Access) -> str:
        """Whose account these credentials are of. Raises WrongAccountError, and what AWS refuses."""
        whose = _whose(access)
        with self._lock:
            if whose not in self._accounts:
                self._accounts[whose] = str(self.of(access)("sts").get_caller_identity()["Account"])
        found = self._accounts[whose]
        if access.account and found != access.account:
            raise WrongAccountError(
                f"{access.env} is account {access.account}, but {_named(access)} belong to account {found}",
                f"--profile NAME chooses others, and so do profile and role_arn in [tool.stackgen.{access.table}]",
            )
        return found

    @contextmanager
    def telling(self) -> Iterator[None]:
        """What AWS refuses inside is told as an error of ours."""
        try:
            yield
        except Exception as error:
            ours = told(error, self.asked)
            if ours is None:
                raise
            raise ours from error

    def _client(self, service: str, target: Target | Access) -> Any:
        profile = target.profile or None
        whose = _whose(target)
        if target.role_arn and whose not in self._assumed:
            role = session.Role(target.role_arn, target.external_id, f"stackgen-{target.env}")
            self._assumed[whose] = session.assume(role, target.region, profile, self._noted_inside)
        return self._noted(session.client(service, target.region, profile, assumed=self._assumed.get(whose)))

    def _noted(self, client: Any) -> Any:
        return watched(client, self._note)

    def _noted_inside(self, client: Any) -> Any:
        """The same for a client that is asked on the way to another call: where it is not refused, that one counts."""
        before: list[Asked | None] = []

        def noted(asked: Asked) -> None:
            before.append(self.asked)
            self._note(asked)

        def answered(http_response: Any, **_: object) -> None:
            if http_response.status_code < _REFUSED and before:
                self._last.asked = before.pop()

        made = watched(client, noted)
        made.meta.events.register("after-call.*.*", answered)
        return made

    def _note(self, asked: Asked) -> None:
        self._last.asked = asked


def _whose(target: Target | Access) -> tuple[str, str, str]:
    return (target.profile, target.role_arn, target.external_id)


def _named(access: Access) -> str:
    if access.role_arn:
        return f"the credentials of the role {access.role_arn}"
    return f"the credentials of the profile {access.profile}" if access.profile else "the credentials at hand"
