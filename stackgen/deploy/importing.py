"""How a stack takes what was restored beside it for its own, step by step, in the words of the AWS CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import stacks
from .backup_kinds import CLUSTER, INSTANCE, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .backup_records import Record
    from .restoring import Restore

_KEYS = {TABLE: "TableName", INSTANCE: "DBInstanceIdentifier", CLUSTER: "DBClusterIdentifier"}


class Holder(NamedTuple):
    """The stack that a resource is in: the root, or one that is nested."""

    name: str
    """In AWS."""
    parameters: tuple[str, ...] = ()


def holders(record: Record, cloudformation: Any) -> Mapping[str, Holder]:
    """The stacks of a record that are there, by their paths."""
    state = stacks.find(record.stack, cloudformation)
    tree = stacks.tree(state, cloudformation) if state else None
    return {
        each.path: Holder(each.state.name, tuple(each.state.parameters)) for each in (tree.stacks() if tree else ())
    }


def steps(record: Record, restore: Restore, holder: Holder, file: str) -> Iterator[str]:
    """What is done one after the other; *file* is that of the template which the resource stands in."""
    stack, _, logical_id = restore.saved.path.rpartition("/")
    type_ = "AWS::RDS::DBCluster" if restore.kind is CLUSTER else restore.saved.type
    yield f"give {logical_id} in the template of {stack} the DeletionPolicy Retain, and deploy"
    yield f"take {logical_id} out of the template and deploy: the old one stays, outside the stack"
    yield "put it back, with the restored one's name and keys, and build"
    wanted = f'[{{"ResourceType":"{type_}","LogicalResourceId":"{logical_id}",'
    wanted += f'"ResourceIdentifier":{{"{_KEYS[restore.kind]}":"{restore.name}"}}}}]'
    kept = " ".join(f"ParameterKey={name},UsePreviousValue=true" for name in holder.parameters)
    where = f"--stack-name {holder.name} --change-set-name import --region {record.region}"
    yield (
        f"import it into that very stack: aws cloudformation create-change-set {where} --change-set-type IMPORT "
        f"--resources-to-import '{wanted}' --template-body file://{file}{f' --parameters {kept}' if kept else ''}"
    )
    yield f"look at the change set, then: aws cloudformation execute-change-set {where}"
