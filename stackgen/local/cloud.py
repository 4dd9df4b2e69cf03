"""The stand-in as a whole: services, accounts, time, faults and functions behind one door.

    with Cloud() as cloud:
        stacks = cloud.client("cloudformation", account="111111111111", region="eu-west-1")

While one is open botocore waits in virtual time, for all clients of the process, and functions see an ``os.environ`` of
their own.

What it does not do as AWS does: permissions are not enforced (lint and review judge grants), but for what the policy of
a bucket denies of deletions; a missing or unknown property of a resource passes (lint finds it first); functions share
this process, so their memory is no limit. The packages say what else stays unlike AWS, each in its docstring.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from stackgen.local.bucket_policies import BucketPolicies
from stackgen.local.clients import Clients
from stackgen.local.clock import EPOCH, Clock
from stackgen.local.dynamodb.service import DynamoDB
from stackgen.local.embedded import Embedded
from stackgen.local.faults import Faults
from stackgen.local.formation.formation import Formation
from stackgen.local.functions.functions import Functions
from stackgen.local.gateway import Gateway
from stackgen.local.machines.resource import STATE_MACHINE, StateMachineType
from stackgen.local.machines.service import StateMachines
from stackgen.local.machines.status_changes import StatusChanges
from stackgen.local.resources import registered
from stackgen.local.schedules import Schedules
from stackgen.local.server import Server
from stackgen.local.snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from stackgen.local.resources import ResourceType
    from stackgen.local.stacksets.accounts import Accounts
    from stackgen.local.wire import Call

    Ask = Callable[[Call], dict[str, Any] | None]

ACCOUNT = "111111111111"
REGION = "us-east-1"


class Cloud:
    """A stand-in for AWS; close it, or use it as a context manager. A process holds one at a time.

    :param start: when its time begins.
    :param seed: of faults that have a probability.
    :param port: the loopback port to serve; 0 takes a free one.
    :param accounts: which accounts exist, are suspended, lack roles, form an organisation; by default every one exists.
    :param types: resource types beside those that it knows.
    :raises LocalError: when it is not installed as it must be, the port is taken, or the process holds one already.
    """

    def __init__(
        self,
        *,
        start: datetime = EPOCH,
        seed: int = 0,
        port: int = 0,
        accounts: Accounts | None = None,
        types: Mapping[str, ResourceType] = MappingProxyType({}),
    ) -> None:
        with ExitStack() as opening:
            self.clock = Clock(start)
            opening.callback(self.clock.close)
            self.embedded = Embedded(self.clock)
            opening.callback(self.embedded.close)
            self.faults = Faults(self.clock, seed)
            self.gateway = Gateway(self.clock, self.embedded, self.faults)
            self.dynamodb = DynamoDB(self.clock, self.embedded)
            opening.enter_context(self.dynamodb.mended())
            self.dynamodb.join(self.gateway)
            Snapshots(self.embedded).join(self.gateway)
            BucketPolicies(self.embedded).join(self.gateway)
            self.server = Server(self.gateway.handle, port)
            opening.callback(self.server.close)
            self.embedded.answer_on(self.server.port)
            self.clients = Clients(self.gateway, self.server.url)
            opening.enter_context(self.clients.mended())
            self.functions = Functions(self)
            opening.enter_context(self.functions.mended())
            self.functions.join(self.gateway)
            self.schedules = Schedules(self.clock, self.client)
            opening.enter_context(self.schedules.mended())
            self.formation = Formation(self.clock, self.embedded, self.faults, accounts)
            opening.enter_context(self.formation.mended(self.server.port))
            self.formation.join(self.gateway)
            announce = StatusChanges(self.clock, self.embedded).announce
            self.machines = StateMachines(self.clock, self.functions.invoke, self.client, announce)
            self._interprets = False
            machines = {name: self._with_interpreter(ask) for name, ask in self.machines.operations().items()}
            self.gateway.serve("stepfunctions", machines)
            own = {STATE_MACHINE: StateMachineType(machines).resource_type()}
            opening.enter_context(registered({**self.formation.resource_types(), **own, **types}))
            opening.callback(self.gateway.close)
            opening.callback(self.clock.close)  # first of all: what still runs ends while everything is there
            self._closing = opening.pop_all()
        atexit.register(self.close)

    def _with_interpreter(
        self, ask: Callable[[Call], dict[str, Any] | None]
    ) -> Callable[[Call], dict[str, Any] | None]:
        """The interpreter of state machines takes a second to import, so it waits until somebody uses one."""

        def asked(call: Call) -> dict[str, Any] | None:
            if not self._interprets:
                self._closing.enter_context(self.machines.mended())
                self._interprets = True
            return ask(call)

        return asked

    @property
    def url(self) -> str:
        """Where it listens, for ``AWS_ENDPOINT_URL``."""
        return self.server.url

    def client(self, service: str, account: str = ACCOUNT, region: str = REGION) -> Any:
        """A boto3 client; the same one for the same account, region and service."""
        return self.clients.client(service, account, region)

    def session(self, account: str = ACCOUNT, region: str = REGION) -> Any:
        """A ``boto3.Session`` whose clients all reach the stand-in."""
        return self.clients.session(account, region)

    def close(self) -> None:
        """Stop everything; no thread, socket or file of it is left."""
        atexit.unregister(self.close)
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
