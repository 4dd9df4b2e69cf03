"""All types, and their way into the emulator's CloudFormation and out again."""

from __future__ import annotations

from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from . import (
    amplify,
    api_gateway,
    backup,
    budgets,
    cloudwatch,
    cognito,
    descriptions,
    dynamodb,
    ec2,
    ec2_groups,
    ecr,
    ecs,
    iam,
    lambda_functions,
    named,
    rds,
    s3,
)
from .emulator import provisioners

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .resource_type import ResourceType

_MODULES = (
    amplify, api_gateway, backup, budgets, cloudwatch, cognito, dynamodb, ec2, ec2_groups, ecr, ecs, iam,
    lambda_functions, named, rds, s3,
)  # fmt: skip

TYPES: Mapping[str, ResourceType] = MappingProxyType(
    {name: kind for module in _MODULES for name, kind in sorted(module.TYPES.items())}
)


@contextmanager
def registered(extra: Mapping[str, ResourceType] = MappingProxyType({})) -> Iterator[None]:
    """Let the emulator make these types, and those of *extra*, until the end of the context.

    Where the emulator knows a type, its entry stays beneath ours, so that it can still import one. The create-only
    properties go into the table that change sets are made from.
    """
    table = provisioners()
    held = (table._RESOURCE_HANDLERS, table._REPLACING_PROPERTIES, table._STACK_TAG_PROPERTY)
    before = [dict(one) for one in held]
    handlers, replacing, tagged = held
    with descriptions.extended():
        try:
            for name, kind in {**TYPES, **extra}.items():
                handlers[name] = {**handlers.get(name, {}), **kind.handler()}
                handlers[name].pop("delete_with_logical_id", None)
                replacing[name] = tuple(sorted({*replacing.get(name, ()), *kind.replaced_by}))
                if kind.tags is not None:
                    tagged.setdefault(name, ("Tags", kind.tags))
            yield
        finally:
            for one, content in zip(held, before, strict=True):
                one.clear()
                one.update(content)
