"""Lambda's network interfaces are made once for each combination of subnets and security groups.

The first function of a combination waits for them; one that starts when they are there takes what a function outside
a VPC takes. Source: AWS::Lambda::Function VpcConfig in the CloudFormation reference, which says that an interface is
made for each combination of security group and subnet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .network import Alternative

if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Tree

    from .network import Key, Network
    from .table import Table

FUNCTION = "AWS::Lambda::Function"


def shared(tree: Tree, network: Network, table: Table) -> dict[Key, Alternative]:
    """What each function takes that finds its interfaces there; only where another has the same combination."""
    found: dict[Key, Alternative] = {}
    for resource in tree.resources():
        key = (*resource.stack, resource.logical_id)
        configuration = resource.properties.get("VpcConfig")
        if resource.type != FUNCTION or not configuration or key not in network.steps:
            continue
        if network.steps[key].action in ("create", "replace"):
            without = {name: value for name, value in resource.properties.items() if name != "VpcConfig"}
            times = table.times(FUNCTION, "create", without)
            found[key] = Alternative(_combination(configuration), times.durations, times.readies)
    groups = [each.group for each in found.values()]
    return {key: each for key, each in found.items() if groups.count(each.group) > 1}


def _combination(configuration: object) -> str:
    if not isinstance(configuration, dict):
        return repr(configuration)
    return repr([configuration.get(name) for name in ("SubnetIds", "SecurityGroupIds")])
