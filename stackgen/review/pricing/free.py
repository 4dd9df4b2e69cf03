"""Types that are charged for nothing themselves, by the page of AWS that says so.

What is neither here nor estimated is listed as not covered: unknown is not free.
"""

from __future__ import annotations

_PAGES: dict[str, tuple[str, ...]] = {
    "https://aws.amazon.com/iam/faqs/": (
        "AWS::IAM::AccessKey", "AWS::IAM::Group", "AWS::IAM::GroupPolicy", "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider", "AWS::IAM::Policy", "AWS::IAM::Role",
        "AWS::IAM::RolePolicy", "AWS::IAM::SAMLProvider", "AWS::IAM::ServiceLinkedRole", "AWS::IAM::User",
        "AWS::IAM::UserPolicy", "AWS::IAM::UserToGroupAddition",
    ),
    "https://aws.amazon.com/vpc/pricing/": (
        "AWS::EC2::DHCPOptions", "AWS::EC2::EIPAssociation", "AWS::EC2::EgressOnlyInternetGateway",
        "AWS::EC2::FlowLog", "AWS::EC2::InternetGateway", "AWS::EC2::NetworkAcl", "AWS::EC2::NetworkAclEntry",
        "AWS::EC2::Route", "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress", "AWS::EC2::Subnet", "AWS::EC2::SubnetCidrBlock",
        "AWS::EC2::SubnetNetworkAclAssociation", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPC",
        "AWS::EC2::VPCCidrBlock", "AWS::EC2::VPCDHCPOptionsAssociation", "AWS::EC2::VPCGatewayAttachment",
    ),
    "https://aws.amazon.com/ec2/pricing/": (
        "AWS::EC2::KeyPair", "AWS::EC2::LaunchTemplate", "AWS::EC2::PlacementGroup",
    ),
    "https://aws.amazon.com/cloudformation/pricing/": (
        "AWS::CDK::Metadata", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Macro",
        "AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet", "AWS::CloudFormation::WaitCondition",
        "AWS::CloudFormation::WaitConditionHandle",
    ),
    "https://aws.amazon.com/lambda/pricing/": (
        "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::LayerVersion",
        "AWS::Lambda::LayerVersionPermission", "AWS::Lambda::Permission", "AWS::Lambda::Url",
    ),
    "https://aws.amazon.com/s3/pricing/": ("AWS::S3::BucketPolicy",),
    "https://aws.amazon.com/sqs/pricing/": ("AWS::SQS::QueueInlinePolicy", "AWS::SQS::QueuePolicy"),
    "https://aws.amazon.com/sns/pricing/": ("AWS::SNS::TopicInlinePolicy", "AWS::SNS::TopicPolicy"),
    "https://aws.amazon.com/rds/aurora/pricing/": (
        "AWS::RDS::DBClusterParameterGroup", "AWS::RDS::DBParameterGroup", "AWS::RDS::DBSubnetGroup",
        "AWS::RDS::EventSubscription", "AWS::RDS::OptionGroup",
    ),
    "https://aws.amazon.com/kms/pricing/": ("AWS::KMS::Alias",),
    "https://aws.amazon.com/cloudwatch/pricing/": (
        "AWS::Logs::LogStream", "AWS::Logs::QueryDefinition", "AWS::Logs::ResourcePolicy",
        "AWS::Logs::SubscriptionFilter",
    ),
    "https://aws.amazon.com/eventbridge/pricing/": (
        "AWS::Events::Connection", "AWS::Events::EventBusPolicy", "AWS::Events::Rule",
    ),
    "https://aws.amazon.com/ecs/pricing/": (
        "AWS::ECS::CapacityProvider", "AWS::ECS::ClusterCapacityProviderAssociations",
    ),
    "https://aws.amazon.com/ecr/pricing/": ("AWS::ECR::RegistryPolicy", "AWS::ECR::RepositoryCreationTemplate"),
    "https://aws.amazon.com/elasticloadbalancing/pricing/": (
        "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        "AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::ElasticLoadBalancingV2::TargetGroup",
    ),
    "https://aws.amazon.com/autoscaling/pricing/": (
        "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::AutoScaling::LifecycleHook", "AWS::AutoScaling::ScalingPolicy", "AWS::AutoScaling::ScheduledAction",
    ),
    "https://aws.amazon.com/api-gateway/pricing/": (
        "AWS::ApiGateway::Account", "AWS::ApiGateway::ApiKey", "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::GatewayResponse", "AWS::ApiGateway::Method", "AWS::ApiGateway::Model",
        "AWS::ApiGateway::RequestValidator", "AWS::ApiGateway::Resource", "AWS::ApiGateway::UsagePlan",
        "AWS::ApiGateway::UsagePlanKey", "AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGatewayV2::Authorizer",
        "AWS::ApiGatewayV2::Deployment", "AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Stage",
    ),
    "https://aws.amazon.com/cognito/pricing/": (
        "AWS::Cognito::IdentityPool", "AWS::Cognito::IdentityPoolRoleAttachment", "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::UserPoolDomain", "AWS::Cognito::UserPoolGroup", "AWS::Cognito::UserPoolResourceServer",
        "AWS::Cognito::UserPoolUser", "AWS::Cognito::UserPoolUserToGroupAttachment",
    ),
    "https://aws.amazon.com/cloudfront/pricing/": (
        "AWS::CloudFront::CachePolicy", "AWS::CloudFront::CloudFrontOriginAccessIdentity",
        "AWS::CloudFront::OriginAccessControl", "AWS::CloudFront::OriginRequestPolicy",
        "AWS::CloudFront::ResponseHeadersPolicy",
    ),
    "https://aws.amazon.com/waf/pricing/": (
        "AWS::WAFv2::IPSet", "AWS::WAFv2::LoggingConfiguration", "AWS::WAFv2::RegexPatternSet",
        "AWS::WAFv2::WebACLAssociation",
    ),
    "https://aws.amazon.com/route53/pricing/": ("AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup"),
    "https://aws.amazon.com/certificate-manager/pricing/": ("AWS::CertificateManager::Certificate",),
    "https://aws.amazon.com/secrets-manager/pricing/": (
        "AWS::SecretsManager::ResourcePolicy", "AWS::SecretsManager::RotationSchedule",
        "AWS::SecretsManager::SecretTargetAttachment",
    ),
    "https://aws.amazon.com/step-functions/pricing/": (
        "AWS::StepFunctions::Activity", "AWS::StepFunctions::StateMachineAlias",
        "AWS::StepFunctions::StateMachineVersion",
    ),
    "https://aws.amazon.com/amplify/pricing/": ("AWS::Amplify::Branch",),
    "https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/": ("AWS::Budgets::Budget",),
}  # fmt: skip

FREE = {type_: page for page, types in _PAGES.items() for type_ in types}
"""The page that says so, by type."""


def page_of(type: str) -> str:  # noqa: A002  CloudFormation's word
    """The page that says that a type is charged for nothing; empty where none is known to."""
    if type.startswith("Custom::"):
        return FREE["AWS::CloudFormation::CustomResource"]
    return FREE.get(type, "")
