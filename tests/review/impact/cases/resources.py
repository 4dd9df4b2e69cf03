"""Small valid resources; every keyword is a property that differs from the small one."""

from __future__ import annotations

from typing import Any

from tests.review.impact.cases.model import Content, resource

VPC_ID = "vpc-0a1b2c3d4e5f60718"
SUBNET_IDS = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE_ARN = "arn:aws:iam::111122223333:role/service"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:worker"


def trust(service: str) -> Content:
    """The trust policy of a service's role."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }


def policy(action: str = "sqs:SendMessage") -> Content:
    """A policy document of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def key_policy(*actions: str) -> Content:
    """A policy of a KMS key."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": list(actions) or "kms:*",
                "Resource": "*",
            }
        ],
    }


def attributes(*names: str) -> list[Content]:
    """The attribute definitions of a table."""
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def keys(*names: str) -> list[Content]:
    """A key schema: a partition key, then a sort key."""
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def index(name: str, *attribute_names: str) -> Content:
    """A secondary index of a table."""
    return {"IndexName": name, "KeySchema": keys(*attribute_names), "Projection": {"ProjectionType": "ALL"}}


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
