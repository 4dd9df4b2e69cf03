"""The network: three closed zones, and the doors that are left."""

import json

import pytest

from tests.tap.reading import Templates, resources


@pytest.mark.requirement("TAP-35")
def test_three_private_subnets_lie_in_three_zones(templates: Templates) -> None:
    """a zone is missing, two subnets share one, or their ranges overlap"""
    subnets = list(resources(templates, "AWS::EC2::Subnet"))
    zones = templates["network-stack"]["Mappings"]["Zones"]
    for region in ("us-east-1", "eu-west-1"):
        chosen = [zones[region][each["Properties"]["AvailabilityZoneId"]["Fn::FindInMap"][2]] for _, _, each in subnets]
        assert len(set(chosen)) == 3
        assert "use1-az3" not in chosen  # neither Lambda nor interface endpoints are to be had there
    ranges = [each["Properties"]["CidrBlock"]["Fn::Select"][0] for _, _, each in subnets]
    assert ranges == [0, 1, 2]
    associated = {each["Properties"]["SubnetId"]["Ref"] for _, _, each in _associations(templates)}
    assert associated == {title for _, title, _ in subnets}


def _associations(templates: Templates) -> list[tuple[str, str, dict[str, dict[str, dict[str, str]]]]]:
    return list(resources(templates, "AWS::EC2::SubnetRouteTableAssociation"))  # type: ignore[arg-type]  # read as text


@pytest.mark.requirement("TAP-36")
def test_nothing_leads_to_the_internet(templates: Templates) -> None:
    """a NAT or Internet gateway, a route or a public address appears"""
    kinds = {each["Type"] for each in templates["network-stack"]["Resources"].values()}
    assert not kinds & {
        "AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::Route", "AWS::EC2::EIP",
        "AWS::EC2::EgressOnlyInternetGateway",
    }  # fmt: skip


@pytest.mark.requirement("TAP-35", "TAP-D26")
def test_gateway_endpoints_are_always_there_and_interface_endpoints_on_demand(templates: Templates) -> None:
    """a paid endpoint is made unasked, or a free one only on demand"""
    found = {
        each["Properties"]["ServiceName"]["Fn::Sub"].rsplit(".", 1)[-1]: (
            each["Properties"]["VpcEndpointType"],
            each.get("Condition"),
        )
        for _, _, each in resources(templates, "AWS::EC2::VPCEndpoint")
    }
    assert found == {
        "s3": ("Gateway", None),
        "dynamodb": ("Gateway", None),
        "ssm": ("Interface", "CreateInterfaceEndpoints"),
        "logs": ("Interface", "CreateLogsEndpoint"),
        "kms": ("Interface", "CreateKmsEndpoint"),
        "monitoring": ("Interface", "CreateMonitoringEndpoint"),
    }


@pytest.mark.requirement("TAP-D26")
def test_the_zones_of_interface_endpoints_follow_the_parameter(templates: Templates) -> None:
    """one zone is asked for and three are paid"""
    for _, _, each in resources(templates, "AWS::EC2::VPCEndpoint"):
        if each["Properties"]["VpcEndpointType"] == "Interface":
            first, second, third = each["Properties"]["SubnetIds"]
            assert first == {"Ref": "PrivateSubnet1"}
            assert second["Fn::If"][0] == "EndpointsInTwoZones"
            assert third["Fn::If"][0] == "EndpointsInThreeZones"
            assert each["Properties"]["PrivateDnsEnabled"] is True


@pytest.mark.requirement("TAP-07")
def test_no_security_group_names_another_in_its_body(templates: Templates) -> None:
    """two groups refer to each other inline, which is a cycle"""
    for _, title, group in resources(templates, "AWS::EC2::SecurityGroup"):
        assert "SecurityGroupIngress" not in group["Properties"], title
        assert "GroupId" not in json.dumps(group["Properties"]), title


@pytest.mark.requirement("TAP-42")
def test_a_group_without_rules_would_let_everything_out_so_each_has_one_that_leads_nowhere(
    templates: Templates,
) -> None:
    """EC2 adds its default rule, all traffic to everywhere, because a body has no egress"""
    for _, title, group in resources(templates, "AWS::EC2::SecurityGroup"):
        (rule,) = group["Properties"]["SecurityGroupEgress"]
        assert rule["CidrIp"] == "127.0.0.1/32", title


@pytest.mark.requirement("TAP-42")
def test_only_functions_reach_the_database_and_only_by_mysql(templates: Templates) -> None:
    """another group, a range or another port may connect to the database"""
    rules = [each["Properties"] for _, _, each in resources(templates, "AWS::EC2::SecurityGroupIngress")]
    to_database = [rule for rule in rules if rule["GroupId"]["Fn::GetAtt"][0] == "DatabaseSecurityGroup"]
    assert [
        (rule["SourceSecurityGroupId"]["Fn::GetAtt"][0], rule["FromPort"], rule["ToPort"]) for rule in to_database
    ] == [("LambdaSecurityGroup", 3306, 3306)]
    assert all("CidrIp" not in rule for rule in rules)
    assert {(rule["GroupId"]["Fn::GetAtt"][0], rule["FromPort"], rule["ToPort"]) for rule in rules} == {
        ("DatabaseSecurityGroup", 3306, 3306),
        ("EndpointSecurityGroup", 443, 443),
    }
    out = [each["Properties"] for _, _, each in resources(templates, "AWS::EC2::SecurityGroupEgress")]
    assert {(rule["GroupId"]["Fn::GetAtt"][0], rule["FromPort"], rule["ToPort"]) for rule in out} == {
        ("LambdaSecurityGroup", 3306, 3306),
        ("LambdaSecurityGroup", 443, 443),
    }


@pytest.mark.requirement("TAP-D23")
def test_the_s3_endpoint_lets_the_answers_of_custom_resources_out(templates: Templates) -> None:
    """the migration's answer is refused by the endpoint's policy, and the stack waits for it to its time limit"""
    policy = templates["network-stack"]["Resources"]["S3GatewayEndpoint"]["Properties"]["PolicyDocument"]
    (statement,) = policy["Statement"]
    assert "s3:PutObject" in statement["Action"]
    allowed = [each["Fn::Sub"] for each in statement["Resource"]]
    assert "arn:${AWS::Partition}:s3:::cloudformation-custom-resource-response-*/*" in allowed
    assert any(each.startswith("arn:${AWS::Partition}:s3:::audit-logs-${EnvironmentSuffix}-") for each in allowed)


@pytest.mark.requirement("TAP-42")
def test_endpoint_policies_name_buckets_and_tables(templates: Templates) -> None:
    """whoever is in the VPC can carry data to a bucket or table of another account"""
    for _, title, each in resources(templates, "AWS::EC2::VPCEndpoint"):
        for statement in each["Properties"].get("PolicyDocument", {}).get("Statement", []):
            assert "*" not in statement["Resource"], title


@pytest.mark.requirement("TAP-20")
def test_flow_logs_come_with_their_group_and_role_or_not_at_all(templates: Templates) -> None:
    """the switch leaves a part behind"""
    own = templates["network-stack"]["Resources"]
    assert {title for title, each in own.items() if each.get("Condition") == "CreateFlowLogs"} == {
        "FlowLog",
        "FlowLogGroup",
        "FlowLogRole",
    }
