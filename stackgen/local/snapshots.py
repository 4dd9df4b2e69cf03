"""What ministack's RDS leaves out of snapshots and backups.

A cluster restored from a snapshot, the tags of what is restored, and automated backups that outlive their cluster.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterFromSnapshot.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterAutomatedBackups.html
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.resources import retained

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.embedded import Embedded
    from stackgen.local.gateway import Gateway
    from stackgen.local.wire import Call, Response


_OK = 200


class Snapshots:
    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        retained.forget()

    def join(self, gateway: Gateway) -> None:
        gateway.serve("rds", {
            "DescribeDBClusterAutomatedBackups": self._backups,
            "RestoreDBClusterFromSnapshot": self._restore,
        })  # fmt: skip
        gateway.surround("rds", {"RestoreDBInstanceFromDBSnapshot": self._with_tags})

    def _with_tags(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        """The tags that are given to a restored instance."""
        from ministack.services import rds

        response = forward(call)
        if response.status == _OK and call.parameters.get("Tags"):
            with self._embedded.scope(call.account, call.region):
                rds._instances[call.parameters["DBInstanceIdentifier"]]["TagList"] = list(call.parameters["Tags"])
        return response

    def _backups(self, call: Call) -> dict[str, Any]:
        """The retained ones; filters are not known here, and all of them are on one page."""
        wanted = call.parameters.get("DBClusterIdentifier")
        with self._embedded.scope(call.account, call.region):
            found = [each for each in retained.kept() if wanted in (None, each["DBClusterIdentifier"])]
        return {"DBClusterAutomatedBackups": found}

    def _restore(self, call: Call) -> dict[str, Any]:
        """A cluster without instances, as AWS makes it."""
        from ministack.services import rds

        name, said = call.parameters["DBClusterIdentifier"], call.parameters["SnapshotIdentifier"]
        with self._embedded.scope(call.account, call.region):
            snapshot = rds._db_cluster_snapshots.get(said.rpartition(":")[2])
            if snapshot is None:
                raise ServiceError("DBClusterSnapshotNotFoundFault", f"DBClusterSnapshot not found: {said}", 404)
            if name in rds._clusters:
                raise ServiceError("DBClusterAlreadyExistsFault", f"DB Cluster already exists: {name}")
            like = copy.deepcopy(rds._clusters.get(snapshot["DBClusterIdentifier"], snapshot))
            arn = f"arn:aws:rds:{call.region}:{call.account}:cluster:{name}"
            own = {"DBClusterIdentifier": name, "DBClusterArn": arn, "DBClusterMembers": [], "Status": "available"}
            rds._clusters[name] = {**like, **own, "TagList": list(call.parameters.get("Tags", []))}
        return {"DBCluster": {**own, "Engine": call.parameters["Engine"]}}
