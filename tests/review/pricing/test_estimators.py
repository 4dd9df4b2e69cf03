"""Each type against figures computed by hand from the rows of the table; the arithmetic stands beside each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stackgen.review.pricing.free import FREE
from stackgen.review.pricing.registry import ESTIMATORS, WORDS
from tests.review.pricing.estimating import estimated, resource, usage_of

SERVERLESS = {
    "Cluster": resource(
        "AWS::RDS::DBCluster",
        Engine="aurora-mysql",
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 4},
    ),
    "X": resource(
        "AWS::RDS::DBInstance",
        Engine="aurora-mysql",
        DBInstanceClass="db.serverless",
        DBClusterIdentifier={"Ref": "Cluster"},
    ),
}
OPTIMIZED = {
    **SERVERLESS,
    "Cluster": resource(
        "AWS::RDS::DBCluster",
        Engine="aurora-mysql",
        StorageType="aurora-iopt1",
        ServerlessV2ScalingConfiguration={"MinCapacity": 1, "MaxCapacity": 2},
    ),
}
SUBNETS = ["subnet-1", "subnet-2", "subnet-3"]
MEASURED = {"MetricStat": {"Period": 60}}


def service(cpu: Any = "256", memory: Any = "512", **properties: Any) -> dict[str, Any]:
    given = {"LaunchType": "FARGATE", "TaskDefinition": {"Ref": "Task"}, **properties}
    return {
        "Task": resource("AWS::ECS::TaskDefinition", Cpu=cpu, Memory=memory, RequiresCompatibilities=["FARGATE"]),
        "X": resource("AWS::ECS::Service", **{name: value for name, value in given.items() if value is not None}),
    }


@pytest.mark.parametrize(
    ("resources", "used", "low", "typical", "high"),
    [
        pytest.param(resource("AWS::EC2::NatGateway"), {"data_gb": 100}, "37.35", "37.35", "37.35",
                     id="NAT: 730 x 0.045 + 100 x 0.045"),
        pytest.param(resource("AWS::EC2::EIP"), {}, "3.65", "3.65", "3.65", id="address: 730 x 0.005"),
        pytest.param(resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds=SUBNETS), {"data_gb": 10},
                     "22", "22", "22", id="endpoint: 3 x 730 x 0.01 + 10 x 0.01"),
        pytest.param(resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface",
                              SubnetIds={"Fn::Split": [",", {"Fn::ImportValue": "subnets"}]}), {},
                     "7.3", "21.9", "21.9", id="endpoint in unknown subnets: 1 to 3 x 730 x 0.01"),
        pytest.param(resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface"), {}, "7.3", "7.3", "7.3",
                     id="endpoint without subnets: 730 x 0.01"),
        pytest.param(resource("AWS::EC2::VPCEndpoint"), {}, "0", "0", "0", id="gateway endpoint"),
        pytest.param(SERVERLESS, {"average_acu": 1}, "43.8", "87.6", "350.4", id="ACU: 0.5, 1, 4 x 730 x 0.12"),
        pytest.param(SERVERLESS, {}, "43.8", "43.8", "350.4", id="ACU, average unstated: 0.5, 0.5, 4 x 730 x 0.12"),
        pytest.param(SERVERLESS, {"average_acu": 9}, "43.8", "350.4", "350.4", id="ACU, more than there are: 4"),
        pytest.param(OPTIMIZED, {"average_acu": 1}, "116.8", "116.8", "233.6", id="optimized: 1, 1, 2 x 730 x 0.16"),
        pytest.param(resource("AWS::RDS::DBInstance", Engine="aurora-mysql", DBInstanceClass="db.t3.medium"), {},
                     "59.86", "59.86", "59.86", id="instance: 730 x 0.082"),
        pytest.param(resource("AWS::RDS::DBCluster", Engine="aurora-mysql"),
                     {"storage_gb": 10, "io_requests": 5_000_000, "backup_gb": 100}, "4.1", "4.1", "4.1",
                     id="cluster: 10 x 0.10 + 5 x 0.20 + 100 x 0.021"),
        pytest.param(resource("AWS::RDS::DBCluster", Engine="aurora-mysql", StorageType="aurora-iopt1"),
                     {"storage_gb": 10, "io_requests": 5_000_000}, "2.3", "2.3", "2.3", id="I/O-Optimized: 10 x 0.23"),
        pytest.param(resource("AWS::DynamoDB::Table", BillingMode="PAY_PER_REQUEST"),
                     {"write_units": 2_000_000, "read_units": 4_000_000, "storage_gb": 30}, "3", "3", "3",
                     id="on demand: 2 x 0.625 + 4 x 0.125 + (30 - 25) x 0.25"),
        pytest.param(resource("AWS::DynamoDB::Table", BillingMode="PAY_PER_REQUEST",
                              PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}),
                     {"storage_gb": 10}, "2", "2", "2", id="point in time recovery: 10 x 0.20"),
        pytest.param(resource("AWS::DynamoDB::Table", ProvisionedThroughput={"ReadCapacityUnits": 10,
                              "WriteCapacityUnits": 5}, GlobalSecondaryIndexes=[{"ProvisionedThroughput":
                              {"ReadCapacityUnits": 10, "WriteCapacityUnits": "5"}}]), {}, "6.643", "6.643", "6.643",
                     id="provisioned with an index: 10 x 0.4745 + 20 x 0.0949"),
        pytest.param(resource("AWS::S3::Bucket"), {"storage_gb": 100, "put_requests": 2_000, "get_requests": 10_000},
                     "2.314", "2.314", "2.314", id="bucket: 100 x 0.023 + 2 x 0.005 + 10 x 0.0004"),
        pytest.param(resource("AWS::Lambda::Function", MemorySize=512), {"requests": 1_000_000, "duration_ms": 100},
                     "1.033335", "1.033335", "1.033335",
                     id="function: 0.20 + 1,000,000 x 0.1 s x 0.5 GB x 0.0000166667"),
        pytest.param(resource("AWS::Lambda::Function", MemorySize=1024, Architectures=["arm64"]),
                     {"requests": 1_000_000, "duration_ms": 100}, "1.53334", "1.53334", "1.53334",
                     id="arm64: 0.20 + 100,000 GB-s x 0.0000133334"),
        pytest.param(resource("AWS::Lambda::Function"), {"requests": (0, 0, 8_000_000), "duration_ms": 1000},
                     "0", "0", "18.2667", id="128 MB: 8 x 0.20 + 1,000,000 GB-s x 0.0000166667"),
        pytest.param(resource("AWS::ECR::Repository"), {"storage_gb": 5}, "0.5", "0.5", "0.5", id="images: 5 x 0.10"),
        pytest.param(service(), {}, "9.010025", "9.010025", "9.010025", id="730 x (0.25 x 0.04048 + 0.5 x 0.004445)"),
        pytest.param(service("1 vCPU", "2 GB", DesiredCount=2), {}, "72.0802", "72.0802", "72.0802",
                     id="tasks: 2 x 730 x (0.04048 + 2 x 0.004445)"),
        pytest.param(service(DesiredCount=1), {"tasks": (1, 2, 4)}, "9.010025", "18.02005", "36.0401",
                     id="scaled tasks: 1, 2, 4"),
        pytest.param(service(NetworkConfiguration={"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED"}}), {},
                     "12.660025", "12.660025", "12.660025", id="task with a public address: + 730 x 0.005"),
        pytest.param(resource("AWS::ECS::TaskDefinition", Cpu="512", Memory="1024",
                              RequiresCompatibilities=["FARGATE"]),
                     {"spot_hours": 100, "hours": 10, "public_hours": 110}, "1.60985", "1.60985", "1.60985",
                     id="run by nobody's service: 50 x 0.01334 + 100 x 0.00146 + 5 x 0.04048 + 10 x 0.004445 + 0.55"),
        pytest.param(service("512", "1024", LaunchType=None,
                             CapacityProviderStrategy=[{"CapacityProvider": "FARGATE_SPOT"}]), {},
                     "5.9349", "5.9349", "5.9349", id="service on Spot: 730 x (0.5 x 0.01334 + 0.00146)"),
        pytest.param(resource("AWS::ECS::Cluster", ClusterSettings=[{"Name": "containerInsights", "Value": "enabled"}]),
                     {"insight_metrics": 3}, "0.9", "0.9", "0.9", id="Container Insights: 3 x 0.30"),
        pytest.param(resource("AWS::Amplify::App"), {"build_minutes": 50, "served_gb": 10, "stored_gb": 10},
                     "2.23", "2.23", "2.23", id="app: 50 x 0.01 + 10 x 0.15 + 10 x 0.023"),
        pytest.param(resource("AWS::S3::Bucket"),
                     {"storage_gb": 10, "glacier_ir_gb": 100, "intelligent_tiering_gb": 10},
                     "0.86", "0.86", "0.86", id="bucket with classes: 10 x 0.023 + 100 x 0.004 + 10 x 0.023"),
        pytest.param(resource("AWS::DynamoDB::Table", BillingMode="PAY_PER_REQUEST",
                              SSESpecification={"SSEEnabled": True, "SSEType": "KMS"}), {"kms_requests": 30_000},
                     "0.03", "0.03", "0.03", id="table with a key: (30,000 - 20,000) / 10,000 x 0.03"),
        pytest.param(resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Scheme="internal"), {"capacity_units": 2},
                     "28.105", "28.105", "28.105", id="ALB: 730 x 0.0225 + 2 x 730 x 0.008"),
        pytest.param(resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=SUBNETS, Type="network"),
                     {"capacity_units": 1}, "31.755", "31.755", "31.755",
                     id="NLB: 730 x 0.0225 + 730 x 0.006 + 3 addresses x 730 x 0.005"),
        pytest.param(resource("AWS::ApiGateway::RestApi"), {"requests": 2_000_000}, "7", "7", "7", id="REST: 2 x 3.50"),
        pytest.param(resource("AWS::ApiGatewayV2::Api", ProtocolType="HTTP"), {"requests": 2_000_000}, "2", "2", "2",
                     id="HTTP: 2 x 1.00"),
        pytest.param(resource("AWS::SNS::Topic"), {"requests": 3_000_000}, "1", "1", "1", id="topic: (3 - 1) x 0.50"),
        pytest.param(resource("AWS::SQS::Queue"), {"requests": 3_000_000}, "0.8", "0.8", "0.8",
                     id="queue: (3 - 1) x 0.40"),
        pytest.param(resource("AWS::SQS::Queue", FifoQueue=True), {"requests": 3_000_000}, "1", "1", "1",
                     id="FIFO: (3 - 1) x 0.50"),
        pytest.param(resource("AWS::StepFunctions::StateMachine"), {"transitions": 14_000}, "0.25", "0.25", "0.25",
                     id="standard: (14,000 - 4,000) / 1,000 x 0.025"),
        pytest.param(resource("AWS::StepFunctions::StateMachine", StateMachineType="EXPRESS"), {"requests": 2_000_000},
                     "2", "2", "2", id="express: 2 x 1.00"),
        pytest.param(resource("AWS::Events::EventBus"), {"custom_events": 3_000_000}, "3", "3", "3", id="bus: 3 x 1"),
        pytest.param(resource("AWS::Logs::LogGroup"), {"ingested_gb": 10, "stored_gb": 20}, "5.6", "5.6", "5.6",
                     id="logs: 10 x 0.50 + 20 x 0.03"),
        pytest.param(resource("AWS::Logs::LogGroup", RetentionInDays=73), {"ingested_gb": 10}, "5.72", "5.72", "5.72",
                     id="logs kept 73 of 730 / 24 days: 10 x 0.50 + 24 x 0.03"),
        pytest.param(resource("AWS::Logs::MetricFilter", MetricTransformations=[{}, {}]), {}, "0.6", "0.6", "0.6",
                     id="metrics of a filter: 2 x 0.30"),
        pytest.param(resource("AWS::CloudWatch::Alarm", Period=60), {}, "0.1", "0.1", "0.1", id="alarm"),
        pytest.param(resource("AWS::CloudWatch::Alarm", Period=10), {}, "0.3", "0.3", "0.3", id="high resolution"),
        pytest.param(resource("AWS::CloudWatch::Alarm", Metrics=[MEASURED, MEASURED, {"Expression": "a/b"}]), {},
                     "0.2", "0.2", "0.2", id="metric math: 2 x 0.10"),
        pytest.param(resource("AWS::CloudWatch::Alarm", Metrics=[MEASURED, {"MetricStat": {"Period": 30}}]), {},
                     "0.6", "0.6", "0.6", id="metric math in half minutes: 2 x 0.30"),
        pytest.param(resource("AWS::CloudWatch::CompositeAlarm"), {}, "0.5", "0.5", "0.5", id="composite alarm"),
        pytest.param({f"Board{n}": resource("AWS::CloudWatch::Dashboard") for n in range(4)}, {}, "3", "3", "3",
                     id="four dashboards, of which three are free"),
        pytest.param(resource("AWS::KMS::Key"), {"requests": 50_000}, "1.09", "1.09", "1.09",
                     id="key: 1 + (50,000 - 20,000) / 10,000 x 0.03"),
        pytest.param(resource("AWS::KMS::Key", EnableKeyRotation=True), {}, "1", "1", "3", id="rotated key"),
        pytest.param(resource("AWS::SecretsManager::Secret"), {"requests": 20_000}, "0.5", "0.5", "0.5",
                     id="secret: 0.40 + 2 x 0.05"),
        pytest.param(resource("AWS::SSM::Parameter"), {}, "0", "0", "0", id="standard parameter"),
        pytest.param(resource("AWS::SSM::Parameter", Tier="Advanced"), {}, "0.05", "0.05", "0.05", id="advanced"),
        pytest.param(resource("AWS::SSM::Parameter", Tier="Intelligent-Tiering"), {}, "0", "0", "0.05", id="either"),
        pytest.param(resource("AWS::Cognito::UserPool"), {"active_users": 12_000}, "30", "30", "30",
                     id="Essentials: (12,000 - 10,000) x 0.015"),
        pytest.param(resource("AWS::Cognito::UserPool", UserPoolTier="PLUS"), {"active_users": 100}, "2", "2", "2",
                     id="Plus: 100 x 0.02"),
        pytest.param(resource("AWS::CloudFront::Distribution"), {"data_gb_us": 1124, "https_requests_eu": 20_000_000},
                     "20.5", "20.5", "20.5", id="(1124 - 1024) x 0.085 + (20 - 10) million / 10,000 x 0.012"),
        pytest.param(resource("AWS::WAFv2::WebACL", Rules=[{}, {}, {}]), {"requests": 10_000_000}, "14", "14", "14",
                     id="ACL: 5 + 3 x 1 + 10 x 0.60"),
        pytest.param(resource("AWS::Route53::HostedZone"), {}, "0.5", "0.5", "0.5", id="zone"),
    ],
)  # fmt: skip
def test_a_type_costs_what_its_rows_say(
    resources: dict[str, Any], used: Any, low: str, typical: str, high: str
) -> None:
    given = {"X": resources} if "Type" in resources else resources
    made = estimated(given, usage_of(X=used))
    usd = [line.usd for line in made.lines if line.usd is not None]  # without its usage, a cluster costs nothing
    assert len(usd) == len(made.lines)
    assert sum(each.low for each in usd) == Decimal(low)
    assert sum(each.typical for each in usd) == Decimal(typical)
    assert sum(each.high for each in usd) == Decimal(high)


@pytest.mark.parametrize(
    ("key", "region", "usd"),
    [
        ("data_out_gb", "us-east-1", "9"),  # (200 - 100) x 0.09
        ("data_out_gb", "eu-west-1", "18"),  # 200 x 0.09: that row has no allowance
        ("inter_az_gb", "us-east-1", "2"),  # 200 x 0.01
        ("custom_metrics", "eu-west-1", "60"),  # 200 x 0.30
        ("model_tokens", "us-east-1", "0.0004"),  # 200 / 1,000,000 x 2
    ],
)
def test_what_belongs_to_no_resource_is_the_accounts(key: str, region: str, usd: str) -> None:
    (line,) = estimated({}, usage_of(**{"(account)": {key: 200}}), region).lines
    assert line.address == "(account)"
    assert line.usd is not None
    assert line.usd.typical == Decimal(usd)


@pytest.mark.parametrize(
    ("resources", "missing"),
    [
        (resource("AWS::RDS::DBInstance", Engine="aurora-mysql", DBInstanceClass="db.r6g.large"),
         "instance hour, db.r6g.large"),
        (resource("AWS::RDS::DBInstance", Engine="postgres", DBInstanceClass="db.t3.micro"),
         "instance hour, db.t3.micro, postgres"),
        (resource("AWS::RDS::DBCluster", Engine="mysql"), "cluster, mysql"),
        (resource("AWS::EC2::VPCEndpoint", VpcEndpointType="GatewayLoadBalancer"),
         "endpoint of type GATEWAYLOADBALANCER"),
        (resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Type="gateway"), "gateway load balancer hour"),
        (resource("AWS::ECS::Service", CapacityProviderStrategy=[{"CapacityProvider": "FARGATE_SPOT"}]),
         "Fargate Spot tasks"),
        (resource("AWS::ECS::Service", CapacityProviderStrategy=[
            {"CapacityProvider": "FARGATE", "Base": 0, "Weight": 0}, {"CapacityProvider": "FARGATE_SPOT"}]),
         "Fargate Spot tasks"),
        (resource("AWS::ECS::Service", LaunchType="FARGATE", TaskDefinition="task:3"),
         "tasks of a definition whose Cpu and Memory are not known"),
        (resource("AWS::Lambda::Alias", ProvisionedConcurrencyConfig={"ProvisionedConcurrentExecutions": 3}),
         "provisioned concurrency"),
        (resource("AWS::ApiGateway::Stage", CacheClusterEnabled=True), "cache of 0.5 GB, hour"),
        (resource("AWS::ApiGatewayV2::Api", ProtocolType="WEBSOCKET"), "messages of a WebSocket API"),
        (resource("AWS::SNS::Topic", FifoTopic=True), "requests of a FIFO topic"),
        (resource("AWS::SNS::Subscription", Protocol="email"), "deliveries by email"),
        (resource("AWS::Cognito::UserPool", UserPoolTier="LITE"), "active users of the tier lite"),
    ],
)  # fmt: skip
def test_what_the_table_lacks_is_told_and_not_counted_as_nothing(resources: dict[str, Any], missing: str) -> None:
    found = [line for line in estimated({"X": resources}).lines if line.price is None]
    assert [line.dimension for line in found] == [missing]
    assert found[0].usd is None
    assert found[0].missing == "no price for us-east-1"


@pytest.mark.parametrize(
    "resources",
    [
        resource("AWS::Lambda::Alias"),
        resource("AWS::Lambda::Version"),
        resource("AWS::ECS::Service", LaunchType="EC2"),
        resource("AWS::ECS::Cluster"),
        resource("AWS::ECS::TaskDefinition", RequiresCompatibilities=["EC2"]),
        resource("AWS::SNS::Subscription", Protocol="sqs"),
        resource("AWS::ApiGateway::Stage"),
    ],
)
def test_what_costs_nothing_itself_has_no_line(resources: dict[str, Any]) -> None:
    made = estimated({"X": resources})
    assert not made.lines
    assert not made.uncovered


def test_a_region_without_a_price_borrows_from_no_other() -> None:
    (hours, data) = estimated({"X": resource("AWS::EC2::NatGateway")}, region="ap-south-1").lines
    assert (hours.missing, data.missing) == ("no price for ap-south-1",) * 2
    assert hours.dimension == "gateway hour"


def test_a_type_is_free_by_a_page_or_not_covered() -> None:
    made = estimated({
        "Role": resource("AWS::IAM::Role"), "Own": resource("Custom::Thing"), "Box": resource("AWS::EC2::Instance"),
    })  # fmt: skip
    assert made.free == {
        "App/Own": "https://aws.amazon.com/cloudformation/pricing/",
        "App/Role": "https://aws.amazon.com/iam/faqs/",
    }
    assert made.uncovered == {"App/Box": "AWS::EC2::Instance"}


def test_no_type_is_both_free_and_estimated() -> None:
    assert not set(FREE) & set(ESTIMATORS)


def test_only_types_with_an_estimator_can_be_told_a_usage() -> None:
    assert set(WORDS) <= set(ESTIMATORS)
