"""One resource, one property changed: instances, networks, functions, containers, load balancers."""

from __future__ import annotations

from tests.review.impact.cases.documents import SUBNET_IDS
from tests.review.impact.cases.model import ARCHIVE, Case, changed, property_of, replaced, updated
from tests.review.impact.cases.resources import (
    function,
    gateway_endpoint,
    instance,
    load_balancer,
    nat_gateway,
    scaling_group,
    security_group,
    service,
    subnet,
    task_definition,
    vpc,
)

INSTANCE = f"{ARCHIVE}/056fba8462260b407b2400503ebdb63a04cefbdf/doc_source/aws-properties-ec2-instance.md"
ROOT_DEVICE = "in place with a root volume of EBS, by replacement with an instance store: the image decides"

INSTANCES = (
    replaced(
        "another image makes another instance",
        "ec2-instance",
        "ImageId",
        instance(),
        instance(ImageId="ami-0a1b2c3d4e5f60719"),
    ),
    replaced(
        "another subnet makes another instance",
        "ec2-instance",
        "SubnetId",
        instance(SubnetId=SUBNET_IDS[0]),
        instance(SubnetId=SUBNET_IDS[1]),
    ),
    changed(
        "a resized instance may be another instance",
        f"{INSTANCE}#cfn-ec2-instance-instancetype",
        instance(InstanceType="m7g.large"),
        instance(InstanceType="m7g.xlarge"),
        "conditional",
        note=ROOT_DEVICE,
    ),
    changed(
        "other user data may make another instance",
        f"{INSTANCE}#cfn-ec2-instance-userdata",
        instance(UserData="IyEvYmluL3NoCg=="),
        instance(UserData="IyEvYmluL2Jhc2gK"),
        "conditional",
        note=ROOT_DEVICE,
    ),
    updated(
        "an instance is tagged in place",
        "ec2-instance",
        "Tags",
        instance(),
        instance(Tags=[{"Key": "team", "Value": "shop"}]),
    ),
    updated(
        "a scaling group grows in place",
        "autoscaling-autoscalinggroup",
        "MaxSize",
        scaling_group(),
        scaling_group(MaxSize="4"),
    ),
    replaced(
        "another name makes another scaling group",
        "autoscaling-autoscalinggroup",
        "AutoScalingGroupName",
        scaling_group(AutoScalingGroupName="web"),
        scaling_group(AutoScalingGroupName="web-2"),
    ),
)

NETWORKS = (
    replaced(
        "another description makes another security group",
        "ec2-securitygroup",
        "GroupDescription",
        security_group(),
        security_group(GroupDescription="Web servers of the shop"),
    ),
    updated(
        "a security group gets a rule in place",
        "ec2-securitygroup",
        "SecurityGroupIngress",
        security_group(),
        security_group(
            SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}]
        ),
    ),
    replaced(
        "another range makes another subnet", "ec2-subnet", "CidrBlock", subnet(), subnet(CidrBlock="10.0.1.0/24")
    ),
    replaced("another range makes another VPC", "ec2-vpc", "CidrBlock", vpc(), vpc(CidrBlock="10.1.0.0/16")),
    updated(
        "a VPC gives host names in place",
        "ec2-vpc",
        "EnableDnsHostnames",
        vpc(),
        vpc(EnableDnsHostnames=True),
    ),
    changed(
        "a VPC becomes dedicated only by replacement",
        property_of("ec2-vpc", "InstanceTenancy"),
        vpc(InstanceTenancy="default"),
        vpc(InstanceTenancy="dedicated"),
        "replace",
        note="the page decides it by the two values: only dedicated to default happens in place",
    ),
    changed(
        "a dedicated VPC becomes a default one in place",
        property_of("ec2-vpc", "InstanceTenancy"),
        vpc(InstanceTenancy="dedicated"),
        vpc(InstanceTenancy="default"),
        "update",
        note="the page decides it by the two values: only dedicated to default happens in place",
    ),
    replaced(
        "another subnet makes another NAT gateway",
        "ec2-natgateway",
        "SubnetId",
        nat_gateway(),
        nat_gateway(SubnetId=SUBNET_IDS[1]),
    ),
    replaced(
        "another service makes another endpoint",
        "ec2-vpcendpoint",
        "ServiceName",
        gateway_endpoint(),
        gateway_endpoint(ServiceName="com.amazonaws.us-east-1.dynamodb"),
    ),
    replaced(
        "another scheme makes another load balancer",
        "elasticloadbalancingv2-loadbalancer",
        "Scheme",
        load_balancer(Scheme="internal"),
        load_balancer(Scheme="internet-facing"),
    ),
    replaced(
        "another name makes another load balancer",
        "elasticloadbalancingv2-loadbalancer",
        "Name",
        load_balancer(Name="web"),
        load_balancer(Name="web-2"),
    ),
    updated(
        "a load balancer moves to other subnets in place",
        "elasticloadbalancingv2-loadbalancer",
        "Subnets",
        load_balancer(),
        load_balancer(Subnets=[*SUBNET_IDS, "subnet-0a1b2c3d4e5f6071a"]),
    ),
)

FUNCTIONS = (
    replaced(
        "another name makes another function",
        "lambda-function",
        "FunctionName",
        function(FunctionName="worker"),
        function(FunctionName="worker-2"),
    ),
    updated(
        "new code is updated in place",
        "lambda-function",
        "Code",
        function(),
        function(Code={"S3Bucket": "artifacts", "S3Key": "worker/2.zip"}),
    ),
    updated(
        "a function gets another environment in place",
        "lambda-function",
        "Environment",
        function(),
        function(Environment={"Variables": {"LEVEL": "debug"}}),
    ),
)

CONTAINERS = (
    replaced(
        "another image makes another task definition",
        "ecs-taskdefinition",
        "ContainerDefinitions",
        task_definition(),
        task_definition(
            ContainerDefinitions=[{"Name": "web", "Image": "public.ecr.aws/nginx/nginx:1.28", "Memory": 512}]
        ),
    ),
    replaced(
        "another family makes another task definition",
        "ecs-taskdefinition",
        "Family",
        task_definition(Family="web"),
        task_definition(Family="shop"),
    ),
    replaced(
        "another name makes another service",
        "ecs-service",
        "ServiceName",
        service(ServiceName="web"),
        service(ServiceName="web-2"),
    ),
    updated(
        "a service runs another revision in place",
        "ecs-service",
        "TaskDefinition",
        service(),
        service(TaskDefinition="web:2"),
    ),
)

CASES: tuple[Case, ...] = INSTANCES + NETWORKS + FUNCTIONS + CONTAINERS
