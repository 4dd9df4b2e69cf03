"""Whatever the library wires, the linter finds right."""

from __future__ import annotations

import json

from troposphere import Equals, If, Join, Select

from stackgen import Condition, Parameter, nested, typed
from stackgen.lint.contracts import check_contracts
from stackgen.parameter_types import LIST_OF_SUBNET_IDS, SUBNET_ID, VPC_ID, ListOf, SubnetId
from stackgen.template import Renderer
from tests import samples
from tests.lint.kit import built


class ShopStack(samples.SystemStack):
    """A parent that wires whatever may be wired."""

    file = "shop"

    EnvironmentSuffix: Parameter = Parameter()
    Large = Condition(Equals(EnvironmentSuffix, "large"))
    Subnets: Parameter[ListOf[SubnetId]] = Parameter(LIST_OF_SUBNET_IDS)
    Title: Parameter = Parameter(min_length=2)

    Network = nested(samples.NetworkStack, CidrBlock="10.1.0.0/16")
    First = nested(
        samples.ServiceStack, Vpc=Network.VpcId, SubnetIds=Network.SubnetIds, Names=["a", "b"], Size="large", Count=3
    )
    Second = nested(
        samples.ServiceStack,
        Vpc=typed(VPC_ID, If(Large, Network.VpcId, "vpc-1")),
        SubnetIds=Subnets,
        Names=Network.SubnetIds,
        Title=Title,
        Text=Join(",", [Network.VpcId, First.QueueUrl]),
        Image="/images/other",
    )
    Third = nested(
        samples.ServiceStack,
        SubnetIds=[typed(SUBNET_ID, Select(0, Network.SubnetIds)), "subnet-1"],
        Names=[Network.VpcId, Title],
        Text=Network.CidrBlock,
    )


def test_what_the_library_wires_is_right() -> None:
    renderer = Renderer()
    renderer.template(ShopStack)
    templates = {each.name: built(each.name, json.loads(each.text)) for each in renderer.templates.values()}
    assert set(templates) == {"shop/shop", "shop/network", "shop/service"}
    assert list(templates["shop/shop"].children) == ["First", "Network", "Second", "Third"]
    assert [found for each in templates.values() for found in check_contracts(each, templates)] == []
