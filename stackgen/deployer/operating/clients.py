"""The clients of a person at a terminal; the last call is remembered, so that a refusal can say what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.deployer.handlers import clients as handlers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from stackgen.deployer.handlers.settings import Settings

    class Connect(Protocol):
        """Makes a client of a service in a region, with credentials or those at hand."""

        def __call__(self, service: str, region: str | None, credentials: Mapping[str, str] | None = None) -> Any: ...


class Asked(NamedTuple):
    """A call: of which service and region, which operation, about what."""

    service: str
    region: str
    operation: str
    subject: str


_SUBJECTS = (
    "TableName", "StackSetName", "executionArn", "stateMachineArn", "Bucket", "Name", "RoleArn", "RoleName",
    "StackName", "Path",
)  # fmt: skip
"""Parameters that say what a call is about."""

_NOUNS = {"TableName": "table ", "StackSetName": "StackSet ", "Bucket": "bucket ", "StackName": "stack "}


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
        service, region = client.meta.service_model.service_name, str(client.meta.region_name)

        def note(params: Mapping[str, Any], model: Any, **_: object) -> None:
            self.asked = Asked(service, region, model.name, _subject(params))

        client.meta.events.register("provide-client-params.*.*", note)
        return client


def _subject(params: Mapping[str, Any]) -> str:
    for name in _SUBJECTS:
        if isinstance(params.get(name), str):
            return f"{_NOUNS.get(name, '')}{params[name]}"
    for write in params.get("TransactItems", ()):
        for content in write.values():
            return f"table {content['TableName']}"
    return next((f"table {table}" for table in params.get("RequestItems", ())), "")
