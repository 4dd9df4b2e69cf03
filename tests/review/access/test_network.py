"""Traffic that a change lets through."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.access import Severity, narrowed, widened
from stackgen.review.access.names import Names
from stackgen.review.access.traffic import Rule, covered, peer, ports, protocol
from tests.review.access.trees import att, change, if_prod, ref, resource, texts, tree

Entry = dict[str, Any]


def rule(cidr: Any, low: Any = 443, high: Any = None, name: Any = "tcp", key: str = "CidrIp") -> Entry:
    return {"IpProtocol": name, "FromPort": low, "ToPort": low if high is None else high, key: cidr}


ALL = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


def group(*ingress: Any, **more: Any) -> dict[str, Any]:
    return resource("EC2::SecurityGroup", GroupDescription="x", SecurityGroupIngress=list(ingress), **more)


def groups(before: list[Entry], after: list[Entry]) -> list[tuple[str, bool]]:
    start = {"G": group(*before), "Other": group(), "Third": group()}
    return [(each.text, each.certain) for each in change(start, start | {"G": group(*after)})]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([rule("10.0.0.0/8")], [rule("10.0.0.0/16")]),
        ([rule("10.0.0.0/16")], [rule("10.0.0.0/16"), rule("10.0.1.1/32")]),
        ([rule("0.0.0.0/0", 0, 65535)], [rule("10.0.0.0/8")]),
        ([ALL], [rule("10.0.0.0/8", name="udp")]),
        ([ALL], [rule("10.0.0.0/8", 8, -1, "icmp")]),
        ([rule("10.0.0.0/8", name="6")], [rule("10.0.0.0/8", name="tcp")]),
        ([rule("10.0.0.0/8", name=6)], [rule("10.0.0.0/8", "443", "443")]),
        ([rule("10.0.0.0/9"), rule("10.128.0.0/9")], [rule("10.0.0.0/8")]),
        ([rule("10.0.0.0/8", 0, 100), rule("10.0.0.0/8", 101, 200)], [rule("10.1.0.0/16", 50, 150)]),
        ([rule("::/0", key="CidrIpv6")], [rule("2001:db8::/32", key="CidrIpv6")]),
        ([rule("10.0.0.7/8")], [rule("10.0.0.0/8")]),
        (
            [rule(att("Other", "GroupId"), key="SourceSecurityGroupId")],
            [rule(ref("Other"), key="SourceSecurityGroupId")],
        ),
        ([rule("pl-1", key="SourcePrefixListId")], [rule("pl-1", key="SourcePrefixListId")]),
        ([rule("10.0.0.0/8", -1, -1, "icmp")], [rule("10.0.0.0/8", 8, 0, "icmp")]),
        ([rule("10.0.0.0/8", 8, -1, "icmp")], [rule("10.0.0.0/8", 8, 0, "icmp")]),
        ([rule({"Fn::ImportValue": "range"})], [rule({"Fn::ImportValue": "range"})]),
        ([rule("10.0.0.0/8")], [if_prod(rule("10.0.0.0/8"))]),
    ],
)
def test_the_same_or_less_traffic_is_no_widening(before: list[Entry], after: list[Entry]) -> None:
    assert groups(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "text", "certain"),
    [
        ([rule("10.0.0.0/16")], [rule("10.0.0.0/8")], "`App/G` lets in tcp 443 from `10.0.0.0/8`", True),
        ([], [rule("0.0.0.0/0")], "`App/G` lets in tcp 443 from the whole internet (`0.0.0.0/0`)", True),
        ([], [rule("::/0", key="CidrIpv6")], "`App/G` lets in tcp 443 from the whole internet (`::/0`)", True),
        (
            [rule("0.0.0.0/0")],
            [rule("::/0", key="CidrIpv6")],
            "`App/G` lets in tcp 443 from the whole internet (`::/0`)",
            True,
        ),
        ([rule("10.0.0.0/8")], [rule("10.0.0.0/8", 440, 450)], "`App/G` lets in tcp 440-450 from `10.0.0.0/8`", True),
        (
            [rule("10.0.0.0/8", 0, 65535)],
            [ALL | {"CidrIp": "10.0.0.0/8"}],
            "`App/G` lets in all traffic from `10.0.0.0/8`",
            True,
        ),
        ([rule("10.0.0.0/8")], [rule("10.0.0.0/8", name="udp")], "`App/G` lets in udp 443 from `10.0.0.0/8`", True),
        (
            [rule("10.0.0.0/8")],
            [rule(ref("Other"), key="SourceSecurityGroupId")],
            "`App/G` lets in tcp 443 from `App/Other`",
            True,
        ),
        (
            [rule(ref("Third"), key="SourceSecurityGroupId")],
            [rule(ref("Other"), key="SourceSecurityGroupId")],
            "`App/G` lets in tcp 443 from `App/Other`",
            True,
        ),
        (
            [rule("pl-1", key="SourcePrefixListId")],
            [rule("pl-2", key="SourcePrefixListId")],
            "`App/G` lets in tcp 443 from `pl-2`",
            True,
        ),
        (
            [rule("0.0.0.0/0")],
            [rule(ref("Other"), key="SourceSecurityGroupId")],
            "`App/G` may let in tcp 443 from `App/Other`",
            False,
        ),
        (
            [rule("10.0.0.0/8")],
            [rule({"Fn::ImportValue": "range"})],
            "`App/G` may let in tcp 443 from `<import range>`",
            False,
        ),
        (
            [rule("10.0.0.0/8")],
            [rule("10.0.0.0/8", {"Fn::ImportValue": "port"})],
            "`App/G` may let in tcp <import port>-<import port> from `10.0.0.0/8`",
            False,
        ),
        ([], [if_prod(rule("10.0.0.0/8"))], "`App/G` may let in tcp 443 from `10.0.0.0/8`", False),
        (
            [rule("10.0.0.0/8", 8, 0, "icmp")],
            [rule("10.0.0.0/8", 8, -1, "icmp")],
            "`App/G` lets in icmp 8 from `10.0.0.0/8`",
            True,
        ),
        (
            [rule("10.0.0.0/9"), rule("10.128.0.0/10")],
            [rule("10.0.0.0/8")],
            "`App/G` lets in tcp 443 from `10.0.0.0/8`",
            True,
        ),
        (
            [rule("10.0.0.0/8", 0, 100), rule("10.0.0.0/8", 102, 200)],
            [rule("10.0.0.0/8", 50, 150)],
            "`App/G` lets in tcp 50-150 from `10.0.0.0/8`",
            True,
        ),
    ],
)
def test_more_traffic_is_a_widening(before: list[Entry], after: list[Entry], text: str, certain: bool) -> None:
    assert groups(before, after) == [(text, certain)]


def test_the_internet_is_named_first() -> None:
    found = change({"G": group()}, {"G": group(rule("10.0.0.0/8"), rule("0.0.0.0/0", 22))})
    assert [each.severity for each in found] == [Severity.OPEN, Severity.WIDER]


def test_rules_of_another_template_belong_to_their_group() -> None:
    child = {
        "Parameters": {"Group": {"Type": "String"}},
        "Resources": {"In": resource("EC2::SecurityGroupIngress", GroupId=ref("Group"), **rule("0.0.0.0/0"))},
    }
    nested = resource("CloudFormation::Stack", TemplateURL="Rules.json", Parameters={"Group": att("G", "GroupId")})
    after = tree({"G": group(), "Rules": nested}, Rules=child)
    found = widened(tree({"G": group()}), after)
    assert [(each.text, each.address) for each in found] == [
        ("`App/G` lets in tcp 443 from the whole internet (`0.0.0.0/0`)", "App/Rules/In")
    ]
    assert widened(tree({"G": group(rule("0.0.0.0/0"))}), after) == []


OUT = resource("EC2::SecurityGroupEgress", GroupId=ref("G"), **rule("10.0.0.0/8"))


@pytest.mark.parametrize(
    "after",
    [{"G": group(SecurityGroupEgress=[rule("10.0.0.0/8")])}, {"G": group(), "Out": OUT}],
)
def test_a_first_outbound_rule_narrows(after: dict[str, Any]) -> None:
    before = {"G": group()}
    assert change(before, after) == []
    assert texts(narrowed(tree(before), tree(after))) == [
        f"`App/G` no longer lets out all traffic to everywhere (`{every}`): the outbound rule of a group without any"
        for every in ("0.0.0.0/0", "::/0")
    ]
    assert {each.certain for each in change(after, before)} == {False}


def test_the_first_outbound_rule_to_everywhere_changes_nothing_for_ipv4() -> None:
    open_out = {"G": group(SecurityGroupEgress=[ALL])}
    assert change({"G": group()}, open_out) == []


def test_a_new_group_that_lets_everything_out_is_as_groups_are() -> None:
    found = change({}, {"G": group(SecurityGroupEgress=[ALL])})
    assert [(each.severity, each.text) for each in found] == [
        (Severity.NEW, "new `App/G` lets out all traffic to `0.0.0.0/0`")
    ]


def test_a_new_group_is_shown_once_and_what_is_open_apart() -> None:
    found = change({}, {"G": group(rule("10.0.0.0/8"), rule("0.0.0.0/0", 80), rule("10.1.0.0/16", 22))})
    assert [(each.kind, each.text) for each in found] == [
        ("network", "new `App/G` lets in tcp 80 from the whole internet (`0.0.0.0/0`)"),
        ("new access", "new `App/G` lets in tcp 443 from `10.0.0.0/8`; tcp 22 from `10.1.0.0/16`"),
    ]


def cidrs(address: type[ipaddress.IPv4Address | ipaddress.IPv6Address], most: int) -> st.SearchStrategy[str]:
    """Ranges that begin alike, so that some of them lie in others."""
    near = st.integers(0, 15).map(lambda number: address(number << (most - 8)))
    return st.tuples(near, st.integers(0, most)).map(
        lambda pair: (
            str(ipaddress.ip_network((int(pair[0]), pair[1]), strict=False))
            if most == 128
            else str(ipaddress.IPv4Network((int(pair[0]), pair[1]), strict=False))
        )
    )


def read(text: str) -> Rule:
    names = Names([], {})
    name = protocol("tcp", names)
    return Rule(name, ports(name, 443, 443, names), peer("cidr", text, names))


four = cidrs(ipaddress.IPv4Address, 32)


@given(four, four)
def test_ranges_agree_with_ipaddress(inner: str, outer: str) -> None:
    expected = ipaddress.IPv4Network(inner).subnet_of(ipaddress.IPv4Network(outer))
    assert covered(read(inner), [read(outer)]) is expected


@given(st.integers(0, 128), st.integers(0, 128))
def test_ranges_of_ipv6_agree_too(inner: int, outer: int) -> None:
    first, second = ipaddress.IPv6Network((0, inner)), ipaddress.IPv6Network((0, outer))
    assert covered(read(str(first)), [read(str(second))]) is first.subnet_of(second)


@given(four, st.lists(four, max_size=5))
def test_several_ranges_cover_what_they_hold_together(inner: str, outer: list[str]) -> None:
    joined = list(ipaddress.collapse_addresses([ipaddress.IPv4Network(each) for each in outer]))
    expected = any(ipaddress.IPv4Network(inner).subnet_of(each) for each in joined)
    assert covered(read(inner), [read(each) for each in outer]) is expected


def acl(number: int, action: str, cidr: str = "0.0.0.0/0", port: int = 443, **more: Any) -> dict[str, Any]:
    given = {"CidrBlock": cidr, "PortRange": {"From": port, "To": port}, "Protocol": 6, "Egress": False}
    return resource(
        "EC2::NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber=number, RuleAction=action, **{**given, **more}
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"A": acl(100, "allow")}, {"A": acl(100, "allow")}, []),
        ({"A": acl(100, "allow")}, {"A": acl(100, "allow", "10.0.0.0/8")}, []),
        (
            {"A": acl(100, "allow", "10.0.0.0/8")},
            {"A": acl(100, "allow")},
            [("`App/Acl` now lets pass tcp 443 from `0.0.0.0/0`", Severity.OPEN)],
        ),
        (
            {},
            {"A": acl(100, "allow", Egress=True)},
            [("`App/Acl` now lets pass tcp 443 to `0.0.0.0/0`", Severity.WIDER)],
        ),
        (
            {"D": acl(90, "deny"), "A": acl(100, "allow")},
            {"A": acl(100, "allow")},
            [("`App/Acl` no longer denies tcp 443 from `0.0.0.0/0`", Severity.WIDER)],
        ),
        ({"A": acl(100, "allow")}, {"D": acl(90, "deny"), "A": acl(100, "allow")}, []),
        (
            {"D": acl(90, "deny"), "A": acl(100, "allow")},
            {"D": acl(110, "deny"), "A": acl(100, "allow")},
            [("`App/Acl` may pass what was denied before it allowed: tcp 443 from `0.0.0.0/0`", Severity.WIDER)],
        ),
        ({"D": acl(90, "deny"), "A": acl(100, "allow")}, {"D": acl(50, "deny"), "A": acl(60, "allow")}, []),
        ({"D": acl(90, "deny")}, {}, []),
    ],
)
def test_network_acls(before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, Severity]]) -> None:
    common = {"Acl": resource("EC2::NetworkAcl")}
    assert [(each.text, each.severity) for each in change(common | before, common | after)] == expected


NETWORK = {
    "Vpc": resource("EC2::VPC"),
    "Subnet": resource("EC2::Subnet", VpcId=ref("Vpc")),
    "Table": resource("EC2::RouteTable", VpcId=ref("Vpc")),
    "Uses": resource("EC2::SubnetRouteTableAssociation", SubnetId=ref("Subnet"), RouteTableId=ref("Table")),
    "Gateway": resource("EC2::InternetGateway"),
    "Vpn": resource("EC2::VPNGateway"),
}


def route(**target: Any) -> dict[str, Any]:
    return resource("EC2::Route", RouteTableId=ref("Table"), DestinationCidrBlock="0.0.0.0/0", **target)


@pytest.mark.parametrize(
    ("target", "text", "severity"),
    [
        (
            {"GatewayId": ref("Gateway")},
            "`App/Subnet` becomes public: its route table sends 0.0.0.0/0 to an internet gateway",
            Severity.OPEN,
        ),
        (
            {"GatewayId": "igw-1"},
            "`App/Subnet` becomes public: its route table sends 0.0.0.0/0 to an internet gateway",
            Severity.OPEN,
        ),
        (
            {"VpcPeeringConnectionId": "pcx-1"},
            "`App/Table` now sends 0.0.0.0/0 to a peered VPC (`pcx-1`)",
            Severity.WIDER,
        ),
        (
            {"TransitGatewayId": "tgw-1"},
            "`App/Table` now sends 0.0.0.0/0 to a transit gateway (`tgw-1`)",
            Severity.WIDER,
        ),
    ],
)
def test_a_route_out_is_a_widening(target: dict[str, Any], text: str, severity: Severity) -> None:
    after = NETWORK | {"Out": route(**target)}
    assert [(each.text, each.severity) for each in change(NETWORK, after)] == [(text, severity)]
    assert change(after, after) == []
    assert change(after, NETWORK) == []


@pytest.mark.parametrize(
    "target", [{"GatewayId": ref("Vpn")}, {"NatGatewayId": "nat-1"}, {"EgressOnlyInternetGatewayId": "eigw-1"}]
)
def test_a_route_that_nobody_comes_in_by_is_none(target: dict[str, Any]) -> None:
    assert change(NETWORK, NETWORK | {"Out": route(**target)}) == []


def test_a_subnet_that_gets_the_public_route_table_becomes_public() -> None:
    before = {key: value for key, value in NETWORK.items() if key != "Uses"} | {"Out": route(GatewayId=ref("Gateway"))}
    assert texts(change(before, before | {"Uses": NETWORK["Uses"]})) == [
        "`App/Subnet` becomes public: its route table sends 0.0.0.0/0 to an internet gateway"
    ]


def test_a_new_public_subnet_is_new_access() -> None:
    found = change({}, NETWORK | {"Out": route(GatewayId=ref("Gateway"))})
    assert [each.severity for each in found] == [Severity.NEW]


def test_a_link_to_another_network_is_named() -> None:
    link = resource("EC2::VPCPeeringConnection", VpcId=ref("Vpc"), PeerVpcId="vpc-2")
    assert texts(change(NETWORK, NETWORK | {"Peering": link})) == [
        "new `App/Peering` (VPCPeeringConnection) links `App/Vpc` with `vpc-2`"
    ]
