"""Small valid resources; every keyword is a property that differs from the small one."""

from __future__ import annotations

from typing import Any

from tests.review.impact.cases.documents import (
    FUNCTION_ARN,
    ROLE_ARN,
    SUBNET_IDS,
    VPC_ID,
    attributes,
    index,
    key_policy,
    keys,
    policy,
    trust,
)
from tests.review.impact.cases.model import Content, resource


def table(**properties: Any) -> Content:
    """A DynamoDB table."""
    small = {
        "AttributeDefinitions": attributes("Id"),
        "KeySchema": keys("Id"),
        "BillingMode": "PAY_PER_REQUEST",
    }
    return resource("AWS::DynamoDB::Table", small | properties)


def indexed_table(*names: str, **properties: Any) -> Content:
    """A table with a global secondary index on each of these attributes."""
    small: Content = {"AttributeDefinitions": attributes("Id", *names)}
    if names:
        small["GlobalSecondaryIndexes"] = [index(f"By{name}", name) for name in names]
    return table(**small | properties)


def bucket(**properties: Any) -> Content:
    """An S3 bucket."""
    return resource("AWS::S3::Bucket", properties)


def cluster(**properties: Any) -> Content:
    """An Aurora cluster."""
    small = {"Engine": "aurora-postgresql", "MasterUsername": "root_user", "ManageMasterUserPassword": True}
    return resource("AWS::RDS::DBCluster", small | properties)


def restored_cluster(snapshot: str) -> Content:
    """An Aurora cluster that began as a snapshot; its user and password came with it."""
    return resource("AWS::RDS::DBCluster", {"Engine": "aurora-postgresql", "SnapshotIdentifier": snapshot})


def instance(**properties: Any) -> Content:
    """An EC2 instance."""
    small = {"ImageId": "ami-0a1b2c3d4e5f60718", "InstanceType": "t3.micro"}
    return resource("AWS::EC2::Instance", small | properties)


def vpc(**properties: Any) -> Content:
    """A VPC."""
    return resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"} | properties)


def subnet(**properties: Any) -> Content:
    """A subnet of a VPC outside the template."""
    return resource("AWS::EC2::Subnet", {"VpcId": VPC_ID, "CidrBlock": "10.0.0.0/24"} | properties)


def security_group(**properties: Any) -> Content:
    """A security group."""
    return resource("AWS::EC2::SecurityGroup", {"GroupDescription": "Web servers", "VpcId": VPC_ID} | properties)


def function(**properties: Any) -> Content:
    """A Lambda function."""
    small = {
        "Code": {"S3Bucket": "artifacts", "S3Key": "worker/1.zip"},
        "Handler": "handlers.worker.handler",
        "Role": ROLE_ARN,
        "Runtime": "python3.13",
    }
    return resource("AWS::Lambda::Function", small | properties)


def role(**properties: Any) -> Content:
    """An IAM role."""
    return resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")} | properties)


def managed_policy(**properties: Any) -> Content:
    """An IAM managed policy."""
    return resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": policy()} | properties)


def queue(**properties: Any) -> Content:
    """An SQS queue."""
    return resource("AWS::SQS::Queue", properties)


def topic(**properties: Any) -> Content:
    """An SNS topic."""
    return resource("AWS::SNS::Topic", properties)


def key(**properties: Any) -> Content:
    """A KMS key."""
    return resource("AWS::KMS::Key", {"KeyPolicy": key_policy()} | properties)


def record(**properties: Any) -> Content:
    """A DNS record."""
    small = {
        "HostedZoneName": "example.com.",
        "Name": "www.example.com.",
        "Type": "CNAME",
        "TTL": "300",
        "ResourceRecords": ["origin.example.com"],
    }
    return resource("AWS::Route53::RecordSet", small | properties)


def log_group(**properties: Any) -> Content:
    """A log group."""
    return resource("AWS::Logs::LogGroup", {"RetentionInDays": 30} | properties)


def file_system(**properties: Any) -> Content:
    """An EFS file system."""
    return resource("AWS::EFS::FileSystem", {"Encrypted": True} | properties)


def load_balancer(**properties: Any) -> Content:
    """An Application Load Balancer."""
    return resource("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Subnets": SUBNET_IDS} | properties)


def ssm_parameter(**properties: Any) -> Content:
    """A parameter of the Parameter Store."""
    return resource("AWS::SSM::Parameter", {"Type": "String", "Value": "blue,green"} | properties)


def rule(**properties: Any) -> Content:
    """An EventBridge rule."""
    return resource("AWS::Events::Rule", {"ScheduleExpression": "rate(1 hour)"} | properties)


def task_definition(**properties: Any) -> Content:
    """An ECS task definition."""
    small = {"ContainerDefinitions": [{"Name": "web", "Image": "public.ecr.aws/nginx/nginx:1.27", "Memory": 512}]}
    return resource("AWS::ECS::TaskDefinition", small | properties)


def service(**properties: Any) -> Content:
    """An ECS service on EC2 instances."""
    return resource("AWS::ECS::Service", {"Cluster": "shop", "TaskDefinition": "web:1"} | properties)


def scaling_group(**properties: Any) -> Content:
    """An Auto Scaling group."""
    small = {
        "MinSize": "1",
        "MaxSize": "2",
        "VPCZoneIdentifier": SUBNET_IDS,
        "LaunchTemplate": {"LaunchTemplateId": "lt-0a1b2c3d4e5f60718", "Version": "1"},
    }
    return resource("AWS::AutoScaling::AutoScalingGroup", small | properties)


def volume(**properties: Any) -> Content:
    """An EBS volume."""
    return resource("AWS::EC2::Volume", {"AvailabilityZone": "us-east-1a", "Size": 20} | properties)


def nat_gateway(**properties: Any) -> Content:
    """A private NAT gateway."""
    return resource("AWS::EC2::NatGateway", {"ConnectivityType": "private", "SubnetId": SUBNET_IDS[0]} | properties)


def gateway_endpoint(**properties: Any) -> Content:
    """A gateway endpoint of a VPC."""
    small = {"VpcId": VPC_ID, "ServiceName": "com.amazonaws.us-east-1.s3"}
    return resource("AWS::EC2::VPCEndpoint", small | properties)


def database(**properties: Any) -> Content:
    """An RDS instance that belongs to no cluster."""
    small = {
        "AllocatedStorage": "20",
        "DBInstanceClass": "db.m7g.large",
        "Engine": "mysql",
        "MasterUsername": "root_user",
        "ManageMasterUserPassword": True,
    }
    return resource("AWS::RDS::DBInstance", small | properties)


def cluster_member(**properties: Any) -> Content:
    """An RDS instance of an Aurora cluster."""
    small = {"DBClusterIdentifier": "shop", "DBInstanceClass": "db.r7g.large", "Engine": "aurora-postgresql"}
    return resource("AWS::RDS::DBInstance", small | properties)


def replication_group(**properties: Any) -> Content:
    """An ElastiCache replication group."""
    small = {
        "ReplicationGroupDescription": "Sessions",
        "Engine": "redis",
        "CacheNodeType": "cache.m7g.large",
        "NumCacheClusters": 2,
        "AutomaticFailoverEnabled": True,
    }
    return resource("AWS::ElastiCache::ReplicationGroup", small | properties)


def repository(**properties: Any) -> Content:
    """An ECR repository."""
    return resource("AWS::ECR::Repository", properties)


def stream(**properties: Any) -> Content:
    """A Kinesis stream."""
    return resource("AWS::Kinesis::Stream", {"ShardCount": 1} | properties)


def secret(**properties: Any) -> Content:
    """A secret of Secrets Manager."""
    return resource("AWS::SecretsManager::Secret", {"GenerateSecretString": {"PasswordLength": 32}} | properties)


def state_machine(**properties: Any) -> Content:
    """A state machine that does nothing."""
    small = {
        "DefinitionString": '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}',
        "RoleArn": ROLE_ARN,
    }
    return resource("AWS::StepFunctions::StateMachine", small | properties)


def certificate(**properties: Any) -> Content:
    """A public certificate."""
    small = {"DomainName": "www.example.com", "ValidationMethod": "DNS"}
    return resource("AWS::CertificateManager::Certificate", small | properties)


def user_pool(**properties: Any) -> Content:
    """A Cognito user pool."""
    return resource("AWS::Cognito::UserPool", properties)


def custom_resource(**properties: Any) -> Content:
    """A custom resource."""
    return resource("AWS::CloudFormation::CustomResource", {"ServiceToken": FUNCTION_ARN} | properties)


def subscription(**properties: Any) -> Content:
    """A subscription of a queue to a topic."""
    small = {
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:orders",
        "Protocol": "sqs",
        "Endpoint": "arn:aws:sqs:us-east-1:111122223333:orders",
    }
    return resource("AWS::SNS::Subscription", small | properties)


def nested(name: str, digest: str, outputs_of: Content | None = None) -> Content:
    """A nested stack of a template of the build, which stands in its bucket under a digest of its content."""
    url = f"https://templates-us-east-1.s3.amazonaws.com/{name}/{digest}.json"
    properties: Content = {"TemplateURL": url}
    if outputs_of:
        properties["Parameters"] = outputs_of
    return resource("AWS::CloudFormation::Stack", properties)
