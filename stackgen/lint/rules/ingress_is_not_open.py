"""E9120."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stackgen.lint.kit import network, rule, security_groups, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class IngressIsNotOpen(rule.Rule):
    """The whole internet reaches the ports of web servers alone."""

    id = "E9120"
    shortdesc = "A security group lets the whole internet in at the ports of web servers only"
    why = "Every port that is open to 0.0.0.0/0 or ::/0 is scanned within minutes."
    remedy = "Name the security group or the range that may come in; the option ports says which may stay open."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18"
    pillar = "security"
    guidelines = ("GDL-031",)
    public = ("EC2.18", "EC2.19", "CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260")
    options: ClassVar = {"ports": {"default": ["80", "443"], "type": "list", "itemtype": "string"}}
    passes = """
    Resources:
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: Web
          SecurityGroupIngress:
            - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
            - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}
    """
    fails = """
    Resources:
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: Shell
          SecurityGroupIngress:
            - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each way in that is open to everybody at other ports."""
        allowed = {values.number(str(each)) for each in self.config["ports"]}
        for each in security_groups.ingress(view):
            ranges = [one for name in ("CidrIp", "CidrIpv6") for one in each.said(view, name)]
            open_to = next((one for one in ranges if one in network.EVERYWHERE), None)
            for first, last in each.ports(view) if open_to else ():
                if first != last or first not in allowed:
                    said = f"port {first:g}" if first == last else "many ports"
                    yield rule.Found(each.path, f"{each.group} is open to {open_to} at {said}")
