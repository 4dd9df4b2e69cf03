"""What CloudFormation's schemas leave open about names: properties that no two resources share, names that many may.

CloudFormation makes a new resource before it deletes the old one, so a replacement fails that keeps what belongs to
one resource alone, and succeeds where the name is free inside another owner, or is that of a series of versions.
"""

from __future__ import annotations

from stackgen.records import NamedTuple

_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_BUILDER = "https://docs.aws.amazon.com/imagebuilder/latest/APIReference"


class Unique(NamedTuple):
    """Top-level properties, all of them given by the template."""

    properties: tuple[str, ...]
    source: str


UNIQUE = {
    "AWS::EC2::Route": Unique(("RouteTableId", "DestinationCidrBlock"), f"{_EC2}/API_CreateRoute.html"),
    "AWS::EC2::Subnet": Unique(("VpcId", "CidrBlock"), f"{_EC2}/API_CreateSubnet.html"),
    "AWS::ElasticLoadBalancingV2::Listener": Unique(
        ("LoadBalancerArn", "Port"),
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html",
    ),
    "AWS::Lambda::EventSourceMapping": Unique(
        ("FunctionName", "EventSourceArn"),
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
    ),
}
"""A subnet's range must not overlap another's in its VPC; a port has one listener; a source is mapped once."""


class Within(NamedTuple):
    """The property that says inside what a name is unique."""

    property: str
    source: str


WITHIN = {
    "AWS::Amplify::Branch": Within(
        "AppId", "https://docs.aws.amazon.com/amplify/latest/APIReference/API_CreateBranch.html"
    ),
    "AWS::AppSync::ChannelNamespace": Within(
        "ApiId", "https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateChannelNamespace.html"
    ),
    "AWS::CodeArtifact::Repository": Within(
        "DomainName", "https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_CreateRepository.html"
    ),
    "AWS::EC2::SecurityGroup": Within("VpcId", f"{_EC2}/API_CreateSecurityGroup.html"),
    "AWS::EKS::Nodegroup": Within(
        "ClusterName", "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
    ),
    "AWS::Events::Rule": Within(
        "EventBusName", "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"
    ),
    "AWS::Glue::Schema": Within("Registry", "https://docs.aws.amazon.com/glue/latest/webapi/API_CreateSchema.html"),
    "AWS::ImageBuilder::Component": Within("Version", f"{_BUILDER}/API_CreateComponent.html"),
    "AWS::ImageBuilder::ContainerRecipe": Within("Version", f"{_BUILDER}/API_CreateContainerRecipe.html"),
    "AWS::ImageBuilder::ImageRecipe": Within("Version", f"{_BUILDER}/API_CreateImageRecipe.html"),
    "AWS::Kinesis::StreamConsumer": Within(
        "StreamARN", "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html"
    ),
    "AWS::Scheduler::Schedule": Within(
        "GroupName", "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"
    ),
    "AWS::Lambda::Alias": Within("FunctionName", "https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html"),
}
"""Beside the types whose primary identifier holds the owner of the name as well."""

SHARED = {
    "AWS::AppRunner::AutoScalingConfiguration": (
        "https://docs.aws.amazon.com/apprunner/latest/api/API_CreateAutoScalingConfiguration.html"
    ),
    "AWS::AppRunner::VpcConnector": "https://docs.aws.amazon.com/apprunner/latest/api/API_CreateVpcConnector.html",
    "AWS::Athena::NamedQuery": "https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html",
    "AWS::ECS::TaskDefinition": (
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html"
    ),
    "AWS::Lambda::LayerVersion": "https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html",
}
"""Types of which many have one name: each is another version or revision of it, or is known by its ID alone."""
