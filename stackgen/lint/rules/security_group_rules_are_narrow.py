"""W9121."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import network, rule, security_groups, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.security_groups import GroupRule
    from stackgen.lint.kit.view import View


class SecurityGroupRulesAreNarrow(rule.Rule):
    """Each says what it is for, names groups rather than the VPC's range, and lets not everything out."""

    id = "W9121"
    shortdesc = "A rule of a security group is described, names groups of its VPC, and lets not everything out"
    why = "Nobody dares to remove a rule of which nobody knows the use, and what is broken into reaches everything."
    remedy = (
        "Give each rule a Description, SourceSecurityGroupId instead of the VPC's own range, "
        "and egress to the ports that are needed."
    )
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    pillar = "security"
    guidelines = ("GDL-032", "GDL-031")
    public = ("EC2.2", "CKV_AWS_23")
    passes = """
    Resources:
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: Functions
          SecurityGroupIngress:
            - {Description: MySQL, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: sg-1}
          SecurityGroupEgress:
            - {Description: HTTPS, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
    """
    fails = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: Functions
          SecurityGroupIngress:
            - {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: !GetAtt Vpc.CidrBlock}
          SecurityGroupEgress:
            - {Description: All, IpProtocol: '-1', CidrIp: 0.0.0.0/0}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """What is not described, of the VPC's range, or open to the outside."""
        incoming, outgoing = list(security_groups.ingress(view)), list(security_groups.egress(view))
        for each in (*incoming, *outgoing):
            if "Description" not in each.content:
                yield rule.Found(each.path, f"{each.group} does not say what this rule is for: Description")
        own = set(self._ranges(view))
        for each in incoming:
            if _is_of_vpc(view, each) or own & set(each.said(view, "CidrIp")):
                yield rule.Found(each.path, f"{each.group} lets the whole VPC in: name the security group that may")
        for each in outgoing:
            ranges = {*each.said(view, "CidrIp"), *each.said(view, "CidrIpv6")}
            if ranges & set(network.EVERYWHERE) and security_groups.ALL_PORTS in each.ports(view):
                yield rule.Found(each.path, f"{each.group} lets everything out to everywhere: name the ports")

    def _ranges(self, view: View) -> Iterator[str]:
        for vpc in view.of_type("AWS::EC2::VPC"):
            yield from (each.value for each in vpc.said("CidrBlock") if isinstance(each.value, str))


def _is_of_vpc(view: View, each: GroupRule) -> bool:
    value = each.content.get("CidrIp")
    named = view.resource_of(value)
    return values.function_of(value)[0] == "Fn::GetAtt" and named is not None and named.type == "AWS::EC2::VPC"
