"""One secret of one stack, on its way to another value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import StackgenError

from .asking import confirm
from .deploy import deployed

if TYPE_CHECKING:
    from stackgen.console import Console
    from stackgen.deploy.actions import Action
    from stackgen.deploy.secrets.rotating import Rotation
    from stackgen.deploy.secrets.wanted import Wanted
    from stackgen.deploy.targets import Target

    from .deploying import Deployment


class NotRotatedError(StackgenError):
    """The stack has not taken the new value, and the old one counts again."""

    def __init__(self, exit_code: int, message: str, *hints: str) -> None:
        super().__init__(message, *hints)
        self.exit_code = exit_code


class Rotating:
    """Asks, stores, deploys, and sees what came of it."""

    def __init__(
        self, console: Console, deployment: Deployment, target: Target, *, is_sure: bool, every: float
    ) -> None:
        self._console = console
        self._deployment = deployment
        self._target = target
        self._is_sure = is_sure
        self._every = every
        self._client = deployment.sessions.of(target)

    def run(self, wanted: Wanted, text: str, *, deploys: bool) -> str:
        """The new version. Raises DeclinedError, NotRotatedError, NeedsPersonError, and what stands in its way."""
        from stackgen.deploy.secrets import rotating

        found = rotating.looked(self._deployment.build, self._target, wanted, self._client, deploys=deploys)
        place = f"{wanted.name} in {self._target.account}/{self._target.region}"
        if not found.parameters:
            readers = ", ".join(use.path for use in wanted.uses) or "what runs"
            confirm(self._console, f"rotate {place}, and deploy nothing? {readers} reads it", yes=self._is_sure)
            return self._stored(found, text)
        if rotating.is_half_done(found, self._client):
            newest = found.stored.version
            self._console.tell(f"{place}: an earlier rotation has stored version {newest}, and the stack never got it")
            confirm(self._console, f"deploy {self._target.place} with version {newest}?", yes=self._is_sure)
            return self._taken(found, found.deployed, newest)
        confirm(self._console, f"rotate {place}, and deploy {self._target.place}?", yes=self._is_sure)
        before = found.deployed
        if not before:
            before = found.stored.version
            self._console.tell(f"{self._target.place} reads the newest version: from now on it is {before} by number")
            self._pinned(found, before)
        return self._taken(found, before, self._stored(found, text))

    def _pinned(self, found: Rotation, version: str) -> None:
        code, why = self._deploy(found, version)
        if code:
            raise NotRotatedError(code, f"{found.wanted.name} was not rotated, and has no new version: {why}")

    def _stored(self, found: Rotation, text: str) -> str:
        """Store a new value; its version."""
        from stackgen.deploy.secrets.stores import store_of, whole
        from stackgen.deploy.secrets.values import made

        store, wanted = store_of(found.wanted, self._client), found.wanted
        earlier = store.read(wanted.name, found.stored.version) if wanted.keys else ""
        value = whole(wanted, text or made(wanted.rules), earlier)
        version = self._perform(found, store.renew(wanted, value, found.stored.key))
        self._console.tell(f"{wanted.name}: version {version} is stored, and {found.stored.version} is kept")
        return version

    def _taken(self, found: Rotation, before: str, version: str) -> str:
        """Deploy the version; where the stack has not taken it, let the value of before be the newest again."""
        from stackgen.deploy.secrets.rotating import put_back, version_in

        try:
            code, why = self._deploy(found, version)
        except BaseException:
            self._console.tell(f"{found.wanted.name}: version {version} is the newest, and {before} what the stack had")
            self._console.tell("secrets rotate with the same words goes on from there")
            raise
        has = version_in(self._target, found, self._client)
        if has == version:
            self._remind(found, version)
            return version
        back = self._perform(found, put_back(found, before, self._client))
        raise NotRotatedError(
            code or 1,
            f"{found.wanted.name} was not rotated: {why}",
            f"the value of version {before} is the newest again, as version {back}; {version} is kept beside it",
        )

    def _deploy(self, found: Rotation, version: str) -> tuple[int, str]:
        """Exit code, and what to say where it is not 0."""
        from stackgen.deploy.secrets.rotating import with_version

        target = with_version(self._target, found, version)
        outcome = deployed(self._console, self._deployment, target, is_sure=self._is_sure, every=self._every)
        cause = f": {outcome.cause.path}: {outcome.cause.reason}" if outcome.cause else ""
        return outcome.exit_code, f"{self._target.place} {outcome.outcome}{cause}"

    def _perform(self, found: Rotation, action: Action) -> str:
        from stackgen.deploy.executor import Performer
        from stackgen.deploy.secrets.stores import store_of

        performer = Performer(self._client, lambda each: self._console.detail(f"{self._target.region}: {each.why}"))
        return store_of(found.wanted, self._client).version_of(performer.perform(action))

    def _remind(self, found: Rotation, version: str) -> None:
        """Where the project says a version, the next deployment would bring that one back."""
        for name in found.parameters:
            said = self._target.parameters.get(name)
            if said is not None and said.text not in ("", version):
                self._console.warn(
                    f"{said.origin} says {name} = {said.text}, and the next deployment would set the old value again: "
                    f"let it say {version}"
                )
