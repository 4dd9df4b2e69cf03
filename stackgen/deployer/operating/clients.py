"""The clients of a person at a terminal; the last call is remembered, so that a refusal can say what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.deploy.refusals import Asked, watched
from stackgen.deployer.handlers import clients as handlers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from stackgen.deployer.handlers.settings import Settings

    class Connect(Protocol):
        """Makes a client of a service in a region, with credentials or those at hand."""

        def __call__(self, service: str, region: str | None, credentials: Mapping[str, str] | None = None) -> Any: ...


class Clients(handlers.Clients):
    """Clients of one region, by the names of their services."""

    def __init__(self, connect: Connect, region: str | None) -> None:
        super().__init__()
        self._connect = connect
        self._region = region
        self.asked: Asked | None = None

    @property
    def region(self) -> str:
        """The region that was chosen, or that of the environment."""
        return str(self.dynamodb.meta.region_name)

    def in_target(self, service: str, account: str, region: str, settings: Settings) -> Any:
        """A client that reads in a target account, by its reader role. Raises what AWS refuses."""
        partition = self._client("sts").meta.partition
        role = f"arn:{partition}:iam::{account}:role/{settings.reader_role_name}"
        answer = self._client("sts").assume_role(RoleArn=role, RoleSessionName="stackgen-multi", DurationSeconds=900)
        return self._watched(self._connect(service, region, answer["Credentials"]))

    def _client(self, service: str, region: str = "") -> Any:
        key = (service, region, "")
        if key not in self._made:
            self._made[key] = self._watched(self._connect(service, region or self._region))
        return self._made[key]

    def _watched(self, client: Any) -> Any:
        return watched(client, self._note)

    def _note(self, asked: Asked) -> None:
        self.asked = asked
